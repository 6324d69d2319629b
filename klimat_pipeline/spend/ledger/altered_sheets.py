"""Two sheets of one workbook that hold the same rows, with amounts that are all altered alike, or nearly all the same.

What does not belong here: sheets that are the same or sum up others (``workbook_sheets``), files beside each other
(``altered_copies``).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import combinations
from typing import Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import signs
from klimat_pipeline.spend.ledger.database import database
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.relations import relation
from klimat_pipeline.spend.ledger.workbook_sheets import Sheet, told_of

#: Fewer rows may be the same by right, as what two schools both buy, and so may a smaller share of them.
_ENOUGH, _SAME_PCT = 5, 80


def refuse_altered_sheets(file: str, sheets: Sequence[Sheet], settings: SpendSettings) -> None:
    """Hold every two sheets against each other, row for row.

    Raises:
        LedgerError: two are the same rows, with other amounts, or nearly all of one stand in the other.
    """
    for one, other in combinations(sheets, 2):
        if settings.overlap != "keep":
            _refuse_same_rows(file, one, other)
        rows = [sorted(map(_row(sheet, one.lacks | other.lacks), filter(any, sheet.below))) for sheet in (one, other)]
        if len(rows[0]) != len(rows[1]) or any(a[0] != b[0] for a, b in zip(*rows, strict=True)):
            continue
        with database() as connection:
            connection.execute("CREATE TEMP TABLE row_pairs (newer BIGINT, older BIGINT)")
            pairs = [[a[-1], b[-1]] for a, b in zip(*rows, strict=True)]
            connection.executemany("INSERT INTO row_pairs VALUES (?, ?)", pairs)
            found = relation(connection, "row_pairs", f"sheet {one.name}", f"sheet {other.name}")
        if found.told:
            raise LedgerError(
                f"{file}: the rows of sheet {one.name} are those of sheet {other.name}, but {found.told}. Leave one "
                "of them in the workbook, or save each as a file of its own."
            )


def _refuse_same_rows(file: str, one: Sheet, other: Sheet) -> None:
    """Sheets that share so many rows are a ledger and its corrected copy."""
    without = one.lacks | other.lacks
    rows = [Counter(told_of(row, without) for row in sheet.below if any(row)) for sheet in (one, other)]
    same, fewest = (rows[0] & rows[1]).total(), min(some.total() for some in rows)
    if same >= _ENOUGH and 100 * same >= _SAME_PCT * fewest:
        raise LedgerError(
            f"{file}: {same:,} of the {fewest:,} rows of sheet {one.name} or {other.name} stand on both. Leave one of "
            "them in the workbook, or say spend: overlap: keep in municipality.yaml if all rows are purchases."
        )


def _row(sheet: Sheet, lacks: Collection[int]) -> Any:
    """What makes of a row the texts of all but its amount and of columns that a sheet lacks, and the amount."""
    place = sheet.form.amount_place if sheet.form else 0

    without = {*lacks, place}

    def made(row: Sequence[Any]) -> tuple[tuple[str, ...], int, int]:
        ore = signs.ore(str(row[place])) or 0
        return told_of(row, without), abs(ore), ore

    return made
