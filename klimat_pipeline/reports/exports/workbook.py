"""Sheets as rows of values, and the xlsx file of them: texts are texts, also where they look like formulas.

What does not belong here: what a sheet holds (the formats).
"""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from klimat_pipeline.explanations.database import Row

Value = str | int | float | None
NOT_ESTIMATED, ELSEWHERE, NOT_OCCURRING = "NE", "IE", "NO"
#: What the keys mean, for the sheet that explains the workbook.
KEYS = (
    ("NE", "not estimated: emissions may occur, nobody has computed them"),
    ("IE", "included elsewhere: the note says where"),
    ("NO", "not occurring"),
    ("C", "confidential"),
)
#: Longest name of a sheet that spreadsheets take, and the width of its columns.
_NAME, _WIDTHS = 31, (46, 18)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet.

    Attributes:
        name: on its tab.
        title: its first row.
        columns: its headings.
        rows: values; a row shorter than the headings ends in empty cells.
        about: lines between title and headings, of two cells each.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    about: Sequence[tuple[str, Value]] = field(default=())


def amount(rows: Iterable[Row], column: str = "emissions_t_co2e") -> Value:
    """The sum of what is known, else the notation key; not estimated where there are neither rows nor keys."""
    found = list(rows)
    known = [row[column] for row in found if row[column] is not None]
    if known:
        return float(sum(known))
    keys = {key for row in found for key in (row["notation_key"] or "").split()}
    return next((key for key in (NOT_ESTIMATED, "C", ELSEWHERE, NOT_OCCURRING) if key in keys), NOT_ESTIMATED)


def total(values: Iterable[Value]) -> Value:
    """The sum of the numbers among values; not estimated where there is none."""
    known = [value for value in values if isinstance(value, int | float)]
    return float(sum(known)) if known else NOT_ESTIMATED


def left_out(parts: Mapping[str, Value]) -> str:
    """What a total does not hold, part by part, with its key."""
    return "; ".join(f"{name}: {value}" for name, value in parts.items() if isinstance(value, str))


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets in one step.

    Args:
        path: the file; a reader never meets half of it.
        sheets: in their order.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(sheet.name[:_NAME])
        lines: list[Sequence[Value]] = [(sheet.title,), *sheet.about, sheet.columns, *sheet.rows]
        for row, values in enumerate(lines, start=1):
            for column, value in enumerate(values, start=1):
                if value is not None:
                    _put(page.cell(row, column), value)
        heading = 2 + len(sheet.about)
        for row in (1, heading):
            for cell in page[row]:
                cell.font = Font(bold=True, size=13 if row == 1 else 11)
                cell.alignment = Alignment(wrap_text=row != 1, vertical="top")
        for number in range(1, len(sheet.columns) + 1):
            page.column_dimensions[get_column_letter(number)].width = _WIDTHS[number > 1]
        page.freeze_panes = page.cell(heading + 1, 2)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    os.close(handle)
    book.save(name)
    staged = Path(name)
    staged.chmod(0o644)
    staged.replace(path)


def _put(cell: Any, value: Value) -> None:
    """A text stays one: a name that begins with an equals sign is no formula, here and where the cell is edited."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = True
    elif isinstance(value, float):
        cell.number_format = "#,##0.00"
