"""No message of a ledger names a person, whatever it quotes; figures, days and names of files stay as they are."""

import io
from pathlib import Path

import openpyxl
import pytest

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline.spend.ledger.messages import without_persons
from klimat_pipeline.spend.ledger.reference import load_ledger_reference
from klimat_pipeline_tests.unit.spend.small import HEADER, REFERENCE, ledger, line, read

PATTERNS = load_ledger_reference(REFERENCE).person_words


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("sheet Anna 640823-3234, Feb", "[withheld], Feb"),
        ("sheets not read: Anna 640823-3234 (2 rows)", "sheets not read: [withheld]"),
        ("columns not read: Anna 640823-3234, Ort", "columns not read: [withheld], Ort"),
        ("1 vouchers do not add up to zero: A640823-3234", "1 vouchers do not add up to zero: [withheld]"),
        (
            "lost on 1 lines (100.00 SEK), such as 'Dödsbo Anna Sj?berg': no",
            "lost on 1 lines (100.00 SEK), such as '[withheld]': no",
        ),
        ("l.csv: 'FAMILJEHEM ANNA' stands above", "l.csv: '[withheld]' stands above"),
        ('found "Anna\'s 640823 3234"', 'found "[withheld]"'),
    ],
)
def test_a_piece_that_names_somebody_goes_as_a_whole(message: str, said: str) -> None:
    assert without_persons(message, PATTERNS) == said


@pytest.mark.parametrize(
    "message",
    [
        "l.csv: 12 of the lines of 2023-01-01 to 2023-12-31 stand in leverantörer 20230101-20231231.csv too",
        "640823-3234.csv: the file is empty.",
        "control sums: 3 totals, the largest 640,823,323.40, are the sums of their lines; they are not counted",
        "letters are lost on 1 lines (100.00 SEK), such as 'F?rbrukning': no rule knows them",
        "columns not read: Familjehem, Elev, Förvaltare, God man",
        "sheet Januari, Februari: read; sheets not read: Maria Ungdom (2 rows)",
    ],
)
def test_other_messages_stay(message: str) -> None:
    assert without_persons(message, PATTERNS) == message


def workbook(*sheets: tuple[str, list[list[str]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def told(passed: LedgerReport) -> str:
    return passed.to_json() + repr(passed.problems)


ROWS = [HEADER.split(";"), line().split(";")]


@pytest.mark.parametrize("named", ["Anna 640823-3234", "Dödsbo Anna Svensson"])
@pytest.mark.parametrize("beside", [ROWS, [["x"], ["y"]], [*ROWS, line(day="31 juni").split(";")]])
def test_no_sheets_name_is_a_persons(tmp_path: Path, named: str, beside: list[list[str]]) -> None:
    """Read, not read, and named where a line does not pass."""
    passed = read(tmp_path, workbook(("Blad", [ROWS[0], line("V2").split(";")]), (named, beside)), "l.xlsx")
    assert passed.lines
    assert not [trace for trace in ("Anna", "640823") if trace in told(passed)]


def test_no_columns_name_is_a_persons(tmp_path: Path) -> None:
    passed = read(tmp_path, ledger(f"{line()};x", header=f"{HEADER};Anna 640823-3234"))
    assert "[withheld]" in told(passed)
    assert not [trace for trace in ("Anna", "640823") if trace in told(passed)]


def test_no_refusal_names_a_person(tmp_path: Path) -> None:
    rows = ledger(line(text="Dödsbo Anna Sj?berg"), line("V2", text="Bidrag Bo Sj?berg 640823-3234"))
    with pytest.raises(LedgerError, match="letters") as refused:
        read(tmp_path, rows, quarantine_limit_pct=1.0)
    assert not [trace for trace in ("Anna", "Bo Sj", "640823") if trace in str(refused.value)]
    assert "ledger.csv" in str(refused.value)


SIE = """#FLAGGA 0
#ORGNR {number}
#FNAMN "Anna Svensson"
#KONTO 6410 "L"
#VER A {voucher} 20230105 "x"
{{
#TRANS 6410 {{}} 1.00
#TRANS 2510 {{}} -{sum}
}}
"""


@pytest.mark.parametrize(("number", "is_named"), [("640823-3234", False), ("556677-8899", True), ("", True)])
def test_a_sole_trader_is_no_company(tmp_path: Path, number: str, is_named: bool) -> None:
    passed = read(tmp_path, SIE.format(number=number, voucher="1", sum="1.00"), "l.se")
    assert ("Anna" in told(passed)) == is_named


def test_no_voucher_that_is_told_is_a_persons_number(tmp_path: Path) -> None:
    passed = read(tmp_path, SIE.format(number="", voucher="640823-3234", sum="2.00"), "l.se")
    assert any("do not add up" in text for text in passed.warnings)
    assert "640823" not in told(passed)
