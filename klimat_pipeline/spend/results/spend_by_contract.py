"""Purchases and their emissions by contract."""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.spend.results.sums import summed

if TYPE_CHECKING:
    import duckdb


def spend_by_contract(con: "duckdb.DuckDBPyConnection") -> pd.DataFrame:
    """``spend/spend_by_contract`` from the cube; what was bought without a contract is one row, its name empty."""
    return summed(con, "spend/spend_by_contract", "contract_id")
