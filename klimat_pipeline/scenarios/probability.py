"""How likely each target is met under each scenario, and the pace needed from now on.

* probability: the share of the draws that end at or below the target's level in its year; with n draws it is known to
  within about 1 / sqrt(n)
* needed: (target - newest) / years left, and as a percentage (target / newest) ** (1 / years left) - 1
* expected: (median of the scenario in the target's year - newest) / years left

What does not belong here: the draws (``simulation``).
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.scenarios.draws import PERCENTILES
from klimat_pipeline.scenarios.pathways import in_form, with_measure
from klimat_pipeline.scenarios.simulation import Simulation


def target_probability(simulations: Iterable[Simulation], indicators: pd.DataFrame) -> pd.DataFrame:
    """Probability of meeting each of a municipality's own targets.

    Args:
        simulations: of every municipality.
        indicators: ``indicators/sectors``, for gases and GWP set.

    Returns:
        ``scenarios/probability``; targets without a level are not in it, never as zero.
    """
    rows = [row for simulation in simulations for row in _rows(simulation)]
    return in_form(with_measure(pd.DataFrame(rows), indicators), "scenarios/probability")


def _rows(simulation: Simulation) -> Iterator[dict[str, Any]]:
    followed = {what.target_id: what for what in simulation.followed}
    for (scenario, target_id), draws in simulation.ends.items():
        what = followed[target_id]
        if what.target_t is None or what.target_year is None:
            continue  # only targets with a level have ends
        low, middle, high = np.quantile(draws, PERCENTILES).tolist()
        left, now = what.target_year - simulation.origin, what.latest_t
        met = now <= what.target_t
        ratio = max(what.target_t, 0.0) / now if now > 0 else np.nan
        yield {
            "municipality_code": simulation.municipality_code,
            "release_id": simulation.release_id,
            "target_id": target_id,
            "scenario": scenario,
            "basis": simulation.basis,
            "newest_year": simulation.origin,
            "newest_t": now,
            "target_year": what.target_year,
            "target_t_co2e": what.target_t,
            "p05_t": low,
            "p50_t": middle,
            "p95_t": high,
            "probability_fraction": float((draws <= what.target_t).mean()),
            "required_t_co2e_per_year": 0.0 if met else (what.target_t - now) / left,
            "required_pct_per_year": 0.0 if met else (ratio ** (1.0 / left) - 1.0) * 100.0,
            "expected_t_per_year": (middle - now) / left,
            "draws": simulation.draws,
        }
