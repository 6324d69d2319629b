"""Contribution of purchases to the categories of scope 3 of the organisation's inventory."""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.spend.footprint.database import frame, put
from klimat_pipeline.spend.footprint.mappings import SpendReference

if TYPE_CHECKING:
    import duckdb

#: What is bought without a category is purchased goods and services.
_OTHERWISE = 1
_QUERY = """
    SELECT municipality_code, year, coalesce(k.scope3_category, $otherwise) AS scope3_category, figure_from,
        figure_from = 'activity' AS is_in_inventory, sum(amount_ore)::BIGINT / 1e2 AS spend_sek,
        sum(emissions_mg)::BIGINT / 1e9 AS footprint_t_co2e, t.factor_set, t.factor_gwp_set, t.price_year,
        t.price_basis
    FROM small LEFT JOIN scope3_categories AS k USING (category)
    JOIN terms AS t USING (municipality_code, year)
    WHERE left_out_rule = '' AND is_mapped
    GROUP BY ALL ORDER BY ALL
"""


def spend_scope3(con: "duckdb.DuckDBPyConnection", reference: SpendReference) -> pd.DataFrame:
    """``spend/spend_scope3`` from the cube: mapped purchases only."""
    put(
        con,
        "scope3_categories",
        {
            "category": list(reference.categories["category"]),
            "scope3_category": [int(value) for value in reference.categories["scope3_category"]],
        },
        ("VARCHAR", "BIGINT"),
    )
    return frame(con, _QUERY, {"otherwise": _OTHERWISE})
