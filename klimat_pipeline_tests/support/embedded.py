"""The embedded snapshots: published figures of the whole country, laid out as the national database's workbook.

Run as ``python -m klimat_pipeline_tests.support.embedded FIGURES.csv WORKBOOK.xlsx REPORT_DATE``. The figures are one
line a main sector and area, ``huvudsektor,lan,kommun`` and a column a year, in tonnes of CO2 equivalents; subsectors
are not among them. The same figures give the same bytes. What does not belong here: workbooks with faults
(``workbooks``).
"""

import csv
import sys
import zipfile
from io import BytesIO
from pathlib import Path

from klimat_pipeline_tests.support.workbooks import Layout, Lines, workbook

#: The time that every member of the file carries: the earliest that a zip file can say.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_NOTE = (
    "Utdrag: huvudsektorer för riket, län och kommuner ur SMHI:s Nationella emissionsdatabas, ur publicerade siffror"
)


def lines_of(figures: Path) -> Lines:
    """Every line of the file as a line of the workbook."""
    with figures.open(encoding="utf-8", newline="") as file:
        return {
            (row["huvudsektor"], "Alla", row["lan"], row["kommun"]): {
                int(year): float(value) for year, value in row.items() if year.isdigit()
            }
            for row in csv.DictReader(file)
        }


def embedded(lines: Lines, report_date: str) -> bytes:
    """The workbook, whatever the day on which it is made."""
    made = workbook(lines, Layout(report=f"Länsrapport, {report_date}", extra_rows=[[_NOTE]]))
    source, target = zipfile.ZipFile(BytesIO(made)), BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in source.namelist():
            # The properties of the document hold nothing but its author's program and the day.
            if not name.startswith("docProps/core"):
                packed.writestr(zipfile.ZipInfo(name, _MOMENT), source.read(name), zipfile.ZIP_DEFLATED, 9)
    return target.getvalue()


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(embedded(lines_of(Path(sys.argv[1])), sys.argv[3]))
