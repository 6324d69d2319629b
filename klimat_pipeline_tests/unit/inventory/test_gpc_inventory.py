"""The GPC's own table of a small country: references, scopes and totals by hand."""

from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.contracts import table
from klimat_pipeline.inventory.gpc_inventory import gpc_inventory
from klimat_pipeline.inventory.inventory_territory import territory_inventory
from klimat_pipeline.quality.contract import check_contract
from klimat_pipeline.quality.inventories import gpc_keeps_territory
from klimat_pipeline_tests.unit.inventory import small

REFERENCE = small.reference(Path(__file__).parents[3])
SPLIT = {
    "machinery": {
        "household_machinery": 1.0,
        "commercial_public_machinery": 2.0,
        "industry_construction_machinery": 4.0,
        "agriculture_forestry_machinery": 8.0,
        "fishing_boats": 5.0,
        "other_machinery": 10.0,
    },
    "transport": {"passenger_cars": 60.0, "railways": 5.0, "domestic_shipping": 15.0, "domestic_aviation": 20.0},
    "foreign_transport": {"foreign_shipping": 7.0, "foreign_aviation": 3.0},
}


def gpc(energy: pd.DataFrame | None = None, **split: dict[str, float]) -> pd.DataFrame:
    territory = territory_inventory(
        small.subsectors(**split),
        small.no_corrections(),
        small.releases(),
        small.energy_use() if energy is None else energy,
        small.factors(gwp_set="AR5"),
        small.no_scope3(),
        REFERENCE,
    )
    frame = gpc_inventory(territory, REFERENCE, ["1283"])
    assert check_contract(frame, table("inventory/gpc_inventory")).passed
    tables = {"inventory/gpc_inventory": frame, "inventory/inventory_territory": territory}
    assert {finding.outcome for finding in gpc_keeps_territory(tables)} == {"passed"}
    assert gpc_inventory(territory, REFERENCE, []).empty
    return frame[frame["year"] == 2022].set_index("gpc_ref")


def test_machinery_stands_with_the_energy_of_its_users_and_journeys_abroad_in_scope_3() -> None:
    rows = gpc(**SPLIT)
    tonnes = rows["emissions_t_co2e"]
    # Machines of households 1, services 2, industry 4, farms 8 and fishing 5; of ports and airports 10 t.
    assert (tonnes["I.1.1"], tonnes["I.2.1"], tonnes["I.3.1"], tonnes["I.5.1"]) == (1.0, 2.0, 4.0, 13.0)
    assert tonnes["II.5.1"] == 10.0
    assert (tonnes["II.1.1"], tonnes["II.2.1"], tonnes["II.3.1"]) == (60.0, 5.0, 15.0)
    # Domestic flights 20 and the landings of others 3 t; ships 7 t.
    assert (tonnes["II.4.3"], tonnes["II.3.3"]) == (23.0, 7.0)
    assert rows.loc[["II.4.3", "II.3.3"], "scope"].tolist() == ["3", "3"]
    assert (rows.at["I.4.4", "gpc_level"], tonnes["I.4.4"]) == ("territorial", 50.0)


def test_the_totals_hold_what_the_gpc_says() -> None:
    rows = gpc(**SPLIT)
    # Scope 1: 340 t without the grid's 50, heating 40, machinery 30, transport 80 and waste 10 are BASIC; industry 80
    # holds processes too, agriculture 60 and product use 20 are BASIC+, and so is what leaves the city, 30 t.
    # Scope 2: 105 in dwellings, 2 in industry, 1 on the road.
    basic = 40 + 30 + 80 + 10 + 108
    tonnes = rows["emissions_t_co2e"]
    assert tonnes["BASIC"] == pytest.approx(basic)
    assert tonnes["BASIC+"] == pytest.approx(basic + 80 + 60 + 20 + 30)
    assert tonnes["territorial"] == pytest.approx(50 + 40 + 30 + 80 + 10 + 80 + 60 + 20)
    assert rows.at["BASIC", "note"] == ("without I.3.1 I.4.1, which the source does not tell from what BASIC+ adds")
    assert "IE" in rows.at["BASIC", "notation_key"].split()
    assert rows["is_total"].sum() == 3


def test_main_sectors_alone_keep_their_joint_references() -> None:
    rows = gpc()
    assert rows.at["I.1.1+I.2.1+I.3.1+I.5.1+II.5.1", "emissions_t_co2e"] == 30.0
    assert rows.at["I.1.1+I.2.1+I.3.1+I.5.1+II.5.1", "gpc_level"] == "BASIC"
    assert rows.at["II.3.3+II.4.3", "scope"] == "3"


def test_without_scope_2_there_is_no_basic() -> None:
    rows = gpc(small.energy_use(()))
    assert rows.loc[["BASIC", "BASIC+"], "emissions_t_co2e"].isna().all()
    assert set(rows.loc[["BASIC", "BASIC+"], "notation_key"]) == {"NE"}
    assert rows.at["territorial", "emissions_t_co2e"] == pytest.approx(390.0)
