"""Purchases and their emissions by month, category, unit and account: the finest sums that name nobody."""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.spend.results.sums import summed

if TYPE_CHECKING:
    import duckdb


def spend_by_account(con: "duckdb.DuckDBPyConnection") -> pd.DataFrame:
    """``spend/spend_by_account`` from the cube; lines without a unit or account stand under an empty name."""
    return summed(con, "spend/spend_by_account", "month, category AS spend_category, unit AS ledger_unit, account")
