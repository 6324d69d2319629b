"""Climate investment plan: what each action costs in each year, who pays, and what it saves.

* The investment is spread evenly over the years in which the action comes into effect: from its start over its ramp,
  or all in the first year where it has no ramp. Yearly costs run over its lifetime. Without a start the year of the
  costs is unknown; the tonnes rise over the plan's period, or count in full in the target's year (``undated``).
* Each payer bears its share of the investment; the rest is ``unfunded``. Yearly costs are not split: their payers are
  not stated.
* Tonnes are those of the action alone, at its most likely effect: they must not be added where actions interact.
* An action without a stated cost is NE here, never zero; its tonnes are shown all the same. Kronor are of one price
  year per municipality (``prices``): a cost that cannot be converted to it is NE too.

What does not belong here: cost per tonne (``abatement_cost``).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.method_assumptions import TOTAL
from klimat_pipeline.scenarios.carried_out import working
from klimat_pipeline.scenarios.pathways import in_form
from klimat_pipeline.scenarios.planned_actions import Action
from klimat_pipeline.scenarios.undated import said

PAYERS = ("municipal", "regional", "national", "private", "eu")
NOT_ESTIMATED = "NE"


def investment_plan(actions: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Costs, payers and tonnes of every action and year.

    Args:
        actions: ``clean/climate_actions`` in one price year (``prices.in_one_price_year``), dated (``undated.dated``).
        targets: ``clean/targets``, for the year that the plan is made for.

    Returns:
        ``scenarios/investment_plan``. An action without a lifetime is followed to the target's year.
    """
    ends = target_years(targets)
    rows = [row for action in actions.to_dict("records") for row in _years(action, ends)]
    return in_form(pd.DataFrame(rows), "scenarios/investment_plan")


def target_years(targets: pd.DataFrame) -> dict[str, int]:
    """Year that a municipality's plan is made for: its total target's, as in the gap table, else its last target's."""
    own = targets[(targets["target_kind"] == "contract") & targets["target_year"].notna()]
    found: dict[str, int] = {}
    for frame in (own, own[own["target_id"] == TOTAL]):
        found |= {
            str(code): int(year) for code, year in frame.groupby("municipality_code")["target_year"].max().items()
        }
    return found


def schedule(action: dict[str, Any], until: int | None) -> dict[str, Any]:
    """Years of an action with its investment, yearly cost and tonnes in each.

    Args:
        action: a row of ``clean/climate_actions``.
        until: last year where it states no lifetime.

    Returns:
        ``years`` and, of the same length, ``investment``, ``running`` (MSEK) and ``tonnes``; NaN where not stated.
        No years where neither a start nor a last year is.
    """
    first = until if pd.isna(action["start_year"]) else int(action["start_year"])
    if first is None:
        return {"years": np.array([], dtype="int64")} | dict.fromkeys(("investment", "running", "tonnes"), np.array([]))
    start, ramp = first, 0 if pd.isna(action["start_year"]) else int(_known(action["ramp_years"], 0))
    lifetime = None if pd.isna(action["lifetime_years"]) else int(action["lifetime_years"])
    last = start + lifetime - 1 if lifetime is not None else max(until or start, start + max(ramp, 1) - 1)
    years = np.arange(start, max(last, start) + 1)
    building = years < start + max(ramp, 1)
    effect = _known(action["effect_t_per_year"], np.nan)
    plan = Action(str(action["action_id"]), "", effect, start, ramp_years=ramp, lifetime_years=lifetime)
    return {
        "years": years,
        "investment": np.where(building, _known(action["cost_msek"], np.nan) / building.sum(), 0.0),
        "running": np.full(len(years), _known(action["annual_cost_msek"], 0.0)),
        "tonnes": working(plan, years) * effect,
    }


def reasons(action: dict[str, Any], years: Any) -> list[str]:
    """Why an action has no kronor, and which rule gave its years, for a note.

    Args:
        action: a row of ``clean/climate_actions`` after ``prices.in_one_price_year`` and ``undated.dated``.
        years: the years of its ``schedule``.
    """
    found = []
    if pd.notna(action["stated_price_year"]) and pd.isna(action["price_factor"]):
        found.append(str(action["price_note"]))
    elif pd.isna(action["cost_msek"]):
        found.append("no cost stated")
    if _undated(action) and len(years):
        steps = 0 if pd.isna(action["start_year"]) else int(_known(action["ramp_years"], 0))
        found.append(said(int(years[0]), steps))
    return found


def _undated(action: dict[str, Any]) -> bool:
    return pd.isna(action["start_year"]) or bool(action.get("is_start_assumed", False))


def _years(action: dict[str, Any], ends: dict[str, int]) -> Iterator[dict[str, Any]]:
    code = str(action["municipality_code"])
    until = ends.get(code)
    plan = schedule(action, until)
    shares = {payer: _known(action[f"share_{payer}"], 0.0) for payer in PAYERS}
    open_share = max(1.0 - sum(shares.values()), 0.0)
    costed = pd.notna(action["cost_msek"]) and not _undated(action)
    note = "; ".join(reasons(action, plan["years"])) or None
    saved = np.cumsum(plan["tonnes"])
    for at, year in enumerate(plan["years"].tolist()):
        invested = float(plan["investment"][at]) if costed else None
        yield {
            "municipality_code": code,
            "action_id": action["action_id"],
            "year": year,
            "investment_msek": invested,
            **{f"{payer}_msek": None if invested is None else invested * share for payer, share in shares.items()},
            "unfunded_msek": None if invested is None else invested * open_share,
            "running_msek": None if pd.isna(action["annual_cost_msek"]) else float(plan["running"][at]),
            **{name: action[name] for name in ("price_year", "stated_price_year", "price_factor")},
            "reduced_t": float(plan["tonnes"][at]),
            "cumulated_t": float(saved[at]),
            "is_until_target": until is not None and year <= until,
            "notation_key": None if costed else NOT_ESTIMATED,
            "note": note,
        }


def _known(value: Any, otherwise: float) -> float:
    return otherwise if value is None or pd.isna(value) else float(value)
