"""The trend of business as usual: robust, over years with gaps, with a treatment of odd years and changes of law.

For every municipality and main sector of a release, over the last ``window_years`` up to the newest year:

* scale: z = asinh(E / c) with c = ``bend_fraction`` times the mean of |E|, at least one tonne. Where emissions are
  large this is a trend in per cent, near zero a straight line; zeros need no rule of their own.
* slope: the median over all pairs of years of (z2 - z1) / (y2 - y1) (Theil 1950, Sen 1968): true spans, so gaps do no
  harm, and up to 29 per cent of the years may be outliers. Years that ``scenario_years.csv`` leaves out are in no pair,
  as long as three others remain; nor is a pair across a change of level (a change of law).
* level: the median of the last ``level_years`` residuals, among the years since the last change of level.
* spread: the residuals' standard deviation, averaged with the sector's typical one with the weight of ``prior_years``.

A forecast h years ahead is c sinh(level + slope h + e), e normal with the standard deviation spread x (width_at_once +
width_per_year h); neither the line nor the forecast goes below zero unless history did. The widths were calibrated by
hindcast (``hindcast``). Theil-Sen was preferred to Huber's regression because it has no tuning constant and is exact
with the three to six years that a release may hold. What does not belong here: draws (``simulation``).
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.assumptions import Assumptions

#: A line needs at least so many years.
FEWEST_YEARS = 3
#: Least value of the bend, tonnes: below a tonne nothing matters.
SMALLEST_BEND_T = 1.0

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Panel:
    """Figures of one release.

    Attributes:
        release_id: the release.
        municipality_codes: M of them, sorted.
        sector_codes: S of them, sorted.
        years: Y of them, ascending, with the release's own gaps.
        tonnes: t CO2e, shape (S, M, Y); NaN where the release has no figure.
    """

    release_id: str
    municipality_codes: tuple[str, ...]
    sector_codes: tuple[str, ...]
    years: tuple[int, ...]
    tonnes: Floats


@dataclass(frozen=True, slots=True)
class Fit:
    """Trends of a panel; arrays have the shape (S, M), NaN where there were too few years.

    Attributes:
        origin: year that years ahead are counted from.
        level, slope: on the scale of the fit, at the origin and per year.
        bend: tonnes at which the scale changes from linear to per cent.
        spread: standard deviation about the trend, on the scale of the fit.
        floor: tonnes below which no forecast goes.
        at_once, per_year: the sectors' widths, shape (S, 1).
        own_spread: the spread before it was drawn towards the typical one.
    """

    origin: int
    level: Floats
    slope: Floats
    bend: Floats
    spread: Floats
    floor: Floats
    at_once: Floats
    per_year: Floats
    own_spread: Floats = field(repr=False)

    def width(self, year: int) -> Floats:
        """Standard deviation of a forecast's error, on the scale of the fit, shape (S, M)."""
        return self.spread * (self.at_once + self.per_year * (year - self.origin))

    def forecast(self, year: int, errors: Floats | float = 0.0) -> Floats:
        """Tonnes in a year.

        Args:
            year: after the origin.
            errors: standard normal, anything that broadcasts to (..., S, M).
        """
        # A line that would fall below the floor stays on it; a positive error may still raise it.
        middle = np.maximum(self.level + self.slope * (year - self.origin), self.scaled(self.floor))
        z = middle + errors * self.width(year)
        # Clipped so that even the sum of squares fits in a float.
        return np.maximum(np.sinh(np.clip(z, -_FARTHEST, _FARTHEST)) * self.bend, self.floor)

    def scaled(self, tonnes: Floats) -> Floats:
        """Tonnes on the scale of the fit."""
        return np.arcsinh(tonnes / self.bend)


#: Limit of z in a forecast: sinh(100) is 1e43.
_FARTHEST = 100.0


@dataclass(frozen=True, slots=True)
class Variant:
    """Another way to fit, to show the effect of an assumption; the default is the method itself."""

    keep_left_out: bool = False
    ignore_levels: bool = False
    drop_last: bool = False


METHOD = Variant()


def panels(emissions: pd.DataFrame) -> list[Panel]:
    """Figures as arrays, a panel per release.

    Args:
        emissions: ``corrected/emissions``; rows without CO2e are left out.
    """
    valued = emissions[emissions["emissions_t_co2e"].notna()]
    found = []
    for release, rows in valued.groupby("release_id", sort=True):
        places, at_place = np.unique(rows["municipality_code"].to_numpy(dtype=str), return_inverse=True)
        sectors, at_sector = np.unique(rows["sector_code"].to_numpy(dtype=str), return_inverse=True)
        years, at_year = np.unique(rows["year"].to_numpy(dtype="int64"), return_inverse=True)
        tonnes = np.full((len(sectors), len(places), len(years)), np.nan)
        tonnes[at_sector, at_place, at_year] = rows["emissions_t_co2e"].to_numpy(dtype="float64")
        found.append(
            Panel(
                str(release),
                tuple(map(str, places)),
                tuple(map(str, sectors)),
                tuple(int(year) for year in years),
                tonnes,
            )
        )
    return found


def fit(panel: Panel, assumptions: Assumptions, until: int | None = None, variant: Variant = METHOD) -> Fit:
    """Fit every series of a panel.

    Args:
        panel: figures of a release.
        assumptions: window, widths, years with a treatment.
        until: last year that may be used; the panel's last where it is not given.
        variant: another way to fit.
    """
    years = np.array(panel.years)
    origin = int(years.max()) if until is None else until
    shape = panel.tonnes.shape[:2]
    parts = {name: np.full(shape, np.nan) for name in ("level", "slope", "bend", "own_spread", "spread", "floor")}
    for row, sector in enumerate(panel.sector_codes):
        window = (years <= origin) & (years >= origin - assumptions.window_years)
        if variant.drop_last:
            window &= years != years[window].max(initial=0)
        left_out = () if variant.keep_left_out else assumptions.years_treated(sector, "left_out")
        odd = np.isin(years, list(left_out))
        levels = () if variant.ignore_levels else assumptions.years_treated(sector, "new_level")
        typical = assumptions.sectors[sector].typical_spread
        for used, places in _same_years(panel.tonnes[row][:, window]):
            chosen = np.flatnonzero(window)[used]
            kept = chosen[~odd[chosen]]
            chosen = kept if len(kept) >= FEWEST_YEARS else chosen
            if len(chosen) < FEWEST_YEARS:
                continue
            values = panel.tonnes[row][np.ix_(places, chosen)]
            made = _lines(values, years[chosen], sorted(levels), origin, assumptions)
            weight = len(chosen)
            own, prior = made["own_spread"] ** 2, assumptions.prior_years
            made["spread"] = np.sqrt((prior * typical**2 + weight * own) / (prior + weight))
            for name, array in made.items():
                parts[name][row, places] = array
    widths = [assumptions.sectors[sector] for sector in panel.sector_codes]
    return Fit(
        origin=origin,
        at_once=np.array([[width.width_at_once] for width in widths]),
        per_year=np.array([[width.width_per_year] for width in widths]),
        **parts,
    )


def _same_years(values: Floats) -> list[tuple[Any, Any]]:
    """Municipalities with figures in the same years: positions of the years, positions of the municipalities."""
    present = ~np.isnan(values)
    if present.all():
        return [(np.arange(values.shape[1]), np.arange(values.shape[0]))]
    patterns, of = np.unique(present, axis=0, return_inverse=True)
    return [(np.flatnonzero(pattern), np.flatnonzero(of.ravel() == i)) for i, pattern in enumerate(patterns)]


def _lines(values: Floats, years: Any, levels: list[int], origin: int, assumptions: Assumptions) -> dict[str, Floats]:
    """Theil-Sen lines of series (n, Y) that share their years."""
    bend = np.maximum(np.abs(values).mean(axis=1) * assumptions.bend_fraction, SMALLEST_BEND_T)
    z = np.arcsinh(values / bend[:, None])
    period = np.searchsorted(np.array(levels), years, side="right")
    first, second = np.triu_indices(len(years), 1)
    same = period[first] == period[second]
    first, second = first[same], second[same]
    slope = np.zeros(len(values))
    if len(first):
        slope = np.median((z[:, second] - z[:, first]) / (years[second] - years[first]), axis=1)
    residuals = z - slope[:, None] * (years - origin)
    newest = residuals[:, period == period[-1]]
    level = np.median(newest[:, -assumptions.level_years :], axis=1)
    periods = np.unique(period)
    centred = np.concatenate(
        [residuals[:, period == p] - np.median(residuals[:, period == p], axis=1, keepdims=True) for p in periods],
        axis=1,
    )
    freedom = max(len(years) - 1 - len(periods), 1)
    return {
        "level": level,
        "slope": slope,
        "bend": bend,
        "own_spread": np.sqrt((centred**2).sum(axis=1) / freedom),
        "floor": np.minimum(values.min(axis=1), 0.0),
    }
