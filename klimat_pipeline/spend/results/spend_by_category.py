"""Purchases and their emissions by category."""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.spend.footprint.mappings import UNMAPPED, SpendReference
from klimat_pipeline.spend.results.sums import summed

if TYPE_CHECKING:
    import duckdb


def spend_by_category(con: "duckdb.DuckDBPyConnection", reference: SpendReference) -> pd.DataFrame:
    """``spend/spend_by_category`` from the cube; what is unmapped has emissions only where a figure replaces it."""
    found = summed(con, "spend/spend_by_category", "category AS spend_category")
    names = reference.categories.set_index("category")
    for column in ("category_name_sv", "category_name_en", "purchase_area"):
        found[column] = found["spend_category"].map(names[column]).fillna(UNMAPPED).astype("str")
    for column in ("cpv_division", "cpv_division_name_sv", "procurement_group_sv"):
        found[column] = found["spend_category"].map(names[column])
    found["scope3_category"] = found["spend_category"].map(names["scope3_category"]).astype("Int64")
    return found
