"""How well methods would have done: loss, coverage, sharpness and probabilities, on figures that were held out.

Errors are measured on one part of the cases (``past``) and tried on another:

* ``municipalities``: on four fifths of the municipalities, tried on the rest, in turn
* a year: on all other target years, tried on that year
* ``time``: on the first half of the target years, tried on forecasts made at the end of it or later

Per case: pinball loss (the mean of those of p05, p50 and p95, as a percentage of the newest figure), whether the figure
lay below p05, above p95, below p50, the width of the interval, and the Brier score of the probabilities of being at
least 5, 10, 15, 20 or 30 per cent below the newest figure, beside that of how often it came true so many years ahead.
Reliability is the mean square of what was said less what came true, in tenths of probability.

What does not belong here: forecasts (``past``), and limits that scores are held to (``bars``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.method_assumptions import TOTAL, Assumptions
from klimat_pipeline.scenarios.errors import NOMINAL, PERCENTILES, errors_of
from klimat_pipeline.scenarios.panels import Floats, Panel
from klimat_pipeline.scenarios.past import FARTHEST, METHODS, Flags, Past, past, sizes

#: Fewer municipalities than this cannot tell ninety per cent from eighty.
FEWEST = 100
FOLDS = 5
MUNICIPALITIES, TIME = "municipalities", "time"
#: Reductions whose probabilities are judged.
REDUCTIONS = (0.05, 0.1, 0.15, 0.2, 0.3)
_BINS = 10


@dataclass(frozen=True, slots=True)
class Cases:
    """Scored forecasts of one series, an entry a case.

    Attributes:
        ahead: years ahead.
        newest: newest figure, tonnes.
        loss: pinball loss, tonnes.
        below, above, under: whether the figure was below p05, above p95, below p50.
        width: p95 less p05, tonnes.
        said, came: probability of each reduction and whether it came, shape (cases, reductions).
    """

    ahead: Floats
    newest: Floats
    loss: Floats
    below: Flags
    above: Flags
    under: Flags
    width: Floats
    said: Floats
    came: Flags

    def of(self, mask: Flags) -> "Cases":
        """Some of them."""
        return Cases(*(getattr(self, name)[mask] for name in Cases.__slots__))

    def measures(self) -> dict[str, Any]:
        """The scores of ``scenarios/scenario_score``."""
        some = self.newest > 0
        brier, base, reliability = self._brier()
        return {
            "cases": len(self.newest),
            "pinball_pct": float((self.loss[some] / self.newest[some]).mean() * 100) if some.any() else None,
            "covered_fraction": float(1 - self.below.mean() - self.above.mean()),
            "below_fraction": float(self.below.mean()),
            "above_fraction": float(self.above.mean()),
            "under_p50_fraction": float(self.under.mean()),
            "width_pct": float((self.width[some] / self.newest[some]).mean() * 100) if some.any() else None,
            "brier_score": brier,
            "brier_of_base_rate": base,
            "reliability_score": reliability,
        }

    def _brier(self) -> tuple[float, float, float]:
        rate = np.zeros_like(self.said)
        for ahead in np.unique(self.ahead):
            rate[self.ahead == ahead] = self.came[self.ahead == ahead].mean(axis=0)
        apart = sum(n * (said - came) ** 2 for said, came, n in self.reliability()) / self.said.size
        return float(((self.said - self.came) ** 2).mean()), float(((rate - self.came) ** 2).mean()), apart

    def reliability(self) -> list[tuple[float, float, int]]:
        """Per tenth of probability: what was said on average, how often it came true, and of how many."""
        said, came = self.said.ravel(), self.came.ravel()
        tenth = np.minimum((said * _BINS).astype(int), _BINS - 1)
        n, of_said, of_came = (np.bincount(tenth, values, _BINS) for values in (None, said, came))
        return [(of_said[b] / n[b], of_came[b] / n[b], int(n[b])) for b in np.flatnonzero(n)]


def scored(tried: Past, known: Mapping[float, float]) -> Cases:
    """Score cases of one series.

    Args:
        tried: the cases; those whose figure or forecast is unknown are left out.
        known: absolute errors by the share that is no larger, measured elsewhere.
    """
    mask = ~np.isnan(tried.missed)
    errors = errors_of([TOTAL], {TOTAL: known, "": known})
    tonnes = np.stack([tried.at(error)[mask] for error in errors.below(np.array(PERCENTILES))[0]])
    actual, newest, bend, middle = (getattr(tried, name)[mask] for name in ("actual", "newest", "bend", "middle"))
    off = actual - tonnes
    levels = np.array(PERCENTILES)[:, None]
    slack = 1e-9 * np.abs(actual)  # a figure on the end of the interval is inside, whatever floating point says
    ahead = np.broadcast_to(tried.ahead[:, None, None], mask.shape)[mask]
    goal = newest[:, None] * (1.0 - np.array(REDUCTIONS))
    needed = (np.arcsinh(goal / bend[:, None]) - np.arcsinh(middle / bend)[:, None]) / np.sqrt(ahead)[:, None]
    return Cases(
        ahead=ahead,
        newest=newest,
        loss=np.maximum(levels * off, (levels - 1.0) * off).mean(axis=0),
        below=off[0] < -slack,
        above=off[2] > slack,
        under=off[1] < 0,
        width=tonnes[2] - tonnes[0],
        said=errors.share_below(0, needed),
        came=actual[:, None] <= goal,
    )


def held_out(cases: Sequence[Past], *, whole: bool) -> Iterator[tuple[str, str, Cases]]:
    """Scores of a series by what was held out, with the release that the figures are of.

    Args:
        cases: of one method and series; errors are measured on the first release, and of the others only years are
            tried that it has not.
        whole: whether to hold out years too.
    """
    first = cases[0]
    missed = first.missed
    fold = np.array([int(code) % FOLDS for code in first.municipality_codes])
    every, everywhere = np.ones(len(first.year), dtype=bool), np.ones(len(fold), dtype=bool)
    parts = [
        scored(first.part(every, fold == one), measured)
        for one in range(FOLDS)
        if (measured := sizes(missed[:, :, fold != one])) and (fold == one).any()
    ]
    if parts:
        joined = Cases(*(np.concatenate([getattr(part, name) for part in parts]) for name in Cases.__slots__))
        yield MUNICIPALITIES, first.release_id, joined
    if not whole:
        return
    years = sorted({int(year) for year in first.year})
    for year in years:
        here = first.year == year
        if measured := sizes(missed[~here]):
            yield str(year), first.release_id, scored(first.part(here, everywhere), measured)
    for other in cases[1:]:
        for year in sorted({int(year) for year in other.year} - set(years)):
            places = np.ones(len(other.municipality_codes), dtype=bool)
            if measured := sizes(missed):
                yield str(year), other.release_id, scored(other.part(other.year == year, places), measured)
    turn = years[(len(years) - 1) // 2]
    early, late = first.year <= turn, first.origin >= turn
    if late.any() and (measured := sizes(missed[early])):
        yield TIME, first.release_id, scored(first.part(late, everywhere), measured)


def scores(panels: Sequence[Panel], assumptions: Assumptions) -> pd.DataFrame:
    """Scores of all methods on releases of one substance.

    Args:
        panels: releases; the one with most years to try comes to measure errors on.
        assumptions: those of the method.

    Returns:
        Rows of ``scenarios/scenario_score`` without the substance, and ``cases_of``, the cases behind each; empty where
        no release holds enough municipalities.
    """
    rows: list[dict[str, Any]] = []
    large = [panel for panel in panels if len(panel.municipality_codes) >= FEWEST]
    for method in METHODS:
        cases = [found for panel in large if (found := past(panel, assumptions, method)) is not None]
        cases.sort(key=lambda one: -len(one.year))
        for series in cases[0].series if cases else ():
            mine = [one.only(one.series.index(series)) for one in cases if series in one.series]
            for what, release, one in held_out(mine, whole=series == TOTAL):
                horizons = range(FARTHEST + 1) if what == MUNICIPALITIES else (0,)
                for ahead in horizons:
                    part = one.of(one.ahead == ahead) if ahead else one
                    if len(part.newest):
                        place = {
                            "forecast_method": method,
                            "sector_code": series,
                            "held_out": what,
                            "horizon_years": ahead,
                        }
                        rows.append({**place, "release_id": release, **part.measures(), "cases_of": part})
    return pd.DataFrame(rows).assign(nominal_fraction=NOMINAL)
