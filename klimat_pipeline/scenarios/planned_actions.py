"""Actions with numbers: read from what municipalities plan, with what each was sized on.

Actions belong to lines of the inventory; a line takes them to the national main sector that it comes from. Actions on
scope 2 (they name a carrier) and on sinks change no figure of the national database and are in no pathway.

Existing policies are the actions that are decided or under way, and what a municipality's other plans are printed to
save (column 4 of its gap table), also over the plan's period since the print gives no other year. An action that is
only 'planned' is not one of them. What does not belong here: what actions take from the emissions ahead
(``carried_out``).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.scenarios.print_arithmetic import counted_from
from klimat_pipeline.scenarios.undated import Periods

DECIDED = ("decided", "ongoing")
COMPLETED = "completed"
ADDITIVE = "additive"
#: Scopes of a printed line whose tonnes the national figures hold.
_INSIDE = {"1", "memo"}
_TOTAL = "total"
#: A plan's level within these of the series is the same thing.
FITS = (0.8, 1.25)


@dataclass(frozen=True, slots=True)
class Level:
    """Emissions that a plan counts with: tonnes, and of which year (None where it is not stated)."""

    tonnes: float
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """An action with numbers, in the form that the scenarios need.

    Attributes:
        action_id: its id.
        sector_code: main sector whose emissions it lowers.
        effect_t: tonnes a year at full effect.
        low_t, high_t: the plan's range; None where it gives none.
        level: what the plan sized it on; None where nobody says.
        series_t: what the figures say for the level's year; None before ``sized``.
        start_year: first year of effect.
        ramp_years: years until full effect; 0 or 1 for at once.
        lifetime_years: years of effect from the start; None for no end.
        is_decided: whether it is decided or under way.
        is_additive: whether it works on a source that no other action touches.
        is_metered: whether its tonnes are metered at a plant.
        is_start_assumed: whether its start is the rule's (``undated``) and not its own.
    """

    action_id: str
    sector_code: str
    effect_t: float
    start_year: int
    low_t: float | None = None
    high_t: float | None = None
    level: Level | None = None
    series_t: float | None = None
    ramp_years: int = 0
    lifetime_years: int | None = None
    is_decided: bool = False
    is_additive: bool = False
    is_metered: bool = False
    is_start_assumed: bool = False

    @property
    def has_range(self) -> bool:
        """Whether the plan gives a range; ends that are the same figure are none."""
        return self.low_t is not None and self.high_t is not None and self.low_t < self.high_t and self.effect_t > 0

    @property
    def times(self) -> float:
        """The plan's level over the series."""
        if self.level is None or not self.series_t:
            return math.nan
        return self.level.tonnes / self.series_t

    @property
    def fits(self) -> bool:
        """Whether the plan's level is that of the series."""
        return FITS[0] <= self.times <= FITS[1]

    @property
    def is_held(self) -> bool:
        """Whether the line may hold a metered plant: its level is the plan's, and near what is metered or above."""
        return self.fits and self.effect_t <= FITS[1] * (self.series_t or 0.0)

    @property
    def share(self) -> float:
        """Part of the series that it takes at full effect."""
        if self.level is None or self.level.tonnes <= 0:
            return 0.0
        return self.effect_t / self.level.tonnes

    def delivery(self, least: float) -> tuple[float, float]:
        """Least and most of its effect that may be delivered; least as given where the plan has no range."""
        if self.low_t is None or self.high_t is None or self.effect_t <= 0:
            return least, 1.0
        return self.low_t / self.effect_t, self.high_t / self.effect_t


def sector_of_line(reference: Reference) -> dict[str, str]:
    """Main sector of the national database that holds the scope 1 of a line, where a release has main sectors only."""
    mapping = reference.inventory_mapping
    coarse = mapping[mapping["subsector_code"] == "*"]
    found = dict(zip(coarse["line"], coarse["sector_code"], strict=True))
    notation = reference.inventory_notation
    inside = notation[(notation["scope"] == "1") & notation["where_unsplit"].notna()]
    return found | dict(zip(inside["line"], inside["where_unsplit"], strict=True))


def plan_levels(published_gap: pd.DataFrame, sector_of: Mapping[str, str]) -> dict[tuple[str, str], Level]:
    """What the printed gap table counts from for each municipality and main sector, summed over its lines.

    Args:
        published_gap: ``clean/published_gap``.
        sector_of: main sector by line.

    Returns:
        Levels by municipality and sector; none for a sector with a line without a figure, or of several years.
    """
    lines: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for row, sector in _of_one_sector(published_gap, sector_of):
        lines.setdefault((str(row["municipality_code"]), sector), []).append(counted_from(row))
    return {
        key: Level(sum(tonnes for _, tonnes in found), found[0][0])
        for key, found in lines.items()
        if all(pd.notna(tonnes) and year == found[0][0] for year, tonnes in found)
    }


def with_numbers(
    actions: pd.DataFrame,
    sector_of: Mapping[str, str],
    ends: Mapping[str, int],
    levels: Mapping[tuple[str, str], Level] = MappingProxyType({}),
) -> dict[str, list[Action]]:
    """Actions that the pathways can count, by municipality.

    Args:
        actions: ``clean/climate_actions``, dated where a period is known (``undated.dated``).
        sector_of: main sector by line.
        ends: year that a municipality's plan is made for, where an action has no start.
        levels: of ``plan_levels``.
    """
    found: dict[str, list[Action]] = {}
    for row in actions.sort_values(["municipality_code", "action_id"]).to_dict("records"):
        sector, code = sector_of.get(row["line"]), str(row["municipality_code"])
        start = row["start_year"] if pd.notna(row["start_year"]) else ends.get(code)
        if sector is None or pd.notna(row["carrier"]) or pd.isna(row["effect_t_per_year"]):
            continue
        if start is None or row["action_status"] == COMPLETED:
            continue
        own = row["sized_on_t"]
        found.setdefault(code, []).append(
            Action(
                action_id=str(row["action_id"]),
                sector_code=str(sector),
                effect_t=float(row["effect_t_per_year"]),
                low_t=None if pd.isna(row["effect_low_t"]) else float(row["effect_low_t"]),
                high_t=None if pd.isna(row["effect_high_t"]) else float(row["effect_high_t"]),
                level=levels.get((code, sector)) if pd.isna(own) else Level(float(own)),
                start_year=int(start),
                # Without a start a ramp means nothing: the action has its full effect in the target's year.
                ramp_years=0 if pd.isna(row["start_year"]) or pd.isna(row["ramp_years"]) else int(row["ramp_years"]),
                lifetime_years=None if pd.isna(row["lifetime_years"]) else int(row["lifetime_years"]),
                is_decided=row["action_status"] in DECIDED,
                is_additive=row["interaction_rule"] == ADDITIVE,
                is_metered=bool(row["is_metered"]),
                is_start_assumed=pd.isna(row["start_year"]) or bool(row.get("is_start_assumed", False)),
            )
        )
    return found


def of_other_plans(
    published_gap: pd.DataFrame,
    sector_of: Mapping[str, str],
    periods: Periods | None = None,
    levels: Mapping[tuple[str, str], Level] = MappingProxyType({}),
) -> dict[str, list[Action]]:
    """Other plans than the contract's, by municipality: one decided, additive action per printed line.

    Args:
        published_gap: ``clean/published_gap``.
        sector_of: main sector by line.
        periods: first and last year of each municipality's plan (``undated.plan_periods``).
        levels: of ``plan_levels``.

    Returns:
        Actions named ``other_plans_<line>``; plans that raise emissions have negative tonnes. Lines of scope 2 alone
        are left out, and lines with parts in several main sectors, whose division is not known.
    """
    found: dict[tuple[str, str], Action] = {}
    known = published_gap[published_gap["other_plans_t"].fillna(0.0) != 0]
    for row, sector in _of_one_sector(known, sector_of):
        key, tonnes = (str(row["municipality_code"]), f"other_plans_{row['line']}"), float(row["other_plans_t"])
        before = found.get(key)
        if before is not None:  # the same line in another scope
            tonnes += before.effect_t
        end = int(row["target_year"])
        start = min((periods or {}).get(key[0], (end, end))[0], end)
        found[key] = Action(
            action_id=key[1],
            sector_code=sector,
            effect_t=tonnes,
            level=levels.get((key[0], sector)),
            start_year=start,
            ramp_years=0 if start == end else end - start + 1,
            is_decided=True,
            is_additive=True,
            is_start_assumed=True,
        )
    by_code: dict[str, list[Action]] = {}
    for (code, _), action in sorted(found.items()):
        by_code.setdefault(code, []).append(action)
    return by_code


def _of_one_sector(published_gap: pd.DataFrame, sector_of: Mapping[str, str]) -> Iterator[tuple[dict[str, Any], str]]:
    """Printed lines whose tonnes are in the national figures of one main sector, which is named."""
    for row in published_gap[published_gap["line"] != _TOTAL].to_dict("records"):
        sectors = {sector_of.get(line) for line in row["of_lines"].split()}
        if len(sectors) == 1 and None not in sectors and _INSIDE & set(row["scopes"].split("+")):
            yield row, str(sectors.pop())


def planned_ahead(
    actions: pd.DataFrame,
    published_gap: pd.DataFrame,
    sector_of: Mapping[str, str],
    ends: Mapping[str, int],
    periods: Periods | None = None,
) -> dict[str, list[Action]]:
    """Other plans and actions with numbers, by municipality.

    Args:
        actions: ``clean/climate_actions``, dated where a period is known (``undated.dated``).
        published_gap: ``clean/published_gap``.
        sector_of: main sector by line.
        ends: year that a municipality's plan is made for, where an action has no start.
        periods: first and last year of each municipality's plan (``undated.plan_periods``).
    """
    levels = plan_levels(published_gap, sector_of)
    plans = of_other_plans(published_gap, sector_of, periods, levels), with_numbers(actions, sector_of, ends, levels)
    codes = sorted({code for plan in plans for code in plan})
    return {code: [action for plan in plans for action in plan.get(code, ())] for code in codes}
