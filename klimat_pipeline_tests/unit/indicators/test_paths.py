"""Paths by hand, and what must hold for any baseline and target."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from klimat_pipeline.indicators import paths

TONNES = st.floats(1e-3, 1e7)


def at(*years: int) -> np.ndarray:
    return np.array(years, dtype=float)


def test_straight_line_and_constant_percentage_half_way() -> None:
    # 400 to 100 over 20 years: half way is 250 on the line, 400 * (1/4)^(1/2) = 200 by a constant percentage.
    points = [(2000, 400.0), (2020, 100.0)]
    assert paths.straight_line(points, at(2000, 2010, 2020, 2025)).tolist() == [400, 250, 100, 100]
    assert paths.constant_percentage(points, at(2000, 2010, 2020, 2025)) == pytest.approx([400, 200, 100, 100])
    assert np.isnan(paths.straight_line(points, at(1999))[0])


def test_a_constant_percentage_never_reaches_zero() -> None:
    assert np.isnan(paths.constant_percentage([(2000, 400.0), (2020, 0.0)], at(2010))).all()


def test_derived_budget_is_the_area_under_the_line_and_a_given_one_scales_it() -> None:
    # 100, 80, 60, 40, 20, 0: the years after the baseline sum to 200. Half that budget halves the path.
    points = [(2000, 100.0), (2005, 0.0)]
    assert paths.straight_area(points) == pytest.approx(200)
    assert paths.budget_path(points, at(2001, 2003), 100.0) == pytest.approx([40, 20])


def test_missing_years_are_interpolated_and_named() -> None:
    years, values, said, count = paths.filled(at(2000, 2003, 2004), at(10, 40, 20), 2000, 2004)
    assert years.tolist() == [2000, 2001, 2002, 2003, 2004]
    assert values == pytest.approx([10, 20, 30, 40, 20])
    assert (said, count) == ("2001-2002", 2)
    assert paths.spans([1991, 1992, 2001, 2003, 2004]) == "1991-1992 2001 2003-2004"


def test_line_through_points_uses_the_true_span() -> None:
    # y = 100 - 2 (x - 2000) at 2000, 2010 and 2011.
    assert paths.line_through(at(2000, 2010, 2011), at(100, 80, 78)) == pytest.approx((-2.0, 4100.0))
    assert paths.line_through(at(2000, 2001), at(1, 2)) is None


@given(base=TONNES, step=TONNES, goal=TONNES, first=st.integers(1950, 2020), spans=st.tuples(*[st.integers(1, 40)] * 2))
def test_every_path_passes_through_its_ends_and_its_steps(
    base: float, step: float, goal: float, first: int, spans: tuple[int, int]
) -> None:
    points = [(first, base), (first + spans[0], step), (first + sum(spans), goal)]
    years = at(*(year for year, _ in points))
    assert paths.straight_line(points, years).tolist() == [base, step, goal]
    assert paths.constant_percentage(points, years).tolist() == [base, step, goal]
    area = paths.straight_area(points)
    every = np.arange(first + 1, first + sum(spans) + 1, dtype=float)
    assert paths.budget_path(points, every, area / 3).sum() == pytest.approx(area / 3)
    assert paths.budget_path(points, years, area) == pytest.approx([base, step, goal])


@given(
    base=TONNES, goal=st.floats(0, 1e7), first=st.integers(1950, 2020), span=st.integers(1, 60), part=st.floats(0, 2)
)
def test_a_path_of_any_kind_passes_through_its_two_ends(
    base: float, goal: float, first: int, span: int, part: float
) -> None:
    """Straight line and constant percentage end where the target is; a budget is spent whole, neither more nor less."""
    points, ends = [(first, base), (first + span, goal)], at(first, first + span)
    assert paths.straight_line(points, ends).tolist() == [base, goal]
    if goal > 0:
        assert paths.constant_percentage(points, ends).tolist() == [base, goal]
        assert paths.constant_percentage(points, at(first + span + 5)).tolist() == [goal]
    every = np.arange(first + 1, first + span + 1, dtype=float)
    assume(paths.straight_area(points) > 0)  # zero in the very next year leaves no year for a budget
    budget = paths.straight_area(points) * part
    assert paths.budget_path(points, every, budget).sum() == pytest.approx(budget, abs=1e-6)
    assert paths.budget_path(points, ends, paths.straight_area(points)) == pytest.approx([base, goal], abs=1e-6)
