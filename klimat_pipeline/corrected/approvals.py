"""Approved recalculations of baselines, from all registers."""

from collections.abc import Mapping

import pandas as pd

from klimat_pipeline.configuration.corrections import DEFAULT_LIMIT_PCT, CorrectionRegister

_COLUMNS = ["municipality_code", "target_id", "release_id", "approved_by", "approved_on", "note"]


def approvals(registers: Mapping[str, CorrectionRegister]) -> tuple[pd.DataFrame, float]:
    """All approvals, and the limit beyond which a move of a baseline needs one: the strictest of the registers.

    Returns:
        Frame of ``municipality_code, target_id, release_id, approved_by, approved_on, note``, and per cent.
    """
    rows = [
        (code, a.target_id, a.release_id, a.approved_by, a.approved_on.isoformat(), a.note)
        for code, register in registers.items()
        for a in register.base_year_approvals
    ]
    limit = min((register.base_year_limit_pct for register in registers.values()), default=DEFAULT_LIMIT_PCT)
    return pd.DataFrame(rows, columns=_COLUMNS).astype("str" if rows else "object"), limit
