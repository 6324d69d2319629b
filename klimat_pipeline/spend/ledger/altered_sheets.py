"""Two sheets of one workbook that hold the same rows, with amounts that are all altered alike: with VAT and without.

What does not belong here: sheets that are the same or sum up others (``xlsx_reader``), files beside each other
(``altered_copies``).
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Protocol

from klimat_pipeline.spend.ledger import signs
from klimat_pipeline.spend.ledger.database import database
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.relations import relation


class Sheet(Protocol):
    """A sheet with the header of a ledger."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def form(self) -> FileFormat | None:
        """With its columns."""

    @property
    def below(self) -> Sequence[Sequence[Any]]:
        """Rows below the header."""


def refuse_altered_sheets(file: str, sheets: Sequence[Sheet]) -> None:
    """Hold every two sheets against each other, row for row.

    Raises:
        LedgerError: two are the same rows, with other amounts.
    """
    rows = {sheet.name: sorted(map(_row(sheet), filter(any, sheet.below))) for sheet in sheets} if sheets[1:] else {}
    for one, other in combinations(rows, 2):
        if len(rows[one]) != len(rows[other]) or any(a[0] != b[0] for a, b in zip(rows[one], rows[other], strict=True)):
            continue
        with database() as connection:
            connection.execute("CREATE TEMP TABLE row_pairs (newer BIGINT, older BIGINT)")
            pairs = [[a[-1], b[-1]] for a, b in zip(rows[one], rows[other], strict=True)]
            connection.executemany("INSERT INTO row_pairs VALUES (?, ?)", pairs)
            found = relation(connection, "row_pairs", f"sheet {one}", f"sheet {other}")
        if found.told:
            raise LedgerError(
                f"{file}: the rows of sheet {one} are those of sheet {other}, but {found.told}. Leave one of them in "
                "the workbook, or save each as a file of its own."
            )


def _row(sheet: Sheet) -> Any:
    """What makes of a row the texts of all but its amount, and the amount."""
    place = sheet.form.amount_place if sheet.form else 0

    def made(row: Sequence[Any]) -> tuple[tuple[str, ...], int, int]:
        ore = signs.ore(str(row[place])) or 0
        return tuple(map(str, (*row[:place], *row[place + 1 :]))), abs(ore), ore

    return made
