"""SMHI's national emission workbook: two header rows, found by their words, and one figure per cell.

What belongs here: the workbook's shape and the words that mark it. What does not: the rows
below the header (``smhi_rows``), its long form (``smhi_emissions``), what sectors, places and units mean (``clean``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from klimat_pipeline.errors import WorkbookError
from klimat_pipeline.raw.grid import Grid, column_letter, header_cells, nearest, read_grids, show
from klimat_pipeline.raw.smhi_rows import HEADERS, rows_below
from klimat_pipeline.text import fold

LABELS = ("main_sector_sv", "subsector_sv", "county_sv", "municipality_sv")
#: The word that marks a total in any descriptive column.
TOTAL = "Alla"
#: What a year that heads a column looks like.
_YEAR = re.compile(r"(19|20|21)\d{2}")
_DATE = re.compile(r"\b(?:19|20|21)\d{2}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?\b")
_UNIT = re.compile(r"\s*enhet\s*:?\s*(.*)", re.IGNORECASE)
_CODE = re.compile(r"\(([^()\s]{1,20})\)\s*$")


@dataclass(frozen=True, slots=True)
class Workbook:
    """One parsed workbook, still in the source's words.

    Attributes:
        sheet: name of the sheet that holds the table.
        substance: code that heads every figure column.
        substance_name_sv: the substance as the sheet names it.
        unit_sv: the unit as the descriptive rows state it.
        report_date: ISO date of the report, None where the file does not say.
        years: year of every figure column.
        columns: letter of every figure column.
        rows: spreadsheet row of every line, shape (n,).
        labels: the four descriptive columns, each of length n.
        values: figures, shape (n, len(years)), in ``unit_sv``.
    """

    file: str
    sheet: str
    substance: str
    substance_name_sv: str
    unit_sv: str
    report_date: str | None
    years: tuple[int, ...]
    columns: tuple[str, ...]
    rows: np.ndarray
    labels: tuple[tuple[str, ...], ...]
    values: np.ndarray


def read_workbook(content: bytes, file: str, *, today: datetime | None = None) -> Workbook:
    """Parse a workbook of the national emission database.

    Args:
        content: the xlsx file.
        file: its name, for messages.
        today: the day of reading; a column for a later year is refused.

    Returns:
        The table with its cells' addresses.

    Raises:
        WorkbookError: the file does not have the shape of the national workbook; the message names sheet, row, column
            and value.
    """
    from klimat_pipeline.sources.workbook import check_workbook

    check_workbook(content, name=file, full=False)
    grids = read_grids(content, file)
    grid, index, header, label_columns = _find_table(grids, file)
    latest = (today or datetime.now(UTC)).year
    figure_columns, years = _years(grid, header, label_columns, latest)
    substance = _substance(grid, header, figure_columns)
    unit, report_date = _description(grid, header)
    rows, labels, values = rows_below(grid, header, label_columns, figure_columns, content, index)
    return Workbook(
        file=file,
        sheet=grid.sheet,
        substance=substance,
        substance_name_sv=_CODE.sub("", grid.sheet).strip() or substance,
        unit_sv=unit,
        report_date=report_date,
        years=years,
        columns=tuple(column_letter(c) for c in figure_columns),
        rows=rows,
        labels=labels,
        values=values,
    )


def _find_table(grids: Sequence[Grid], file: str) -> tuple[Grid, int, int, tuple[int, ...]]:
    """The sheet with the table, its index, the zero-based header row and the columns of the four labels."""
    from klimat_pipeline.errors import Place

    found = [(grid, i, hit) for i, grid in enumerate(grids) for hit in header_cells(grid, HEADERS[0])]
    if not found:
        names = ", ".join(f"'{grid.sheet}'" for grid in grids) or "none"
        first = next((cell for grid in grids for row in grid.rows for cell in row if cell != ""), None)
        others = [str(c) for grid in grids for row in grid.rows[:50] for c in row if isinstance(c, str) and c]
        raise WorkbookError(
            Place(file, grids[0].sheet if len(grids) == 1 else None),
            f"no header cell '{HEADERS[0]}' in any sheet (sheets: {names}; first cell: {show(first)})"
            + nearest(HEADERS[0], others),
            expected=f"a sheet with the header {', '.join(HEADERS)}",
            advice="Was a column renamed, or the data sheet removed? Fetch the workbook anew from the source.",
        )
    if len(found) > 1:
        grid, _, (row, column) = found[1]
        raise WorkbookError(
            grid.place(row, column),
            f"a second header cell '{HEADERS[0]}' (the first is at {found[0][0].place(*found[0][2])})",
            expected="one table in the workbook",
            advice="Keep one table only.",
        )
    grid, index, (header, _) = found[0]
    cells = [fold(cell) if isinstance(cell, str) else "" for cell in grid.rows[header]]
    columns = []
    for name in HEADERS:
        hits = [c for c, cell in enumerate(cells) if cell == fold(name)]
        if len(hits) != 1:
            what = "is missing" if not hits else "stands twice"
            others = [str(c) for c in grid.rows[header] if isinstance(c, str) and c]
            raise WorkbookError(
                grid.place(header, hits[1] if hits else None),
                f"column '{name}' {what}; the header reads {', '.join(dict.fromkeys(others))}"
                + (nearest(name, [o for o in others if fold(o) not in map(fold, HEADERS)]) if not hits else ""),
                expected=f"one column each of {', '.join(HEADERS)}",
                advice="Was a column renamed or removed? Fetch the workbook anew from the source.",
            )
        columns.append(hits[0])
    return grid, index, header, tuple(columns)


def _as_year(cell: Any) -> int | None:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    return int(text) if _YEAR.fullmatch(text) else None


def _years(
    grid: Grid, header: int, label_columns: tuple[int, ...], latest: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Columns that hold figures and the year above each; the year row is the nearest one above the header."""
    candidates = [c for c, cell in enumerate(grid.rows[header]) if c not in label_columns and str(cell).strip() != ""]
    year_row = next((r for r in range(header - 1, -1, -1) if any(_as_year(grid.rows[r][c]) for c in candidates)), None)
    if year_row is None:
        raise WorkbookError(
            grid.place(header - 1 if header else 0),
            "no row of years above the header",
            expected="four-digit years above the substance codes",
            advice="Fetch the workbook anew from the source.",
        )
    seen: dict[int, int] = {}
    # A year above a column without a substance code is a fault, not a column to skip.
    for c in range(len(grid.rows[year_row])):
        above, code = grid.rows[year_row][c], grid.rows[header][c]
        if c in label_columns or (str(above).strip() == "" and str(code).strip() == ""):
            continue
        year = _as_year(above)
        if year is None:
            raise WorkbookError(
                grid.place(year_row, c),
                f"{show(above)} above the column {show(code)} is no year",
                expected="a four-digit year",
                advice="A column that is not part of the source's layout has to be removed.",
            )
        if str(code).strip() == "":
            raise WorkbookError(
                grid.place(header, c),
                f"no substance code under the year {year}",
                expected="the substance code under every year",
                advice="Fetch the workbook anew from the source.",
            )
        if year > latest:
            raise WorkbookError(
                grid.place(year_row, c),
                f"the year {year} lies in the future",
                expected=f"a year up to {latest}",
                advice="Check the file and the machine's clock.",
            )
        if year in seen:
            raise WorkbookError(
                grid.place(year_row, c),
                f"the year {year} stands twice (also in column {column_letter(seen[year])})",
                expected="each year once",
                advice="Remove one of the two columns.",
            )
        seen[year] = c
    return tuple(seen.values()), tuple(seen)


def _substance(grid: Grid, header: int, figure_columns: tuple[int, ...]) -> str:
    """The code that heads every figure column; sheet name and descriptive rows must not say another one."""
    codes = {str(grid.rows[header][c]).strip(): c for c in reversed(figure_columns)}
    if len(codes) > 1:
        first, other = list(codes)[-1], next(iter(codes))
        raise WorkbookError(
            grid.place(header, codes[other]),
            f"substance code '{other}' beside '{first}'",
            expected="one substance a workbook",
            advice="Take out one workbook per substance.",
        )
    (code,) = codes
    stated = [(None, None, grid.sheet)] + [
        (r, c, cell)
        for r, row in enumerate(grid.rows[:header])
        for c, cell in enumerate(row)
        if isinstance(cell, str) and cell
    ]
    for r, c, text in stated:
        named = _CODE.search(text)
        if named and named.group(1) != code:
            raise WorkbookError(
                grid.place(r, c),
                f"'{text.strip()}' speaks of {named.group(1)}, the columns of {code}",
                expected="the same substance everywhere in the workbook",
                advice="The file has been mixed up: fetch it anew.",
            )
    return code


def _description(grid: Grid, header: int) -> tuple[str, str | None]:
    """Unit and report date from the rows above the header."""
    unit, date, unit_place = "", None, (0, 0)
    for r, row in enumerate(grid.rows[:header]):
        for c, cell in enumerate(row):
            if not isinstance(cell, str) or not cell:
                continue
            stated = _UNIT.fullmatch(cell)
            if stated:
                beside = row[c + 1] if c + 1 < len(row) else ""
                unit, unit_place = stated.group(1).strip() or str(beside).strip(), (r, c)
            dated = _DATE.search(cell)
            if dated and date is None:
                date = dated.group(0)
    if not unit:
        raise WorkbookError(
            grid.place(*unit_place) if unit_place != (0, 0) else grid.place(),
            "the rows above the table state no unit",
            expected="a row 'Enhet: ...'",
            advice="Without a unit the figures cannot be used: fetch the workbook anew.",
        )
    return unit, date
