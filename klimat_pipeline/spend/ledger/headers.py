"""Lines below a ledger's header that are headers: the same once more, or another one.

What does not belong here: finding a file's header (``csv_layout``), and what repeated headers say of its lines
(``repetition``).
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import typed_lines
from klimat_pipeline.spend.ledger.candidates import candidates_of
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.reference import LedgerReference

if TYPE_CHECKING:
    import duckdb

#: So many names of the header on a line without an amount make another header of it.
_NAMES = 2
_RULE = f"{typed_lines.QUARANTINE}{typed_lines.HEADER}"


def take_out_headers(
    con: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings, reference: LedgerReference
) -> list[int]:
    """Take out lines that are the header once more, and say which they were.

    Args:
        con: with the table ``typed_lines``.
        form: of the file.
        settings: name columns of their own.
        reference: known names of columns.

    Raises:
        LedgerError: a line is another header: columns changed places, or the amounts became something else.
    """
    names = [form.header[place].lower() for place in form.fields.values()]
    lines = con.execute("SELECT line, left_out_rule, cells FROM typed_lines WHERE cells IS NOT NULL ORDER BY line")
    found = []
    while row := lines.fetchone():
        line, rule, cells = row
        told = [" ".join(cell.lower().split()) for cell in cells.split("|")]
        known = [cell in names for cell in told]
        is_same = all(cell == name for cell, name, is_one in zip(told, names, known, strict=False) if is_one)
        is_other = sum(known) >= _NAMES or _has_other_names(cells.split("|"), form, settings, reference)
        if (rule == _RULE and not is_same) or (rule != _RULE and is_other):
            raise LedgerError(
                f"{form.file}:{line}: another header begins here, with other names or its columns in another order "
                "than above; lines below it would be read as something else. Save each part as a file of its own."
            )
        found += [line] if rule == _RULE else []
    if found:
        con.execute("DELETE FROM typed_lines WHERE left_out_rule = ?", [_RULE])
    return found


def _has_other_names(
    cells: Sequence[str], form: FileFormat, settings: SpendSettings, reference: LedgerReference
) -> bool:
    """Whether cells without a digit are known names of columns, the amount's among them, and not those of their places.

    The header in another language, below the first, leaves every column what it is.
    """
    if len(cells) != len(form.fields) or any(re.search("[0-9]", cell) for cell in cells):
        return False
    told = [next(iter(candidates_of([cell], settings, reference)), "") for cell in cells]
    known = [(own, name) for own, name in zip(form.fields, told, strict=True) if name]
    names_amount = any(own in ("amount", "debit") for own, _ in known)
    return len(known) >= _NAMES and names_amount and any(own != name for own, name in known)
