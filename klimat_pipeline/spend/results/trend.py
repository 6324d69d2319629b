"""Purchases and their emissions over time, nominal and deflated, by month and by year."""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.spend.results.sums import summed

if TYPE_CHECKING:
    import duckdb


def spend_trend(con: "duckdb.DuckDBPyConnection") -> pd.DataFrame:
    """``spend/trend`` from the cube; month 0 is the whole year."""
    months = summed(con, "spend/trend", "month")
    years = summed(con, "spend/trend", "0::BIGINT AS month")
    return pd.concat([months, years], ignore_index=True).sort_values(
        ["municipality_code", "year", "month"], ignore_index=True
    )
