"""Would the published interval have been right? Its errors, tried on every earlier year of every release.

The table says per series, origin and year what share of the figures the interval held; ``scenario_score`` says how the
method does on figures that its errors were not measured on, beside simpler methods. Errors and what was tested are kept
as data (``scenario_errors.csv``, ``scenario_coverage.csv``, renewed by ``klimat hindcast --renew``), so that a
municipality's intervals do not depend on which others happen to be in a run. What does not belong here: forecasts of
the past (``past``).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.method_assumptions import TOTAL, Assumptions
from klimat_pipeline.scenarios.errors import NOMINAL, PERCENTILES, Stream, errors_of
from klimat_pipeline.scenarios.panels import Floats, Panel
from klimat_pipeline.scenarios.past import Flags, Past, past
from klimat_pipeline.scenarios.pathways import in_form
from klimat_pipeline.scenarios.scenario_score import scores
from klimat_pipeline.scenarios.trend import forecast

#: Years ahead that the table shows: more than errors are measured on, so that one sees what they do beyond.
SHOWN_AHEAD = 9
#: Changes that are called tested: but for the outermost hundredth on either side.
_OUTERMOST = (0.01, 0.99)


def hindcast(panels: Sequence[Panel], assumptions: Assumptions) -> pd.DataFrame:
    """Coverage of the published intervals, per release, series, origin and year.

    Args:
        panels: releases, any number of municipalities.
        assumptions: those of the method.

    Returns:
        ``scenarios/scenario_hindcast``; 'total' is the sum of each municipality's sectors.
    """
    found = [tried for panel in panels if (tried := past(panel, assumptions, farthest=SHOWN_AHEAD)) is not None]
    return in_form(
        pd.DataFrame([row for tried in found for row in _covered(tried, assumptions)]), "scenarios/scenario_hindcast"
    )


def score_table(panels: Sequence[Panel], substances: dict[str, str], assumptions: Assumptions) -> pd.DataFrame:
    """Scores of the method and of simpler ones on held-out figures.

    Args:
        panels: releases.
        substances: of each release; methods are scored on one substance at a time.
        assumptions: those of the method.

    Returns:
        ``scenarios/scenario_score``; empty where no release holds enough municipalities.
    """
    found = [
        scores([panel for panel in panels if substances[panel.release_id] == substance], assumptions).assign(
            substance=substance
        )
        for substance in sorted(set(substances.values()))
    ]
    return in_form(pd.concat(found) if found else pd.DataFrame(), "scenarios/scenario_score")


def coverage_rows(tried: Past, assumptions: Assumptions) -> Iterator[dict[str, Any]]:
    """What ``scenario_coverage.csv`` says of every series and number of years ahead."""
    low, high, known = _interval(tried, assumptions)
    slack = 1e-9 * np.abs(tried.actual)
    for row, series in enumerate(tried.series):
        for ahead in np.unique(tried.ahead):
            here = known[:, row] & (tried.ahead == ahead)[:, None]
            if not here.any():
                continue
            actual, newest = tried.actual[:, row][here], tried.newest[:, row][here]
            below = (actual < (low - slack)[:, row][here]).mean()
            above = (actual > (high + slack)[:, row][here]).mean()
            some = newest > 0
            change = np.quantile((actual[some] / newest[some] - 1.0) * 100.0, _OUTERMOST)
            yield {
                "sector_code": series,
                "years_ahead": int(ahead),
                "series": int(here.sum()),
                "covered_fraction": round(float(1 - below - above), 4),
                "below_fraction": round(float(below), 4),
                "above_fraction": round(float(above), 4),
                "change_low_pct": round(float(change[0]), 2),
                "change_high_pct": round(float(change[1]), 2),
            }


def summed(panel: Panel, assumptions: Assumptions, origin: int, years: Sequence[int], draws: int = 1000) -> Floats:
    """Draws of the sum of all municipalities' totals in some years after an origin, shape (years, draws)."""
    found, row = forecast(panel, assumptions, origin), panel.series.index(TOTAL)
    errors = errors_of([TOTAL], assumptions.errors)
    probabilities = [Stream(code).of_total(draws, assumptions.shock_fraction) for code in panel.municipality_codes]
    own = errors.below(np.stack(probabilities, axis=1)[None])[0]  # (draws, M)
    sums = []
    for year in years:
        scaled = np.arcsinh(found.middle(year)[row] / found.bend[row]) + own * np.sqrt(year - origin)
        sums.append(np.nansum(np.sinh(scaled) * found.bend[row], axis=1))
    return np.stack(sums)


def _interval(tried: Past, assumptions: Assumptions) -> tuple[Floats, Floats, Flags]:
    """Ends of the interval, and where a figure can be held against it."""
    errors = errors_of(tried.series, assumptions.errors)
    low, high = (tried.at(errors.below(p)[None, :, None]) for p in (PERCENTILES[0], PERCENTILES[-1]))
    return low, high, ~np.isnan(tried.missed)


def _covered(tried: Past, assumptions: Assumptions) -> Iterator[dict[str, Any]]:
    low, high, known = _interval(tried, assumptions)
    # A figure on the end of the interval is inside, whatever floating-point noise says.
    slack = 1e-9 * np.abs(tried.actual)
    series = known.sum(axis=2)
    below = ((tried.actual < low - slack) & known).sum(axis=2)
    above = ((tried.actual > high + slack) & known).sum(axis=2)
    under = ((tried.actual < tried.middle) & known).sum(axis=2)
    for pair, row in zip(*np.nonzero(series), strict=True):
        n = series[pair, row]
        yield {
            "release_id": tried.release_id,
            "sector_code": tried.series[row],
            "fit_until": int(tried.origin[pair]),
            "year": int(tried.year[pair]),
            "years_ahead": int(tried.ahead[pair]),
            "series": int(n),
            "nominal_fraction": NOMINAL,
            "covered_fraction": 1.0 - (below[pair, row] + above[pair, row]) / n,
            "below_fraction": below[pair, row] / n,
            "above_fraction": above[pair, row] / n,
            "under_p50_fraction": under[pair, row] / n,
        }
