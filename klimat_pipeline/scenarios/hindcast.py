"""Would the method have been right? Fitted on the years up to an earlier one, compared with the years after it.

The interval from p05 to p95 of every series is compared with the actual figures; the share of them that it covers is
reported per sector, and for the municipalities' totals. Series are of one level (``corrected.basis``). No forecast year
is left out: a pandemic or a change of law that nobody could foresee counts as a miss.

The widths in ``data/reference/scenario_sectors.csv`` come from the same comparison on the whole country
(``calibrated``): per sector and number of years ahead the nominal quantile of |error| / spread over that of a normal
distribution, and a line through those by least squares. They are stored as data, so that a municipality's intervals do
not depend on which others happen to be in a run. What does not belong here: fitting (``trend``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.assumptions import Assumptions, SectorWidth
from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.basis import series_of_one_level
from klimat_pipeline.scenarios.draws import NOMINAL, PERCENTILES, Stream, sector_errors
from klimat_pipeline.scenarios.trend import FEWEST_YEARS, Fit, Floats, Panel, fit, panels

TOTAL = "total"
#: Standard deviations on either side of the middle that hold the nominal share of a normal distribution.
EDGE = NormalDist().inv_cdf(PERCENTILES[-1])
#: Draws for the interval of a total: enough to tell a coverage of nine in ten from eight in ten.
TOTAL_DRAWS = 200


def hindcast(emissions: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Coverage of the intervals, per release, sector, last fitted year and forecast year.

    Args:
        emissions: ``corrected/emissions``, any number of municipalities.
        assumptions: those of the method.

    Returns:
        ``scenarios/hindcast``; 'total' is the sum of each municipality's sectors.
    """
    rows = [row for panel in panels(series_of_one_level(emissions)) for row in _covered(panel, assumptions)]
    contract = table("scenarios/hindcast")
    frame = pd.DataFrame(rows, columns=contract.column_names)
    kinds = {"integer": "int64", "number": "float64", "string": "str"}
    frame = frame.astype({column.name: kinds[column.kind] for column in contract.columns})
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)


def calibrated(emissions: pd.DataFrame, assumptions: Assumptions, source: str = "") -> dict[str, SectorWidth]:
    """The typical spread of every sector, and the widths that its intervals would have needed.

    Args:
        emissions: ``corrected/emissions`` of one release for the whole country.
        assumptions: those of the method; their widths and spreads are not used.
        source: the source to name.

    Returns:
        Widths by sector; sectors that are zero everywhere get the median of the others.
    """
    (panel,) = panels(emissions)
    bare = {s: replace(width, typical_spread=0.0) for s, width in assumptions.sectors.items()}
    own: dict[str, list[Floats]] = {s: [] for s in panel.sector_codes}
    for fitted, _ in _fits(panel, replace(assumptions, sectors=bare, prior_years=0.0)):
        for row, sector in enumerate(panel.sector_codes):
            alive = (panel.tonnes[row] != 0).any(axis=1) & ~np.isnan(fitted.own_spread[row])
            own[sector].append(fitted.own_spread[row][alive])
    known = {s: float(np.median(np.concatenate(parts))) for s, parts in own.items() if any(map(len, parts))}
    usual_spread = float(np.median(list(known.values())))
    typical = {s: known.get(s, usual_spread) for s in panel.sector_codes}
    given = {s: replace(width, typical_spread=typical.get(s, 0.0)) for s, width in assumptions.sectors.items()}
    lines = _width_lines(panel, replace(assumptions, sectors=given))
    usual = [float(np.median([line[part] for line in lines.values()])) for part in (0, 1)]
    return {
        s: replace(
            given[s],
            width_at_once=max(lines.get(s, usual)[0], 0.0),
            width_per_year=max(lines.get(s, usual)[1], 0.0),
            source=source,
        )
        for s in panel.sector_codes
    }


def common_fraction(emissions: pd.DataFrame, assumptions: Assumptions) -> float:
    """The smallest share of common variance, in tenths, at which intervals of totals cover what they promise.

    Args:
        emissions: ``corrected/emissions`` of one release for the whole country.
        assumptions: those of the method, with calibrated widths.
    """
    (panel,) = panels(emissions)
    for tenth in range(11):
        rows = _covered(panel, replace(assumptions, common_fraction=tenth / 10), totals_only=True)
        share, weight = zip(*((row["covered_fraction"], row["series"]) for row in rows), strict=True)
        if np.average(share, weights=weight) >= NOMINAL:
            return tenth / 10
    return 1.0


def _width_lines(panel: Panel, assumptions: Assumptions) -> dict[str, list[float]]:
    """Per sector, the line through the widths that each number of years ahead would have needed."""
    errors: dict[tuple[str, int], list[Floats]] = {}
    for fitted, later in _fits(panel, assumptions):
        for at, year in later:
            z = (fitted.scaled(panel.tonnes[:, :, at]) - fitted.scaled(fitted.forecast(year))) / fitted.spread
            for row, sector in enumerate(panel.sector_codes):
                alive = (panel.tonnes[row] != 0).any(axis=1) & ~np.isnan(z[row])
                errors.setdefault((sector, year - fitted.origin), []).append(np.abs(z[row][alive]))
    lines = {}
    for sector in panel.sector_codes:
        points = [
            (ahead, float(np.quantile(missed, NOMINAL)), len(missed))
            for (s, ahead), parts in errors.items()
            if s == sector and len(missed := np.concatenate(parts))
        ]
        if points:
            found = np.array(points)
            weight = np.sqrt(found[:, 2])
            design = np.stack([np.ones(len(found)), found[:, 0]], axis=1) * weight[:, None]
            needed = found[:, 1] / EDGE
            lines[sector] = [float(part) for part in np.linalg.lstsq(design, needed * weight, rcond=None)[0]]
    return lines


def _covered(panel: Panel, assumptions: Assumptions, *, totals_only: bool = False) -> Iterator[Mapping[str, Any]]:
    stream = [
        sector_errors(Stream(code), panel.sector_codes, TOTAL_DRAWS, assumptions.common_fraction).mixed
        for code in panel.municipality_codes
    ]
    draws = np.stack(stream, axis=-1).transpose(1, 0, 2)  # (draws, S, M)
    for fitted, later in _fits(panel, assumptions):
        for at, year in later:
            actual = panel.tonnes[:, :, at]
            low, high = fitted.forecast(year, -EDGE), fitted.forecast(year, EDGE)
            known = ~np.isnan(actual) & ~np.isnan(low)
            place = (panel.release_id, fitted.origin, year)
            for row, sector in enumerate(() if totals_only else panel.sector_codes):
                use = known[row] & (panel.tonnes[row] != 0).any(axis=1)
                if use.any():
                    yield _row(place, sector, actual[row][use], low[row][use], high[row][use])
            whole = known.all(axis=0)
            if whole.any():
                sums = fitted.forecast(year, draws).sum(axis=1)
                ends = np.quantile(sums, [PERCENTILES[0], PERCENTILES[-1]], axis=0)
                yield _row(place, TOTAL, actual.sum(axis=0)[whole], ends[0][whole], ends[1][whole])


def _row(place: tuple[str, int, int], sector: str, actual: Floats, low: Floats, high: Floats) -> Mapping[str, Any]:
    release, until, year = place
    # A figure on the end of the interval is inside, whatever floating-point noise says.
    slack = 1e-9 * np.abs(actual)
    below, above = (actual < low - slack).mean(), (actual > high + slack).mean()
    return {
        "release_id": release,
        "sector_code": sector,
        "fit_until": until,
        "year": year,
        "years_ahead": year - until,
        "series": len(actual),
        "nominal_fraction": NOMINAL,
        "covered_fraction": 1.0 - below - above,
        "below_fraction": below,
        "above_fraction": above,
    }


def _fits(panel: Panel, assumptions: Assumptions) -> Iterator[tuple[Fit, list[tuple[int, int]]]]:
    """Fits up to every earlier year with enough years before it, each with the positions and years after it.

    One year more than a line needs: three points say next to nothing about their spread.
    """
    years = panel.years
    for last in range(FEWEST_YEARS, len(years) - 1):
        inside = [y for y in years[: last + 1] if y >= years[last] - assumptions.window_years]
        if len(inside) > FEWEST_YEARS:
            yield fit(panel, assumptions, years[last]), [(at, years[at]) for at in range(last + 1, len(years))]
