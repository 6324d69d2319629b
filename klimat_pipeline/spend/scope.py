"""Where the typed lines went: classified, unmapped, or left out by a rule. What never became a line is not here."""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.spend.engine import frame

if TYPE_CHECKING:
    import duckdb

_QUERY = """
    SELECT municipality_code, year,
        CASE WHEN left_out_rule <> '' THEN 'left_out' WHEN category = 'unmapped' THEN 'unmapped' ELSE 'classified' END
            AS scope_part,
        left_out_rule, sum(lines)::BIGINT AS ledger_lines, sum(amount_ore)::BIGINT / 1e2 AS amount_sek
    FROM small GROUP BY ALL ORDER BY ALL
"""


def spend_scope(con: "duckdb.DuckDBPyConnection") -> pd.DataFrame:
    """``spend/scope`` from the cube."""
    return frame(con, _QUERY)[table("spend/scope").column_names]
