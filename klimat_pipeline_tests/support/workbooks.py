"""Workbooks in the national database's layout, made to order for tests and for the embedded snapshots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

MAIN_SECTORS = (
    "Transporter",
    "Industri (energi + processer)",
    "Jordbruk",
    "El och fjärrvärme",
    "Egen uppvärmning av bostäder och lokaler",
    "Arbetsmaskiner",
    "Produktanvändning (inkl. lösningsmedel)",
    "Avfall (inkl.avlopp)",
    "Utrikes transporter",
)
HEADER = ("Huvudsektor", "Undersektor", "Län", "Kommun")

#: (main sector, subsector, county, municipality) to year to figure.
Lines = Mapping[tuple[str, str, str, str], Mapping[int, Any]]


@dataclass
class Layout:
    """What surrounds the figures; every part can be bent for a fault."""

    substance: str = "GGT"
    sheet: str = "Växthusgaser totalt (GGT)"
    title: str = "Emissioner av Växthusgaser totalt (GGT)"
    unit: str = "Enhet: ton CO2-ekv/år"
    report: str = "Länsrapport, 2026-06-10"
    header: Sequence[str] = HEADER
    extra_rows: Sequence[Sequence[Any]] = field(default_factory=list)
    blank_rows: int = 1


def lines_for(
    places: Sequence[tuple[str, str]], years: Sequence[int], *, figure: float = 10.0, totals: bool = False
) -> dict[tuple[str, str, str, str], dict[int, Any]]:
    """The nine main sectors for every (county, municipality), all with one figure; with totals also ``Alla`` rows."""
    made: dict[tuple[str, str, str, str], dict[int, Any]] = {}
    for county, municipality in places:
        for sector in MAIN_SECTORS:
            made[(sector, "Alla", county, municipality)] = dict.fromkeys(years, figure)
        if totals:
            made[("Alla", "Alla", county, municipality)] = dict.fromkeys(years, figure * len(MAIN_SECTORS))
    return made


def workbook(lines: Lines, layout: Layout | None = None) -> bytes:
    """An xlsx file with these lines, in the layout of the national database."""
    import openpyxl

    layout = layout or Layout()
    years = sorted({year for line in lines.values() for year in line})
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = layout.sheet
    sheet.append(["Rapportnamn:", layout.report])
    sheet.append([layout.title])
    sheet.append([layout.unit])
    for row in layout.extra_rows:
        sheet.append(list(row))
    for _ in range(layout.blank_rows):
        sheet.append([])
    # openpyxl counts an appended empty row, but only writes rows that hold something.
    at = 3 + len(layout.extra_rows) + layout.blank_rows + 1
    for i, year in enumerate(years):
        sheet.cell(at, len(layout.header) + 1 + i, year)
        sheet.cell(at + 1, len(layout.header) + 1 + i, layout.substance)
    for i, name in enumerate(layout.header):
        sheet.cell(at + 1, i + 1, name)
    for r, (labels, figures) in enumerate(lines.items(), start=at + 2):
        for c, value in enumerate([*labels, *(figures.get(year) for year in years)], start=1):
            sheet.cell(r, c, value)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
