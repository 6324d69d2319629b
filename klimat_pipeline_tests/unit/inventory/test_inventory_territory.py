"""The territorial inventory on a small country; expected values by hand."""

from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.contracts import table
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.inventory.inventory_territory import territory_inventory
from klimat_pipeline.quality.contract import check_contract
from klimat_pipeline.quality.inventories import energy_counted, energy_once, territory_keeps_national
from klimat_pipeline_tests.unit.inventory import small


def inventory(project: Path, **changes: object) -> pd.DataFrame:
    given = {
        "subsectors": small.subsectors(),
        "corrections": small.no_corrections(),
        "releases": small.releases(),
        "energy_use": small.energy_use(),
        "factors": small.factors(),
        "scope3": small.no_scope3(),
    } | changes
    frame = territory_inventory(**given, reference=small.reference(project))  # type: ignore[arg-type]
    assert check_contract(frame, table("inventory/inventory_territory")).passed
    (kept,) = territory_keeps_national(
        {"inventory/inventory_territory": frame, "corrected/subsector_emissions": given["subsectors"]}
    )
    assert kept.outcome == "passed"
    return frame


@pytest.fixture(scope="module")
def plain(project: Path) -> pd.DataFrame:
    """The inventory of the small country as it is; nobody changes it."""
    return inventory(project)


def lines(frame: pd.DataFrame, scope: str, year: int = 2022, method: str = "") -> dict[str, float]:
    rows = frame[(frame["scope"] == scope) & (frame["year"] == year) & (frame["method"] == method)]
    sums = rows[rows["emissions_t_co2e"].notna()].groupby("line")["emissions_t_co2e"].sum()
    return {str(line): round(tonnes, 6) for line, tonnes in sums.items()}


def key_of(frame: pd.DataFrame, line: str, scope: str, year: int = 2022) -> set[str]:
    rows = frame[(frame["line"] == line) & (frame["scope"] == scope) & (frame["year"] == year)]
    return set(rows["notation_key"].dropna())


def test_only_who_accounts_for_an_inventory_has_notation_keys(project: Path, plain: pd.DataFrame) -> None:
    of_another = inventory(project, with_folders=("1280",))
    numbers = plain[plain["item"] != "none"].reset_index(drop=True)
    pd.testing.assert_frame_equal(of_another, numbers, check_dtype=False)
    pd.testing.assert_frame_equal(inventory(project, with_folders=("1283",)), plain)


def test_main_sectors_alone_take_the_coarse_mapping(plain: pd.DataFrame) -> None:
    assert lines(plain, "1") == {
        "transport_on_road": 100.0,
        "ippu_industrial_process": 80.0,
        "afolu_sources": 60.0,
        "grid_supplied_energy": 50.0,
        "buildings_incl_agricultural_facilities": 40.0,
        "transport_machines": 30.0,
        "ippu_product_use": 20.0,
        "waste": 10.0,
        "transport_other": 0.0,
    }
    assert key_of(plain, "transport_other", "1") == {"IE"}  # inside on_road, as far as anybody can tell
    assert key_of(plain, "buildings_industry_construction", "1") == {"IE"}
    assert key_of(plain, "afolu_sinks", "1") == {"NE"}


def test_subsectors_are_mapped_one_by_one_and_the_rest_coarsely(project: Path) -> None:
    split = {"passenger_cars": 70.0, "domestic_shipping": 20.0, "railways": 4.0, "not_split": 6.0}
    frame = inventory(project, subsectors=small.subsectors(transport=split))
    assert lines(frame, "1")["transport_on_road"] == 76.0
    assert lines(frame, "1")["transport_other"] == 24.0
    assert key_of(frame, "transport_other", "1") == set()
    cars = frame[(frame["crf_code"] == "1A3b i") & (frame["year"] == 2022)]
    assert list(cars["gpc_ref"]) == ["II.1.1"]
    assert list(cars["emissions_t_co2e"]) == [70.0]


def test_an_unknown_subsector_takes_its_sectors_coarse_line(project: Path) -> None:
    split = {"landfill": 4.0, "unmapped_something_new": 6.0}
    frame = inventory(project, subsectors=small.subsectors(waste=split))
    assert lines(frame, "1")["waste"] == 10.0


def test_scope_2_is_energy_times_factor(plain: pd.DataFrame) -> None:
    assert lines(plain, "2", method="location") == {
        "buildings_incl_agricultural_facilities": 105.0,  # 1000 MWh x 0.1 t + 500 MWh x 0.01 t
        "buildings_industry_construction": 2.0,
        "transport_on_road": 1.0,
    }
    assert lines(plain, "2", method="market") == {}
    assert key_of(plain, "transport_on_road", "2") == {"NE"}  # the market method has no factor


def test_both_methods_where_both_have_factors(project: Path) -> None:
    both = small.factors(
        ("district_heating", 2022, "location", "co2e", 100.0),
        ("electricity", 2022, "location", "co2e", 10.0),
        ("electricity", 2022, "market", "co2_fossil", 400.0),
    )
    frame = inventory(project, factors=both)
    assert lines(frame, "2", method="market")["transport_on_road"] == 40.0
    assert lines(frame, "2", year=1990, method="location") == {}  # a factor of another year is not borrowed


def test_gases_of_a_factor_are_weighted_and_biogenic_carbon_dioxide_stands_apart(project: Path) -> None:
    gases = small.factors(
        ("district_heating", 2022, "location", "co2_fossil", 50.0),
        ("district_heating", 2022, "location", "co2_biogenic", 200.0),
        ("district_heating", 2022, "location", "ch4_biogenic", 1.0),
        ("district_heating", 2022, "location", "n2o", 0.1),
    )
    frame = inventory(project, factors=gases)
    heat = frame[(frame["item"] == "households/district_heating") & (frame["year"] == 2022)]
    heat = heat[heat["method"] == "location"].iloc[0]
    # 1000 MWh x (50 + 1 x 28 + 0.1 x 265) kg = 104.5 t; biogenic 200 t
    assert heat["emissions_t_co2e"] == pytest.approx(104.5)
    assert heat["biogenic_co2_t"] == pytest.approx(200.0)
    assert heat["gwp_set"] == "AR5"


def test_a_year_without_energy_data_is_not_estimated(project: Path) -> None:
    frame = inventory(project, subsectors=small.subsectors((1990, 2022, 2023)))
    assert lines(frame, "2", year=2023, method="location") == {}
    assert key_of(frame, "buildings_incl_agricultural_facilities", "2", 2023) == {"NE"}


def test_carbon_dioxide_alone_gets_no_scope_2_in_co2e(project: Path) -> None:
    frame = inventory(project, releases=small.releases("carbon dioxide only"))
    assert lines(frame, "2", method="location") == {}
    assert key_of(frame, "transport_on_road", "2") == {"NE"}


def test_a_factor_of_another_gwp_set_is_refused(project: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"in CO2e of AR4, the\s+inventory in AR5"):
        inventory(project, factors=small.factors(("electricity", 2022, "location", "co2e", 10.0), gwp_set="AR4"))


def test_energy_of_years_that_no_release_holds_is_remarked(project: Path) -> None:
    use = small.energy_use((1990, 2021))
    frame = inventory(project, energy_use=use)
    (finding,) = energy_counted({"inventory/inventory_territory": frame, "clean/energy_use": use})
    assert finding.outcome == "failed"
    assert finding.message.startswith("4 of 8 rows")


def test_a_place_without_a_folder_gets_scope_1(project: Path) -> None:
    frame = inventory(project, energy_use=small.energy_use().iloc[:0], factors=small.factors().iloc[:0])
    assert sum(lines(frame, "1").values()) == 390.0
    assert key_of(frame, "transport_on_road", "2") == {"NE"}


def test_scope_3_is_what_the_municipality_gives(project: Path) -> None:
    given = pd.DataFrame(
        [
            ("1283", 2022, "waste", 12.5, None, "AR5", "low", "company", None),
            ("1283", 2022, "transport_on_road", None, "NO", None, None, "nobody", None),
        ],
        columns=table("clean/territorial_scope3").column_names,
    )
    frame = inventory(project, scope3=given)
    assert lines(frame, "3") == {"waste": 12.5}
    assert key_of(frame, "waste", "3") == set()
    assert key_of(frame, "transport_on_road", "3") == {"NO"}
    assert key_of(frame, "transport_machines", "3") == {"NE"}
    with pytest.raises(ConfigurationError, match="CO2e of AR4"):
        inventory(project, scope3=given.assign(gwp_set="AR4"))


def test_a_city_decides_which_lines_stand_beside_its_total(project: Path, plain: pd.DataFrame) -> None:
    """The grid's 50 t and the energy used: both in one total are the same energy twice, which is a remark."""
    own = inventory(project, memo_lines={"1283": ["transport_machines"], "1280": []})
    memo = own[own["is_memo"]]["line"].unique()
    assert list(memo) == ["transport_machines"]
    assert set(plain["line"][plain["is_memo"]]) == {"grid_supplied_energy"}
    (finding,) = energy_once({"inventory/inventory_territory": own})
    assert (finding.outcome, finding.count) == ("failed", 2)
    assert finding.message.startswith("1283: in 2 years the sum of scopes 1 and 2 holds grid_supplied_energy")
    assert energy_once({"inventory/inventory_territory": plain})[0].outcome == "passed"


@pytest.mark.parametrize(
    ("carrier", "told"), [("distric_heating", True), ("district heating", True), ("district_cooling", False)]
)
def test_a_misspelt_carrier_is_refused_and_another_one_is_not_estimated(
    project: Path, carrier: str, told: bool
) -> None:
    """One letter would leave out the heat of all dwellings, as NE."""
    used = small.energy_use()
    used["carrier"] = used["carrier"].replace("district_heating", carrier)
    if not told:
        assert key_of(inventory(project, energy_use=used), "buildings_incl_agricultural_facilities", "2") == {"NE"}
        return
    with pytest.raises(ProblemsError, match=f"carrier '{carrier}'; is 'district_heating' meant"):
        inventory(project, energy_use=used)
