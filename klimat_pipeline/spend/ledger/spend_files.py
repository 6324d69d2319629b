"""``spend/spend_files``: every ledger file, what was detected, and what became of its lines."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.contracts import table
from klimat_pipeline.spend.ledger import typed_lines
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport

if TYPE_CHECKING:
    import pandas as pd


def ledger_files(read: Mapping[str, Sequence[LedgerReport]]) -> "pd.DataFrame":
    """One row a file.

    Args:
        read: balances by municipality.

    Returns:
        ``spend/spend_files``. A file of the same bytes as another holds only duplicates and no kronor.
    """
    import pandas as pd

    contract = table("spend/spend_files")
    rows = [_row(code, passed) for code, files in read.items() for passed in files]
    frame = pd.DataFrame(rows, columns=contract.column_names)
    whole = ("ledger_lines", "lines_read", "lines_quarantined", "lines_duplicate", "amount_ore", "amounts_rounded")
    frame = frame.astype(
        dict.fromkeys(whole, "int64") | {"has_bom": "bool", "is_stale": "bool", "amount_sek": "float64"}
    )
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)


def _row(code: str, passed: LedgerReport) -> dict[str, object]:
    form = passed.form
    copy = passed.status.startswith("same_bytes_as")
    quarantined = 0 if copy else len(passed.problems)
    duplicate = passed.lines if copy else passed.of(typed_lines.OVERLAP)[0]
    amount = 0 if copy else passed.amount_ore
    remarks = list(passed.remarks)
    if passed.blank:
        remarks.append(f"{passed.blank:,} blank lines")
    return {
        "municipality_code": code,
        "ledger_file": form.file,
        "file_id": form.file_id,
        "file_format": form.format,
        "encoding": form.encoding,
        "has_bom": form.has_bom,
        "separator": {"\t": "tab"}.get(form.separator, form.separator),
        "decimal_mark": form.decimal_mark,
        "header_columns": " ".join(f"{name}={form.header[place]}" for name, place in form.fields.items()),
        "ledger_lines": passed.lines,
        "lines_read": 0 if copy else passed.lines - quarantined - duplicate,
        "lines_quarantined": quarantined,
        "lines_duplicate": duplicate,
        "amount_ore": amount,
        "amount_sek": amount / 100,
        "amounts_rounded": 0 if copy else passed.rounded,
        "first_day": passed.days[0] or None,
        "last_day": passed.days[1] or None,
        "file_status": passed.status,
        "ledger_warnings": "; ".join(passed.warnings),
        "note": "; ".join(remarks),
        "is_stale": False,
    }
