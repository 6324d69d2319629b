"""From the rows of a municipality's CSV files to a table in its contract's form."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.inventory import load_table
from klimat_pipeline.contracts import table

_TYPES = {"integer": "int64", "number": "float64", "string": "object", "boolean": "bool"}


def local_rows(
    name: str,
    municipalities_dir: Path,
    reference: Reference,
    *,
    examples: bool = False,
    also: Callable[[Mapping[str, Any]], Iterable[str]] | None = None,
) -> list[dict[str, Any]]:
    """Rows of a file from all folders, names checked against the reference tables."""
    return load_table(
        name,
        municipalities_dir,
        lines=tuple(reference.inventory_lines["line"]),
        users=tuple(reference.energy_users["energy_user"]),
        examples=examples,
        also=also,
    )


def local_frame(key: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The rows as a table, sorted by its key; typed also where there are none."""
    contract = table(key)
    frame = pd.DataFrame(rows, columns=contract.column_names)
    types = {column.name: _TYPES[column.kind] for column in contract.columns}
    nullable = {column.name: "Int64" for column in contract.columns if column.nullable and column.kind == "integer"}
    frame = frame.astype({**types, **nullable})
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)
