"""The mart in Swedish as a document, generated from the contracts: ``docs/sv/tabeller.md``.

Run as ``python -m klimat_pipeline.contracts.swedish_tables FILE``; a test fails when the file is out of date. What does
not belong here: any description (``columns.swedish``, ``tables.mart``).
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from klimat_pipeline.contracts.model import Column, Table
from klimat_pipeline.contracts.tables import MART

_HEAD = """# Tabellerna att dra och släppa

Gjord ur `klimat_pipeline/contracts` med `make docs`; ändra inte här. Tabellerna ligger i `klimat_mart.sqlite`, i
`parquet/mart/latest/` och i PostgreSQL-schemat `klimat_mart`. Hur verktyg läser dem: [bi.md](../bi.md).

En siffra som saknas är inte noll. Mått med "ja" får summeras över alla rader och dimensioner; "ja, per" en kolumn: bara
rader där den har ett och samma värde. Nycklar är i fetstil.
"""


def markdown() -> str:
    """Dimensions first, then facts, as the contracts have them."""
    return "\n".join([_HEAD, *map(_section, MART.values())])


def _section(table: Table) -> str:
    head = "| kolumn | namn | betydelse | enhet | får summeras | pekar på |"
    return "\n".join(
        [f"## {table.name}", "", table.description_sv, "", head, "|---|---|---|---|---|---|", *_rows(table), ""]
    )


def _rows(table: Table) -> Iterator[str]:
    points = {column: f"`{of}`" for column, of, _ in table.foreign_keys}
    for column in table.columns:
        name = f"**{column.name}**" if column.name in table.primary_key else column.name
        cells = (
            name,
            column.label_sv,
            column.description_sv,
            column.unit or "",
            _sums(table, column),
            points.get(column.name, ""),
        )
        yield "| " + " | ".join(cells) + " |"


def _sums(table: Table, column: Column) -> str:
    if column.additive == "yes":
        fixed = table.fixed_for_sums(column)
        return f"ja, per {fixed}" if fixed else "ja"
    return "nej" if column.kind == "number" else ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
