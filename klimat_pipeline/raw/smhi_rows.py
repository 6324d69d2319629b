"""The rows below the header of SMHI's workbook: names, and figures that are numbers, each line once.

What does not belong here: finding the header and what stands above it (``smhi_workbook``).
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from klimat_pipeline.errors import WorkbookError
from klimat_pipeline.raw.grid import Grid, has_formula, show
from klimat_pipeline.text import fold

#: Header words of the four descriptive columns, in the order of ``smhi_workbook.LABELS``.
HEADERS = ("Huvudsektor", "Undersektor", "Län", "Kommun")


def rows_below(
    grid: Grid,
    header: int,
    label_columns: tuple[int, ...],
    figure_columns: tuple[int, ...],
    content: bytes,
    sheet_index: int,
) -> tuple[np.ndarray, tuple[tuple[str, ...], ...], np.ndarray]:
    """Read what stands below the header.

    Args:
        grid: the sheet.
        header: its last header row, from 0.
        label_columns: the four descriptive columns.
        figure_columns: columns of years.
        content: the file, to see whether an empty cell holds a formula.
        sheet_index: of the sheet in the file.

    Returns:
        Spreadsheet row of every line, the four columns of labels, and the figures, shape (lines, years).

    Raises:
        WorkbookError: a cell is no name or no figure, a second table follows, or a line stands there twice.
    """
    first = header + 1
    lines = grid.rows[first:]
    by_column = list(zip(*lines, strict=True))
    if not by_column:
        raise WorkbookError(
            grid.place(header), "no rows below the header", expected="figures", advice="Fetch the workbook anew."
        )
    numbers = np.arange(first + 1, first + 1 + len(lines), dtype=np.int64)
    blank = [i for i, cell in enumerate(by_column[label_columns[0]]) if cell == ""]
    if blank:
        filled = [i for i in blank if any(cell != "" for cell in lines[i])]
        if filled:
            raise WorkbookError(
                grid.place(first + filled[0], label_columns[0]),
                f"the cell is empty but its row is not ({show([c for c in lines[filled[0]] if c != ''][:4])})",
                expected=f"a name under {HEADERS[0]}",
                advice="Merged or shifted cells? Fetch the workbook anew.",
            )
        keep = [i for i in range(len(lines)) if i not in set(blank)]
        lines, numbers = [lines[i] for i in keep], numbers[keep]
        by_column = list(zip(*lines, strict=True))
        if not lines:
            raise WorkbookError(
                grid.place(header), "no rows below the header", expected="figures", advice="Fetch the workbook anew."
            )
    labels = tuple(by_column[c] for c in label_columns)
    for c, name, column in zip(label_columns, HEADERS, labels, strict=True):
        if set(map(type, column)) != {str} or "" in column:
            i = next(i for i, cell in enumerate(column) if not isinstance(cell, str) or cell == "")
            raise WorkbookError(
                grid.place(int(numbers[i]) - 1, c),
                f"{show(column[i]) if column[i] != '' else 'an empty cell'} under {name}",
                expected="a name",
                advice="Fetch the workbook anew.",
            )
    figures = [by_column[c] for c in figure_columns]
    if set(map(type, chain.from_iterable(figures))) - {float}:
        _raise_bad_figure(grid, numbers, figure_columns, figures, content, sheet_index)
    values = np.array(figures, dtype=np.float64).T
    bad = ~np.isfinite(values) | (values < 0)
    if bad.any():
        i, j = (int(x) for x in np.argwhere(bad)[0])
        what = "a negative emission" if values[i, j] < 0 else "no finite number"
        raise WorkbookError(
            grid.place(int(numbers[i]) - 1, figure_columns[j]),
            f"{float(values[i, j])!r} is {what}",
            expected="a number of zero or more",
            advice="Ask the source; local deductions belong in the corrections, not in its file.",
        )
    _refuse_second_header(grid, numbers, label_columns[0], labels[0])
    _refuse_duplicates(grid, numbers, labels)
    return numbers, tuple(tuple(column) for column in labels), values


def _raise_bad_figure(
    grid: Grid,
    numbers: np.ndarray,
    figure_columns: tuple[int, ...],
    figures: Sequence[Sequence[Any]],
    content: bytes,
    sheet_index: int,
) -> None:
    """Name the first cell, by row, that should hold a number and does not."""
    i, j = min((i, j) for j, column in enumerate(figures) for i, cell in enumerate(column) if type(cell) is not float)
    cell, place = figures[j][i], grid.place(int(numbers[i]) - 1, figure_columns[j])
    problem = f"{show(cell)} is no number"
    advice = "Numbers must be stored as numbers: a figure kept as text is not guessed."
    if cell == "":
        if has_formula(content, sheet_index, f"{place.column}{place.row}"):
            problem = "a formula without a stored value"
            advice = "Open the file in a spreadsheet program and save it, or paste the values."
        else:
            problem = "an empty cell"
            advice = "A missing figure is not zero: ask the source, or fetch the workbook anew."
    raise WorkbookError(place, problem, expected="a number", advice=advice)


def _refuse_second_header(grid: Grid, numbers: np.ndarray, column: int, names: Sequence[str]) -> None:
    """A second table further down would otherwise be read as a sector called like the header."""
    for name in set(names):
        if fold(name) == fold(HEADERS[0]):
            raise WorkbookError(
                grid.place(int(numbers[names.index(name)]) - 1, column),
                f"a second header cell '{name}'",
                expected="one table in the workbook",
                advice="Keep one table only.",
            )


def _refuse_duplicates(grid: Grid, numbers: np.ndarray, labels: tuple[tuple[str, ...], ...]) -> None:
    keys = list(zip(*labels, strict=True))
    if len(set(keys)) == len(keys):
        return
    seen: dict[tuple[str, ...], int] = {}
    for i, key in enumerate(keys):
        if key in seen:
            raise WorkbookError(
                grid.place(int(numbers[i]) - 1),
                f"the same {' / '.join(key)} as row {numbers[seen[key]]}",
                expected="each combination of sector and place once",
                advice="Which of the two is right? Ask the source; nothing is added or overwritten.",
            )
        seen[key] = i
