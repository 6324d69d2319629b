"""Purchases and their emissions by supplier: only legal persons above a threshold have a row of their own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.spend.footprint.database import frame, put
from klimat_pipeline.spend.results.sums import summed

if TYPE_CHECKING:
    import duckdb

OTHERS = "others"

#: An organisation number alone is no proof: the ledger's reader says who is a legal person, in every line.
_NAMED = """
    CREATE OR REPLACE TEMP TABLE named AS
    SELECT municipality_code, year, supplier_id
    FROM suppliers JOIN thresholds USING (municipality_code)
    GROUP BY ALL
    HAVING bool_and(supplier_kind = 'legal') AND regexp_full_match(supplier_id, '[0-9]{10}')
        AND sum(amount_ore) >= any_value(threshold_ore)
"""
_SOURCE = """(
    SELECT suppliers.*, CASE WHEN named.supplier_id IS NULL THEN 'others' ELSE named.supplier_id END AS shown_supplier
    FROM suppliers LEFT JOIN named USING (municipality_code, year, supplier_id)
)"""
_NAMES = """
    SELECT municipality_code, supplier_id, min(supplier_name) AS supplier_name
    FROM grouped SEMI JOIN named USING (municipality_code, supplier_id)
    GROUP BY ALL
"""


def spend_by_supplier(
    con: "duckdb.DuckDBPyConnection", codes: list[str], chosen: Mapping[str, SpendFactors]
) -> pd.DataFrame:
    """``spend/spend_by_supplier`` from the cube.

    Args:
        con: the database with ``suppliers``, ``terms`` and ``grouped``.
        codes: municipalities of the cube.
        chosen: configuration by municipality: the threshold.
    """
    limits = [round(chosen.get(code, SpendFactors()).supplier_threshold_sek * 100) for code in codes]
    put(con, "thresholds", {"municipality_code": codes, "threshold_ore": limits}, ("VARCHAR", "BIGINT"))
    con.execute(_NAMED)
    found = summed(con, "spend/spend_by_supplier", "shown_supplier AS supplier_id", _SOURCE)
    names = frame(con, _NAMES).set_index(["municipality_code", "supplier_id"])["supplier_name"].to_dict()
    pairs = zip(found["municipality_code"], found["supplier_id"], strict=True)
    found["supplier_name"] = [OTHERS if who == OTHERS else names.get((code, who), "") for code, who in pairs]
    return found
