"""The tonnes that planned actions save: the effect of each in a year, and of several on one sector.

* An action reaches its full effect in equal steps: in year y it has min(1, (y - start + 1) / ramp) of it, all of it at
  once where it has no ramp, and none after its lifetime. Without a start it rises over the plan's period, or has its
  full effect in the target's year where no period is known (``undated``).
* Its effect in the newest year with figures is part of the trend and is not counted again; a completed action is
  entirely part of the trend.
* With E the sector's emissions in a draw, A the effects of actions on a source of their own ('additive') and e those of
  the others ('multiplicative'), what is left is max(E - sum A, 0) x product(1 - min(1, e / E)): the rule of
  ``effects``, on whole arrays of draws. So together they never save more than the sector emits, their order does not
  matter, and one more never raises emissions.

The effect of an action is subtracted from the trend: where a plan counted it from another reference, part of it may be
in the trend already, which only the makers of the plan know. Actions belong to lines of the inventory; a line takes
them to the national main sector that it comes from. Actions on scope 2 (they name a carrier) and on sinks change no
figure of the national database and are in no pathway.

Existing policies are the actions that are decided or under way, and what a municipality's other plans are printed to
save (column 4 of its gap table), also over the plan's period since the print gives no other year. An action that is
only 'planned' is not one of them. What does not belong here: draws of the sectors (``simulation``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.scenarios.draws import Stream
from klimat_pipeline.scenarios.trend import Floats
from klimat_pipeline.scenarios.undated import Periods

DECIDED = ("decided", "ongoing")
COMPLETED = "completed"
ADDITIVE = "additive"
#: Scopes of a printed line whose tonnes the national figures hold.
_INSIDE = {"1", "memo"}
_TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Action:
    """An action with numbers, in the form that the scenarios need.

    Attributes:
        action_id: its id.
        sector_code: main sector whose emissions it lowers.
        low_t, mode_t, high_t: tonnes a year at full effect.
        start_year: first year of effect.
        ramp_years: years until full effect; 0 or 1 for at once.
        lifetime_years: years of effect from the start; None for no end.
        is_decided: whether it is decided or under way.
        is_additive: whether it works on a source that no other action touches.
        is_start_assumed: whether its start is the rule's (``undated``) and not its own.
    """

    action_id: str
    sector_code: str
    low_t: float
    mode_t: float
    high_t: float
    start_year: int
    ramp_years: int = 0
    lifetime_years: int | None = None
    is_decided: bool = False
    is_additive: bool = False
    is_start_assumed: bool = False


def sector_of_line(reference: Reference) -> dict[str, str]:
    """Main sector of the national database that holds the scope 1 of a line, where a release has main sectors only."""
    mapping = reference.inventory_mapping
    coarse = mapping[mapping["subsector_code"] == "*"]
    found = dict(zip(coarse["line"], coarse["sector_code"], strict=True))
    notation = reference.inventory_notation
    inside = notation[(notation["scope"] == "1") & notation["where_unsplit"].notna()]
    return found | dict(zip(inside["line"], inside["where_unsplit"], strict=True))


def with_numbers(
    actions: pd.DataFrame, sector_of: Mapping[str, str], ends: Mapping[str, int]
) -> dict[str, list[Action]]:
    """Actions that the pathways can count, by municipality.

    Args:
        actions: ``clean/actions``, dated where a period is known (``undated.dated``).
        sector_of: main sector by line.
        ends: year that a municipality's plan is made for, where an action has no start.
    """
    found: dict[str, list[Action]] = {}
    for row in actions.sort_values(["municipality_code", "action_id"]).to_dict("records"):
        sector, code = sector_of.get(row["line"]), str(row["municipality_code"])
        start = row["start_year"] if pd.notna(row["start_year"]) else ends.get(code)
        if sector is None or pd.notna(row["carrier"]) or pd.isna(row["effect_t_per_year"]):
            continue
        if start is None or row["action_status"] == COMPLETED:
            continue
        mode = float(row["effect_t_per_year"])
        found.setdefault(code, []).append(
            Action(
                action_id=str(row["action_id"]),
                sector_code=str(sector),
                low_t=_known(row["effect_low_t"], mode),
                mode_t=mode,
                high_t=_known(row["effect_high_t"], mode),
                start_year=int(start),
                # Without a start a ramp means nothing: the action has its full effect in the target's year.
                ramp_years=0 if pd.isna(row["start_year"]) else int(_known(row["ramp_years"], 0)),
                lifetime_years=None if pd.isna(row["lifetime_years"]) else int(row["lifetime_years"]),
                is_decided=row["action_status"] in DECIDED,
                is_additive=row["interaction_rule"] == ADDITIVE,
                is_start_assumed=pd.isna(row["start_year"]) or bool(row.get("is_start_assumed", False)),
            )
        )
    return found


def of_other_plans(
    published_gap: pd.DataFrame, sector_of: Mapping[str, str], periods: Periods | None = None
) -> dict[str, list[Action]]:
    """Other plans than the contract's, by municipality: one decided, additive action per printed line.

    Args:
        published_gap: ``clean/published_gap``.
        sector_of: main sector by line.
        periods: first and last year of each municipality's plan (``undated.plan_periods``).

    Returns:
        Actions named ``other_plans_<line>``; plans that raise emissions have negative tonnes. Lines of scope 2 alone
        are left out, and lines with parts in several main sectors, whose division is not known.
    """
    found: dict[tuple[str, str], Action] = {}
    known = published_gap[(published_gap["line"] != _TOTAL) & (published_gap["other_plans_t"].fillna(0.0) != 0)]
    for row in known.to_dict("records"):
        sectors = {sector_of.get(line) for line in row["of_lines"].split()}
        if len(sectors) != 1 or None in sectors or not _INSIDE & set(row["scopes"].split("+")):
            continue
        key, tonnes = (str(row["municipality_code"]), f"other_plans_{row['line']}"), float(row["other_plans_t"])
        before = found.get(key)
        if before is not None:  # the same line in another scope
            tonnes += before.mode_t
        end = int(row["target_year"])
        start = min((periods or {}).get(key[0], (end, end))[0], end)
        action = Action(
            key[1], str(sectors.pop()), tonnes, tonnes, tonnes, start, 0 if start == end else end - start + 1
        )
        found[key] = replace(action, is_decided=True, is_additive=True, is_start_assumed=True)
    by_code: dict[str, list[Action]] = {}
    for (code, _), action in sorted(found.items()):
        by_code.setdefault(code, []).append(action)
    return by_code


def together(*plans: Mapping[str, Sequence[Action]]) -> dict[str, list[Action]]:
    """Several plans as one, by municipality."""
    codes = sorted({code for plan in plans for code in plan})
    return {code: [action for plan in plans for action in plan.get(code, ())] for code in codes}


def working(action: Action, years: Any) -> Floats:
    """Share of the full effect in each year, 0-1.

    Args:
        action: the action.
        years: one year or several.
    """
    age = np.atleast_1d(np.asarray(years, dtype="float64")) - action.start_year
    share = np.clip((age + 1.0) / max(action.ramp_years, 1), 0.0, 1.0)
    alive = age >= 0
    if action.lifetime_years is not None:
        alive &= age < action.lifetime_years
    return np.where(alive, share, 0.0)


def beyond_trend(action: Action, years: Any, origin: int) -> Floats:
    """Share of the full effect in each year beyond the share that the trend up to the origin holds already."""
    return np.maximum(working(action, years) - working(action, origin), 0.0)


def drawn(actions: Iterable[Action], stream: Stream, draws: int) -> dict[str, Floats]:
    """Tonnes a year at full effect, by action: triangular between low and high."""
    return {
        action.action_id: stream.triangular(
            f"action {action.action_id}", action.low_t, action.mode_t, action.high_t, draws
        )
        for action in actions
    }


def remaining(emissions: Floats, overlapping: Sequence[Floats], additive: Sequence[Floats] = ()) -> Floats:
    """Emissions that several actions on one sector leave.

    Args:
        emissions: without them, any shape.
        overlapping: tonnes of each action that shares its source with others, the same shape.
        additive: tonnes of each that has a source of its own.
    """
    left = np.ones_like(emissions)
    for effect in overlapping:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            left *= 1.0 - np.where(emissions > 0, np.minimum(effect / emissions, 1.0), 0.0)
    taken = sum(additive, np.zeros_like(emissions))
    return np.where(emissions > 0, np.maximum(emissions - taken, 0.0) * left, emissions)


def _known(value: Any, otherwise: float) -> float:
    return otherwise if value is None or pd.isna(value) else float(value)
