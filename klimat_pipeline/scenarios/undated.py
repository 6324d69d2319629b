"""Actions that state no start: the year in which they are assumed to begin, by a rule that can be turned off.

A plan prints what an action saves in its target's year and seldom when it begins. Where the municipality names the
first year of the plan's period (``plan_from_year`` in ``municipality.yaml``) and ``undated_ramp`` of
``scenario_assumptions.csv`` is 1, such an action rises in equal steps from that year to the target's year: of n years
it has 1/n of its effect in the first and all of it in the last. Otherwise it counts in full in the target's year and
not at all before. Either way the target's year is the same, so no gap and no probability depends on the rule.

A stated lifetime that is shorter than the period is lengthened to it, so that the target's year keeps the effect. The
year of the costs stays unknown: no cost is spread over an assumed period. What belongs here: assumed starts. What does
not: the effect of an action in a year (``planned_actions``).
"""

from collections.abc import Mapping

import pandas as pd

Periods = Mapping[str, tuple[int, int]]


def plan_periods(targets: pd.DataFrame, ends: Mapping[str, int], *, ramp: bool) -> dict[str, tuple[int, int]]:
    """First and last year of every municipality's plan.

    Args:
        targets: ``clean/targets``.
        ends: year that a municipality's plan is made for.
        ramp: whether actions without a start rise over the period; if not, there are no periods.
    """
    if not ramp:
        return {}
    own = targets[(targets["target_kind"] == "contract") & targets["plan_from_year"].notna()]
    first = own.groupby("municipality_code")["plan_from_year"].min()
    return {str(code): (int(year), ends[str(code)]) for code, year in first.items() if int(year) <= ends[str(code)]}


def dated(actions: pd.DataFrame, periods: Periods) -> pd.DataFrame:
    """The actions, with those without a start in equal steps over their municipality's period.

    Args:
        actions: ``clean/climate_actions``.
        periods: of ``plan_periods``.

    Returns:
        The actions with ``is_start_assumed``; without a period an action stays without a start.
    """
    open_ = actions["start_year"].isna()
    filled = open_ & actions["municipality_code"].isin(list(periods))
    first, last = ([periods.get(code, (0, 0))[end] for code in actions["municipality_code"]] for end in (0, 1))
    begin = pd.Series(first, index=actions.index, dtype="float64")
    steps = pd.Series(last, index=actions.index, dtype="float64") - begin + 1.0
    lifetime = actions["lifetime_years"].astype("float64")
    return actions.assign(
        start_year=actions["start_year"].astype("float64").where(~filled, begin),
        ramp_years=actions["ramp_years"].astype("float64").where(~filled, steps),
        lifetime_years=lifetime.where(~filled | lifetime.isna(), lifetime.clip(lower=steps)),
        is_start_assumed=open_.astype("bool"),
    )


def said(first: int, ramp: int) -> str:
    """The rule in words, for a note."""
    if ramp > 1:
        return f"no start stated: in equal steps {first}-{first + ramp - 1}"
    return f"no start stated: whole in {first}"
