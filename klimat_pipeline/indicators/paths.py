"""Paths from a baseline to a target, budgets and the years between: arithmetic on one target at a time.

Formulas, with (y0, v0), (y1, v1) two neighbouring points among baseline, interim targets and target:

* straight line: v0 + (v1 - v0) (y - y0) / (y1 - y0); it is drawn here and nowhere else
* constant percentage: v0 (v1 / v0) ^ ((y - y0) / (y1 - y0)); undefined where an end is zero
* carbon budget: the straight line, scaled so that its sum from the year after the baseline to the target year is the
  budget. Where no budget is given, it is that sum itself, and the two paths are the same.

After the target year every path stays at its end. What belongs here: numbers. What does not: which target, which data
(``target_status``).
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Points = Sequence[tuple[int, float]]
#: The same, of many rows at once.
RowPoints = Sequence[tuple[Any, Any]]

STRAIGHT, CONSTANT, BUDGET = "straight_line", "constant_percentage", "carbon_budget"


def points_to(baseline: tuple[Any, Any], interim: str, target: tuple[Any, Any]) -> list[tuple[Any, Any]]:
    """What a line goes through: baseline, interim targets and target, each as year and value.

    Args:
        baseline: year and value, of one row or of many.
        interim: steps on the way as ``clean/targets`` writes them, ``2027:-40 2029:-55``; empty for none.
        target: year and value.
    """
    steps = [step.split(":") for step in interim.split()]
    return [baseline, *((int(year), baseline[1] * (1.0 + float(pct) / 100.0)) for year, pct in steps), target]


def straight_line(points: RowPoints, years: Any) -> Floats:
    """The straight line through the points, level after the last; missing before the first, and without the last.

    Args:
        points: year and value of baseline, interim targets and target, years rising; each a number, or an array with a
            number a row.
        years: years asked for, one a row.
    """
    (year, value), *others = points
    path = np.where(years >= year, value, np.nan)
    for next_year, next_value in others:
        between = value + (next_value - value) * ((years - year) / (next_year - year))
        path = np.where(years >= next_year, next_value, np.where(years > year, between, path))
        year, value = next_year, next_value
    # Without a target there is no line, not even where it would begin.
    is_whole = ~(np.isnan(year) | np.isnan(value))
    whole: Floats = np.where(is_whole, path, np.nan)
    return whole


def constant_percentage(points: Points, years: Floats) -> Floats:
    """The same yearly percentage from point to point; missing where a point is not above zero."""
    at, value = (np.array(side, dtype=float) for side in zip(*points, strict=True))
    if (value <= 0).any():
        return np.full(len(years), np.nan)
    path: Floats = np.exp(np.interp(years, at, np.log(value), left=np.nan))
    # The points themselves are exact, whatever the logarithm rounds them to.
    for year, own in points:
        path[years == year] = own
    path[years > at[-1]] = value[-1]
    return path


def straight_area(points: Points) -> float:
    """Sum of the straight line over the years after the first point to the last: the derived budget."""
    first, last = points[0][0], points[-1][0]
    return float(straight_line(points, np.arange(first + 1, last + 1, dtype=float)).sum())


def budget_path(points: Points, years: Floats, budget: float) -> Floats:
    """The straight line scaled to the budget; missing where the straight line has no area."""
    area = straight_area(points)
    path: Floats = straight_line(points, years) * (budget / area if area > 0 else np.nan)
    return path


def filled(years: Floats, values: Floats, first: int, last: int) -> tuple[Floats, Floats, str, int]:
    """Values of every year from the first to the last, the missing ones interpolated on straight lines.

    Returns:
        All years, their values, the interpolated years as text such as ``1991-1999 2001``, and how many they are.
    """
    whole = np.arange(first, last + 1, dtype=float)
    missing = [int(year) for year in whole if year not in set(years.tolist())]
    return whole, np.interp(whole, years, values), spans(missing), len(missing)


def spans(years: Sequence[int]) -> str:
    """Years as text, runs of them joined: ``1991-1999 2001``."""
    runs = []
    for _, group in groupby(enumerate(years), key=lambda pair: pair[1] - pair[0]):
        run = [year for _, year in group]
        runs.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    return " ".join(runs)


def line_through(years: Floats, values: Floats) -> tuple[float, float] | None:
    """Slope and intercept of the least-squares line, None with fewer than three points."""
    if len(years) < 3:
        return None
    middle = years.mean()
    x = years - middle
    slope = float((x * (values - values.mean())).sum() / (x * x).sum())
    return slope, float(values.mean() - slope * middle)
