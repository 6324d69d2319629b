"""What a tonne costs, and the abatement curve: the cheapest tonnes first.

With c_y the investment and yearly cost of year y (``investment.schedule``), t_y its tonnes, r the discount rate and s
the first year: kronor per tonne = sum of c_y / (1 + r) ** (y - s) over sum of t_y / (1 + r) ** (y - s). Costs and
tonnes are discounted alike (the levelised cost), so that the figure is the price per tonne that just pays for the
action; at a rate of zero it is the sum of costs over the sum of tonnes. The lifetime has to be known: kronor per tonne
of a single year say nothing.

What belongs here: each action on its own. What does not: interactions (``planned_actions``), conversion of price years
(``prices``).
"""

from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.scenarios.investment_plan import NOT_ESTIMATED, reasons, schedule, target_years
from klimat_pipeline.scenarios.pathways import in_form

_SEK_PER_MSEK = 1e6
_CARRIED = (
    "municipality_code",
    "action_id",
    "line",
    "name_sv",
    "name_en",
    "action_status",
    "price_year",
    "stated_price_year",
    "price_factor",
    "other_benefits",
    "source",
    "note",
)


def abatement_cost(actions: pd.DataFrame, targets: pd.DataFrame, *, discount_rate_pct: float) -> pd.DataFrame:
    """Cost per tonne of every action, and its place in the municipality's curve.

    Args:
        actions: ``clean/climate_actions`` in one price year (``prices.in_one_price_year``).
        targets: ``clean/targets``, for the year that the plan is made for.
        discount_rate_pct: real, per cent a year.

    Returns:
        ``scenarios/abatement_cost``; without a cost, an effect or a lifetime there is no cost per tonne (NE).
    """
    ends = target_years(targets)
    frame = pd.DataFrame([_cost(action, ends, discount_rate_pct) for action in actions.to_dict("records")])
    if not frame.empty:
        frame = _curve(frame)
    return in_form(frame, "scenarios/abatement_cost")


def discounted(values: Any, rate_pct: float) -> float:
    """Sum of yearly values, each discounted to the first of them.

    Args:
        values: one per year, from the first year on.
        rate_pct: per cent a year; 0 gives the plain sum.
    """
    flow = np.asarray(values, dtype="float64")
    return float((flow / (1.0 + rate_pct / 100.0) ** np.arange(len(flow))).sum())


def _cost(action: dict[str, Any], ends: dict[str, int], rate: float) -> dict[str, Any]:
    until = ends.get(str(action["municipality_code"]))
    plan = schedule(action, until)
    years, tonnes, cost = plan["years"], plan["tonnes"], plan["investment"] + plan["running"]
    row: dict[str, Any] = {name: action[name] for name in _CARRIED} | {
        "target_year": until,
        "discount_rate_pct": rate,
        "until_target_t": float(tonnes[years <= until].sum()) if until is not None and len(years) else None,
        "notation_key": NOT_ESTIMATED,
        "note": _note(action, years),
    }
    if not len(years) or pd.isna(action["lifetime_years"]):
        return row
    row |= {"lifetime_t": float(tonnes.sum()), "discounted_t": discounted(tonnes, rate)}
    if pd.isna(action["cost_msek"]):
        return row
    row |= {"lifetime_cost_msek": float(cost.sum()), "discounted_cost_msek": discounted(cost, rate)}
    if row["discounted_t"] > 0:
        row |= {
            "sek_per_t": row["discounted_cost_msek"] * _SEK_PER_MSEK / row["discounted_t"],
            "sek_per_t_undiscounted": row["lifetime_cost_msek"] * _SEK_PER_MSEK / row["lifetime_t"],
            # Without yearly costs the figure holds the investment only, not the whole cost of a tonne.
            "notation_key": NOT_ESTIMATED if pd.isna(action["annual_cost_msek"]) else None,
        }
    return row


def _note(action: dict[str, Any], years: Any) -> str | None:
    """The note, with the reasons for NE first."""
    found = reasons(action, years)
    if pd.isna(action["lifetime_years"]):
        found.append("no lifetime stated")
    if pd.notna(action["cost_msek"]) and pd.isna(action["annual_cost_msek"]):
        found.append("no yearly cost stated: the investment alone")
    return "; ".join([*found, *([action["note"]] if isinstance(action["note"], str) else [])]) or None


def _curve(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.reindex(columns=dict.fromkeys([*frame.columns, "sek_per_t", "lifetime_t"]))
    costed = frame[frame["sek_per_t"].notna()].sort_values(["municipality_code", "sek_per_t", "action_id"])
    groups = costed.groupby("municipality_code")
    return frame.assign(
        abatement_order=(groups.cumcount() + 1).reindex(frame.index).astype("Int64"),
        abatement_from_t=(groups["lifetime_t"].cumsum() - costed["lifetime_t"]).reindex(frame.index),
    )
