"""The gap to the targets, line by line, in the seven columns of the Climate City Contract's table A-2.1.

Formulas, with the columns' own numbers (1 baseline, 2 target, 3 latest, 4 other plans, 6 actions):

* target (2) on our inventory = emissions of the target's base year * (1 + its change): the base year and the change are
  those of the municipality's own target that the line belongs to, else the baseline year and the printed percentage
* gap (5) = (3 - 4) - 2, where a print without a latest year counts from its baseline
* actions counted = (3 - 4) less what ``effects.left_after`` leaves of it: without overlaps, never more than 3 - 4
* residual (7) = 3 - 4 - actions counted

Actions count in the plan's tonnes, as the contract's table has it, whatever the line has with us. The scenarios count
the share that they are of what the plan sized them on (``carried_out``). Where that is outside ``FITS`` of the line's
latest emissions, the row's note says so.

Each gap is computed on three bases: the municipality's own print, our inventory with the print's lines and percentages,
and the contract's targets with the latest national figures. Our inventory is corrected where the same corrections have
moved each line in all years that it is counted from, else as reported, the whole table alike (``corrected.basis``).

What belongs here: one target year. What does not: the years before it (``pathways``), and what neutralises the residual
(``neutrality_balance``).
"""

import itertools
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.basis import CORRECTED, REPORTED, with_levels
from klimat_pipeline.inventory.gases import MIXED, NOT_STATED, common_set
from klimat_pipeline.scenarios.effects import effect_in_year, left_after
from klimat_pipeline.scenarios.planned_actions import FITS
from klimat_pipeline.scenarios.print_arithmetic import MEMO, TOTAL, counted_from

LOCAL = "local"
PRINTED, COMPUTED, TARGETS = "printed", "computed", "targets"
Row = dict[str, Any]
_SUMMED = ("baseline_t", "target_t", "latest_t", "other_plans_t", "actions_t", "actions_counted_t")


def gap_table(
    published_gap: pd.DataFrame,
    actions: pd.DataFrame,
    territory: pd.DataFrame,
    coherence: pd.DataFrame,
    corrections: pd.DataFrame,
    sector_lines: Mapping[str, Collection[str]],
) -> pd.DataFrame:
    """The gap of every municipality on every basis that its data allow.

    Args:
        published_gap: ``clean/published_gap``.
        actions: ``clean/climate_actions``.
        territory: ``inventory/inventory_territory``.
        coherence: ``indicators/target_coherence``: levels of the targets, uncovered sectors.
        corrections: ``corrected/corrections``, for the level that each puts a figure on.
        sector_lines: lines of the inventory by main sector, for the actions on a target.

    Returns:
        ``scenarios/gap_table``. Where a line lacks a number, so do the figures computed from it, and the total.
    """
    planned = actions[(actions["action_status"] != "completed") & actions["effect_t_per_year"].notna()]
    rows: list[Row] = []
    for code, printed in published_gap.groupby("municipality_code"):
        lines = printed[printed["line"] != TOTAL].to_dict("records")
        totals = printed[printed["line"] == TOTAL].to_dict("records")
        total = totals[0] if totals else {}
        goal = _goal_of_total(lines, total)
        rows += _with_total([_printed(line) for line in lines], total, goal)
        if total and not lines:
            rows.append(_printed(total) | {"is_total": True})
        own = with_levels(territory[territory["municipality_code"] == code], corrections)
        # Every line looks up its rows anew, and looking at few rows is quicker in Python's own texts.
        own = own.astype(dict.fromkeys(own.select_dtypes("str").columns, object))
        mine = planned[planned["municipality_code"] == code]
        for release, inventory in own.groupby("release_id"):
            held = set(inventory["year"])
            if lines and {year for line in lines for year in _years(line)} <= held:
                levelled, basis = _on_one_basis(lines, inventory)
                computed = [row | {"basis": basis} for row in _computed(lines, levelled, mine, str(release))]
                rows += _with_total(computed, {}, goal, _overlaps(lines))
    for (_, code), plan in coherence.groupby(["release_id", "municipality_code"]):
        mine = planned[planned["municipality_code"] == code]
        rows += _of_targets(plan, mine, sector_lines, published_gap[published_gap["municipality_code"] == code])
    contract = table("scenarios/gap_table")
    frame = pd.DataFrame(rows, columns=contract.column_names)
    types = {c.name: "float64" for c in contract.columns if c.kind == "number"}
    types |= {c.name: "bool" for c in contract.columns if c.kind == "boolean"}
    types |= {"baseline_year": "Int64", "target_base_year": "Int64", "target_year": "int64", "latest_year": "int64"}
    return frame.astype(types).sort_values(list(contract.primary_key)).reset_index(drop=True)


def _goal_of_total(lines: list[Row], total: Row) -> float | None:
    """Change that the print asks of its total, where it gives some of its lines no target of their own."""
    if not total or not any(pd.isna(line["target_t"]) for line in lines if line["scopes"] != MEMO):
        return None
    if pd.notna(total["target_pct"]):
        return float(total["target_pct"])
    return float(total["target_t"] / total["baseline_t"] - 1.0) * 100.0 if total["baseline_t"] else None


def _overlaps(lines: list[Row]) -> str:
    """Lines of the inventory that several printed lines sum, as where a print divides what the source does not."""
    inside = [line for line in lines if line["scopes"] != MEMO]
    pairs = [
        (one["line"], other["line"])
        for one, other in itertools.combinations(inside, 2)
        if set(one["of_lines"].split()) & set(other["of_lines"].split())
        and set(one["scopes"].split("+")) & set(other["scopes"].split("+"))
        and (
            one["carrier"] == other["carrier"]
            or not isinstance(one["carrier"], str)
            or not isinstance(other["carrier"], str)
        )
    ]
    return "; ".join(f"{one} and {other} hold the same line" for one, other in pairs)


def _years(line: Row) -> tuple[int, ...]:
    """Years that the line is computed from."""
    return int(line["baseline_year"]), int(line["target_base_year"]), counted_from(line)[0]


def _finished(row: Row) -> Row:
    """Columns 5 and 7, and how far the print is off."""
    after_plans = row["latest_t"] - (0.0 if pd.isna(row["other_plans_t"]) else row["other_plans_t"])
    gap, residual = after_plans - row["target_t"], after_plans - row["actions_counted_t"]
    return row | {
        "gap_t": gap,
        "residual_t": residual,
        "gap_off_t": row["printed_gap_t"] - gap,
        "residual_off_t": row["printed_residual_t"] - residual,
    }


def _line(line: Row, basis: str, release: str, *, is_current: bool) -> Row:
    named = ("municipality_code", "line", "scopes", "baseline_year", "target_year", "target_pct")
    return {name: line[name] for name in (*named, "target_base_year", "other_plans_t", "note")} | {
        "target_base_t": np.nan,
        "release_id": release,
        "is_current_release": is_current,
        "gap_basis": basis,
        "is_memo": line["scopes"] == MEMO,
        "is_total": False,
        "printed_gap_t": np.nan,
        "printed_residual_t": np.nan,
        "action_ids": "",
        "notation_key": None,
        "gwp_set": NOT_STATED,
        "basis": None,
    }


def _printed(line: Row) -> Row:
    """A line on the print's own inputs."""
    row = _line(line, PRINTED, LOCAL, is_current=True)
    row |= {name: line[name] for name in ("baseline_t", "target_t", "actions_t", "printed_gap_t", "printed_residual_t")}
    row["latest_year"], row["latest_t"] = counted_from(line)
    if line["target_pct"] != line["applied_pct"]:  # the printed percentage is that of the printed baseline
        row["target_base_year"] = line["baseline_year"]
    if row["target_base_year"] == line["baseline_year"]:
        row["target_base_t"] = line["baseline_t"]
    given = np.array([row["actions_t"]]) if pd.notna(row["actions_t"]) else np.array([])
    row["actions_t"] = float(given.sum())
    return _finished(row | _counted(row, given, np.zeros(len(given), dtype=bool)))


def _counted(row: Row, effects: Any, multiplicative: Any) -> Row:
    before = row["latest_t"] - (0.0 if pd.isna(row["other_plans_t"]) else row["other_plans_t"])
    if pd.isna(before):
        return {"actions_counted_t": np.nan}
    return {"actions_counted_t": max(before - left_after(before, effects, multiplicative), 0.0)}


def _computed(lines: list[Row], inventory: pd.DataFrame, actions: pd.DataFrame, release: str) -> list[Row]:
    """The print's lines on our own inventory, with its percentages and other plans."""
    rows, free = [], actions
    # Lines of one carrier come first, so that no action is counted on two lines.
    for line in sorted(lines, key=lambda line: not isinstance(line["carrier"], str)):
        row = _line(line, COMPUTED, release, is_current=bool(inventory["is_current_release"].iloc[0]))
        (then, then_from), (base, base_from), (now, now_from) = (
            _figure(inventory, line, year) for year in _years(line)
        )
        pct = line["applied_pct"]
        row |= {"baseline_t": then, "latest_t": now, "latest_year": _years(line)[-1], "target_base_t": base}
        row |= {"target_pct": pct, "target_t": base * (1.0 + pct / 100.0)}
        if row["other_plans_t"] > now:  # our inventory has less on the line than the plans save, or nothing (IE)
            row |= {"other_plans_t": now, "note": "other plans beyond what the line holds are left out"}
        parts = [then_from, base_from, now_from]
        keys = {key for part in parts for text in part["notation_key"].dropna() for key in text.split()}
        known = {found for part in parts for found in part.loc[part["emissions_t_co2e"].notna(), "gwp_set"]}
        row |= {"notation_key": " ".join(sorted(keys)) or None, "gwp_set": common_set(known) if known else NOT_STATED}
        scopes, carrier = line["scopes"].split("+"), line["carrier"]
        fits = free["line"].isin(line["of_lines"].split()) & (
            free["carrier"].eq(carrier) if isinstance(carrier, str) else free["carrier"].isna() | ("2" in scopes)
        )
        rows.append(_acted(row, free[fits.astype(bool)], counted_from(line)[1]))
        free = free[~fits.astype(bool)]
    return rows


def _on_one_basis(lines: list[Row], inventory: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The inventory on the basis that all lines share in all years that they are counted from, and which it is."""
    basis = REPORTED
    for line in lines:
        moved = [_moved(_figure(inventory, line, year)[1]) for year in _years(line)]
        if len(set(moved)) > 1:
            reported = inventory["emissions_reported_t_co2e"].fillna(inventory["emissions_t_co2e"])
            return inventory.assign(emissions_t_co2e=reported), REPORTED
        if moved[0]:
            basis = CORRECTED
    return inventory, basis


def _moved(rows: pd.DataFrame) -> frozenset[tuple[str, str, str]]:
    """Levels of the corrected ones among the rows."""
    held = rows[rows["level_ids"] != ""]
    return frozenset(zip(held["line"], held["item"], held["level_ids"], strict=True))


def _acted(row: Row, actions: pd.DataFrame, planned_t: float) -> Row:
    """The line with its actions in the target year; the plan has ``planned_t`` on it."""
    year = int(row["target_year"])
    times = [actions[name].to_numpy(float, na_value=np.nan) for name in ("start_year", "ramp_years", "lifetime_years")]
    effects = effect_in_year(actions["effect_t_per_year"].to_numpy(float), year, *times, target_year=year)
    together = actions["interaction_rule"].eq("multiplicative").to_numpy(bool)
    row |= {"actions_t": float(effects.sum()), "action_ids": " ".join(sorted(actions["action_id"]))}
    notes = (row["note"], _sized_on(row["latest_t"], actions, planned_t))
    row["note"] = "; ".join(note for note in notes if isinstance(note, str) and note) or None
    return _finished(row | _counted(row, effects, together))


def _sized_on(latest: float, actions: pd.DataFrame, planned_t: float) -> str:
    """What the actions were sized on, where the line's latest emissions are something else."""
    levels = {planned_t if pd.isna(own) else float(own) for own in actions["sized_on_t"]}
    other = [f"{level:,.0f}" for level in sorted(levels) if latest > 0 and not FITS[0] <= level / latest <= FITS[1]]
    if not other or any(map(pd.isna, levels)):
        return ""
    return (
        f"actions sized on {' and '.join(other)} t count in tonnes, at most the {latest:,.0f} t that there are; the "
        "scenarios count their share"
    )


def _planned(printed: pd.DataFrame, lines: Collection[str]) -> float:
    """What the print has in scope 1 of these lines in one year; not a number where it has not just them."""
    within = printed[(printed["line"] != TOTAL) & printed["carrier"].isna()].to_dict("records")
    own = [
        row
        for row in within
        if {"1", MEMO} & set(row["scopes"].split("+")) and set(row["of_lines"].split()) & set(lines)
    ]
    held = {line for row in own for line in row["of_lines"].split()}
    counted = [counted_from(row) for row in own]
    if held != set(lines) or len({year for year, _ in counted}) != 1:
        return np.nan
    return float(sum(tonnes for _, tonnes in counted))


def _figure(inventory: pd.DataFrame, line: Row, year: int) -> tuple[float, pd.DataFrame]:
    """Our tonnes of a printed line, location-based, and the rows that they sum."""
    rows = inventory[
        (inventory["year"] == year)
        & inventory["line"].isin(line["of_lines"].split())
        & (inventory["method"] != "market")
        & (inventory["is_memo"] == (line["scopes"] == MEMO))
    ]
    if line["scopes"] != MEMO:
        rows = rows[rows["scope"].isin(line["scopes"].split("+"))]
    if isinstance(line["carrier"], str):
        rows = rows[rows["carrier"] == line["carrier"]]
    known = rows["emissions_t_co2e"].dropna()
    return (float(known.sum()) if len(known) else np.nan), rows


def _with_total(rows: list[Row], printed: Row, goal_pct: float | None = None, overlaps: str = "") -> list[Row]:
    """The lines and their sum, without memo lines; where a line has no number, the sum has none.

    A total whose lines have no target each has the target that the print gives it as a whole. Lines that hold the same
    line of the inventory have no sum.
    """
    parts = [row for row in rows if not row["is_memo"]]
    if not parts:
        return rows
    scopes = sorted({scope for row in parts for scope in row["scopes"].split("+")})
    total = parts[0] | {"line": TOTAL, "is_total": True, "scopes": "+".join(scopes), "target_pct": np.nan}
    for name in _SUMMED:
        values = [row[name] for row in parts]
        plans = name == "other_plans_t"  # a line without other plans has none
        total[name] = float(np.nansum(values)) if plans else float(np.sum(values))
        if overlaps:
            total[name] = np.nan
    if goal_pct is not None:
        total["target_t"] = total["baseline_t"] * (1.0 + goal_pct / 100.0)
    total |= {"target_base_year": total["baseline_year"], "target_base_t": total["baseline_t"]}
    total["gwp_set"] = common_set(row["gwp_set"] for row in parts)
    if total["baseline_t"] > 0 and total["gwp_set"] != MIXED:
        total["target_pct"] = (total["target_t"] / total["baseline_t"] - 1.0) * 100.0
    keys = {key for row in parts for key in (row["notation_key"] or "").split()}
    total["notation_key"] = " ".join(sorted(keys)) or None
    total["action_ids"] = " ".join(sorted(action for row in parts for action in row["action_ids"].split()))
    missing = [row["line"] for row in parts if pd.isna(row["latest_t"])]
    total["note"] = f"without a number: {', '.join(missing)}" if missing else _sum_note(printed)
    if overlaps:
        total["note"] = f"no sum: {overlaps} of the inventory"
    total |= {name: printed.get(name, np.nan) for name in ("printed_gap_t", "printed_residual_t")}
    return [*rows, _finished(total)]


def _sum_note(printed: Row) -> str | None:
    """What a sum is beside the total that the print has; nothing where there is none."""
    if not printed:
        return None
    said = f", {printed['note']}" if isinstance(printed["note"], str) and printed["note"] else ""
    return f"the sum of the lines; the print's own total stands in published_gap{said}"


def _of_targets(
    plan: pd.DataFrame, actions: pd.DataFrame, sector_lines: Mapping[str, Collection[str]], printed: pd.DataFrame
) -> list[Row]:
    """The contract's targets and the sectors that none covers, one release."""
    total = plan[plan["coherence_kind"] == TOTAL].iloc[0].to_dict()
    rows, free = [], actions[actions["carrier"].isna()]
    # A sector that no target covers may have the same name as a target for other sectors.
    subs = set(plan.loc[plan["coherence_kind"] == "sub_target", "coherence_item"])
    for item in plan[plan["coherence_kind"].isin(["sub_target", "uncovered"])].to_dict("records"):
        taken = subs if item["coherence_kind"] == "uncovered" else ()
        placed = {
            "municipality_code": item["municipality_code"],
            "line": ("sector_" if item["coherence_item"] in taken else "") + item["coherence_item"],
            "scopes": "1",
            "baseline_year": item["baseline_year"],
            "target_year": total["target_year"],
            "target_pct": item["target_pct"],
            "target_base_year": item["baseline_year"],
            "other_plans_t": np.nan,
            "note": "no sub-target covers this sector" if item["coherence_kind"] == "uncovered" else item["note"],
        }
        row = _line(placed, TARGETS, item["release_id"], is_current=bool(item["is_current_release"]))
        row |= {"baseline_t": item["baseline_t_co2e"], "target_t": item["target_t_co2e"], "gwp_set": item["gwp_set"]}
        row["basis"] = item["basis"]
        row |= {"target_base_t": row["baseline_t"], "latest_year": item["year"], "latest_t": item["emissions_t_co2e"]}
        lines = {line for code in item["sector_codes"].split() for line in sector_lines.get(code, ())}
        fits = free["line"].isin(lines).astype(bool)
        rows.append(_acted(row, free[fits], _planned(printed, lines)))
        free = free[~fits]
    whole = _with_total(rows, {})
    if whole:
        # The total has a target and a baseline of its own: levels of different baselines would not sum to it.
        own = {"target_t": total["target_t_co2e"], "target_pct": total["target_pct"], "latest_t": whole[-1]["latest_t"]}
        own |= {"baseline_t": total["baseline_t_co2e"], "baseline_year": total["baseline_year"]}
        own |= {"target_base_t": own["baseline_t"], "target_base_year": own["baseline_year"]}
        whole[-1] = _finished(whole[-1] | own | {"note": "the contract's own total target", "scopes": "1"})
    return whole
