"""Actions in time and together: hand-computed years, and what must hold for any set of actions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.scenarios.effects import effect_in_year, left_after

NONE = np.array([np.nan])
EFFECTS = st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), max_size=8)


def one(year: int, start: float = 2026, ramp: float = np.nan, lifetime: float = np.nan) -> float:
    arrays = (np.array([90.0]), year, np.array([start]), np.array([ramp]), np.array([lifetime]))
    return float(effect_in_year(*arrays, target_year=2030)[0])


def test_ramp_rises_in_equal_steps_from_the_start_year() -> None:
    # 90 t over three years: 30, 60, 90 and then 90 to the end.
    assert [one(year, ramp=3) for year in (2025, 2026, 2027, 2028, 2029)] == [0, 30, 60, 90, 90]


def test_effect_ends_with_the_lifetime() -> None:
    # Five years from 2026 are 2026-2030.
    assert [one(year, lifetime=5) for year in (2026, 2030, 2031)] == [90, 90, 0]


def test_without_a_start_year_it_counts_whole_in_the_target_year_only() -> None:
    assert [one(year, start=np.nan, ramp=10) for year in (2029, 2030, 2031)] == [0, 90, 90]


def test_a_missing_effect_saves_nothing_that_can_be_counted() -> None:
    assert effect_in_year(NONE, 2030, NONE, NONE, NONE, target_year=2030)[0] == 0.0


def left(emissions: float, *actions: tuple[float, bool]) -> float:
    return left_after(
        emissions, np.array([e for e, _ in actions], dtype=float), np.array([m for _, m in actions], dtype=bool)
    )


def test_additive_first_then_shares_of_what_is_left() -> None:
    # 1,000 t; 200 t of a source of its own leave 800; a half and a tenth of the line leave 800 * 0.5 * 0.9 = 360.
    assert left(1000, (200, False), (500, True), (100, True)) == pytest.approx(360)
    assert left(1000, (900, False), (200, False)) == 0.0
    assert left(0, (10, True)) == 0.0


@given(emissions=st.floats(0, 1e6), actions=EFFECTS, more=st.tuples(st.floats(0, 1e6), st.booleans()))
def test_one_more_action_never_raises_emissions_and_no_line_saves_more_than_it_holds(
    emissions: float, actions: list[tuple[float, bool]], more: tuple[float, bool]
) -> None:
    before, after = left(emissions, *actions), left(emissions, *actions, more)
    assert 0.0 <= after <= before * (1 + 1e-12) <= emissions * (1 + 1e-9)
