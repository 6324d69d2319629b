"""The asset ``corrected/corrections``: every application of a correction, also those that were not applied.

What does not belong here: how registers are applied (``registers``).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.configuration.corrections import Correction, CorrectionRegister
from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.basis import correction_levels
from klimat_pipeline.corrected.registers import Applied

CELL, COUNTERPART = "cell", "counterpart"


def correction_applications(
    applied: Applied, emissions: pd.DataFrame, registers: Mapping[str, CorrectionRegister]
) -> pd.DataFrame:
    """Every application as ``corrected/corrections`` describes it, also those that were not applied."""
    contract = table("corrected/corrections")
    cells = applied.cells.assign(is_current_release=emissions["is_current_release"].to_numpy()[applied.rows])
    levels = correction_levels(registers)
    # What is the same in all applications of a correction is written once and taken by index.
    number: dict[int, int] = {}
    described: list[tuple[Any, ...]] = []
    rows, at, whose = [], [], []
    for step in applied.steps:
        correction = step.correction
        if (which := number.setdefault(id(correction), len(number))) == len(described):
            described.append((*_described(correction), levels[correction.id]))
        then = correction.base.values_t.get(step.year)
        drift = (step.base_now / then - 1.0) * 100.0 if then else np.nan
        drifted = abs(drift) > registers[step.owner].drift_limit_pct
        state = (step.release_id, step.year, step.status, step.application_no)
        figures = (step.before, step.after, np.nan if then is None else then, step.base_now, drift, drifted)
        rows.append((CELL, correction.subsector, *figures, *state))
        at.append(step.cell)
        whose.append(which)
        if step.counterpart >= 0:
            there = applied.reported[step.counterpart]
            figures = (step.before_counterpart, step.after_counterpart, np.nan, there, np.nan, False)
            rows.append((COUNTERPART, None, *figures, *state))
            at.append(step.counterpart)
            whose.append(which)
    frame = pd.concat(
        [
            pd.DataFrame(rows, columns=_APPLICATION),
            cells[_PLACE].take(at).reset_index(drop=True),
            pd.DataFrame(described, columns=_DESCRIPTION).take(whose).reset_index(drop=True),
        ],
        axis="columns",
    )
    frame["effect_t"] = frame["after_t"].astype("float64") - frame["before_t"].astype("float64")
    numbers = [column.name for column in contract.columns if column.kind == "number"]
    frame = frame.astype(dict.fromkeys(numbers, "float64") | {"application_no": "Int64", "year": "int64"})
    frame = frame.astype({c.name: "bool" for c in contract.columns if c.kind == "boolean"})[contract.column_names]
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)


#: Columns of a correction's own description, in the order of ``_described``; its cell's; its applications'.
_DESCRIPTION = [
    "correction_id",
    "substance",
    "action",
    "base_release_id",
    "is_sector_conserved",
    "is_county_conserved",
    "is_nation_conserved",
    "baseline_treatment",
    "data_quality_grade",
    "uncertainty_pct",
    "reason",
    "source",
    "decided_by",
    "decided_on",
    "note",
    "level_ids",
]
_PLACE = ["municipality_code", "sector_code", "is_current_release"]
_FIGURES = ["before_t", "after_t", "base_then_t", "base_now_t", "drift_pct", "is_drifted"]
_APPLICATION = ["side", "subsector_code", *_FIGURES, "release_id", "year", "correction_status", "application_no"]


def _described(correction: Correction) -> tuple[Any, ...]:
    """What is the same in all applications of a correction."""
    return (
        correction.id,
        correction.substance,
        correction.action,
        correction.base.release_id,
        correction.conserves.sector,
        correction.conserves.county,
        correction.conserves.nation,
        correction.baseline_words,
        correction.grade,
        correction.uncertainty_pct,
        correction.reason,
        correction.source,
        correction.decided_by,
        correction.decided_on.isoformat(),
        correction.note,
    )
