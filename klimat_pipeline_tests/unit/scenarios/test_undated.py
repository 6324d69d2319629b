"""Actions without a start: in equal steps over the plan's period, by hand."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.contracts import table
from klimat_pipeline.quality.contract import check_contract
from klimat_pipeline.scenarios.abatement_cost import abatement_cost
from klimat_pipeline.scenarios.carried_out import working
from klimat_pipeline.scenarios.effects import effect_in_year
from klimat_pipeline.scenarios.investment_plan import investment_plan, target_years
from klimat_pipeline.scenarios.pathways import pathways
from klimat_pipeline.scenarios.planned_actions import of_other_plans, with_numbers
from klimat_pipeline.scenarios.undated import dated, plan_periods, said
from klimat_pipeline_tests.unit.scenarios import country, small_plan
from klimat_pipeline_tests.unit.scenarios.test_simulation import middle, run

OPEN = {"start_year": None, "ramp_years": None, "lifetime_years": None}


def of(*actions: dict[str, Any], ramp: bool = True) -> pd.DataFrame:
    """Dated over 2026 to 2030, the period of ``country.targets``."""
    targets = country.targets()
    return dated(pd.DataFrame(actions), plan_periods(targets, target_years(targets), ramp=ramp))


def test_tonnes_rise_in_equal_steps_to_the_target() -> None:
    """100 t over 2026 to 2030: a fifth more each year, 300 t by the end instead of 100."""
    frame = investment_plan(of(country.action(**OPEN)), country.targets())
    assert frame["year"].tolist() == [2026, 2027, 2028, 2029, 2030]
    assert frame["reduced_t"].tolist() == pytest.approx([20.0, 40.0, 60.0, 80.0, 100.0])
    assert frame["cumulated_t"].iloc[-1] == pytest.approx(300.0)
    assert frame["investment_msek"].isna().all(), "nobody has said the year of the money"
    assert set(frame["notation_key"]) == {"NE"}
    assert frame["note"].unique().tolist() == ["no start stated: in equal steps 2026-2030"]
    assert check_contract(frame, table("scenarios/investment_plan")).passed


def test_without_the_rule_or_a_period_it_is_whole_in_the_target_year() -> None:
    for actions in (of(country.action(**OPEN), ramp=False), dated(pd.DataFrame([country.action(**OPEN)]), {})):
        frame = investment_plan(actions, country.targets())
        assert (frame["year"].tolist(), frame["reduced_t"].tolist()) == ([2030], [100.0])
        assert frame["note"].tolist() == ["no start stated: whole in 2030"]


def test_a_stated_start_is_left_as_it_is() -> None:
    frame = of(country.action("own"), country.action("open", **OPEN)).set_index("action_id")
    assert frame.loc["own", ["start_year", "ramp_years", "lifetime_years"]].tolist() == [2026, 2, 4]
    assert frame["is_start_assumed"].to_dict() == {"own": False, "open": True}


def test_a_short_life_reaches_the_target_year() -> None:
    """Two years of life, five of the period: it lasts those five and no longer."""
    frame = of(country.action(**OPEN | {"lifetime_years": 2}))
    assert frame["lifetime_years"].tolist() == [5.0]
    assert of(country.action(**OPEN | {"lifetime_years": 20}))["lifetime_years"].tolist() == [20.0]


def test_a_period_after_the_target_or_of_another_municipality_is_none() -> None:
    targets = country.targets()
    late = targets.assign(plan_from_year=pd.array([2031, None], dtype="Int64"))
    assert plan_periods(late, target_years(late), ramp=True) == {}
    other = dated(pd.DataFrame([country.action(municipality_code="0114", **OPEN)]), {"1283": (2026, 2030)})
    assert other["start_year"].isna().all()


def test_the_plan_is_made_for_the_year_of_the_total_target() -> None:
    """A target of its own that ends later moves neither the period nor the gap table's year."""
    later = country.targets(2045).assign(target_id="meals")
    both = pd.concat([country.targets(), later])
    assert target_years(both) == {"1283": 2030}
    assert target_years(later) == {"1283": 2045}


def test_pathways_follow_the_steps_and_say_so() -> None:
    """Newest 2024, 1,000 t of transport: 60 t over 2025 to 2030, that is 10 t more every year."""
    row = country.action(effect_t_per_year=60.0, sized_on_t=1000.0, **OPEN)
    actions = dated(pd.DataFrame([row]), {"1283": (2025, 2030)})
    planned = with_numbers(actions, {"transport_on_road": "transport"}, {"1283": 2030})["1283"]
    frame = pathways(*run(planned))
    assert middle(frame, "with_actions", "transport") == [990.0, 980.0, 970.0, 960.0, 950.0, 940.0]
    notes = frame[frame["line"] == "transport"].groupby("scenario")["note"].unique()
    assert notes["with_actions"].tolist() == [
        "1 of 1 actions and other plans: no start stated: in equal steps 2025-2030"
    ]
    assert notes["business_as_usual"].tolist() == notes["target"].tolist() == [""]


def test_other_plans_follow_the_plans_period_too() -> None:
    printed = small_plan.frame("clean/published_gap", small_plan.printed("waste", other_plans_t=30.0))
    code = small_plan.CODE
    (action,) = of_other_plans(printed, {"waste": "waste"}, {code: (2026, 2030)})[code]
    assert working(action, [2025, 2026, 2028, 2030]).tolist() == pytest.approx([0.0, 0.2, 0.6, 1.0])
    (whole,) = of_other_plans(printed, {"waste": "waste"})[code]
    assert working(whole, [2029, 2030]).tolist() == [0.0, 1.0]


def test_cost_per_tonne_says_why_there_is_none() -> None:
    actions = of(country.action(note="as printed", **OPEN | {"cost_msek": None, "annual_cost_msek": None}))
    row = abatement_cost(actions, country.targets(), discount_rate_pct=3.5).iloc[0]
    assert row["until_target_t"] == pytest.approx(300.0)
    assert row["note"] == "no cost stated; no start stated: in equal steps 2026-2030; no lifetime stated; as printed"


@given(
    effect=st.floats(0, 1e6),
    first=st.integers(2020, 2030),
    lifetime=st.none() | st.integers(1, 40),
    ramp=st.none() | st.integers(0, 9),
)
def test_the_target_year_is_the_gap_tables_whatever_is_assumed(
    effect: float, first: int, lifetime: int | None, ramp: int | None
) -> None:
    """Gap table and pathways agree on the target's year; before it nothing is saved that the period does not reach."""
    row = country.action(**OPEN | {"effect_t_per_year": effect, "lifetime_years": lifetime, "ramp_years": ramp})
    actions = dated(pd.DataFrame([row]), {"1283": (first, 2030)})
    (action,) = with_numbers(actions, {"transport_on_road": "transport"}, {"1283": 2030})["1283"]
    own = pd.DataFrame([row])[["start_year", "ramp_years", "lifetime_years"]].astype("float64").to_numpy().T
    gap = effect_in_year(pd.Series([effect]).to_numpy(), 2030, *own, target_year=2030)
    shares = working(action, range(first - 1, 2031))
    assert shares[-1] * effect == pytest.approx(float(gap[0]))
    assert shares[0] == 0.0
    assert (shares[1:] >= shares[:-1]).all()


def test_words() -> None:
    assert said(2025, 6) == "no start stated: in equal steps 2025-2030"
    assert said(2030, 1) == said(2030, 0) == "no start stated: whole in 2030"
