"""Purchases and their emissions over time, nominal and deflated, by month and by year."""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.spend.results.sums import summed

if TYPE_CHECKING:
    import duckdb


def spend_trend(con: "duckdb.DuckDBPyConnection") -> pd.DataFrame:
    """``spend/spend_trend`` from the cube; month 0, which is a total, is the whole year."""
    months = summed(con, "spend/spend_trend", "month")
    years = summed(con, "spend/spend_trend", "0::BIGINT AS month")
    rows = pd.concat([months.assign(is_total=False), years.assign(is_total=True)], ignore_index=True)
    return rows.sort_values(["municipality_code", "year", "month"], ignore_index=True)
