"""Actions: when they work, and what several of them leave."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.scenarios.effects import left_after
from klimat_pipeline.scenarios.planned_actions import (
    Action,
    beyond_trend,
    of_other_plans,
    remaining,
    sector_of_line,
    together,
    with_numbers,
    working,
)
from klimat_pipeline_tests.unit.scenarios import country, small_plan

TONNES = st.floats(0, 1e6)


def plan(**changes: object) -> Action:
    plain = {"start_year": 2026, "ramp_years": 4, "lifetime_years": 6}
    return Action("a", "transport", 80.0, 100.0, 120.0, **{**plain, **changes})


def test_ramp_start_and_lifetime() -> None:
    """A quarter more each year from 2026, all of it from 2029, nothing from 2032 (six years)."""
    years = range(2025, 2033)
    assert working(plan(), years).tolist() == [0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 0.0]
    assert working(plan(ramp_years=0), [2025, 2026]).tolist() == [0.0, 1.0]
    assert working(plan(lifetime_years=None), 2100).tolist() == [1.0]


def test_what_the_trend_holds_is_not_counted_again() -> None:
    """Half of it works in 2027, the newest year: only the other half is still to come."""
    assert beyond_trend(plan(lifetime_years=None), [2028, 2029, 2040], 2027).tolist() == [0.25, 0.5, 0.5]
    assert beyond_trend(plan(), [2032], 2027).tolist() == [0.0]


def test_two_that_overlap_save_less_than_their_sum() -> None:
    """1,000 t less 30 %, then less 50 %: 350 t are left, 650 saved and not 800."""
    left = remaining(np.array([1000.0]), [np.array([300.0]), np.array([500.0])])
    assert left.tolist() == pytest.approx([350.0])


def test_one_with_a_source_of_its_own_saves_all_it_says() -> None:
    """1,000 t less 500 t of another source are 500 t, less 30 % of it 350 t."""
    assert remaining(np.array([1000.0]), [np.array([300.0])], [np.array([500.0])]).tolist() == pytest.approx([350.0])
    assert remaining(np.array([1000.0]), [np.array([300.0])], [np.array([1900.0])]).tolist() == [0.0]


@given(TONNES, st.lists(TONNES, max_size=4), st.lists(TONNES, max_size=4), TONNES)
def test_more_actions_never_raise_emissions_nor_save_more_than_there_is(
    emissions: float, overlapping: list[float], additive: list[float], one_more: float
) -> None:
    held = np.array([emissions])
    these, those = ([np.array([t]) for t in tonnes] for tonnes in (overlapping, additive))
    before = remaining(held, these, those)
    assert 0.0 <= before[0] <= emissions
    assert remaining(held, [*these, np.array([one_more])], those)[0] <= before[0]
    assert remaining(held, these, [*those, np.array([one_more])])[0] <= before[0]


@given(TONNES, st.lists(st.tuples(TONNES, st.booleans()), max_size=5))
def test_the_rule_is_the_gap_tables(emissions: float, actions: list[tuple[float, bool]]) -> None:
    """The gap and the pathways count actions alike (``effects``)."""
    effects, multiplicative = np.array([t for t, _ in actions]), np.array([m for _, m in actions], dtype=bool)
    parts = {kind: [np.array([t]) for t, m in actions if m is kind] for kind in (True, False)}
    ours = remaining(np.array([emissions]), parts[True], parts[False])[0]
    assert ours == pytest.approx(left_after(emissions, effects, multiplicative), rel=1e-9, abs=1e-9 * emissions)


@given(TONNES, st.lists(TONNES, min_size=2, max_size=5))
def test_order_of_actions_does_not_matter(emissions: float, tonnes: list[float]) -> None:
    held, effects = np.array([emissions]), [np.array([t]) for t in tonnes]
    one, other = remaining(held, effects)[0], remaining(held, effects[::-1])[0]
    assert one == pytest.approx(other, rel=1e-9, abs=1e-9 * emissions)


def test_lines_are_found_in_the_sectors_that_hold_them(project: Path) -> None:
    sectors = sector_of_line(load_reference(project / "data" / "reference"))
    assert sectors["transport_on_road"] == "transport"
    assert sectors["grid_supplied_energy"] == "electricity_district_heating"
    # Main sectors only: domestic shipping and aviation are within transport.
    assert sectors["transport_other"] == "transport"
    assert "afolu_sinks" not in sectors


def test_only_actions_with_numbers_on_released_figures_count() -> None:
    rows = [
        country.action("counts", action_status="ongoing", interaction_rule="additive"),
        country.action("without_effect", effect_t_per_year=None),
        country.action("scope_2", carrier="district_heating"),
        country.action("sink", line="afolu_sinks"),
        country.action("in_the_figures_already", action_status="completed"),
        country.action(
            "without_start", start_year=None, action_status="proposed", effect_low_t=50.0, effect_high_t=150.0
        ),
    ]
    found = with_numbers(pd.DataFrame(rows), {"transport_on_road": "transport"}, {"1283": 2030})
    assert found == {
        "1283": [
            Action("counts", "transport", 100.0, 100.0, 100.0, 2026, 2, 4, is_decided=True, is_additive=True),
            Action("without_start", "transport", 50.0, 100.0, 150.0, 2030, 0, 4, is_start_assumed=True),
        ]
    }


def test_without_start_or_target_year_an_action_has_no_year() -> None:
    rows = pd.DataFrame([country.action(start_year=None)])
    assert with_numbers(rows, {"transport_on_road": "transport"}, {}) == {}


def test_other_plans_are_existing_policies_where_the_national_figures_hold_them() -> None:
    """30 t in scope 1 and 10 t of the same line in scope 1+2; scope 2 alone and the total are in no pathway."""
    printed = small_plan.frame(
        "clean/published_gap",
        small_plan.printed("transport_on_road", other_plans_t=30.0),
        small_plan.printed("transport_on_road", scopes="1+2", other_plans_t=10.0),
        small_plan.printed("buildings", scopes="2", of_lines="transport_on_road", other_plans_t=5.0),
        small_plan.printed("mixed", of_lines="transport_on_road waste", other_plans_t=5.0),
        small_plan.printed("waste", other_plans_t=0.0),
        small_plan.printed("total", of_lines="", other_plans_t=45.0),
    )
    found = of_other_plans(printed, {"transport_on_road": "transport", "waste": "waste"})
    sole = Action(
        action_id="other_plans_transport_on_road",
        sector_code="transport",
        low_t=40.0,
        mode_t=40.0,
        high_t=40.0,
        start_year=2030,
        is_decided=True,
        is_additive=True,
        is_start_assumed=True,
    )
    assert found == {small_plan.CODE: [sole]}


def test_a_planned_action_is_no_existing_policy() -> None:
    rows = [country.action(status, action_status=status) for status in ("proposed", "planned", "decided", "ongoing")]
    found = with_numbers(pd.DataFrame(rows), {"transport_on_road": "transport"}, {"1283": 2030})
    assert [action.action_id for action in found["1283"] if action.is_decided] == ["decided", "ongoing"]


def test_plans_are_put_together_by_municipality() -> None:
    one, other = Action("a", "waste", 1, 1, 1, 2030), Action("b", "waste", 1, 1, 1, 2030)
    assert together({"1283": [one]}, {"1283": [other], "1281": [other]}) == {"1281": [other], "1283": [one, other]}
