"""Whole-country workbooks: a made-up release that nobody has seen, and the real one with a fault planted in it."""

import csv
import re
import unicodedata
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from klimat_pipeline_tests.support.workbooks import MAIN_SECTORS, Layout, workbook

Lines = dict[tuple[str, str, str, str], dict[int, Any]]

#: Other spellings than SCB's, as sources have them.
SPELLINGS = {
    "Falun": "Falu",
    "Gotland": "Region Gotland",
    "Upplands Väsby": "Upplands-Väsby",
    "Stockholm": "Stockholms stad",
    "Malmö": "Malmö stad",
    "Håbo": unicodedata.normalize("NFD", "Håbo"),
    "Östra Göinge": "Östra\u00a0Göinge",
}
SECTOR_SPELLINGS = {
    "Egen uppvärmning av bostäder och lokaler": "Egen uppärmning av bostäder och lokaler",
    "Avfall (inkl.avlopp)": "Avfall (inkl. avlopp)",
    "El och fjärrvärme": unicodedata.normalize("NFD", "El och fjärrvärme"),
}
#: The nation holds this much more than its counties.
BEYOND_COUNTIES = 1.005
ALL = "Alla"


def places(project: Path) -> list[tuple[str, str]]:
    """County and name of all 290 municipalities."""
    with (project / "data" / "reference" / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        return [(row["county_name"], row["municipality_name"]) for row in csv.DictReader(file)]


def unseen_lines(project: Path, years: tuple[int, ...]) -> Lines:
    """Nine main sectors and their total for every municipality, county and the nation, in odd spellings."""
    lines: Lines = {}
    for number, (county, name) in enumerate(places(project)):
        for rank, sector in enumerate(MAIN_SECTORS):
            figures = {
                year: round(30_000 + 97.31 * number + 1_000 * rank - 211.7 * age, 2) for age, year in enumerate(years)
            }
            label = SECTOR_SPELLINGS.get(sector, sector)
            for at in ((county, SPELLINGS.get(name, name)), (county, ALL), (ALL, ALL)):
                share = BEYOND_COUNTIES if at == (ALL, ALL) else 1.0
                for main in (label, ALL):
                    cell = lines.setdefault((main, ALL, *at), dict.fromkeys(years, 0.0))
                    for year in years:
                        cell[year] += figures[year] * share
    return lines


#: What surrounds figures of carbon dioxide.
CO2 = {
    "substance": "CO2",
    "sheet": "Koldioxid (CO2)",
    "title": "Emissioner av Koldioxid (CO2)",
    "unit": "Enhet: ton/år",
}


def unseen_release(lines: Lines, report_date: str = "2026-11-02", **around: Any) -> bytes:
    """The workbook of these lines, with more descriptive rows than any other."""
    layout = Layout(
        report=f"Länsrapport, {report_date}",
        extra_rows=[
            ["Underlaget är fördelat geografiskt med statistik från flera källor"],
            ["Kontakt:", "klimat@example.org"],
            ["Uppgifterna får användas med angivande av källa"],
        ],
        blank_rows=2,
        **around,
    )
    return workbook(lines, layout)


def with_doubled_row(content: bytes, *, sector: str, municipality: str, report_date: str) -> bytes:
    """The workbook with all figures of one municipality's main sector doubled, and another report date.

    Edits the file's XML: opening and saving twenty thousand rows takes half a minute.
    """
    source = zipfile.ZipFile(BytesIO(content))
    texts = source.read("xl/sharedStrings.xml").decode("utf-8")
    strings = re.findall(r"<si>.*?</si>", texts, re.DOTALL)
    number = {re.sub(r"<[^>]+>", "", text): str(i) for i, text in enumerate(strings)}
    sheet = source.read("xl/worksheets/sheet1.xml").decode("utf-8")
    labels = {"A": number[sector], "B": number[ALL], "D": number[municipality]}
    start = 'r="{}{}" s="2" t="s"><v>{}</v>'
    doubled = 0

    def double(row: re.Match[str]) -> str:
        nonlocal doubled
        at = row.group(1)
        if not all(start.format(column, at, text) in row.group(0) for column, text in labels.items()):
            return row.group(0)
        doubled += 1
        return re.sub(
            r'(<c r="[E-P]\d+" s="\d+"><v>)([^<]+)(</v>)',
            lambda cell: f"{cell.group(1)}{2 * float(cell.group(2))!r}{cell.group(3)}",
            row.group(0),
        )

    sheet = re.sub(r'<row [^>]*?r="(\d+)".*?</row>', double, sheet)
    assert doubled == 1
    texts, dates = re.subn(r"(Länsrapport, )\d{4}-\d{2}-\d{2}", rf"\g<1>{report_date}", texts)
    assert dates == 1
    changed = {"xl/sharedStrings.xml": texts, "xl/worksheets/sheet1.xml": sheet}
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            target.writestr(name, changed[name] if name in changed else source.read(name))
    return buffer.getvalue()
