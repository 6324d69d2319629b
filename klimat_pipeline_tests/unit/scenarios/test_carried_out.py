"""What actions leave: shares of a series, metered tonnes, and several together; one more never raises emissions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.scenarios.carried_out import (
    beyond_trend,
    drawn_delivery,
    left_of,
    not_counted,
    remarks,
    sized,
    working,
)
from klimat_pipeline.scenarios.errors import Stream
from klimat_pipeline.scenarios.panels import panels
from klimat_pipeline.scenarios.planned_actions import Action, Level
from klimat_pipeline_tests.unit.scenarios import country

NEWEST, YEAR = 2024, 2030


def plan(**changes: object) -> Action:
    plain = {"start_year": 2026, "ramp_years": 4, "lifetime_years": 6}
    return Action(**{"action_id": "a", "sector_code": "transport", "effect_t": 100.0, **plain, **changes})


def takes(share: float, name: str = "a", **changes: object) -> Action:
    """An action that takes that share of the series in full by 2030."""
    return Action(name, "transport", share * 1000.0, YEAR, level=Level(1000.0), series_t=1000.0, **changes)


def left(tonnes: float, *actions: Action, usual: float | None = None, delivery: float = 1.0) -> float:
    base, held = (np.full((1, 1, 1), value) for value in (tonnes, tonnes if usual is None else usual))
    delivered = dict.fromkeys((action.action_id for action in actions), delivery)
    return float(left_of(base, held, ("transport",), actions, delivered, (YEAR,), NEWEST)[0, 0, 0])


def test_ramp_start_and_lifetime() -> None:
    """A quarter more each year from 2026, all of it from 2029, nothing from 2032 (six years)."""
    years = range(2025, 2033)
    assert working(plan(), years).tolist() == [0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 0.0]
    assert working(plan(ramp_years=0), [2025, 2026]).tolist() == [0.0, 1.0]
    assert working(plan(lifetime_years=None), 2100).tolist() == [1.0]


def test_what_the_figures_hold_is_not_counted_again() -> None:
    """Half of it works in 2027, the newest year: only the other half is still to come."""
    assert beyond_trend(plan(lifetime_years=None), [2028, 2029, 2040], 2027).tolist() == [0.25, 0.5, 0.5]
    assert beyond_trend(plan(), [2032], 2027).tolist() == [0.0]


def test_an_action_takes_the_share_that_the_plan_gave_it() -> None:
    """17,000 t sized on 30,344 t are 56 per cent: of 14,846 t that leaves 6,529 t, not nothing."""
    waste = Action("waste", "transport", 17_000.0, YEAR, level=Level(30_344.0, 2022), series_t=16_700.0)
    assert left(14_846.0, waste) == pytest.approx(14_846 * (1 - 17_000 / 30_344))
    assert left(14_846.0, waste, delivery=0.5) == pytest.approx(14_846 * (1 - 8_500 / 30_344))


def test_two_that_overlap_save_less_than_their_sum() -> None:
    """1,000 t less 30 %, then less 50 %: 350 t are left, 650 saved and not 800. On sources of their own 200 are left."""
    assert left(1000.0, takes(0.3), takes(0.5, "b")) == pytest.approx(350.0)
    assert left(1000.0, takes(0.3, is_additive=True), takes(0.5, "b", is_additive=True)) == pytest.approx(200.0)
    assert left(1000.0, takes(0.7, is_additive=True), takes(0.5, "b", is_additive=True)) == 0.0


def test_what_the_trend_does_already_is_counted_once() -> None:
    """A frozen level of 1,000 t less 30 per cent is 700 t; the trend alone reaches 800 t, and 600 t would be more."""
    assert left(1000.0, takes(0.3), usual=800.0) == pytest.approx(700.0)
    assert left(1000.0, takes(0.3), usual=600.0) == 600.0


def test_metered_tonnes_stay_tonnes_where_the_line_holds_the_plant() -> None:
    """100 t of a line of 120 t leave 20 t; sized on another line than the figures are of, nothing is taken."""
    capture = Action("ccs", "transport", 100.0, YEAR, level=Level(110.0), series_t=115.0, is_metered=True)
    assert left(120.0, capture) == pytest.approx(20.0)
    assert left(80.0, capture) == 0.0
    elsewhere = Action("ccs", "transport", 100.0, YEAR, level=Level(110.0), series_t=10.0, is_metered=True)
    assert left(120.0, elsewhere) == 120.0
    assert remarks([elsewhere]) == [
        "transport: sized on 110 t, 11 times the figures; ccs is not taken: the line does not hold its plant"
    ]


def test_a_level_that_is_not_the_figures_is_said() -> None:
    """1.25 times and 0.8 times the figures is the same thing."""
    for level, said in (
        (1250.0, []),
        (800.0, []),
        (1900.0, ["transport: sized on 1,900 t (2022), 1.9 times the figures"]),
    ):
        action = Action("a", "transport", 1.0, YEAR, level=Level(level, 2022), series_t=1000.0)
        assert remarks([action, action]) == said


def test_without_a_level_there_is_no_figure() -> None:
    assert not_counted([takes(0.1)]) == ""
    assert not_counted([takes(0.1), plan()]) == "no figure: nobody says what a was sized on (sized_on_t of actions.csv)"


def test_figures_of_the_plans_year_are_what_its_level_is_held_against() -> None:
    figures = {"1283": {"transport": {2022: 90.0, 2024: 50.0}}}
    (panel,) = panels(country.emissions(figures), country.no_nation())
    actions = [plan(level=Level(100.0, 2022)), plan(level=Level(100.0)), plan(sector_code="sea")]
    assert [action.series_t for action in sized(actions, panel, 0)] == [90.0, 50.0]


def test_delivery_is_the_plans_range_or_at_least_half() -> None:
    drawn = drawn_delivery([plan(low_t=80.0, high_t=120.0), plan(action_id="b")], Stream("1283"), draws=2000, least=0.5)
    assert (drawn["a"].min(), drawn["a"].max()) == pytest.approx((0.8, 1.2), abs=0.02)
    assert (drawn["b"].min(), drawn["b"].max()) == pytest.approx((0.5, 1.0), abs=0.02)


SHARES = st.floats(-0.5, 1.5)
ACTIONS = st.lists(st.tuples(SHARES, st.booleans(), st.booleans()), max_size=4)


def many(found: list[tuple[float, bool, bool]]) -> list[Action]:
    return [
        takes(share, f"a{i}", is_additive=additive, is_metered=metered)
        for i, (share, additive, metered) in enumerate(found)
    ]


@given(st.floats(0, 1e6), st.floats(0, 1), ACTIONS, st.floats(0, 1.5), st.booleans(), st.booleans())
def test_more_actions_never_raise_emissions_nor_save_more_than_there_is(
    base: float, part: float, found: list[tuple[float, bool, bool]], one_more: float, additive: bool, metered: bool
) -> None:
    usual, actions = base * part, many(found)
    before = left(base, *actions, usual=usual)
    assert 0.0 <= before <= usual
    further = takes(one_more, "z", is_additive=additive, is_metered=metered)
    assert left(base, *actions, further, usual=usual) <= before + 1e-9 * base


@given(st.floats(0, 1e6), ACTIONS, st.randoms())
def test_order_of_actions_does_not_matter(base: float, found: list[tuple[float, bool, bool]], random: object) -> None:
    actions = many(found)
    mixed = list(actions)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert left(base, *actions) == left(base, *mixed)
