"""Pathways: emissions in each future year, under each scenario, as p05, p50 and p95.

``target`` is the straight line from the newest year to the target's level in its year (backcasting); it has one figure,
not a range. The line from the baseline, which every scenario is held against, stands beside each of them. The other
scenarios are those of ``simulation``. Percentiles of the total are those of the sum, not sums of percentiles.
``forecast_evidence`` says whether the like of a row was ever held against what came. What does not belong here: the
futures (``simulation``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.method_assumptions import SeenBefore
from klimat_pipeline.contracts import table
from klimat_pipeline.indicators.paths import straight_line
from klimat_pipeline.scenarios.followed import Followed
from klimat_pipeline.scenarios.simulation import BUSINESS_AS_USUAL, TARGET, Simulation

TESTED, EXTRAPOLATED = "tested", "extrapolated"


def pathways(simulations: Iterable[Simulation], indicators: pd.DataFrame) -> pd.DataFrame:
    """The future years of everything that is followed up.

    Args:
        simulations: of every municipality.
        indicators: ``indicators/sector_indicators``, for gases and GWP set.

    Returns:
        ``scenarios/pathways``, t CO2e.
    """
    gases = gases_of(indicators)
    rows = [row for simulation in simulations for row in _rows(simulation, gases)]
    return in_form(with_measure(pd.DataFrame(rows), indicators), "scenarios/pathways")


def gases_of(indicators: pd.DataFrame) -> dict[str, str]:
    """Gases of each release."""
    return dict(indicators.drop_duplicates("release_id").set_index("release_id")["gas_basis"])


def tested_before(simulation: Simulation, gases: Mapping[str, str], what: Followed, year: int) -> SeenBefore | None:
    """What the hindcast says of such forecasts; None for sums of some sectors, other gases, and more years ahead."""
    if len(what.series) > 1:
        return None
    place = (gases.get(simulation.release_id, ""), what.series[0], year - simulation.origin)
    return simulation.place.assumptions.tested.get(place)


def is_tested(known: SeenBefore | None, what: Followed, tonnes: float | None) -> bool:
    """Whether a change to that many tonnes was among those that came in the hindcast."""
    return (
        known is not None
        and tonnes is not None
        and what.latest_t > 0
        and known.holds((tonnes / what.latest_t - 1.0) * 100.0)
    )


def _rows(simulation: Simulation, gases: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    place = {
        "municipality_code": simulation.municipality_code,
        "release_id": simulation.release_id,
        "basis": simulation.basis,
        "draws": simulation.draws,
    }
    lines = [_line_of(what, simulation.years) for what in simulation.followed]
    for scenario, outcome in simulation.outcomes.items():
        usual = scenario == BUSINESS_AS_USUAL
        for t, what in enumerate(simulation.followed):
            for h, year in enumerate(simulation.years):
                low, middle, high = (None if np.isnan(v) else v for v in outcome.percentiles[t, h].tolist())
                known = tested_before(simulation, gases, what, year) if usual else None
                yield {
                    **place,
                    "scenario": scenario,
                    "line": what.target_id,
                    "year": year,
                    "p05_t": low,
                    "p50_t": middle,
                    "p95_t": high,
                    "target_path_t_co2e": lines[t][h],
                    "covered_before_fraction": known.covered_fraction if known else None,
                    "forecast_evidence": TESTED if usual and is_tested(known, what, middle) else EXTRAPOLATED,
                    "note": "; ".join(filter(None, (simulation.note, outcome.notes[t]))),
                }
    for what, line in zip(simulation.followed, lines, strict=True):
        if what.target_year is None or what.target_t is None or what.target_year <= simulation.origin:
            continue
        goal = what.target_year, min(what.target_t, what.latest_t)
        needed = straight_line([(simulation.origin, what.latest_t), goal], np.array(simulation.years, dtype=float))
        for year, level, at in zip(simulation.years, needed.tolist(), line, strict=True):
            ends = dict.fromkeys(("p05_t", "p50_t", "p95_t"), level)
            row = {**place, "draws": 0, "scenario": TARGET, "line": what.target_id, "year": year, **ends}
            yield row | {"target_path_t_co2e": at, "note": simulation.note}


def _line_of(what: Followed, years: Sequence[int]) -> list[float]:
    """The straight line from the baseline to its own target in each year; missing without one."""
    return straight_line(what.line, np.array(years, dtype=float)).tolist() if what.line else [np.nan] * len(years)


def with_measure(frame: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Gases and GWP set of each row's release."""
    if frame.empty:
        return frame.assign(gas_basis=None, gwp_set=None)
    releases = indicators.drop_duplicates("release_id").set_index("release_id")
    return frame.assign(**{name: frame["release_id"].map(releases[name]) for name in ("gas_basis", "gwp_set")})


_TYPES = {"integer": "int64", "number": "float64", "boolean": "bool", "string": "object"}
_WITH_GAPS = {"integer": "Int64", "boolean": "boolean"}


def in_form(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """The frame with its contract's columns and types, sorted by its key; typed even if it is empty."""
    contract = table(key)
    frame = frame.reindex(columns=contract.column_names)
    nullable = {c.name: _WITH_GAPS[c.kind] for c in contract.columns if c.nullable and c.kind in _WITH_GAPS}
    frame = frame.astype({c.name: _TYPES[c.kind] for c in contract.columns} | nullable)
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)
