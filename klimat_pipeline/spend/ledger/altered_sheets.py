"""Two sheets of one workbook that hold the same rows, with amounts that are all altered alike: with VAT and without.

What does not belong here: sheets that are the same (``repetition``, ``workbook_sheets``) or sum up others, and files
beside each other (``altered_copies``).
"""

from collections.abc import Collection, Sequence
from itertools import combinations
from typing import Any

from klimat_pipeline.spend.ledger import signs
from klimat_pipeline.spend.ledger.database import database
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.relations import relation
from klimat_pipeline.spend.ledger.workbook_sheets import Sheet, told_of


def refuse_altered_sheets(file: str, sheets: Sequence[Sheet]) -> None:
    """Hold every two sheets against each other, row for row.

    Raises:
        LedgerError: two are the same rows, with other amounts.
    """
    for one, other in combinations(sheets, 2):
        rows = [sorted(map(_row(sheet, one.lacks | other.lacks), filter(any, sheet.below))) for sheet in (one, other)]
        if len(rows[0]) != len(rows[1]) or any(a[0] != b[0] for a, b in zip(*rows, strict=True)):
            continue
        with database(threads=1) as connection:
            connection.execute("CREATE TEMP TABLE row_pairs (newer BIGINT, older BIGINT)")
            pairs = [[a[-1], b[-1]] for a, b in zip(*rows, strict=True)]
            connection.executemany("INSERT INTO row_pairs VALUES (?, ?)", pairs)
            found = relation(connection, "row_pairs", f"sheet {one.name}", f"sheet {other.name}")
        if found.told:
            raise LedgerError(
                f"{file}: the rows of sheet {one.name} are those of sheet {other.name}, but {found.told}. Leave one "
                "of them in the workbook, or save each as a file of its own."
            )


def _row(sheet: Sheet, lacks: Collection[int]) -> Any:
    """What makes of a row the texts of all but its amount and of columns that a sheet lacks, and the amount."""
    place = sheet.form.amount_place if sheet.form else 0

    without = {*lacks, place}

    def made(row: Sequence[Any]) -> tuple[tuple[str, ...], int, int]:
        ore = signs.ore(str(row[place])) or 0
        return told_of(row, without), abs(ore), ore

    return made
