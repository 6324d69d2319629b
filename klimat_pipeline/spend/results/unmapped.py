"""The largest unmapped accounts and suppliers, as tables to be filled in and read back. They are never published.

Save one as ``spend_accounts.csv`` or ``spend_suppliers.csv`` and fill in category and reason: the other columns and the
rows left empty are passed over when it is read. Only legal persons are listed.
"""

import csv
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from klimat_pipeline.configuration import spreadsheet
from klimat_pipeline.spend.footprint.database import frame

if TYPE_CHECKING:
    import duckdb

#: Rows that are listed per municipality.
LISTED = 200
#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_ACCOUNTS = """
    WITH largest AS (
        SELECT municipality_code, account, sum(lines)::BIGINT AS ledger_lines, sum(amount_ore)::BIGINT AS ore,
            row_number() OVER (PARTITION BY municipality_code ORDER BY abs(sum(amount_ore)) DESC, account) AS place
        FROM cube WHERE category = 'unmapped' GROUP BY municipality_code, account
    ), texts AS (
        SELECT municipality_code, account, min(account_text) AS account_text
        FROM grouped WHERE left_out_rule = '' GROUP BY ALL
    )
    SELECT municipality_code, account AS account_prefix, '' AS category, '' AS reason, account_text, ledger_lines,
        ore / 1e2 AS spend_sek
    FROM largest JOIN texts USING (municipality_code, account)
    WHERE place <= $listed ORDER BY municipality_code, place
"""
_SUPPLIERS = """
    WITH largest AS (
        SELECT municipality_code, supplier_id, min(account) AS account, sum(lines)::BIGINT AS ledger_lines,
            sum(amount_ore)::BIGINT AS ore,
            row_number() OVER (PARTITION BY municipality_code ORDER BY abs(sum(amount_ore)) DESC, supplier_id) AS place
        FROM cube
        WHERE category = 'unmapped' AND supplier_kind = 'legal' AND regexp_full_match(supplier_id, '[0-9]{10}')
        GROUP BY municipality_code, supplier_id
    )
    SELECT municipality_code, supplier_id, '' AS category, 'false' AS is_wholesaler, '' AS reason, account,
        ledger_lines, ore / 1e2 AS spend_sek
    FROM largest WHERE place <= $listed ORDER BY municipality_code, place
"""


def unmapped_accounts(con: "duckdb.DuckDBPyConnection", *, listed: int = LISTED) -> pd.DataFrame:
    """Accounts whose lines no step could classify, by kronor (credit notes by their size)."""
    return frame(con, _ACCOUNTS, {"listed": listed})


def unmapped_suppliers(con: "duckdb.DuckDBPyConnection", *, listed: int = LISTED) -> pd.DataFrame:
    """Legal persons whose lines no step could classify, by kronor."""
    return frame(con, _SUPPLIERS, {"listed": listed})


def as_csv(found: pd.DataFrame) -> str:
    """The rows as CSV that a spreadsheet opens without running anything that a ledger put there."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(found.columns)
    for row in found.itertuples(index=False):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()


def for_spreadsheet(found: pd.DataFrame) -> bytes:
    """The same as Swedish Excel opens it: semicolons, decimal commas, UTF-8 with a byte order mark."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(found.columns)
    for row in found.itertuples(index=False):
        writer.writerow([harmless(cell) if isinstance(cell, str) else _number(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _number(cell: Any) -> str:
    return "" if pd.isna(cell) else str(cell).replace(".", ",")


def filled_in(file: Path, found: pd.DataFrame) -> pd.DataFrame:
    """The rows of an earlier list that somebody has filled in, so that a new one does not lose them.

    Args:
        file: the list; none where it is absent.
        found: what is unmapped now: its columns.
    """
    names = list(found.columns)
    if not file.is_file():
        return found.iloc[:0].astype(object)
    text = spreadsheet.decoded(file.read_bytes(), file.name)
    rows = csv.DictReader(StringIO(text, newline=""), delimiter=spreadsheet.delimiter_of(text, names))
    filled = [row for row in rows if (row.get("category") or "").strip() or row.get("is_wholesaler") == "true"]
    return pd.DataFrame([{name: row.get(name) or "" for name in names} for row in filled], columns=names, dtype=object)


def harmless(cell: str) -> str:
    """A text cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
