"""The largest sources of emissions, ranked (Pareto)."""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.spend.footprint.database import frame

if TYPE_CHECKING:
    import duckdb

#: Ranks that are shown of every kind.
RANKS = 50
_QUERY = """
    WITH kinds AS (
        SELECT municipality_code, year, 'category' AS hotspot_kind, category AS hotspot, amount_ore, emissions_mg
        FROM counted
        UNION ALL BY NAME SELECT municipality_code, year, 'unit' AS hotspot_kind, unit AS hotspot, amount_ore,
            emissions_mg FROM counted
        UNION ALL BY NAME SELECT municipality_code, year, 'account' AS hotspot_kind, account AS hotspot, amount_ore,
            emissions_mg FROM counted
        UNION ALL BY NAME SELECT municipality_code, year, 'contract' AS hotspot_kind, contract_id AS hotspot,
            amount_ore, emissions_mg FROM counted WHERE contract_id <> ''
    ), ranked AS (
        SELECT municipality_code, year, hotspot_kind, hotspot, sum(amount_ore)::BIGINT / 1e2 AS spend_sek,
            sum(emissions_mg)::BIGINT AS mg
        FROM kinds GROUP BY ALL
    ), whole AS (
        SELECT municipality_code, year, sum(mg)::BIGINT AS whole_mg FROM ranked WHERE hotspot_kind = 'category'
        GROUP BY ALL
    )
    SELECT municipality_code, year, hotspot_kind,
        row_number() OVER (PARTITION BY municipality_code, year, hotspot_kind ORDER BY mg DESC, hotspot)
            AS hotspot_rank,
        hotspot, spend_sek, mg / 1e9 AS footprint_t_co2e,
        CASE WHEN whole_mg > 0 THEN mg / whole_mg * 100 END AS share_of_footprint_pct,
        CASE WHEN whole_mg > 0 THEN sum(mg) OVER (
            PARTITION BY municipality_code, year, hotspot_kind ORDER BY mg DESC, hotspot ROWS UNBOUNDED PRECEDING
        )::BIGINT / whole_mg * 100 END AS cumulative_share_pct,
        terms.factor_set, terms.factor_gwp_set, terms.price_year, terms.price_basis
    FROM ranked JOIN whole USING (municipality_code, year) JOIN terms USING (municipality_code, year)
    QUALIFY hotspot_rank <= $ranks
    ORDER BY municipality_code, year, hotspot_kind, hotspot_rank
"""


def spend_hotspots(con: "duckdb.DuckDBPyConnection") -> pd.DataFrame:
    """``spend/spend_hotspots`` from the cube. Suppliers are ranked nowhere: they have a table with a threshold."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE counted AS SELECT municipality_code, year, category, unit, account, contract_id, "
        "sum(amount_ore)::BIGINT AS amount_ore, sum(emissions_mg)::BIGINT AS emissions_mg FROM small "
        "WHERE left_out_rule = '' AND is_mapped GROUP BY ALL"
    )
    return frame(con, _QUERY, {"ranks": RANKS})
