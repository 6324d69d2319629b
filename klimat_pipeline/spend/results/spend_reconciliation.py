"""``spend/spend_reconciliation``: where every krona went: classified, unmapped, left out by a rule, found twice, or in
quarantine.

What counts is split by whether it was mapped; all else is as the door says (``ledger.ledger_totals``).
"""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.spend.footprint.database import frame

if TYPE_CHECKING:
    import duckdb

CLASSIFIED, UNMAPPED = "classified", "unmapped"
_AT = ["municipality_code", "year", "rule"]
_QUERY = """
    SELECT municipality_code, year,
        CASE WHEN left_out_rule <> '' THEN left_out_rule
             WHEN category = 'unmapped' THEN 'unmapped' ELSE 'classified' END
            AS rule,
        sum(lines)::BIGINT AS ledger_lines, sum(amount_ore)::BIGINT AS amount_ore
    FROM small GROUP BY ALL ORDER BY ALL
"""


def spend_reconciliation(con: "duckdb.DuckDBPyConnection", passed: pd.DataFrame) -> pd.DataFrame:
    """The balance of the ledgers.

    Args:
        con: the database with ``small``.
        passed: ``spend/ledger_totals``, the door's balance.

    Returns:
        ``spend/spend_reconciliation``; its sums are the door's, to the oere.
    """
    mapped = frame(con, _QUERY)
    told = passed[[*_AT, "rule_kind", "rule_reason"]]
    mapped = mapped.merge(told, on=_AT, how="left", validate="one_to_one")
    counts = mapped["rule"].isin([CLASSIFIED, UNMAPPED])
    mapped["rule_kind"] = mapped["rule_kind"].where(~counts, "counted").fillna("other")
    mapped["rule_reason"] = mapped["rule_reason"].fillna("")
    beside = passed[~passed["rule_kind"].eq("counted")].merge(mapped[_AT], on=_AT, how="left", indicator="_in")
    beside = beside[beside.pop("_in") == "left_only"].drop(columns="amount_sek")
    whole = pd.concat([mapped, beside], ignore_index=True) if len(beside) else mapped
    whole = whole.assign(amount_sek=whole["amount_ore"] / 100)
    contract = table("spend/spend_reconciliation")
    return whole.sort_values(list(contract.primary_key)).reset_index(drop=True)
