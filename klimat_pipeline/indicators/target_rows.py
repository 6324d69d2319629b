"""The rows of one target: its figures year by year against baseline, target and every path.

What does not belong here: which figures those are (``target_status``), and paths as such (``paths``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.indicators import paths
from klimat_pipeline.indicators.paths import BUDGET, CONSTANT, STRAIGHT

#: A later year is not given: the trend says nothing about it.
LAST_YEAR = 2200
#: Floating-point noise of a sum, as a share of it.
_NOISE = 1e-9
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Series:
    """Figures of one basis: all years up to one, and those of the baseline.

    Attributes:
        years, values: ascending.
        base: the figure that targets are counted from.
        basis: reported or corrected; None for a municipality's own data.
    """

    years: np.ndarray
    values: np.ndarray
    base: float
    basis: str | None = None

    def until(self, count: int) -> "Series":
        """The first years only."""
        return Series(self.years[:count], self.values[:count], self.base, self.basis)


def standing(value: float, base: float, goal: float, path: float) -> Row:
    """Values and status of one year; compared with the path, or with the target where there is no path."""
    limit = goal if np.isnan(path) else path
    status = "reached" if value <= goal else "on_track" if value <= limit else "behind"
    return {
        "current_value": value,
        "baseline_value": base,
        "target_value": goal,
        "path_value": path,
        "gap_value": value - limit,
        "change_pct": (value / base - 1.0) * 100.0 if base > 0 else np.nan,
        "status": status,
    }


def _points_of(target: Row, base: float) -> list[tuple[int, float]]:
    """Baseline, interim targets and target as years and values."""
    goal = target["target_level"]
    end = base * (1.0 + target["target_pct"] / 100.0) if pd.isna(goal) else float(goal)
    ends = (int(target["baseline_year"]), base), (int(target["target_year"]), end)
    return paths.points_to(ends[0], target["interim_targets"], ends[1])


def along(named: Row, target: Row, pairs: Sequence[Series], sums: Sequence[Series], *, budgets: bool) -> Iterator[Row]:
    """Rows of a target with a baseline: every path and year.

    Args:
        named: columns that are the same in all rows.
        target: the target.
        pairs: per year the series that it is compared with the baseline on.
        sums: per year the series that is summed and fitted.
        budgets: whether the measure is tonnes, so that sums over years mean something.
    """
    given = target["budget_t"]
    newest = sums[-1].years[-1]
    for path in (STRAIGHT, CONSTANT, *((BUDGET,) if budgets else ())):
        for pair, whole in zip(pairs, sums, strict=True):
            points = _points_of(target, whole.base)
            start, goal = points[0][0], points[-1][1]
            budget = paths.straight_area(points) if pd.isna(given) else float(given)
            shown = whole if path == BUDGET else pair
            year, value = int(shown.years[-1]), float(shown.values[-1])
            own = _points_of(target, shown.base)
            at = _line(path, own, budget)(shown.years[-1:])
            row = named | standing(value, shown.base, own[-1][1], float(at[0]))
            row |= {"year": year, "path": path, "is_latest_year": year == newest}
            row |= {"basis": shown.basis, "series_basis": whole.basis}
            reaches = _reached(named.get("trend_from_year"), whole.years, whole.values, goal)
            row |= {"trend_reaches_year": reaches[0], "trend_reaches_without_last_year": reaches[1]}
            row |= _next_step(own, year)
            if budgets:
                each, every, spans, count = paths.filled(whole.years, whole.values, start, year)
                excess = float((every - _line(path, points, budget)(each))[1:].sum())
                row |= {"cumulative_excess_t": excess, "interpolated_years": spans or None, "interpolated_count": count}
            if path == BUDGET:
                row |= _budget(every[1:], start, year, budget, value)
                row["budget_rule"] = "area_under_straight_line" if pd.isna(given) else "given"
                # A budget is about the sum: other years may make up for one above the line.
                if row["status"] != "reached":
                    row["status"] = "on_track" if excess <= _NOISE * max(budget, 1.0) else "behind"
            if np.isnan(row["path_value"]):
                row |= {"gap_value": np.nan, "cumulative_excess_t": np.nan, "status": "no_data"}
                row["_reason"] = "a constant percentage never reaches zero" if path == CONSTANT else "no path"
            yield row


def _line(path: str, points: list[tuple[int, float]], budget: float) -> Callable[[np.ndarray], np.ndarray]:
    """The path as a function of years."""
    return {
        STRAIGHT: lambda at: paths.straight_line(points, at),
        CONSTANT: lambda at: paths.constant_percentage(points, at),
        BUDGET: lambda at: paths.budget_path(points, at, budget),
    }[path]


def _budget(used_each: np.ndarray, start: int, year: int, budget: float, now: float) -> Row:
    used = used_each.cumsum()
    total = float(used[-1]) if len(used) else 0.0
    beyond = np.flatnonzero(used > budget * (1.0 + _NOISE))
    ends: int | None = None
    if len(beyond):
        ends = start + 1 + int(beyond[0])
    elif now > 0:
        ends = year + int(np.ceil((budget - total) / now))
    return {
        "budget_t": budget,
        "budget_used_t": total,
        "budget_left_t": budget - total,
        "budget_exhausted_year": ends if ends is not None and ends <= LAST_YEAR else None,
    }


def _next_step(points: list[tuple[int, float]], year: int) -> Row:
    ahead = [point for point in points[1:-1] if point[0] >= year]
    return {"next_interim_year": ahead[0][0], "next_interim_value": ahead[0][1]} if ahead else {}


def _reached(trend_from: Any, years: np.ndarray, values: np.ndarray, goal: float) -> tuple[int | None, int | None]:
    """Year in which the trend reaches the target: with all points, and without the last."""
    if values[-1] <= goal:
        return int(years[-1]), int(years[-1])
    since = years >= (float(trend_from) if trend_from is not None and pd.notna(trend_from) else years[0])
    ends: list[int | None] = []
    for cut in (slice(None), slice(None, -1)):
        line = paths.line_through(years[since][cut], values[since][cut])
        if line is None or line[0] >= 0:
            ends.append(None)
            continue
        # The line may be below the target already while the year's own figure is not: not before the next year.
        year = max(np.ceil((goal - line[1]) / line[0] - _NOISE), years[-1] + 1)
        ends.append(int(year) if year <= LAST_YEAR else None)
    return ends[0], ends[1]
