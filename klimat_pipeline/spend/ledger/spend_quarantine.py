"""``spend/spend_quarantine``: every line that did not pass, where and why, and its kronor where they can be told."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.contracts import table
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport

if TYPE_CHECKING:
    import pandas as pd


def quarantined_lines(read: Mapping[str, Sequence[LedgerReport]]) -> "pd.DataFrame":
    """One row a line.

    Args:
        read: balances by municipality.

    Returns:
        ``spend/spend_quarantine``; values are withheld where a person could be in them.
    """
    import pandas as pd

    contract = table("spend/spend_quarantine")
    rows = [
        (code, passed.form.file, p.line, p.column_name, p.value, p.reason, p.amount_ore, False)
        for code, files in read.items()
        for passed in files
        for p in passed.problems
    ]
    frame = pd.DataFrame(rows, columns=[name for name in contract.column_names if name != "amount_sek"])
    frame = frame.astype({"line_no": "int64", "amount_ore": "Int64", "is_stale": "bool"})
    frame["amount_sek"] = frame["amount_ore"].astype("Float64").astype("float64") / 100
    return frame[contract.column_names].sort_values(list(contract.primary_key)).reset_index(drop=True)
