"""Gap tables in the seven columns of the Climate City Contract's A-2.1, as municipalities print them.

Formulas, where a municipality's layout (``inventory: gap_table`` in its ``municipality.yaml``) is another one:

* target level = baseline - column 2, where column 2 is a reduction
* actions = column of actions - residual, where that column holds the residual too
* other plans = latest level (the baseline where there is none) - column of other plans, where that column is a forecast

What does not belong here: gap and residual, computed anew (``scenarios.gap_table``).
"""

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.inventory_forms import inventory_forms, memo_lines
from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.inventory_form import PrintForm
from klimat_pipeline.configuration.local_tables import NO_TARGET
from klimat_pipeline.configuration.read_local import read_local
from klimat_pipeline.configuration.targets_and_gap import TOTAL, gap_problems


def clean_published_gap(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/published_gap`` from every ``published_gap.csv``; a line is of itself unless it says more."""
    forms = inventory_forms(municipalities_dir)
    memo = {code: memo_lines(forms, code, reference) for code in forms}
    problems = partial(gap_problems, lines=reference.lines, forms=forms, memo_lines=memo)
    rows = read_local("published_gap", municipalities_dir, examples=examples, also=problems)
    return local_frame("clean/published_gap", [_in_one_form(row, forms[row["municipality_code"]]) for row in rows])


def _in_one_form(row: dict[str, Any], form: PrintForm) -> dict[str, Any]:
    layout, base = form.form.gap_table, row["baseline_t"]
    pct = None if row["reduction_pct"] in (None, NO_TARGET) else 0.0 - row["reduction_pct"]
    target, actions = row["target_t"], row["actions_t"]
    if target is not None and layout.target == "reduction":
        target = None if base is None else base - target
    elif target is None and base is not None and pct is not None:
        target = base * (1.0 + pct / 100.0)
    if actions is not None and layout.actions == "with_residual":
        actions = max(actions - row["residual_t"], 0.0)
    plans = row["other_plans_t"]
    if plans is not None and layout.plans == "left":
        level = base if row["latest_t"] is None else row["latest_t"]
        plans = None if level is None else level - plans
    base_year, applied = form.base_of(row["target_id"]) or (row["baseline_year"], pct)
    if applied is None and target is not None and base:
        applied = (target / base - 1.0) * 100.0
    return row | {
        "scopes": row["scope"],
        "of_lines": "" if row["line"] == TOTAL else row["of_lines"] or row["line"],
        "target_pct": pct,
        "target_t": target,
        "actions_t": actions,
        "other_plans_t": plans,
        "target_base_year": base_year,
        "applied_pct": applied,
        "printed_target_t": row["target_t"],
        "printed_actions_t": row["actions_t"],
        "printed_plans_t": row["other_plans_t"],
        "printed_gap_t": row["gap_t"],
        "printed_residual_t": row["residual_t"],
        "target_column": layout.target,
        "residual_column": layout.residual,
        "actions_column": layout.actions,
        "plans_column": layout.plans,
        "rounding_t": layout.rounding_t,
    }
