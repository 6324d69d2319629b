"""Activities and suppliers' figures in the place of spend: sums by hand, nothing twice, everything named that is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.quality.catalogue import run_checks
from klimat_pipeline_tests.support.properties import ONE_FOLDER, examples
from klimat_pipeline_tests.unit.spend.purchases import (
    ENERGY_KG_PER_SEK,
    FOOD_KG_PER_SEK,
    activity,
    computed,
    electricity,
    food,
    inventory,
    own_files,
)
from klimat_pipeline_tests.unit.spend.towns import FoundIn, Towns

RULES = "replacement_id,account_prefix,unit,year_from,year_to,activity_ids,reason\n"
POWER = RULES + "power,61,,2023,2023,electricity,metered\n"
FIGURES = "supplier_id,year,account_prefix,emissions_kg_co2e,gwp_set,source\n"
#: 3,000 kronor of electricity in two units, 1,000 of food.
ROWS = [electricity(1, 1_000_00, unit="A"), electricity(2, 2_000_00, unit="B"), food(3, 1_000_00, unit="A")]
TOWNS = Towns()
found_in = TOWNS.fixture()


METERED = TOWNS.add(ROWS, files={"spend_replacements": POWER}, activities=[activity("electricity", 6.0)])


def test_an_activity_replaces_the_spend_it_explains(found_in: FoundIn) -> None:
    """6 t are spread 1 : 2 over the units; food stays spend. The price of both: 6 t and food over 4,000 kronor."""
    found = found_in(METERED)
    kinds = found["spend/spend_by_category"].set_index("spend_category")
    assert kinds.loc["energy_supply", "footprint_activity_t_co2e"] == 6.0
    assert kinds.loc["energy_supply", "footprint_spend_t_co2e"] == 0.0
    assert kinds.loc["energy_supply", "replaced_sek"] == 3000.0
    assert kinds.loc["energy_supply", "kg_co2e_per_sek"] == pytest.approx(2.0)
    units = found["spend/spend_by_unit"].set_index("ledger_unit")
    assert units["footprint_activity_t_co2e"].to_dict() == {"A": 2.0, "B": 4.0}
    assert units.loc["A", "kg_co2e_per_sek"] == pytest.approx((2000 + 1000 * FOOD_KG_PER_SEK) / 2000)
    (row,) = found["spend/spend_replaced"].to_dict("records")
    assert row["replaced_sek"] == 3000.0
    assert row["footprint_replaced_t_co2e"] == pytest.approx(3 * ENERGY_KG_PER_SEK)
    assert row["footprint_t_co2e"] == 6.0
    marked = found["spend/spend_scope3"].set_index("figure_from")["is_in_inventory"].to_dict()
    assert marked == {"activity": True, "spend": False}
    stock = inventory(activity("electricity", 6.0, municipality_code=METERED))
    results = run_checks("spend/spend_by_category", {**found, "inventory/inventory_organisation": stock})
    assert [result.passed for result in results] == [True, True, True]


METERED_IN_B = TOWNS.add(
    [*ROWS, electricity(4, 500_00, unit="B", year=2022)],
    files={"spend_replacements": POWER.replace("61,,2023", "61,B,2023")},
    activities=[activity("electricity", 6.0)],
)


def test_a_rule_names_units_and_years(found_in: FoundIn) -> None:
    assert list(found_in(METERED_IN_B)["spend/spend_replaced"]["replaced_sek"]) == [2000.0]


SUPPLIER_AND_METER = TOWNS.add(
    [electricity(1, 1_000_00, supplier_id="5560000002"), electricity(2, 2_000_00)],
    files={"spend_replacements": POWER, "spend_supplier_figures": FIGURES + "5560000002,2023,,50,AR5,report\n"},
    activities=[activity("electricity", 6.0)],
)


def test_a_suppliers_figure_goes_before_an_activity(found_in: FoundIn) -> None:
    """The supplier explains 1,000 of 3,000 kronor, so the activity's 6 t count for the other two thirds."""
    found = found_in(SUPPLIER_AND_METER)
    (row,) = found["spend/spend_by_category"].to_dict("records")
    assert row["footprint_supplier_t_co2e"] == 0.05
    assert row["footprint_activity_t_co2e"] == 4.0
    assert row["footprint_t_co2e"] == 4.05
    assert sorted(found["spend/spend_replaced"]["replaced_sek"]) == [1000.0, 2000.0]


FIGURE_FOR_UNMAPPED = TOWNS.add(
    [electricity(1, 1_000_00, account="9999", account_text="Diverse")],
    files={"spend_supplier_figures": FIGURES + "5560000001,2023,,50,AR5,report\n"},
)


def test_a_figure_gives_unmapped_kronor_emissions(found_in: FoundIn) -> None:
    found = found_in(FIGURE_FOR_UNMAPPED)["spend/spend_by_category"]
    assert found[["spend_category", "footprint_t_co2e", "mapped_sek"]].to_numpy().tolist() == [
        ["unmapped", 0.05, 1000.0]
    ]


FIGURE_OF_AR6 = TOWNS.add(ROWS, files={"spend_supplier_figures": FIGURES + "5560000001,2023,,50,AR6,report\n"})


def test_other_potentials_are_not_mixed_silently(found_in: FoundIn) -> None:
    assert set(found_in(FIGURE_OF_AR6)["spend/spend_by_category"]["factor_gwp_set"]) == {"mixed"}


BY_METHOD = {
    method: TOWNS.add(
        ROWS,
        files={"spend_replacements": POWER},
        activities=[
            activity("electricity", 6.0, scope="2", method="location"),
            activity("electricity", 9.0, scope="2", method="market"),
            activity("electricity", 100.0, organisation_unit="company", is_eliminated=True),
        ],
        scope2_method=method,
    )
    for method in ("location", "market")
}


def test_one_method_of_scope_2_counts_and_what_is_eliminated_does_not(found_in: FoundIn) -> None:
    for method, tonnes in (("location", 6.0), ("market", 9.0)):
        assert list(found_in(BY_METHOD[method])["spend/spend_replaced"]["footprint_t_co2e"]) == [tonnes], method


ALL_WRONG = TOWNS.add(
    ROWS,
    files={
        "spend_replacements": POWER
        + "again,611,,2023,2023,heat,twice the same kronor\n"
        + "third,9,,2023,2023,electricity,twice the same activity\n"
    },
    activities=[activity("electricity", 6.0)],
)
ITS_NEIGHBOUR = TOWNS.add([electricity(9, 700_00)])


def test_everything_wrong_is_told_at_once(found_in: FoundIn) -> None:
    text = "\n".join(found_in(ALL_WRONG)["unvalued"]["refusal"])
    assert "activity electricity replaces spend in power and third" in text
    assert f"{ALL_WRONG} 2023: again and power explain the same kronor" in text
    assert "again names kronor of 2023, but not all of its activities have emissions" in text
    assert found_in(ALL_WRONG)["spend/spend_by_category"].empty
    assert found_in(ITS_NEIGHBOUR)["spend/spend_by_category"]["spend_sek"].tolist() == [700.0]


def test_years_the_wrong_way_round(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="power: year_to 2022 is before year_from 2023"):
        own_files(tmp_path, spend_replacements=POWER.replace("2023,2023", "2023,2022"))


@examples(8, suppress_health_check=ONE_FOLDER)
@given(ores=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12), tonnes=st.floats(0, 1e6))
def test_whatever_is_spread_adds_up_to_the_milligram(tmp_path: Path, ores: list[int], tonnes: float) -> None:
    own = own_files(tmp_path, spend_replacements=POWER)
    rows = [electricity(n, ore, unit=f"U{n}") for n, ore in enumerate(ores)]
    import shutil

    shutil.rmtree(tmp_path / "lines", ignore_errors=True)
    found = computed(tmp_path, rows, own=own, organisation=inventory(activity("electricity", tonnes)))
    milligrams = [round(value * 1e9) for value in found["spend/spend_by_unit"]["footprint_activity_t_co2e"]]
    assert sum(milligrams) == round(tonnes * 1e9)
    assert min(milligrams) >= 0
