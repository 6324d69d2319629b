"""Purchases and their emissions by department and company."""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.spend.results.sums import summed

if TYPE_CHECKING:
    import duckdb


def spend_by_unit(con: "duckdb.DuckDBPyConnection") -> pd.DataFrame:
    """``spend/spend_by_unit`` from the cube; lines without a unit stand in a row of their own, its name empty."""
    return summed(con, "spend/spend_by_unit", "unit AS ledger_unit")
