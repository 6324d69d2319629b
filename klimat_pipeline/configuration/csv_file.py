"""Strict reading of CSV files that people edit: reference tables and a municipality's own tables.

What belongs here: form, types and keys, with file, line and column in every message. What does not: what the rows mean.
"""

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any, Literal

from klimat_pipeline.configuration import spreadsheet
from klimat_pipeline.configuration.plain_words import form
from klimat_pipeline.configuration.yaml_file import decoded, shown_path
from klimat_pipeline.errors import ConfigurationError, ProblemsError

#: Spaces that may set thousands apart: plain, no-break and narrow no-break.
_SPACES = " \u00a0\u202f"
_WITHOUT_SPACES = str.maketrans("", "", _SPACES)
#: Whole numbers beyond 64 bits fit in no table.
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class CsvColumn:
    """A column of a CSV file: its name and what its cells may hold.

    Attributes:
        mark: a text that may stand in a column of numbers for a number that there is not; it stays text.
        is_optional: whether the file may do without the column.
        is_rare: whether a new file is written without it, since few need it.
    """

    name: str
    kind: Literal["text", "integer", "number"] = "text"
    nullable: bool = False
    pattern: str | None = None
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    mark: str | None = None
    is_optional: bool = False
    is_rare: bool = False


def read_csv(
    path: Path,
    *,
    columns: Sequence[CsvColumn],
    base: Path,
    key: Sequence[str] = (),
    ignored: Sequence[str] = (),
    delimiter: str = ",",
    decimal: str = ".",
    lines: list[int] | None = None,
    problems: list[str] | None = None,
    from_spreadsheet: bool = False,
    faulty: list[dict[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """Read a CSV file as its columns say, or list everything that is wrong with it.

    Args:
        path: the file, UTF-8 with or without a byte order mark.
        columns: exactly these, in any order.
        base: folder that the file must lie in.
        key: columns that identify a row.
        ignored: further columns that may stand there for whoever fills the file in; they are left out.
        delimiter: between cells.
        decimal: decimal sign of numbers.
        lines: is given the line that every row begins at.
        problems: is given what is wrong with cells and keys, where more is to be looked at before all is told; the
            rows that are wrong are then left out.
        from_spreadsheet: whether it may be as a spreadsheet saves it (``spreadsheet.py``).
        faulty: is given the rows that are left out, for what other rows refer to.

    Returns:
        A row a line, by column name; codes stay text, an empty or blank cell of a nullable column is None.

    Raises:
        ConfigurationError: the file cannot be read or its header is another one.
        ProblemsError: cells or keys are wrong, one line each.
    """
    shown = shown_path(path, base)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{shown}: cannot be read ({error.strerror}).") from None
    numbers = [column.name for column in columns if column.kind != "text"]
    text = (
        spreadsheet.plain(content, shown, [c.name for c in columns], numbers)
        if from_spreadsheet
        else decoded(content, shown)
    )
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[dict[str, Any]] = []
    told, problems = problems is not None, [] if problems is None else problems
    lines, faulty = [] if lines is None else lines, [] if faulty is None else faulty
    first_line: dict[tuple[Any, ...], int] = {}
    end = 0
    try:
        header = next(reader, [])
        named = [name for name in header if name not in ignored]
        _check_header(shown, named, columns, delimiter)
        by_name = {column.name: column for column in columns}
        absent = {column.name: None for column in columns if column.is_optional}
        end = reader.line_num
        for cells in reader:
            line, end = end + 1, reader.line_num  # a quoted cell may hold several lines: its row begins at the first
            if not cells:
                continue
            if len(cells) != len(header):
                which = "long" if len(cells) > len(header) else "short"
                problems.append(
                    f"{shown}:{line}: the row is too {which}: {len(cells)} cells, the header has {len(header)}"
                )
                continue
            row: dict[str, Any] = {}
            wrong = set()
            for name, cell in zip(header, cells, strict=True):
                if name in ignored:
                    continue
                row[name], problem = _value(cell, by_name[name], decimal)
                if problem:
                    wrong.add(name)
                    problems.append(f"{shown}:{line}: column {name}: {problem}, found {cell!r}")
            left_out = told and bool(wrong)
            (faulty if left_out else rows).append({**absent, **row})
            ([] if left_out else lines).append(line)
            identity = tuple(row[name] for name in key)
            first = line if not key or wrong.intersection(key) else first_line.setdefault(identity, line)
            if first != line:
                problems.append(f"{shown}:{line}: {', '.join(map(str, identity))} stands in line {first} already")
    except csv.Error as error:
        raise ConfigurationError(f"{shown}:{end + 1}: {error}. Check the quotation marks.") from None
    if problems and not told:
        raise ProblemsError(problems)
    return rows


def parse_number(text: str, decimal: str = ".") -> float:
    """A number written with this decimal sign, thousands set apart by spaces at most.

    Raises:
        ValueError: anything else, such as 1.234 with a decimal comma, inf or 1e999.
    """
    whole = rf"(\d+|\d{{1,3}}([{_SPACES}]\d{{3}})+)"
    if not re.fullmatch(rf"[+-]?{whole}({re.escape(decimal)}\d+)?([eE][+-]?\d+)?", text.strip(_SPACES), re.ASCII):
        raise ValueError(text)
    number = float(text.translate(_WITHOUT_SPACES).replace(decimal, "."))
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _value(cell: str, column: CsvColumn, decimal: str) -> tuple[Any, str | None]:
    if not cell.strip():
        return None, None if column.nullable else "expected a value"
    if column.kind == "text" or cell.strip() == column.mark:
        return cell.strip() if column.mark else cell, None if column.mark else _text_problem(cell, column)
    try:
        number = _integer(cell) if column.kind == "integer" else parse_number(cell, decimal)
    except ValueError:
        return (
            None,
            "expected a whole number" if column.kind == "integer" else f"expected a number, decimal '{decimal}'",
        )
    if column.minimum is not None and number < column.minimum:
        return None, f"expected {column.minimum:g} or more"
    if column.maximum is not None and number > column.maximum:
        return None, f"expected {column.maximum:g} or less"
    return number, None


def _integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,19}", text, re.ASCII) or abs(int(text)) > _LARGEST:
        raise ValueError(text)
    return int(text)


def _text_problem(cell: str, column: CsvColumn) -> str | None:
    if column.pattern and not re.fullmatch(column.pattern, cell, re.ASCII):
        return f"expected {form(column.pattern)}"
    if column.allowed and cell not in column.allowed:
        near = get_close_matches(cell, column.allowed, n=1)
        return f"expected one of {', '.join(column.allowed)}" + (f" (nearest: {near[0]})" if near else "")
    return None


def _check_header(shown: str, header: Sequence[str], columns: Sequence[CsvColumn], delimiter: str) -> None:
    expected = [column.name for column in columns]
    if not header:
        raise ConfigurationError(f"{shown}:1: is empty. Expected a line of column names: {', '.join(expected)}.")
    for other in ",;\t":
        if other != delimiter and len(header) == 1 and other in header[0]:
            raise ConfigurationError(f"{shown}:1: cells are separated by '{other}', expected '{delimiter}'.")
    twice = sorted({name for name in header if list(header).count(name) > 1})
    missing = [column.name for column in columns if column.name not in header and not column.is_optional]
    unknown = [name for name in header if name not in expected]
    if twice or missing or unknown:
        parts = [f"column {name} stands twice" for name in twice] + [f"column {name} is missing" for name in missing]
        for name in unknown:
            near = get_close_matches(name, missing or expected, n=1)
            parts.append(f"unknown column {name!r}" + (f" (nearest: {near[0]})" if near else ""))
        raise ConfigurationError(f"{shown}:1: {'; '.join(parts)}. Expected {', '.join(expected)}.")
