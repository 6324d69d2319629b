"""Cells and own rows behind scopes and areas, on a small country whose cells are numbered by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.contracts.tables.indicators import PROVENANCE
from klimat_pipeline.indicators.area_shares import area_shares
from klimat_pipeline.indicators.provenance_lines import LineSources, areas_traced, scopes_traced
from klimat_pipeline.indicators.scope_indicators import scope_indicators
from klimat_pipeline.inventory.inventory_territory import territory_inventory
from klimat_pipeline_tests.support.properties import examples
from klimat_pipeline_tests.support.shared import REPOSITORY
from klimat_pipeline_tests.unit.inventory import small

#: Rows of the main sectors on the sheet, in the order of the small country; 1990 stands in column E, 2022 in P.
ROWS = {sector: 11 + number for number, sector in enumerate(small.SECTORS)}
COLUMNS = {1990: "E", 2022: "P"}
#: Machinery of 30 t is split into 12 + 15, which leaves 3 t that no subsector holds.
MACHINERY = {"households": 12.0, "industry_construction": 15.0, "not_split": 3.0}
TARGETS = pd.DataFrame(
    {"municipality_code": ["1283"], "target_id": ["total"], "target_kind": ["contract"], "baseline_year": [1990]}
)
AREA_SHARES = pd.DataFrame(
    {
        "municipality_code": "1283",
        "definition_id": "two",
        "definition_text": "two areas",
        "target_gas_basis": "GHG",
        "area_id": ["transport", "machines"],
        "of_lines": ["transport_on_road transport_other", "transport_machines"],
    }
)


def with_cells(subsectors: pd.DataFrame) -> pd.DataFrame:
    """Main sectors in rows 11 to 19, machinery's subsectors in rows 31 and 32; a remainder has no cell."""
    part = {"households": 31, "industry_construction": 32}
    rest = subsectors["subsector_code"] == "not_split"
    return subsectors.assign(
        sheet=np.where(rest, None, "S"),
        source_row=subsectors["subsector_code"].map(part).astype("Int64"),
        source_column=subsectors["year"].map(COLUMNS).where(~rest, None),
    )


def emissions(subsectors: pd.DataFrame) -> pd.DataFrame:
    keys = ["release_id", "municipality_code", "sector_code", "year"]
    sums = subsectors.groupby(keys, as_index=False)["emissions_reported_t"].sum()
    return sums.assign(sheet="S", source_row=sums["sector_code"].map(ROWS), source_column=sums["year"].map(COLUMNS))


def ledgers(machinery: dict[str, float]) -> LineSources:
    reference = small.reference(Path(REPOSITORY))
    subsectors = small.subsectors(machinery=machinery)
    releases = small.releases()
    territory = territory_inventory(
        subsectors,
        small.no_corrections(),
        releases,
        small.energy_use(),
        small.factors(),
        small.no_scope3(),
        reference,
    )
    organisation = pd.DataFrame(
        {
            "boundary": "organisation",
            "municipality_code": "1283",
            "year": 2022,
            "organisation_unit": ["schools", "schools"],
            "activity_id": ["diesel", "flights"],
            "scope": ["1", "3"],
            "scope3_category": pd.array([None, 6], dtype="Int64"),
            "method": "",
            "emissions_t_co2e": [2.0, 3.0],
            "notation_key": None,
            "is_eliminated": False,
            "gwp_set": "AR5",
        }
    )
    printed = small.printed(("buildings_incl_agricultural_facilities", "2", 2022, 7.0), table_name="A-1.3")
    return LineSources(emissions(subsectors), with_cells(subsectors), territory, organisation, printed, reference)


def traced(held: LineSources) -> pd.DataFrame:
    scopes = scope_indicators(
        held.territory, held.organisation, held.printed, small.no_corrections(), TARGETS, small.releases()
    )
    areas = area_shares(held.territory, held.printed, AREA_SHARES, small.releases())
    frame = pd.concat([scopes_traced(scopes, held), areas_traced(areas, held)], ignore_index=True)
    assert list(frame.columns) == PROVENANCE.column_names
    assert not frame.duplicated(list(PROVENANCE.primary_key)).any()
    return frame[frame["year"] == 2022].set_index("indicator_id")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return traced(ledgers(MACHINERY))


def test_scope_1_sums_all_sectors_but_the_memo(frame: pd.DataFrame) -> None:
    # 100 + 80 + 60 + 40 + 30 + 20 + 10 + 0 t: all but electricity and district heat, row 14. Machinery's remainder is
    # its sector's cell less both subsectors', which are there too: only the sector's cell is left.
    row = frame.loc["territory/1/0//"]
    assert row["source_cells"] == "P11 P12 P13 P15 P16 P17 P18 P19"
    assert row["baseline_cells"] == "E11 E12 E13 E15 E16 E17 E18 E19"
    assert row["source_sum_t"] == 340.0
    assert (row["sheet"], row["local_rows"]) == ("S", "")
    memo = frame.loc["territory/memo/0//"]
    assert (memo["source_cells"], memo["source_sum_t"]) == ("P14", 50.0)


def test_a_line_holds_its_part_of_a_sector(frame: pd.DataFrame) -> None:
    # Household machinery has a line of its own or not: what counts is that cells and figure agree.
    row = frame.loc["two/machines/reported"]
    assert row["source_sum_t"] == pytest.approx(30.0)
    assert row["local_rows"] == ""
    road = frame.loc["two/transport/reported"]
    assert (road["source_cells"], road["source_sum_t"]) == ("P11 P19", 100.0)
    everything = frame.loc["two/all_areas/corrected"]
    assert everything["source_sum_t"] == pytest.approx(130.0)


def test_scope_2_names_the_municipalitys_own_rows(frame: pd.DataFrame) -> None:
    row = frame.loc["territory/2/0/location/energy_use"]
    assert row["source_cells"] == ""
    assert np.isnan(row["source_sum_t"])
    assert set(row["local_rows"].split("; ")) == {
        "energy_use.csv:households/district_heating",
        "energy_use.csv:households/electricity",
        "energy_use.csv:industry_construction/electricity",
        "energy_use.csv:transport/electricity",
        "factors.csv:district_heating",
        "factors.csv:electricity",
    }
    assert frame.loc["territory/2/0/market/energy_use", "local_rows"] == ""
    printed = "published_inventory.csv:A-1.3/buildings_incl_agricultural_facilities"
    assert frame.loc["territory/2/0//printed", "local_rows"] == printed


def test_a_sum_of_scopes_has_both(frame: pd.DataFrame) -> None:
    row = frame.loc["territory/1+2/0/location/energy_use"]
    assert row["source_cells"] == frame.loc["territory/1/0//", "source_cells"]
    assert row["local_rows"] == frame.loc["territory/2/0/location/energy_use", "local_rows"]
    printed = frame.loc["territory/1+2/0//printed"]
    assert printed["local_rows"] == frame.loc["territory/2/0//printed", "local_rows"]


def test_an_organisation_has_activities_and_no_workbook(frame: pd.DataFrame) -> None:
    mine = frame[frame.index.str.startswith("organisation/")]
    assert mine["local_rows"].to_dict() == {
        "organisation/1/0//": "activity.csv:schools/diesel",
        "organisation/3/0//": "activity.csv:schools/flights",
        "organisation/3/6//": "activity.csv:schools/flights",
    }
    assert (mine["source_cells"] == "").all()


@examples(20)
@given(st.dictionaries(st.sampled_from(sorted(MACHINERY)), st.integers(-50, 50).map(float), min_size=1))
def test_cells_make_up_the_figure_however_a_sector_is_split(machinery: dict[str, float]) -> None:
    held = ledgers({"not_split": 0.0} | machinery)
    found = traced(held)
    one = held.territory[(held.territory["scope"] == "1") & (held.territory["year"] == 2022)]
    for indicator_id, lines in (
        ("territory/1/0//", set(one.loc[~one["is_memo"], "line"])),
        ("two/machines/reported", {"transport_machines"}),
    ):
        figure = one.loc[one["line"].isin(lines), "emissions_reported_t_co2e"].sum()
        assert found.loc[indicator_id, "source_sum_t"] == pytest.approx(figure)
