"""A sheet as a grid of cells with the addresses that a spreadsheet shows. What does not belong here: any one source."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from klimat_pipeline.errors import Place, WorkbookError
from klimat_pipeline.text import fold

Rows = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Grid:
    """All cells of a sheet; ``rows[0][0]`` is A1. Numbers are floats, an empty cell is an empty text."""

    file: str
    sheet: str
    rows: Rows

    def place(self, row: int | None = None, column: int | None = None) -> Place:
        """Address of zero-based row and column."""
        return Place(
            self.file,
            self.sheet,
            None if row is None else row + 1,
            None if column is None else column_letter(column),
        )


def column_letter(index: int) -> str:
    """Letter of a zero-based column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def read_grids(content: bytes, file: str) -> list[Grid]:
    """Read all sheets of a workbook.

    Raises:
        WorkbookError: the file cannot be read as a workbook.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, ZipError

    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        return [
            Grid(file, meta.name, workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False))
            for meta in workbook.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet
        ]
    except (CalamineError, ZipError, ValueError, OSError) as error:
        raise WorkbookError(
            Place(file),
            f"cannot be read ({error})",
            expected="an xlsx workbook",
            advice="Fetch or save the file again.",
        ) from None


#: A header is looked for in this many rows; below them only its own column is searched for a second one.
HEADER_WITHIN = 200


def header_cells(grid: Grid, name: str) -> list[tuple[int, int]]:
    """Zero-based (row, column) of every cell near the top that holds this name, whatever its case or accents."""
    wanted = fold(name)
    return [
        (r, c)
        for r, row in enumerate(grid.rows[:HEADER_WITHIN])
        for c, cell in enumerate(row)
        if isinstance(cell, str) and cell and fold(cell) == wanted
    ]


def has_formula(content: bytes, sheet_index: int, address: str) -> bool:
    """Whether the cell holds a formula. Slow (unpacks the sheet): only for a better message about an empty cell."""
    from zipfile import ZipFile

    with ZipFile(BytesIO(content)) as archive:
        sheets = sorted(
            (n for n in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)),
            key=lambda n: int(re.sub(r"\D", "", n)),
        )
        if sheet_index >= len(sheets):
            return False
        xml = archive.read(sheets[sheet_index])
    cell = re.search(rb'<c [^>]*r="%s"[^>]*>(.*?)</c>' % address.encode(), xml, re.DOTALL)
    return bool(cell and b"<f" in cell.group(1))


def show(value: Any, limit: int = 60) -> str:
    """The value as an error message shows it: quoted, shortened, numbers as they are."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def nearest(word: str, candidates: Sequence[str]) -> str:
    """`` (nearest: 'x')`` for the candidate most like the word, empty when none is near."""
    from difflib import get_close_matches

    folded = {fold(candidate): candidate for candidate in candidates}
    hits = get_close_matches(fold(word), list(folded), n=1, cutoff=0.5)
    return f" (nearest: '{folded[hits[0]]}')" if hits else ""
