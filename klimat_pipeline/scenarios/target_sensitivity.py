"""What decides a target: its outcome when one thing at a time is at either end of what it may be.

All else is in the middle: no errors, and with actions all carried out in full from a frozen level (theta = 1, r = 1).

* overlap: theta at 0 and 1
* delivery: of all actions together, at the least and the most of their ranges, or from ``delivery_low`` to 1
* level: actions as shares of the plan's level, and as the plan's tonnes of today's figures
* shock: what all municipalities share in a year, p05 and p95; of the total alone
* trend: the errors of a sector of the target, p05 and p95; for the total of its own
* last_year: the forecast from the year before the newest, and from the newest
* action: each left out, and carried out in full

``low_t`` and ``high_t`` are the two outcomes, the lower first; ``shift_t`` their distance, by which they are ranked,
and for an action what the plan loses without it. What does not belong here: draws (``simulation``).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.method_assumptions import TOTAL
from klimat_pipeline.scenarios.carried_out import not_counted
from klimat_pipeline.scenarios.errors import PERCENTILES, shock
from klimat_pipeline.scenarios.followed import Followed
from klimat_pipeline.scenarios.pathways import in_form
from klimat_pipeline.scenarios.planned_actions import Action, Level
from klimat_pipeline.scenarios.simulation import BUSINESS_AS_USUAL, WITH_ACTIONS, Place, Simulation, outcome_of


def target_sensitivity(simulations: Iterable[Simulation]) -> pd.DataFrame:
    """Everything that a target's outcome depends on.

    Args:
        simulations: of every municipality.

    Returns:
        ``scenarios/target_sensitivity``, for a municipality's own targets; with all actions where there are any, else
        for business as usual.
    """
    rows = [
        row
        for simulation in simulations
        for what in simulation.followed
        if what.is_target and what.target_year in simulation.years
        for row in _rows(simulation, what)
    ]
    return in_form(pd.DataFrame(rows), "scenarios/target_sensitivity")


def _rows(simulation: Simulation, what: Followed) -> Iterator[dict[str, Any]]:
    place = simulation.place
    mine = [a for a in place.actions if what.series == (TOTAL,) or a.sector_code in what.series]
    if not_counted(mine):
        return
    # An end that nothing can be said of, as of a year before the first, compares with nothing.
    ends = _ends(place, what, mine).items()
    found = {factor: sorted(both) for factor, both in ends if not np.isnan(both).any()}
    ranked = sorted(found, key=lambda factor: (found[factor][0] - found[factor][1], factor))
    for rank, (kind, name) in enumerate(ranked, start=1):
        low, high = found[kind, name]
        yield {
            "municipality_code": simulation.municipality_code,
            "release_id": simulation.release_id,
            "target_id": what.target_id,
            "scenario": WITH_ACTIONS if place.actions else BUSINESS_AS_USUAL,
            "factor_kind": kind,
            "factor": name,
            "low_t": low,
            "high_t": high,
            "shift_t": high - low,
            "factor_rank": rank,
        }


def _ends(place: Place, what: Followed, mine: list[Action]) -> dict[tuple[str, str], tuple[float, float]]:
    """The two outcomes of every factor, by kind and name."""
    full = {action.action_id: 1.0 for action in place.actions}
    ends = [{a.action_id: a.delivery(place.assumptions.delivery_low)[end] for a in place.actions} for end in (0, 1)]

    def outcome(
        errors: Mapping[str, float] | None = None,
        *,
        theta: float = 1.0,
        delivery: Mapping[str, float] = full,
        changed: Place = place,
    ) -> float:
        probability = np.array([(errors or {}).get(name, 0.5) for name in place.series])
        return outcome_of(changed, what, probability, theta, delivery)

    whole = what.series == (TOTAL,)
    found = {("last_year", "newest_year_left_out"): (outcome(changed=replace(place, ahead=place.earlier)), outcome())}
    for name in what.series:
        low, high = (outcome({name: probability}) for probability in (PERCENTILES[0], PERCENTILES[-1]))
        found["trend", name] = low, high
    if whole:
        shared = [shock(p, place.assumptions.shock_fraction) for p in (PERCENTILES[0], PERCENTILES[-1])]
        found["shock", "all_municipalities"] = outcome({TOTAL: shared[0]}), outcome({TOTAL: shared[1]})
    if mine:
        found["overlap", "theta"] = outcome(theta=0.0), outcome()
        found["delivery", "all_actions"] = outcome(delivery=ends[0]), outcome(delivery=ends[1])
        as_tonnes = tuple(replace(a, level=Level(_today(place, a))) for a in place.actions)
        found["level", "plan_level"] = outcome(changed=replace(place, actions=as_tonnes)), outcome()
    for action in mine:
        found["action", action.action_id] = outcome(delivery=full | {action.action_id: 0.0}), outcome()
    return found


def _today(place: Place, action: Action) -> float:
    return float(place.ahead.level[place.series.index(action.sector_code), 0])
