"""Changes explained by hand and as an algebra: parts sum, inflation is price alone, factors are their own part."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.configuration.spend_factors import IndexValue
from klimat_pipeline.quality.catalogue import run_checks
from klimat_pipeline.spend.results.spend_change_explained import PARTS, explained, logarithmic_mean
from klimat_pipeline_tests.unit.spend.purchases import (
    ENERGY_KG_PER_SEK,
    activity,
    electricity,
    food,
)
from klimat_pipeline_tests.unit.spend.towns import FoundIn, Tables, Towns

#: Prices rose by a tenth from 2022 to 2023, on a base like that of the years before (343 in 2021).
TENTH = [
    IndexValue(year=year, value=value, source="the test's input") for year, value in ((2022, 370.0), (2023, 407.0))
]


TOWNS = Towns()
found_in = TOWNS.fixture()


def changes(found: Tables) -> pd.DataFrame:
    """Parts by measure, of tables that pass their check."""
    (result,) = run_checks("spend/spend_change_explained", found)
    assert result.passed
    return found["spend/spend_change_explained"].set_index(["explained_measure", "change_part"])["part_value"].unstack()


#: The same electricity and food in both years, at 2022's and 2023's prices.
SAME = [food(1, 1_000_00, year=2022), food(2, 1_100_00), electricity(3, 500_00, year=2022), electricity(4, 550_00)]
INFLATION = TOWNS.add(SAME, price_index=TENTH)


def test_inflation_alone_is_price_and_nothing_else(found_in: FoundIn) -> None:
    parts = changes(found_in(INFLATION))
    assert parts.loc["spend_sek", "price"] == pytest.approx(150)
    assert parts.loc["spend_sek", "volume"] == 0
    assert parts.loc["footprint_spend_t_co2e", "volume"] == 0
    assert parts.abs().drop(columns="price").to_numpy().max() == pytest.approx(0, abs=1e-9)
    assert parts.loc["footprint_spend_t_co2e", "price"] == 0


TWICE_AS_MUCH = TOWNS.add([food(1, 1_000_00, year=2022), food(2, 2_200_00)], price_index=TENTH)


def test_twice_as_much_of_everything_is_volume(found_in: FoundIn) -> None:
    """2.2 times the kronor at 1.1 times the price: L = 1,200 / ln 2.2, volume L ln 2, price L ln 1.1."""
    parts = changes(found_in(TWICE_AS_MUCH))
    mean = 1200 / math.log(2.2)
    assert parts.loc["spend_sek", "volume"] == pytest.approx(mean * math.log(2))
    assert parts.loc["spend_sek", "price"] == pytest.approx(mean * math.log(1.1))
    assert parts.loc["spend_sek", "mix"] == pytest.approx(0, abs=1e-9)
    assert parts.loc["footprint_spend_t_co2e", "factor_vintage"] == 0


FOOD_THEN_POWER = TOWNS.add([food(1, 1_000_00, year=2022), electricity(2, 1_100_00)], price_index=TENTH)


def test_what_begins_or_ends_is_mix(found_in: FoundIn) -> None:
    parts = changes(found_in(FOOD_THEN_POWER))
    assert parts.loc["spend_sek", "volume"] == 0
    assert parts.loc["spend_sek", "mix"] == pytest.approx(100)


CREDIT_NOTES = TOWNS.add([food(1, -1_000_00, year=2022), food(2, 1_100_00)], price_index=TENTH)


def test_a_year_of_credit_notes_stays_unexplained(found_in: FoundIn) -> None:
    parts = changes(found_in(CREDIT_NOTES))
    assert parts.loc["spend_sek", "unexplained"] == pytest.approx(2100)
    assert parts.loc["spend_sek"].drop("unexplained").abs().sum() == 0


def pair(rows: list[tuple[float, float, float, float]]) -> pd.DataFrame:
    """real_0, real_1, tonnes_0, tonnes_1."""
    return pd.DataFrame(rows, columns=["real_0", "real_1", "tonnes_0", "tonnes_1"])


def test_other_factors_are_a_part_of_their_own() -> None:
    parts = explained(pair([(100, 100, 5, 4), (50, 50, 2, 2)]), "tonnes")
    assert parts["factor_vintage"] == pytest.approx(-1)
    assert parts["volume"] == 0
    assert parts["mix"] == pytest.approx(0, abs=1e-12)


_AMOUNT = st.one_of(st.just(0.0), st.floats(-1e9, 1e9).filter(lambda value: abs(value) > 1e-3))


@given(st.lists(st.tuples(_AMOUNT, _AMOUNT, st.floats(1e-3, 10), st.floats(1e-3, 10)), min_size=1, max_size=8))
def test_parts_sum_whatever_is_zero_or_negative(rows: list[tuple[float, float, float, float]]) -> None:
    frame = pair([(a, b, a * f, b * g) for a, b, f, g in rows])
    parts = explained(frame, "tonnes")
    assert set(parts) == set(PARTS)
    change = frame["tonnes_1"].sum() - frame["tonnes_0"].sum()
    size = frame["tonnes_1"].abs().sum() + frame["tonnes_0"].abs().sum() + 1
    assert sum(parts.values()) == pytest.approx(change, abs=1e-9 * size)
    assert all(math.isfinite(value) for value in parts.values())


def test_logarithmic_mean() -> None:
    """L(e, 1) = (e - 1) / 1; of equal numbers it is the number; of two negative ones it is negative."""
    assert logarithmic_mean(math.e, 1) == pytest.approx(math.e - 1)
    assert logarithmic_mean(3, 3) == 3
    assert logarithmic_mean(-math.e, -1) == pytest.approx(1 - math.e)


def by_meter(rows: list[dict[str, object]], *, year_from: int = 2023, **chosen: object) -> str:
    """A town with electricity by meter from a year on: 10 t, whatever the kronor."""
    rules = (
        "replacement_id,account_prefix,unit,year_from,year_to,activity_ids,reason\n"
        f"el,6110,,{year_from},2023,electricity,by meter\n"
    )
    metered = [activity("electricity", 10.0, year=year, scope="2", method="location") for year in (2022, 2023)]
    return TOWNS.add(rows, files={"spend_replacements": rules}, activities=metered, price_index=TENTH, **chosen)


THEN_BY_METER = by_meter(SAME)


def test_electricity_by_kronor_and_then_by_meter_is_a_change_of_method(found_in: FoundIn) -> None:
    parts = changes(found_in(THEN_BY_METER))
    assert parts.loc["spend_sek", "method_changed"] == pytest.approx(-500)
    assert parts.loc["spend_sek", "price"] == pytest.approx(100), "of food alone"
    tonnes = parts.loc["footprint_spend_t_co2e"]
    assert tonnes["method_changed"] == pytest.approx(-0.55 * ENERGY_KG_PER_SEK)
    assert tonnes.drop("method_changed").abs().max() == pytest.approx(0, abs=1e-12)


ALWAYS_BY_METER = by_meter(SAME, year_from=2022)


def test_by_meter_in_both_years_nothing_has_changed(found_in: FoundIn) -> None:
    assert (changes(found_in(ALWAYS_BY_METER))["method_changed"] == 0).all()


HEAT = {"account": "6120", "account_text": "Fjärrvärme"}
WITH_HEAT = by_meter([*SAME, electricity(5, 100_00, year=2022, **HEAT), electricity(6, 220_00, **HEAT)])


def test_another_account_of_the_category_is_still_compared(found_in: FoundIn) -> None:
    """Twice as much district heat, in the category of the electricity that is by meter now: volume, and no method."""
    parts = changes(found_in(WITH_HEAT)).loc["spend_sek"]
    assert parts["method_changed"] == pytest.approx(-500)
    assert parts["volume"] + parts["mix"] == pytest.approx(parts.sum() + 500 - parts["price"])


HALVING = by_meter(SAME, halving_base_year=2022)


def test_the_halving_is_not_shown_across_a_change_of_method(found_in: FoundIn) -> None:
    found = found_in(HALVING)["spend/spend_indicators"]
    rows = found[found["year"] == 2023].set_index("spend_indicator")
    assert pd.isna(rows.loc["purchases_change_pct", "spend_indicator_value"])
    assert rows.loc["purchases_change_pct", "note"].startswith(
        "method_changed: energy_supply by kronor in one of 2022, 2023"
    )
    assert rows.loc["food_change_pct", "spend_indicator_value"] == pytest.approx(0.0, abs=1e-9), (
        "food is by kronor in both"
    )
