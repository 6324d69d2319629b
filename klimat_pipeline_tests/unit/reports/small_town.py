"""A municipality of which only the rows that a test is about are published."""

from collections.abc import Mapping, Sequence

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.explanations.database import Database, Row
from klimat_pipeline.explanations.tree import Scalar
from klimat_pipeline.reports.parts import KeyFigure, KeyFigures, Paragraph, Section, Table
from klimat_pipeline.reports.town import Town
from klimat_pipeline.reports.words import Words

CODE = "0191"
_SECTORS = {
    "transport": ("Transporter", "Transport"),
    "foreign_transport": ("Utrikes transporter", "International transport"),
}


class Small(Database):
    """Rows by table, held in memory; columns that a row does not give are missing.

    Attributes:
        tables: the rows.
        without: columns, as ``table.column``, that the publication does not have.
    """

    def __init__(self, tables: Mapping[str, Sequence[Row]], without: Sequence[str] = ()) -> None:
        self.tables, self.without = tables, set(without)

    def columns(self, table: str) -> list[str]:
        return [name for name in PUBLISHED[table].column_names if f"{table}.{name}" not in self.without]

    def rows(self, table: str, **where: Scalar) -> list[Row]:
        held = self.columns(table)
        full = [dict.fromkeys(held) | {"is_headline": 1} | row for row in self.tables.get(table, ())]
        return [row for row in full if all(row.get(name) == value for name, value in where.items())]


def town(language: str = "en", without: Sequence[str] = (), **tables: Sequence[Row]) -> Town:
    """The town of the tables, called Sigtuna."""
    named = {"municipality_code": CODE, "municipality_name": "Sigtuna", "county_name": "Stockholms län"}
    sectors = [
        {"sector_code": code, "sector_name_sv": sv, "sector_name_en": en, "sector_order": order}
        for order, (code, (sv, en)) in enumerate(_SECTORS.items())
    ]
    shown = {
        name: [{"municipality_code": CODE} | row if name != "data_quality" else row for row in rows]
        for name, rows in tables.items()
    }
    return Town(Small({"municipalities": [named], "sectors": sectors} | shown, without), CODE, Words(language))


def indicator(target: str, year: int, tonnes: float, **more: object) -> Row:
    """A row of ``sector_indicators`` on the basis as reported; the newest year is 2024."""
    codes = " ".join(_SECTORS) if target == "total" else target
    return {
        "target_id": target,
        "sector_codes": codes,
        "year": year,
        "is_latest_year": int(year == 2024),
        "target_kind": "generic",
        "basis": "reported",
        "gwp_set": "AR5",
        "emissions_t_co2e": tonnes,
        "emissions_reported_t_co2e": tonnes,
        **more,
    }


def texts(section: Section) -> list[str]:
    """Its paragraphs, and the texts of its key figures."""
    found = [part.text for part in section.parts if isinstance(part, Paragraph)]
    return found + [figure.text for figure in figures(section)]


def figures(section: Section) -> list[KeyFigure]:
    return [figure for part in section.parts if isinstance(part, KeyFigures) for figure in part.figures]


def table(section: Section, caption: str) -> Table:
    """Its table whose caption begins so."""
    (found,) = [part for part in section.parts if isinstance(part, Table) and part.caption.startswith(caption)]
    return found
