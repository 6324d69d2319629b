"""What decides a target: the trends, figures and actions that its outcome depends on, and the effect of assumptions.

* For everything that is drawn: Spearman's rank correlation with the outcome in the target's year, and its square as a
  share of all squares. An action whose range is narrow, or not given, has little of it: this ranks uncertainty, not
  benefit.
* For every action: how much higher the median of the outcome is without it (``shift_t``), all others in place.
* For assumptions that hold for all draws: the shift of business as usual (median forecast, tonnes) in the target's year
  when the trend is fitted in another way. ``newest_year_left_out`` shows how far a single year moves the outcome.

What does not belong here: the draws (``simulation``).
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.scenarios.pathways import in_form
from klimat_pipeline.scenarios.simulation import ALL_SECTORS, BUSINESS_AS_USUAL, WITH_ACTIONS, Simulation
from klimat_pipeline.scenarios.trend import Floats


def target_sensitivity(simulations: Iterable[Simulation]) -> pd.DataFrame:
    """Everything that a target's outcome depends on.

    Args:
        simulations: of every municipality.

    Returns:
        ``scenarios/sensitivity``, for a municipality's own targets; with all actions where there are any, else for
        business as usual.
    """
    rows = [row for simulation in simulations for row in _rows(simulation)]
    return in_form(pd.DataFrame(rows), "scenarios/sensitivity")


def _rows(simulation: Simulation) -> Iterator[dict[str, Any]]:
    scenario = WITH_ACTIONS if WITH_ACTIONS in simulation.scenarios else BUSINESS_AS_USUAL
    names = list(simulation.inputs)
    if not names:
        return
    values = np.stack([simulation.inputs[name] for name in names])
    constant, inputs = np.ptp(values, axis=-1) == 0, _ranks(values)
    for t, what in enumerate(simulation.followed):
        outcome = simulation.ends.get((scenario, what.target_id))
        if outcome is None:
            continue
        place = {
            "municipality_code": simulation.municipality_code,
            "release_id": simulation.release_id,
            "target_id": what.target_id,
            "scenario": scenario,
        }
        held = {simulation.sector_codes[row] for row in what.rows} | {ALL_SECTORS}
        mine = [
            i
            for i, (kind, name) in enumerate(names)
            if (simulation.action_sectors.get(name) if kind == "action" else name) in held
        ]
        correlation = _correlations(inputs[mine], _ranks(outcome[None, :])[0])
        correlation[constant[mine]] = 0.0
        squares = np.square(np.nan_to_num(correlation))
        share = squares / squares.sum() if squares.sum() > 0 else squares
        for (kind, name), r, part in zip((names[i] for i in mine), correlation.tolist(), share.tolist(), strict=True):
            yield {
                **place,
                "factor_kind": kind,
                "factor": name,
                "rank_correlation": r,
                "variance_share_fraction": part,
                "shift_t": simulation.without.get((name, what.target_id)) if kind == "action" else None,
            }
        year = simulation.years.index(what.target_year)
        for name, tonnes in simulation.shifted.items():
            yield {
                **place,
                "scenario": BUSINESS_AS_USUAL,
                "factor_kind": "assumption",
                "factor": name,
                "rank_correlation": None,
                "variance_share_fraction": None,
                "shift_t": float(tonnes[t, year] - simulation.middle[t, year]),
            }


def _ranks(values: Floats) -> Floats:
    """Ranks along the last axis; equal draws, which are rare, keep their order."""
    order = np.argsort(values, axis=-1, kind="stable")
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(values.shape[-1], dtype=float), values.shape), axis=-1)
    return ranks


def _correlations(inputs: Floats, outcome: Floats) -> Floats:
    """Spearman's correlation: of each row of ranks with the ranks of the outcome."""
    n = outcome.shape[-1]
    if n < 2:
        return np.full(len(inputs), np.nan)
    middle = (n - 1) / 2
    variance = (n * n - 1) / 12
    return np.asarray(((inputs - middle) @ (outcome - middle)) / n / variance)
