"""Do a municipality's sub-targets, with their different baselines, imply its total target?

Formulas, per release, with every sub-target of the same boundary and target year that has a level:

* levels_sum = sum of the levels that the sub-targets allow, each from its own baseline
* uncovered = latest emissions of the total's sectors that no such sub-target covers, taken to stay as they are
* implied = levels_sum + uncovered
* shortfall = implied - the total target: where positive, the sub-targets are not enough; where negative, there is room
* closing = -shortfall / latest emissions of one uncovered sector: the change that alone would make up the shortfall; no
  number where the sector emits less than that

Without a sub-target that has a level there is nothing to sum: the total stands alone, and its note says so.

All figures of a plan are on one basis: corrected where the total is (``indicators.sector_indicators``) and no
sub-target has to fall back on reported figures of a year that the total takes corrected, else all of them as reported.
Percentages of targets are never added. A target without baseline, number or sectors is listed as not quantified and is
in no sum. What belongs here: whether the targets of a plan agree. What does not: how far each target is
(``target_status``).
"""

from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.basis import CORRECTED, REPORTED
from klimat_pipeline.indicators.sector_indicators import TOTAL

Row = dict[str, Any]
_NO_SUB_TARGETS = "not applicable: no sub-target has a level that could be summed"
SUB, UNCOVERED, OPEN = "sub_target", "uncovered", "not_quantified"


def target_coherence(sectors: pd.DataFrame, emissions: pd.DataFrame) -> pd.DataFrame:
    """The balance of every municipality's plan, release by release.

    Args:
        sectors: ``indicators/sector_indicators``.
        emissions: ``corrected/emissions``.

    Returns:
        ``indicators/target_coherence``: per municipality with a quantified total target and release one row for the
        total, each sub-target, each uncovered sector and each target that is not quantified.
    """
    latest = sectors[(sectors["target_kind"] == "contract") & sectors["is_latest_year"]]
    plans = latest[(latest["target_id"] == TOTAL) & latest["target_t_co2e"].notna()]
    rows: list[Row] = []
    for total in plans.to_dict("records"):
        at = ["release_id", "municipality_code"]
        same = (latest[at] == [total[name] for name in at]).all(axis=1)
        cells = emissions[(emissions[at] == [total[name] for name in at]).all(axis=1)]
        rows += _plan(*_on_one_basis(total, latest[same & (latest["target_id"] != TOTAL)].to_dict("records")), cells)
    contract = table("indicators/target_coherence")
    frame = pd.DataFrame(rows, columns=contract.column_names)
    numbers = {column.name: "float64" for column in contract.columns if column.kind == "number"}
    whole = {"baseline_year": "Int64", "target_year": "Int64", "year": "int64", "is_current_release": "bool"}
    return frame.astype(numbers | whole).sort_values(list(contract.primary_key)).reset_index(drop=True)


def _on_one_basis(total: Row, others: list[Row]) -> tuple[Row, list[Row]]:
    """The total and the other targets, all as corrected or all as reported."""
    fallen = [
        other
        for other in others
        if other["basis"] == REPORTED and other["emissions_corrected_t_co2e"] != other["emissions_reported_t_co2e"]
    ]
    if total["basis"] == CORRECTED and not fallen:
        return total, [other | {"basis": CORRECTED} for other in others]
    return _reported(total), [_reported(other) for other in others]


def _reported(target: Row) -> Row:
    base = target["baseline_reported_t_co2e"]
    return target | {
        "basis": REPORTED,
        "emissions_t_co2e": target["emissions_reported_t_co2e"],
        "baseline_t_co2e": base,
        "target_t_co2e": base * (1.0 + target["target_pct"] / 100.0),
    }


def _plan(total: Row, others: list[Row], cells: pd.DataFrame) -> list[Row]:
    """Rows of one municipality and release."""
    figure = "emissions_t_co2e" if total["basis"] == CORRECTED else "emissions_reported_t_co2e"
    subs, rows = [], []
    for target in others:
        reason = _left_out(target, total)
        if reason is None:
            subs.append(target)
        else:
            said = f"{reason}; {target['note']}" if isinstance(target["note"], str) else reason
            rows.append(_row(total, target, OPEN) | {"note": said})
    codes = total["sector_codes"].split()
    covering = {code: [t["target_id"] for t in subs if code in t["sector_codes"].split()] for code in codes}
    now, base = (_figures(cells, total[year], figure) for year in ("year", "baseline_year"))
    open_codes = [code for code in codes if not covering[code]]
    if not subs:
        told = [_NO_SUB_TARGETS, *([total["note"]] if isinstance(total["note"], str) else [])]
        return [*rows, _row(total, total, TOTAL) | {"note": "; ".join(told)}]
    levels = sum(t["target_t_co2e"] for t in subs)
    uncovered = sum(now.get(code, 0.0) for code in open_codes)
    shortfall = levels + uncovered - total["target_t_co2e"]
    twice = [f"{code} ({' and '.join(ids)})" for code, ids in covering.items() if len(ids) > 1]
    beyond = sorted({code for t in subs for code in t["sector_codes"].split()} - set(codes))
    notes = [f"counted twice: {', '.join(twice)}"] if twice else []
    notes += [f"sub-targets hold sectors outside the total: {', '.join(beyond)}"] if beyond else []
    rows.append(
        _row(total, total, TOTAL)
        | {"levels_sum_t": levels, "uncovered_t": uncovered, "implied_t": levels + uncovered, "shortfall_t": shortfall}
        | {"note": "; ".join([*notes, *([total["note"]] if isinstance(total["note"], str) else [])]) or None}
    )
    rows += [_row(total, target, SUB) for target in subs]
    for code in open_codes:
        own, then = now.get(code, 0.0), base.get(code, np.nan)
        allowed = then * (1.0 + total["target_pct"] / 100.0)
        rows.append(
            _row(total, {"target_id": code, "sector_codes": code}, UNCOVERED)
            | {"baseline_year": total["baseline_year"], "baseline_t_co2e": then, "emissions_t_co2e": own}
            | _closing(shortfall, own, then)
            | {"room_at_total_pct_t": own - allowed - shortfall}
        )
    return rows


def _closing(shortfall: float, own: float, then: float) -> Row:
    """The reduction of one uncovered sector that would close the plan, or by how much the whole sector falls short."""
    row: Row = {"closing_pct": np.nan, "closing_since_baseline_pct": np.nan}
    if shortfall <= 0:
        return row
    if shortfall > own:
        return row | {"note": f"cannot close the plan alone: without it {shortfall - own:,.0f} t are still missing"}
    return row | {
        "closing_pct": -shortfall / own * 100.0,
        "closing_since_baseline_pct": ((own - shortfall) / then - 1.0) * 100.0 if then > 0 else np.nan,
    }


def _left_out(target: Row, total: Row) -> str | None:
    """Why a target is in no sum; None where it is in one."""
    reasons = (
        (target["boundary"] != total["boundary"], f"speaks of {target['boundary']}, not of {total['boundary']}"),
        (pd.isna(target["target_pct"]), "the document gives no number"),
        (pd.isna(target["baseline_year"]), "the document gives no baseline year"),
        (not target["sector_codes"], "national data do not hold what it speaks of"),
        (pd.isna(target["target_t_co2e"]), f"the release does not hold the baseline year {target['baseline_year']}"),
        (target["target_year"] != total["target_year"], f"ends in {target['target_year']}, not with the total"),
    )
    return next((said for applies, said in reasons if applies), None)


def _row(total: Row, item: Row, kind: str) -> Row:
    placed = {name: total[name] for name in ("municipality_code", "release_id", "is_current_release", "year")}
    own = ("sector_codes", "target_gas_basis", "baseline_year", "baseline_t_co2e", "target_year", "target_pct")
    figures = {name: item.get(name) for name in (*own, "target_t_co2e", "emissions_t_co2e", "note")}
    same = {name: total[name] for name in ("gwp_set", "basis")}
    return placed | figures | same | {"coherence_item": item["target_id"], "coherence_kind": kind}


def _figures(cells: pd.DataFrame, year: int, figure: str) -> dict[str, float]:
    """Emissions of a year by sector; a sector that the release does not hold is not there."""
    of_year = cells[(cells["year"] == year) & cells[figure].notna()]
    return dict(of_year.groupby("sector_code")[figure].sum())
