"""What the method would have said of years that have come since, beside simpler methods.

A *case* is a municipality's series, an origin and a year up to ``FARTHEST`` after it. Origins are the years that have
enough years before them for a slope and whose next year is in the release. No year is left out: a pandemic or a law
that nobody could foresee counts as a miss.

* ``published``: the method (``trend``)
* ``last_value``: the newest figure
* ``damped_trend``: the newest figure and the municipality's own slope, which fades by a tenth a year
* ``national_slope``: the newest figure and the nation's slope, which does not fade

All have errors of the same kind (``errors``). What belongs here: forecasts of the past. What does not: their scores
(``scenario_score``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from klimat_pipeline.clean.method_assumptions import TOTAL, Assumptions
from klimat_pipeline.scenarios.errors import WITHIN
from klimat_pipeline.scenarios.panels import Floats, Panel
from klimat_pipeline.scenarios.trend import Forecast, forecast

PUBLISHED, LAST_VALUE, DAMPED_TREND, NATIONAL_SLOPE = "published", "last_value", "damped_trend", "national_slope"
#: Arrays of yes and no.
Flags = np.ndarray[Any, np.dtype[np.bool_]]
_ARRAYS = ("middle", "bend", "floor", "newest", "actual")
#: Years ahead that errors and scores are taken from.
FARTHEST = 6


def _still(found: Forecast) -> Forecast:
    return replace(found, slope=np.zeros_like(found.slope), steps={})


METHODS: Mapping[str, tuple[Callable[[Assumptions], Assumptions], Callable[[Forecast], Forecast]]] = {
    PUBLISHED: (lambda given: given, lambda found: found),
    LAST_VALUE: (lambda given: given, _still),
    DAMPED_TREND: (lambda given: replace(given, national_fraction=0.0, damping=0.9), lambda found: found),
    NATIONAL_SLOPE: (lambda given: replace(given, national_fraction=1.0, damping=1.0), lambda found: found),
}


@dataclass(frozen=True, slots=True)
class Past:
    """Cases of a release; arrays have the shape (P, S, M): pairs of origin and year, series, municipalities.

    Attributes:
        release_id: the release.
        series: S of them.
        municipality_codes: M of them.
        origin, year: of each pair, shape (P,).
        middle, bend, floor: of the forecast.
        newest: figure of the origin.
        actual: figure of the year.
        alive: series that are not zero in all years, shape (S, M).
    """

    release_id: str
    series: tuple[str, ...]
    municipality_codes: tuple[str, ...]
    origin: Floats
    year: Floats
    middle: Floats
    bend: Floats
    floor: Floats
    newest: Floats
    actual: Floats
    alive: Flags

    @property
    def ahead(self) -> Floats:
        """Years from origin to year, shape (P,)."""
        return self.year - self.origin

    @property
    def missed(self) -> Floats:
        """Errors as if after one year; NaN where nothing was forecast or the series is zero throughout."""
        error = np.arcsinh(self.actual / self.bend) - np.arcsinh(self.middle / self.bend)
        return np.where(self.alive, error / np.sqrt(self.ahead)[:, None, None], np.nan)

    def at(self, error: Floats | float) -> Floats:
        """Tonnes of futures with an error, given as after one year."""
        scaled = np.arcsinh(self.middle / self.bend) + error * np.sqrt(self.ahead)[:, None, None]
        return np.asarray(np.maximum(np.sinh(scaled) * self.bend, self.floor))

    def only(self, row: int) -> "Past":
        """One of the series."""
        own = {name: getattr(self, name)[:, row : row + 1] for name in _ARRAYS}
        return replace(self, series=self.series[row : row + 1], alive=self.alive[row : row + 1], **own)

    def part(self, pairs: Flags, places: Flags) -> "Past":
        """Some of the pairs and municipalities, by masks."""
        own = {name: getattr(self, name)[pairs][:, :, places] for name in _ARRAYS}
        return replace(
            self,
            municipality_codes=tuple(np.array(self.municipality_codes)[places].tolist()),
            origin=self.origin[pairs],
            year=self.year[pairs],
            alive=self.alive[:, places],
            **own,
        )


def origins(panel: Panel, assumptions: Assumptions) -> list[int]:
    """Years from which a forecast is tried."""
    years = panel.years
    return [
        year
        for year, after in pairwise(years)
        if after == year + 1 and any(year - assumptions.window_years <= other < year for other in years)
    ]


def past(panel: Panel, assumptions: Assumptions, method: str = PUBLISHED, farthest: int = FARTHEST) -> Past | None:
    """Forecasts of a panel from every earlier year; None where a release has no year to try.

    Args:
        panel: figures of a release.
        assumptions: those of the method.
        method: one of ``METHODS``.
        farthest: years ahead.
    """
    change, stilled = METHODS[method]
    cases = [
        (stilled(forecast(panel, change(assumptions), origin)), [y for y in panel.years if 0 < y - origin <= farthest])
        for origin in origins(panel, assumptions)
    ]
    pairs = [(found, year) for found, years in cases for year in years]
    if not pairs:
        return None
    return Past(
        release_id=panel.release_id,
        series=panel.series,
        municipality_codes=panel.municipality_codes,
        origin=np.array([found.origin for found, _ in pairs]),
        year=np.array([year for _, year in pairs]),
        middle=np.stack([found.middle(year) for found, year in pairs]),
        bend=np.stack([found.bend for found, _ in pairs]),
        floor=np.stack([found.floor for found, _ in pairs]),
        newest=np.stack([found.level for found, _ in pairs]),
        actual=np.stack([panel.tonnes[:, :, panel.years.index(year)] for _, year in pairs]),
        alive=(np.nan_to_num(panel.tonnes) != 0).any(axis=2),
    )


def sizes(errors: Floats) -> dict[float, float]:
    """Quantiles of absolute errors, by the share that is no larger; empty without any."""
    known = np.abs(errors[~np.isnan(errors)])
    if not len(known):
        return {}
    return dict(zip(WITHIN, np.quantile(known, WITHIN).tolist(), strict=True))


def calibrated(tried: Past) -> dict[str, dict[float, float]]:
    """Errors of every series after one year, as ``Assumptions.errors``."""
    missed = tried.missed
    return {series: found for row, series in enumerate(tried.series) if (found := sizes(missed[:, row]))}


def shared_fraction(tried: Past) -> float:
    """Part of the variance of a total's error that municipalities share in a year, from normal scores of the errors."""
    from statistics import NormalDist

    missed = tried.missed[:, tried.series.index(TOTAL)]
    flat = np.concatenate([missed.ravel(), -missed.ravel()])
    flat = np.sort(flat[~np.isnan(flat)])
    probability = (np.searchsorted(flat, missed) + 0.5) / (len(flat) + 1)
    score = np.vectorize(NormalDist().inv_cdf)(np.where(np.isnan(missed), 0.5, probability))
    return float((score.mean(axis=1) ** 2 - score.var(axis=1) / score.shape[1]).mean() / (score**2).mean())
