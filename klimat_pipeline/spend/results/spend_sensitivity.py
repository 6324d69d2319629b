"""The spend part of the footprint by other factor sets, through the same formula."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.contracts import table
from klimat_pipeline.spend.footprint.database import frame
from klimat_pipeline.spend.footprint.mappings import UNMAPPED, SpendReference
from klimat_pipeline.spend.footprint.spend_factors import factor_table

if TYPE_CHECKING:
    import duckdb

_QUERY = """
    SELECT municipality_code, year, category, sum(amount_ore)::BIGINT AS ore
    FROM small WHERE left_out_rule = '' AND figure_from = 'spend' GROUP BY ALL ORDER BY ALL
"""


def spend_sensitivity(
    con: "duckdb.DuckDBPyConnection", reference: SpendReference, chosen: Mapping[str, SpendFactors]
) -> pd.DataFrame:
    """``spend/spend_sensitivity`` for the municipalities that want other sets.

    A set's file, rate or index that is missing has set the municipality aside before (``footprint.cube``).
    """
    wanted = {code: own for code, own in chosen.items() if own.sensitivity_sets}
    columns = table("spend/spend_sensitivity").column_names
    if not wanted:
        return pd.DataFrame(columns=columns)
    spent = frame(con, _QUERY)
    spent = spent[spent["category"] != UNMAPPED]
    rows: list[dict[str, Any]] = []
    for code, own in wanted.items():
        mine = spent[spent["municipality_code"] == code]
        for set_id in dict.fromkeys(own.sensitivity_sets if len(mine) else ()):
            factors = factor_table(map(int, mine["year"].unique()), reference, own, set_id=set_id)
            rows += _sums(code, set_id, mine.merge(factors, on=["year", "category"], how="left"))
    return pd.DataFrame(rows, columns=columns)


def _sums(code: str, set_id: str, valued: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for year, own in valued.groupby("year", sort=True):
        known = own[own["kg_per_sek"].notna()]
        lacking = sorted(set(own["category"]) - set(known["category"]))
        rows.append(
            {
                "municipality_code": code,
                "year": int(year),
                "factor_set": set_id,
                "factor_gwp_set": own["gwp_set"].iat[0],
                "mapped_sek": known["ore"].sum() / 100,
                "footprint_t_co2e": float((known["ore"] / 100 * known["kg_per_sek"]).sum() / 1000),
                "note": "; ".join([_terms(own), *([f"no factor for {', '.join(lacking)}"] if lacking else [])]),
            }
        )
    return rows


def _terms(own: pd.DataFrame) -> str:
    """Currency, rate and concordance of the set, in words."""
    row = own.iloc[0]
    rate = "" if row["currency"] == "SEK" else f" at {row['sek_per_unit']:g} SEK ({row['rate_source']})"
    return f"{row['currency']} of {row['factor_price_year']}{rate}; classes by data/reference/{row['concordance']}.csv"
