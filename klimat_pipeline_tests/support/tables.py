"""Small tables made from the contracts: every column filled within its bounds, keys unique, some values missing."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from klimat_pipeline.contracts import PUBLISHED, Column, Table
from klimat_pipeline.contracts.arrow import schema

#: Text that formats get wrong: empty, quotes, separators, line ends, letters beyond ASCII, what looks like no text.
AWKWARD_TEXTS = ("", 'a "quoted", text', "Ängelholm; två\nrader", "NULL", "0123", "\\.", "'=1+1")


def example_table(contract: Table, rows: int, publication_id: str = "pub-0000000000000001") -> pa.Table:
    """Rows that fit the contract; the same arguments give the same rows."""
    arrays = [
        pa.array(
            [_value(column, column.name in contract.primary_key, row, publication_id) for row in range(rows)], type_
        )
        for column, type_ in zip(contract.columns, schema(contract).types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema(contract))


def example_tables(
    publication_id: str, rows: int = 5, contracts: Mapping[str, Table] = PUBLISHED
) -> dict[str, pa.Table]:
    """An example of every published table, all of one publication."""
    return {name: example_table(contract, rows, publication_id) for name, contract in contracts.items()}


def _value(column: Column, is_key: bool, row: int, publication_id: str) -> Any:
    if column.name == "publication_id":
        return publication_id
    if column.nullable and row % 3 == 2:
        return None
    match column.kind:
        case "boolean":
            return row % 2 == 0
        case "integer":
            return _bounded(column, row)
        case "number":
            return float(_bounded(column, row)) + (0.1 if column.maximum is None else 0.0)
        case "datetime":
            return datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC) + timedelta(days=row)
    return _text(column, is_key, row)


def _bounded(column: Column, row: int) -> int:
    low = int(column.minimum or 0)
    return low + row if column.maximum is None else low + row % (int(column.maximum) - low + 1)


def _text(column: Column, is_key: bool, row: int) -> str:
    if column.allowed:
        return column.allowed[row % len(column.allowed)]
    if column.pattern is None:
        return f"{column.name} {row}" if is_key else AWKWARD_TEXTS[row % len(AWKWARD_TEXTS)]
    day = f"2026-01-{row % 28 + 1:02d}"
    candidates = (
        f"{row:04d}",
        f"{row % 100:02d}",
        day,
        f"r{row}",
        f"run-{row:016x}",
        f"{row:064x}",
        f"{row:016x}",
        f"{row}",
        "NE",
        f"556{row:07d}",
    )
    for candidate in candidates:
        if re.fullmatch(column.pattern, candidate):
            return candidate
    raise NotImplementedError(f"no example for {column.name}: {column.pattern}")
