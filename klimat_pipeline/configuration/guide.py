"""The Swedish guide to the files of a municipality's folder, generated from the registry: ``docs/sv/redigera.md``.

Run as ``python -m klimat_pipeline.configuration.guide FILE``; a test fails when the file is out of date. What does not
belong here: what a file may hold (``local_tables`` and the contracts), and the Swedish texts (``guide_sv.yaml``; where
one is missing, the contract's own description stands in).
"""

import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import yaml

from klimat_pipeline.configuration.csv_file import CsvColumn
from klimat_pipeline.configuration.local_tables import LOCAL_TABLES, LocalTable
from klimat_pipeline.contracts import TABLES

_KINDS = {"integer": "heltal", "number": "tal", "text": "text"}
#: Codes that a table shows; longer lists are cut.
_CODES = 8


def markdown() -> str:
    """What to know of spreadsheets, the YAML files, and a section a CSV file."""
    own = [table for table in LOCAL_TABLES.values() if not table.for_all]
    shared = [table for table in LOCAL_TABLES.values() if table.for_all]
    parts = [
        texts()["document"]["head"],
        "## CSV-filerna\n",
        *map(_section, own),
        "## I mappen för alla (`_all`)\n",
        *map(_section, shared),
    ]
    return "\n".join(parts)


@lru_cache
def texts() -> dict[str, dict[str, str]]:
    """Swedish texts by kind (document, files, columns) and name."""
    loaded: dict[str, dict[str, str]] = yaml.safe_load(
        files("klimat_pipeline.configuration").joinpath("guide_sv.yaml").read_text(encoding="utf-8")
    )
    return loaded


def _section(table: LocalTable) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    unique = f"Högst en rad per {key}." if key else ""
    head = ["| kolumn | krävs | får vara | betydelse |", "|---|---|---|---|"]
    lines = [f"### `{table.name}.csv`", "", _purpose(table), unique, "", *head, *_rows(table), ""]
    return "\n".join(lines)


def _rows(table: LocalTable) -> Iterator[str]:
    for column in table.columns:
        needed = "" if column.nullable else "ja"
        yield f"| `{column.name}` | {needed} | {_values(column)} | {_meaning(table, column)} |"


def _purpose(table: LocalTable) -> str:
    contract = TABLES.get(table.asset or "")
    return texts()["files"].get(table.name) or (contract.description if contract else "")


def _meaning(table: LocalTable, column: CsvColumn) -> str:
    contract = TABLES.get(table.asset or "")
    held = column.name in contract.column_names if contract else False
    return texts()["columns"].get(column.name) or (
        contract.column(column.name).description if contract and held else ""
    )


def _values(column: CsvColumn) -> str:
    if column.allowed:
        shown = ", ".join(f"`{code}`" for code in column.allowed[:_CODES])
        return shown + (" med flera" if len(column.allowed) > _CODES else "")
    bounds = [
        f"minst {column.minimum:g}" if column.minimum is not None else "",
        f"högst {column.maximum:g}" if column.maximum is not None else "",
    ]
    return ", ".join(filter(None, [_KINDS[column.kind], *bounds]))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
