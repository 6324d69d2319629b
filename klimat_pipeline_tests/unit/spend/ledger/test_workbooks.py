"""Workbooks: every sheet of the ledger and no other; and days as workbooks and Parquet files keep them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.ledger_report import problem_line
from klimat_pipeline_tests.unit.spend.small import balance, read, typed_lines

NAMES = ["Verifikat", "Konto", "Kontotext", "Belopp", "Datum", "Orgnr", "Leverantör"]


def lines(month: int, count: int = 3) -> list[list[Any]]:
    return [
        [f"V{month}{n}", "6410", "Livsmedel", 1000.0, f"2023-{month:02d}-10", "556677-8899", "Firma AB"]
        for n in range(count)
    ]


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]], *, from_1904: bool = False) -> bytes:
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = openpyxl.Workbook()
    if from_1904:
        book.epoch = CALENDAR_MAC_1904
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(held := BytesIO())
    return held.getvalue()


PIVOT = [["Radetiketter", "Summa av Belopp"], ["6410", 9000.0], ["Totalsumma", 9000.0]]


def test_all_sheets_of_the_ledger_and_no_other(tmp_path: Path) -> None:
    """A pivot first, then one sheet a month (one with its columns in another order), a copy of a part, and totals."""
    turned = [list(reversed(row)) for row in [NAMES, *lines(3)]]
    content = workbook(
        {
            "Pivot": PIVOT,
            "Januari": [["Leverantörsreskontra"], [], NAMES, *lines(1)],
            "Februari": [NAMES, *lines(2)],
            "Mars": turned,
            "Urval": [NAMES, *lines(2, 2)],
            "Summor": [["Konto", "Kontotext", "Belopp"], ["6410", "Livsmedel", 9000.0]],
        }
    )
    passed = read(tmp_path, content, "l.xlsx")
    assert balance(passed) == {"counted": (9, 9000_00)}
    assert passed.remarks[0] == "sheet Januari, Februari, Mars"
    assert "sheets not read: Pivot (3 rows), Urval (2 rows), Summor (2 rows)" in passed.warnings
    assert len({row["line"] for row in typed_lines(tmp_path / "typed")}) == 9


def test_a_line_that_does_not_pass_is_named_with_its_sheet(tmp_path: Path) -> None:
    wrong = [["V9", "6410", "Livsmedel", "abc", "2023-02-10", "556677-8899", "Firma AB"]]
    passed = read(tmp_path, workbook({"Jan": [NAMES, *lines(1)], "Feb": [NAMES, *lines(2), *wrong]}), "l.xlsx")
    assert "(sheet Feb, row 5)" in problem_line("l", passed.problems[0])
    assert balance(passed) == {"counted": (6, 6000_00), "quarantined": (1, 0)}


def test_two_kinds_of_ledger_in_one_workbook_are_refused(tmp_path: Path) -> None:
    other = [["Datum", "Konto", "Belopp"], ["2023-01-31", "6410", 3000.0]]
    with pytest.raises(LedgerError, match=r"Jan \(3 rows\) and Manad \(1 rows\) have different headers"):
        read(tmp_path, workbook({"Manad": other, "Jan": [NAMES, *lines(1)]}), "l.xlsx")


def test_sheets_without_dates_are_dated_by_their_names(tmp_path: Path) -> None:
    names = [name for name in NAMES if name != "Datum"]
    rows = {month: [[*row[:4], *row[5:]] for row in lines(n)] for n, month in enumerate(("Januari", "Mars"), start=1)}
    content = workbook({month: [names, *own] for month, own in rows.items()})
    passed = read(tmp_path, content, "reskontra 2022.xlsx")
    assert (balance(passed), passed.days) == ({"counted": (6, 6000_00)}, ("2022-01-01", "2022-03-01"))
    with pytest.raises(LedgerError, match="no column for booked_on"):
        read(tmp_path, content, "reskontra.xlsx")


@pytest.mark.parametrize("from_1904", [False, True])
def test_days_of_both_calendars_of_excel(tmp_path: Path, from_1904: bool) -> None:
    rows = [[*row[:4], datetime(2023, 3, 15), *row[5:]] for row in lines(1)]
    passed = read(tmp_path, workbook({"Blad1": [NAMES, *rows]}, from_1904=from_1904), "l.xlsx")
    assert passed.days == ("2023-03-15", "2023-03-15")


def test_serial_numbers_have_a_way_past(tmp_path: Path) -> None:
    content = workbook({"Blad1": [NAMES, *([*row[:4], 45000, *row[5:]] for row in lines(1))]})
    problem = read(tmp_path, content, "l.xlsx").problems[0]
    assert "spend: date_form: excel in municipality.yaml" in problem.reason
    assert read(tmp_path, content, "l.xlsx", date_form="excel").days == ("2023-03-15", "2023-03-15")


@pytest.mark.parametrize("zone", ["UTC", "Europe/Stockholm", "America/New_York"])
def test_instants_are_days_in_sweden(tmp_path: Path, zone: str) -> None:
    """Local midnight, stated in any zone; summer time is two hours before UTC."""
    sweden = [
        datetime(2023, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(2023, 7, 1, tzinfo=timezone(timedelta(hours=2))),
        datetime(2023, 12, 31, tzinfo=timezone(timedelta(hours=1))),
    ]
    days = pa.array(sweden, pa.timestamp("us", tz=zone))
    table = pa.table({"Konto": ["6410"] * 3, "Belopp": [100.0] * 3, "Datum": days})
    pq.write_table(table, held := BytesIO())
    passed = read(tmp_path, held.getvalue(), "l.parquet")
    found = [row["booked_on"].isoformat() for row in typed_lines(tmp_path / "typed")]
    assert found == ["2023-01-01", "2023-07-01", "2023-12-31"]
    assert any(remark.startswith("dates are instants in ") for remark in passed.remarks)


@pytest.mark.parametrize(("hour", "first"), [(0, "2022-12-31"), (23, "2023-01-01"), (10, "2022-12-31")])
def test_times_without_a_zone(tmp_path: Path, hour: int, first: str) -> None:
    days = pa.array([datetime(2022, 12, 31, hour), datetime(2023, 1, 1, hour)], pa.timestamp("ms"))
    table = pa.table({"Konto": ["6410"] * 2, "Belopp": [100.0] * 2, "Datum": days})
    pq.write_table(table, held := BytesIO())
    passed = read(tmp_path, held.getvalue(), "l.parquet")
    assert passed.days[0] == first
    assert any("midnight in Sweden" in warning for warning in passed.warnings) == (hour == 23)


def test_a_real_form_without_dates(tmp_path: Path) -> None:
    """Örebro: the period in the file's name, account and a text that was cut off in one cell, ids written NULL."""
    names = ["RN1/FÖRVALTNING", "LEVERANTÖR", "ORGANISATIO", "FAKT NR", "KONTO", "UTFALL"]
    rows = [
        ["Kommunstyrelsen", "Firma AB", "556677-8899", "1", "6431 Livsmedel och andra förnödenhe", 100.5],
        ["Kommunstyrelsen", "Anna Exempelsson", "NULL", "2", "7210 Städ", 50],
    ]
    passed = read(tmp_path, workbook({"Data": [names, *rows]}), "Orebro.2016-03.xlsx")
    assert (balance(passed), passed.days) == ({"counted": (2, 150_50)}, ("2016-03-01", "2016-03-01"))
    assert "no column holds dates: every line is dated 2016-03-01, by the file's name" in passed.warnings
    typed = typed_lines(tmp_path / "typed")
    assert [(row["account"], row["account_text"]) for row in typed] == [
        ("6431", "Livsmedel och andra förnödenhe"),
        ("7210", "Städ"),
    ]
    assert [(row["supplier_id"], row["supplier_name"]) for row in typed] == [("5566778899", "Firma AB"), ("", "")]
    with pytest.raises(LedgerError, match=r"no column for booked_on .* put it into the file's name .* spend: periods"):
        read(tmp_path, workbook({"Data": [names, *rows]}), "Orebro.xlsx")
    stated = read(tmp_path, workbook({"Data": [names, *rows]}), "Orebro.xlsx", periods={"Orebro*": "2016-04"})
    assert stated.days == ("2016-04-01", "2016-04-01")
