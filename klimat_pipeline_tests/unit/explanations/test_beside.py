"""Explaining what stands beside the official figures, on rows laid into the small country's publication."""

import pytest

from klimat_pipeline.explanations import beside, explain
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.explained import (
    FIRST,
    SECOND,
    altered,
    cells_of,
    child,
    disagreeing,
    leaves,
    nodes,
    statements,
    tonnes,
)

INDUSTRY = {"municipality_code": "1283", "sector_code": "industry", "year": "2022"}
_ROW = f"FROM emissions WHERE municipality_code = '1283' AND sector_code = 'industry' AND year = 2022 AND release_id = '{SECOND}'"


@pytest.mark.parametrize(("other", "agrees"), [("emissions_reported_t_co2e - 50000", True), ("1.0", False)])
def test_emissions_trading_divides_the_sector(changed: Settings, other: str, agrees: bool) -> None:
    altered(
        changed,
        "INSERT INTO traded_emissions (municipality_code, sector_code, release_id, is_current_release, year, gwp_set, "
        "emissions_reported_t_co2e, installations, traded_t_co2e, other_t_co2e, is_headline) SELECT municipality_code, "
        "sector_code, release_id, is_current_release, year, gwp_set, emissions_reported_t_co2e, 2, 50000.0, "
        f"{other}, 1 {_ROW}",
    )
    tree = explain(changed, "traded_emissions", INDUSTRY)
    assert (tree.value, tree.unit) == (50_000.0, "t CO2e")
    assert child(tree, "its rows of installations.csv").detail == {"installations": 2}
    assert len(list(leaves(child(tree, "inputs 2022")))) == 1
    assert (disagreeing(tree) == []) is agrees


def test_a_gas_ends_in_the_cells_of_its_own_release_and_the_rest_is_the_difference(changed: Settings) -> None:
    """The first release stands for one of carbon dioxide: 10,000 t of its sector are taken as the gas."""
    columns = (
        "municipality_code, sector_code, release_id, is_current_release, year, greenhouse_gas, gas_t, emissions_t_co2e,"
        " gwp_set, gas_release_ids, is_headline"
    )
    own = "municipality_code, sector_code, release_id, is_current_release, year"
    altered(
        changed,
        f"INSERT INTO gases ({columns}) SELECT {own}, 'co2', 10000.0, 10000.0, gwp_set, '{FIRST}', 1 {_ROW}",
        f"INSERT INTO gases ({columns}) SELECT {own}, 'not_divided', NULL, emissions_reported_t_co2e - 10000.0, "
        f"gwp_set, '', 1 {_ROW}",
    )
    gas = explain(changed, "gases", INDUSTRY | {"greenhouse_gas": "co2"})
    assert [address for address, _ in cells_of(child(gas, f"{FIRST}, 2022"))] == ["P18"]
    assert statements(gas) and disagreeing(gas) == []
    rest = explain(changed, "gases", INDUSTRY | {"greenhouse_gas": "not_divided"})
    assert [node.value for node in nodes(rest, "less co2")] == [10_000.0]
    assert statements(rest) and disagreeing(rest) == []


def test_land_use_stands_beside_the_total_as_printed(changed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small country prints no total: its waste stands for it."""
    monkeypatch.setattr(beside, "TOTAL", "waste")
    altered(
        changed,
        "INSERT INTO land_use (area_code, area_level, area_name, release_id, year, emissions_reported_t_co2e, "
        "land_use_t_co2e, source, is_headline) SELECT area_code, area_level, area_name, release_id, year, "
        "emissions_reported_t_co2e, -40000000.0, 'made up', 1 FROM area_totals WHERE area_code = '00' AND "
        f"sector_code = 'waste' AND year = 2022 AND release_id = '{SECOND}'",
    )
    tree = explain(changed, "land_use", {"area_code": "00", "year": "2022"})
    assert tree.value == -40_000_000.0
    assert child(tree, "its row of land_use.csv").detail == {"source": "made up"}
    assert tonnes(child(tree, "total beside it")) == pytest.approx(child(tree, "total beside it").value, abs=0.005)
    assert disagreeing(tree) == []


@pytest.mark.parametrize("moved", [0.0, 1.0])
def test_a_group_shows_its_members_and_their_median(changed: Settings, moved: float) -> None:
    altered(
        changed,
        "INSERT INTO group_comparison (municipality_code, release_id, is_current_release, comparison_group, target_id, "
        "indicator, indicator_text, basis, year, indicator_value, indicator_unit, rank, compared, lowest_value, "
        "median_value, highest_value, to_median, is_headline) SELECT municipality_code, release_id, "
        "is_current_release, 'mine', target_id, indicator, indicator_text, basis, year, indicator_value, "
        "indicator_unit, 1, 1, indicator_value, indicator_value + "
        f"{moved}, indicator_value, 0.0, is_headline FROM municipality_comparison WHERE municipality_code = '1283' AND "
        "target_id = 'industry' AND indicator = 'emissions'",
    )
    key = {"municipality_code": "1283", "target_id": "industry", "indicator": "emissions", "comparison_group": "mine"}
    tree = explain(changed, "group_comparison", key)
    assert child(tree, "place in the group").value == "1 of 1 in mine"
    assert [node.label for node in child(tree, "place in the group").children] == ["1283"]
    assert list(leaves(tree))
    assert bool(disagreeing(tree)) is bool(moved)


def test_of_a_group_whose_other_members_are_not_published_no_median_is_counted(changed: Settings) -> None:
    altered(
        changed,
        "INSERT INTO group_comparison (municipality_code, release_id, is_current_release, comparison_group, target_id, "
        "indicator, indicator_text, basis, year, indicator_value, indicator_unit, rank, compared, lowest_value, "
        "median_value, highest_value, to_median, is_headline) SELECT municipality_code, release_id, "
        "is_current_release, 'mine', target_id, indicator, indicator_text, basis, year, indicator_value, "
        "indicator_unit, 2, 3, 1.0, 2.0, 1e9, 0.0, is_headline FROM municipality_comparison WHERE "
        "municipality_code = '1283' AND target_id = 'industry' AND indicator = 'emissions'",
    )
    key = {"municipality_code": "1283", "target_id": "industry", "indicator": "emissions", "comparison_group": "mine"}
    tree = explain(changed, "group_comparison", key)
    assert (child(tree, "median of the members").value, disagreeing(tree)) == (2.0, [])


def test_an_energy_target_as_it_is_meant_and_in_normal_weather(changed: Settings) -> None:
    """Natural gas of heating is made up: the small country has no subsectors, so a main sector stands for it.

    With half of it following the weather, and a year a quarter colder than a normal one, half keeps 0.8 of its tonnes.
    """
    key = {"municipality_code": "1283", "target_id": "energy", "year": "2022", "release_id": FIRST}
    where = f"municipality_code = '1283' AND target_id = 'energy' AND year = 2022 AND release_id = '{FIRST}'"
    sums = "(SELECT sum(emissions_reported_t_co2e) FROM emissions WHERE municipality_code = '1283' AND release_id = "
    sums += f"'{FIRST}' AND sector_code IN ('electricity_district_heating', 'heating') AND year = "
    altered(
        changed,
        "UPDATE energy_targets SET energy_basis = 'as_meant', subsector_codes = 'electricity_district_heating heating',"
        f" emissions_t_co2e = {sums} 2022), baseline_t_co2e = {sums} 2020), degree_days = 2500, normal_degree_days = "
        f"2000, weather_dependent_pct = 50 WHERE {where}",
        f"UPDATE energy_targets SET emissions_normalised_t_co2e = emissions_t_co2e * 0.9 WHERE {where}",
    )
    tree = explain(changed, "energy_targets", key)
    assert [node.label for node in child(tree, "inputs 2022").children] == ["electricity_district_heating", "heating"]
    assert len(list(leaves(child(tree, "baseline 2020")))) == 2
    assert len(statements(tree)) == 3
    assert disagreeing(tree) == []
