"""The forecast of business as usual: the newest figure, carried on along a slope that fades.

For every main sector of a municipality, and for its total as a series of its own, h years ahead:

* middle = newest figure x exp(slope x (1 + d + d^2 + ... h terms)), d the ``damping`` a year
* slope = ``national_fraction`` of the nation's and the rest of the municipality's own; either is the change between the
  ends of the last ``window_years`` over the years between them, so gaps do no harm, on the scale z = asinh(E / c) with
  c = ``bend_fraction`` of the mean |E|: per cent where emissions are large, and no rule for zeros
* a change of law (``scenario_years.csv``) is in no slope; where it was decided by the newest year and lies ahead, the
  middle steps by what it is stated to do, a total by that times the sector's share
* tonnes = c sinh(asinh(middle / c) + error), never below zero unless history was; the error is one of ``errors``

How it was chosen and how it scores: ``docs/method_scenarios.md``. What does not belong here: errors, draws, and
the figures as arrays (``panels``).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from klimat_pipeline.clean.method_assumptions import TOTAL, Assumptions
from klimat_pipeline.scenarios.panels import Floats, Panel

#: Least value of the bend, tonnes: below a tonne nothing matters.
SMALLEST_BEND_T = 1.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What lies ahead of a panel's municipalities; arrays have the shape (S, M), NaN where nothing can be said.

    Attributes:
        origin: newest year that was used.
        level: tonnes in that year.
        slope: relative change a year.
        bend: tonnes at which the scale of errors changes from linear to per cent.
        floor: tonnes below which no future goes.
        steps: factors by which changes of law move the series, by the year of their effect.
        damping: of the slope, a year.
    """

    origin: int
    level: Floats
    slope: Floats
    bend: Floats
    floor: Floats
    steps: dict[int, Floats]
    damping: float

    def at(self, place: int) -> "Forecast":
        """The forecast of one municipality."""
        here = slice(place, place + 1)
        arrays = {name: getattr(self, name)[:, here] for name in ("level", "slope", "bend", "floor")}
        return replace(self, **arrays, steps={year: factor[:, here] for year, factor in self.steps.items()})

    def middle(self, year: int, theta: float | Floats = 0.0) -> Floats:
        """Tonnes without error.

        Args:
            year: after the origin.
            theta: part of a falling slope to leave out, 0-1: 1 freezes what falls at today's level.
        """
        ahead = (self.damping ** np.arange(year - self.origin)).sum()
        slope = np.where(self.slope < 0, self.slope * (1.0 - theta), self.slope)
        middle = self.level * np.exp(slope * ahead)
        for effective, factor in self.steps.items():
            if effective <= year:
                middle = middle * factor
        return np.asarray(middle)

    def tonnes(self, year: int, errors: Floats | float, theta: float | Floats = 0.0) -> Floats:
        """Tonnes with errors that broadcast to (..., S, M)."""
        scaled = np.arcsinh(self.middle(year, theta) / self.bend) + errors
        return np.maximum(np.sinh(scaled) * self.bend, self.floor)

    def missed(self, year: int, actual: Floats) -> Floats:
        """Errors that would have given the actual figures."""
        return np.arcsinh(actual / self.bend) - np.arcsinh(self.middle(year) / self.bend)


def forecast(panel: Panel, assumptions: Assumptions, until: int | None = None) -> Forecast:
    """Carry every series of a panel on.

    Args:
        panel: figures of a release.
        assumptions: those of the method.
        until: last year that may be used; the panel's last where it is not given.
    """
    origin = panel.years[-1] if until is None else until
    used = [at for at, year in enumerate(panel.years) if origin - assumptions.window_years <= year <= origin]
    years = np.array(panel.years)[used]
    history, nation = panel.tonnes[:, :, used], panel.nation[:, :, used]
    level = history[:, :, -1] if years[-1] == origin else np.full(history.shape[:2], np.nan)
    bend, slope = np.empty(level.shape), np.empty(level.shape)
    for row, series in enumerate(panel.series):
        breaks = assumptions.changes_of_law(None if series == TOTAL else series)
        national, _ = _slope(nation[row], years, breaks, assumptions.bend_fraction)
        own, bend[row] = _slope(history[row], years, breaks, assumptions.bend_fraction)
        part = assumptions.national_fraction
        slope[row] = np.where(np.isnan(own), national, part * national + (1.0 - part) * own)
    return Forecast(
        origin=origin,
        level=level,
        slope=slope,
        bend=bend,
        floor=np.minimum(np.nanmin(panel.tonnes[:, :, : used[-1] + 1], axis=2, initial=0.0), 0.0),
        steps=_steps(panel.series, level, assumptions, origin),
        damping=assumptions.damping,
    )


def _slope(tonnes: Floats, years: Any, breaks: list[int], bend_fraction: float) -> tuple[Floats, Floats]:
    """Slopes of series (M, Y) between the ends of their years, without the steps at the breaks; and their bends.

    NaN where no two years lie on one side of the breaks.
    """
    known = ~np.isnan(tonnes)
    mean = np.abs(np.where(known, tonnes, 0.0)).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    bend = np.maximum(mean * bend_fraction, SMALLEST_BEND_T)
    z = np.arcsinh(tonnes / bend[:, None])
    change, span, each = np.zeros(len(z)), np.zeros(len(z)), np.arange(len(z))
    period = np.searchsorted(breaks, years, side="right")
    for one in np.unique(period):
        inside = known & (period == one)
        first, last = inside.argmax(axis=1), inside.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)
        some = inside.any(axis=1)
        change += np.where(some, z[each, last] - z[each, first], 0.0)
        span += np.where(some, years[last] - years[first], 0.0)
    return np.divide(change, span, out=np.full(len(z), np.nan), where=span > 0), bend


def _steps(series: tuple[str, ...], level: Floats, assumptions: Assumptions, origin: int) -> dict[int, Floats]:
    """Factors of the changes of law that are decided by the origin and take effect after it."""
    found: dict[int, Floats] = {}
    for change in assumptions.changes:
        if change.decided_year <= origin < change.year and change.sector_code in series:
            row = series.index(change.sector_code)
            factor = found.setdefault(change.year, np.ones(level.shape))
            factor[row] += change.step_pct / 100.0
            with np.errstate(divide="ignore", invalid="ignore"):
                share = np.where(level[-1] > 0, level[row] / level[-1], 0.0)
            factor[-1] += np.nan_to_num(share) * change.step_pct / 100.0
    return found
