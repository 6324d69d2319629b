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

from klimat_pipeline.configuration.yaml_file import shown_path
from klimat_pipeline.errors import ConfigurationError, ProblemsError

#: Spaces that set thousands apart, and nothing else.
_THOUSANDS = str.maketrans("", "", "\u00a0\u202f ")


@dataclass(frozen=True, slots=True)
class CsvColumn:
    """A column of a CSV file: its name and what its cells may hold."""

    name: str
    kind: Literal["text", "integer", "number"] = "text"
    nullable: bool = False
    pattern: str | None = None
    allowed: tuple[str, ...] = ()


def read_csv(
    path: Path,
    *,
    columns: Sequence[CsvColumn],
    base: Path,
    key: Sequence[str] = (),
    delimiter: str = ",",
    decimal: str = ".",
) -> list[dict[str, Any]]:
    """Read a CSV file as its columns say, or list everything that is wrong with it.

    Args:
        path: the file, UTF-8 with or without a byte order mark.
        columns: exactly these, in any order.
        base: folder that the file must lie in.
        key: columns that identify a row.
        delimiter: between cells.
        decimal: decimal sign of numbers.

    Returns:
        A row a line, by column name; codes stay text, an empty cell of a nullable column is None.

    Raises:
        ConfigurationError: the file cannot be read or its header is another one.
        ProblemsError: cells or keys are wrong, one line each.
    """
    shown = shown_path(path, base)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{shown}: not UTF-8 (byte {error.start}). Save the file as UTF-8.") from None
    except OSError as error:
        raise ConfigurationError(f"{shown}: cannot be read ({error.strerror}).") from None
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, problems = [], []
    first_line: dict[tuple[Any, ...], int] = {}
    try:
        header = next(reader, [])
        _check_header(shown, header, columns, delimiter)
        by_name = {column.name: column for column in columns}
        for cells in reader:
            line = reader.line_num
            if not cells:
                continue
            if len(cells) != len(header):
                which = "long" if len(cells) > len(header) else "short"
                problems.append(
                    f"{shown}:{line}: the row is too {which}: {len(cells)} cells, the header has {len(header)}"
                )
                continue
            row: dict[str, Any] = {}
            for name, cell in zip(header, cells, strict=True):
                row[name], problem = _value(cell, by_name[name], decimal)
                if problem:
                    problems.append(f"{shown}:{line}: column {name}: {problem}, found {cell!r}")
            rows.append(row)
            identity = tuple(row[name] for name in key)
            if key and identity in first_line:
                problems.append(
                    f"{shown}:{line}: {', '.join(map(str, identity))} stands in line {first_line[identity]} already"
                )
            first_line.setdefault(identity, line)
    except csv.Error as error:
        raise ConfigurationError(f"{shown}:{reader.line_num}: {error}. Check the quotation marks.") from None
    if problems:
        raise ProblemsError(problems)
    return rows


def parse_number(text: str, decimal: str = ".") -> float:
    """A number written with this decimal sign, thousands set apart by spaces at most.

    Raises:
        ValueError: anything else, such as 1.234 with a decimal comma, inf or 1e999.
    """
    bare = text.translate(_THOUSANDS)
    if not re.fullmatch(rf"[+-]?\d+({re.escape(decimal)}\d+)?([eE][+-]?\d+)?", bare, re.ASCII):
        raise ValueError(text)
    number = float(bare.replace(decimal, "."))
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _value(cell: str, column: CsvColumn, decimal: str) -> tuple[Any, str | None]:
    if cell == "":
        return None, None if column.nullable else "expected a value"
    if column.kind == "number":
        try:
            return parse_number(cell, decimal), None
        except ValueError:
            return None, f"expected a number with decimal '{decimal}'"
    if column.kind == "integer":
        if re.fullmatch(r"[+-]?\d+", cell, re.ASCII):
            return int(cell), None
        return None, "expected a whole number"
    if column.pattern and not re.fullmatch(column.pattern, cell):
        return None, f"expected the form {column.pattern}"
    if column.allowed and cell not in column.allowed:
        near = get_close_matches(cell, column.allowed, n=1)
        return None, f"expected one of {', '.join(column.allowed)}" + (f" (nearest: {near[0]})" if near else "")
    return cell, None


def _check_header(shown: str, header: Sequence[str], columns: Sequence[CsvColumn], delimiter: str) -> None:
    expected = [column.name for column in columns]
    for other in ",;\t":
        if other != delimiter and len(header) == 1 and other in header[0]:
            raise ConfigurationError(f"{shown}:1: cells are separated by '{other}', expected '{delimiter}'.")
    twice = sorted({name for name in header if list(header).count(name) > 1})
    missing = [name for name in expected if name not in header]
    unknown = [name for name in header if name not in expected]
    if twice or missing or unknown:
        parts = [f"column {name} stands twice" for name in twice] + [f"column {name} is missing" for name in missing]
        for name in unknown:
            near = get_close_matches(name, missing or expected, n=1)
            parts.append(f"unknown column {name!r}" + (f" (nearest: {near[0]})" if near else ""))
        raise ConfigurationError(f"{shown}:1: {'; '.join(parts)}. Expected {', '.join(expected)}.")
