"""The data dictionary as a document, generated from the contracts: ``docs/data_dictionary.md``.

Run as ``python -m klimat_pipeline.contracts.dictionary FILE``; a test fails when the file is out of date. What does
not belong here: any description (``columns``, ``tables``).
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from klimat_pipeline.contracts.model import Column, Table
from klimat_pipeline.contracts.tables import MART, PUBLISHED, TABLES

_HEAD = """# Data dictionary

Generated from `klimat_pipeline/contracts` by `make docs`; do not edit. The same text is in the published table
`data_dictionary`, in the Dagster UI, and in PostgreSQL's comments.

A missing number is never a zero. Percentages run from 0 to 100, fractions from 0 to 1. Keys are in bold.
"""


def markdown() -> str:
    """The whole dictionary: published tables first, then the mart, then the tables between stages."""
    inner = [table for table in TABLES.values() if table.stage not in ("published", "mart")]
    parts = [_HEAD, "## Published tables\n"]
    parts += [_section(table, table.name) for table in PUBLISHED.values()]
    parts += ["## The mart\n"]
    parts += [_section(table, table.name) for table in MART.values()]
    parts += ["## Tables between stages\n"]
    parts += [_section(table, table.key) for table in inner]
    return "\n".join(parts)


def _section(table: Table, title: str) -> str:
    lines = [
        f"### {title}",
        "",
        table.description,
        "",
        "| column | type | unit | may be summed, when fixed | meaning | from |",
        "|---|---|---|---|---|---|",
    ]
    lines += _rows(table)
    return "\n".join([*lines, ""])


def _rows(table: Table) -> Iterator[str]:
    for column in table.columns:
        name = f"**{column.name}**" if column.name in table.primary_key else column.name
        summed = ""
        if column.kind == "number" or column.additive != "no":
            fixed = table.fixed_for_sums(column) if column.additive != "no" else ""
            summed = column.additive + (f": {fixed}" if fixed else "")
        cells = (
            name,
            column.kind + (", may be missing" if column.nullable else ""),
            column.unit or "",
            summed,
            _meaning(column),
            ", ".join(f"`{source}`" for source in column.lineage),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _meaning(column: Column) -> str:
    limits = []
    if column.allowed:
        limits.append("one of " + ", ".join(f"`{value}`" for value in column.allowed))
    if column.pattern:
        limits.append(f"pattern `{column.pattern}`")
    if column.minimum is not None:
        limits.append(f"at least {column.minimum:g}")
    if column.maximum is not None:
        limits.append(f"at most {column.maximum:g}")
    return column.description + (f" ({'; '.join(limits)})" if limits else "")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
