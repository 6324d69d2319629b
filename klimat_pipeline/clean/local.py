"""From the rows of a municipality's CSV files to a table in its contract's form."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import pandas as pd

from klimat_pipeline.configuration.local_tables import local_assets
from klimat_pipeline.configuration.targets_and_gap import TOTAL
from klimat_pipeline.contracts import table

_TYPES = {"integer": "int64", "number": "float64", "string": "object", "boolean": "bool"}


def local_tables() -> dict[str, Callable[..., pd.DataFrame]]:
    """By table, what makes it: ``clean_<name>`` of ``clean/<name>.py``.

    Each is called with ``data/municipalities`` and the reference tables, and told whether invented examples count.
    """
    found = {}
    for key in local_assets():
        stage, name = key.split("/")
        found[key] = getattr(import_module(f"klimat_pipeline.{stage}.{name}"), f"{stage}_{name}")
    return found


def local_frame(key: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The rows as a table, sorted by its key; typed also where there are none."""
    contract = table(key)
    frame = pd.DataFrame(rows, columns=contract.column_names)
    types = {column.name: _TYPES[column.kind] for column in contract.columns}
    nullable = {column.name: "Int64" for column in contract.columns if column.nullable and column.kind == "integer"}
    frame = frame.astype({**types, **nullable})
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)


def line_problems(row: Mapping[str, Any], lines: Sequence[str]) -> Iterator[str]:
    """Lines of a row, or those that it sums, that the inventory does not have."""
    column = "of_lines" if row.get("of_lines") else "line"
    unknown = [line for line in row[column].split() if line not in lines and line != TOTAL]
    if unknown:
        yield f"column {column}: expected lines among {', '.join(lines)}, found {' '.join(unknown)!r}"
