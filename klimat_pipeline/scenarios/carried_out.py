"""What planned actions take from the emissions ahead: the share, the working part and the delivery of each.

* share a = A / E_plan: an action of A tonnes that was sized on a plan's level of E_plan takes that share of the series,
  whatever the series is. E_plan is the action's own ``sized_on_t``, or what the municipality's printed gap table has on
  the lines of the sector. Without it there is no figure; where it is outside 0.8 to 1.25 of the series, that is said.
* tonnes that are metered at a plant (``is_metered``: capture) stay tonnes, and are taken only where the line holds the
  plant: where E_plan fits the series, and they are not beyond 1.25 of it.
* working part w: an action reaches its full effect in equal steps: in year y it has min(1, (y - start + 1) / ramp) of
  it, all of it at once where it has no ramp, and none after its lifetime. Without a start it rises over the plan's
  period, or has its full effect in the target's year where no period is known (``undated``). What it has in the newest
  year with figures is in them and not counted again; a completed action is entirely in them.
* delivery r: how much of the effect comes, 1 as planned.
* left: base x (1 - sum r a w of 'additive' actions) x product(1 - r a w of the others), no factor below zero, less
  metered tonnes, never above business as usual nor below zero. So the order of actions does not matter, together they
  never take more than there is, and one more never raises emissions.

What does not belong here: reading actions (``planned_actions``), and base and delivery of a future (``simulation``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from klimat_pipeline.scenarios import undated
from klimat_pipeline.scenarios.errors import Stream
from klimat_pipeline.scenarios.panels import Floats, Panel
from klimat_pipeline.scenarios.planned_actions import FITS, Action, Level


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


def sized(actions: Iterable[Action], panel: Panel, at: int) -> tuple[Action, ...]:
    """Actions with what the figures of a municipality say for the year of the plan's level, or for the newest year."""
    found = []
    for action in actions:
        if action.sector_code in panel.series:
            year = action.level.year if action.level else None
            place = panel.years.index(year) if year in panel.years else -1
            series = panel.tonnes[panel.series.index(action.sector_code), at, place]
            found.append(replace(action, series_t=float(series)))
    return tuple(found)


def drawn_delivery(actions: Iterable[Action], stream: Stream, draws: int, least: float) -> dict[str, Floats]:
    """Delivery of each action: triangular, as planned the most likely."""
    found = {}
    for action in actions:
        low, high = action.delivery(least)
        found[action.action_id] = stream.triangular(f"action {action.action_id}", low, 1.0, high, draws)
    return found


def left_of(
    base: Floats,
    usual: Floats,
    series: Sequence[str],
    actions: Sequence[Action],
    delivery: Mapping[str, float | Floats],
    years: Sequence[int],
    origin: int,
) -> Floats:
    """Emissions that actions leave of sectors.

    Args:
        base: without them and without what the trend holds of them, shape (S, H, D).
        usual: business as usual, the same shape.
        series: name of each sector, or more.
        actions: in any order.
        delivery: of each action by its id, one figure or one a draw.
        years: H of them.
        origin: newest year with figures.
    """
    left = usual.copy()
    for row in range(len(base)):
        mine = sorted((a for a in actions if a.sector_code == series[row]), key=lambda action: action.action_id)
        if not mine:
            continue
        taken, metered, factor = np.zeros(1), np.zeros(1), np.ones(1)
        for action in mine:
            part = delivery[action.action_id] * beyond_trend(action, years, origin)[:, None]
            if action.is_metered:
                metered = metered + part * (action.effect_t if action.is_held else 0.0)
            elif action.is_additive:
                taken = taken + part * action.share
            else:
                factor = factor * np.maximum(1.0 - part * action.share, 0.0)
        planned = np.maximum(base[row] * np.maximum(1.0 - taken, 0.0) * factor - metered, np.minimum(base[row], 0.0))
        left[row] = np.minimum(usual[row], planned)
    return left


def not_counted(actions: Iterable[Action]) -> str:
    """Why there is no figure with these actions; empty where there is one."""
    lost = [action.action_id for action in actions if action.level is None]
    return f"no figure: nobody says what {', '.join(lost)} was sized on (sized_on_t of actions.csv)" if lost else ""


def remarks(actions: Iterable[Action]) -> list[str]:
    """Where the plan's level is not that of the series, or is less than what is taken of it."""
    said: dict[str, None] = {}
    sums: dict[tuple[str, Level], float] = {}
    for action in actions:
        if action.level is None:
            continue
        if action.is_metered or action.is_additive:
            at = action.sector_code, action.level
            sums[at] = sums.get(at, 0.0) + action.effect_t
        if action.fits and (action.is_held or not action.is_metered):
            continue
        of = "" if action.level.year is None else f" ({action.level.year})"
        text = f"{action.sector_code}: sized on {action.level.tonnes:,.0f} t{of}, "
        text += "which the figures do not hold" if not action.series_t else f"{action.times:.2g} times the figures"
        if action.is_metered:
            text += f"; {action.action_id} is not taken: the line does not hold its plant"
        said[text] = None
    for (sector, level), tonnes in sums.items():
        if tonnes > FITS[1] * level.tonnes:
            said[f"{sector}: the actions sum to {tonnes:,.0f} t of the {level.tonnes:,.0f} t they were sized on"] = None
    return list(said)


def chosen_delivery(actions: Iterable[Action], least: float, *, gone: bool) -> Iterator[str]:
    """What has to be said of draws: actions without a range of their own, and whether nothing is left in any."""
    if lacking := [action.action_id for action in actions if action.low_t is None]:
        yield f"delivery of {', '.join(lacking)} drawn from {least * 100:.0f} to 100 % (chosen)"
    if gone:
        yield "nothing is left in any future"


def assumed_starts(actions: Sequence[Action]) -> str:
    """When actions without a start of their own are taken to begin."""
    counted: dict[str, int] = {}
    for action in actions:
        if action.is_start_assumed:
            rule = undated.said(action.start_year, action.ramp_years)
            counted[rule] = counted.get(rule, 0) + 1
    return "; ".join(f"{n} of {len(actions)} actions and other plans: {rule}" for rule, n in sorted(counted.items()))


def told(actions: Sequence[Action], lost: str, drawing: Iterable[str]) -> str:
    """Everything that has to be said of actions: why there is no figure, how they were sized, drawn and dated."""
    return "; ".join(filter(None, (lost, *remarks(actions), *drawing, assumed_starts(actions))))
