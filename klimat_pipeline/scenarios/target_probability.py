"""How likely each target is met under each scenario, and the pace needed from now on.

* probability: the share of the draws that end at or below the target's level in its year, by the rule of succession
  ((n + 1) / (draws + 2)): no number of draws makes an outcome certain
* interval: the same for theta and delivery at either end of what they may be. Where the plan gives no ranges there is
  nothing else, for no data settle where between them it lies
* needed: (target - newest) / years left, and as a percentage (target / newest) ** (1 / years left) - 1
* expected: (middle of the scenario in the target's year - newest) / years left

What does not belong here: the draws (``simulation``).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.scenarios.pathways import (
    EXTRAPOLATED,
    TESTED,
    gases_of,
    in_form,
    is_tested,
    tested_before,
    with_measure,
)
from klimat_pipeline.scenarios.simulation import BUSINESS_AS_USUAL, Simulation


def target_probability(simulations: Iterable[Simulation], indicators: pd.DataFrame) -> pd.DataFrame:
    """Probability of meeting each of a municipality's own targets.

    Args:
        simulations: of every municipality.
        indicators: ``indicators/sector_indicators``, for gases and GWP set.

    Returns:
        ``scenarios/target_probability``; targets without a level are not in it, never as zero.
    """
    gases = gases_of(indicators)
    rows = [row for simulation in simulations for row in _rows(simulation, gases)]
    return in_form(with_measure(pd.DataFrame(rows), indicators), "scenarios/target_probability")


def in_words(chance: float | None, low: float | None, high: float | None) -> str:
    """A probability as a council reads it."""
    if low is None or high is None:
        return "no figure"
    depending = "depending on how much of today's trend the plan itself causes and how much of it is carried out"
    said = f"in {of_100(low, high)} of 100 futures"
    if low == high:
        return said
    return f"{said}, {depending}" if chance is None else f"in {_of_100(chance)} of 100 futures; {said}, {depending}"


def of_100(low: float, high: float) -> str:
    """Of a hundred futures, between how many."""
    one, other = _of_100(low), _of_100(high)
    return one if one == other else f"{one} to {other}"


def _of_100(fraction: float) -> str:
    if fraction < 0.01:
        return "fewer than 1"
    return "more than 99" if fraction > 0.99 else f"{fraction * 100:.0f}"


def _rows(simulation: Simulation, gases: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for scenario, outcome in simulation.outcomes.items():
        for t, what in enumerate(simulation.followed):
            if not what.is_target or what.target_t is None or what.target_year not in simulation.years:
                continue
            at = outcome.percentiles[t, simulation.years.index(what.target_year)].tolist()
            low, middle, high = (None if np.isnan(value) else value for value in at)
            left, now = what.target_year - simulation.origin, what.latest_t
            met = now <= what.target_t
            ratio = max(what.target_t, 0.0) / now if now > 0 else np.nan
            chance, least, most = outcome.met.get(what.target_id, (None, None, None))
            known = tested_before(simulation, gases, what, what.target_year) if scenario == BUSINESS_AS_USUAL else None
            yield {
                "municipality_code": simulation.municipality_code,
                "release_id": simulation.release_id,
                "target_id": what.target_id,
                "scenario": scenario,
                "basis": simulation.basis,
                "newest_year": simulation.origin,
                "newest_t": now,
                "target_year": what.target_year,
                "target_t_co2e": what.target_t,
                "p05_t": low,
                "p50_t": middle,
                "p95_t": high,
                "probability_fraction": chance,
                "probability_low_fraction": least,
                "probability_high_fraction": most,
                "probability_text": in_words(chance, least, most),
                "forecast_evidence": TESTED if is_tested(known, what, what.target_t) else EXTRAPOLATED,
                "required_t_co2e_per_year": 0.0 if met else (what.target_t - now) / left,
                "required_pct_per_year": 0.0 if met else (ratio ** (1.0 / left) - 1.0) * 100.0,
                "expected_t_per_year": None if middle is None else (middle - now) / left,
                "draws": simulation.draws,
                "note": outcome.notes[t],
            }
