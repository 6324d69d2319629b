"""Ledgers as they come: each is read to the oere, or says file, line, column, value and what to do."""

import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from klimat_pipeline.cli.ledger import app
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.ledger_report import problem_line
from klimat_pipeline.spend.ledger.typed_lines import REASONS
from klimat_pipeline_tests.unit.spend.small import HEADER, KEY, balance, ledger, line, read, read_cases, typed_lines

#: A no-break space, a thin space and a narrow no-break space between thousands.
SPACES = ("\u00a0", "\u2009", "\u202f")
NAMES = HEADER.split(";")


def row(amount: object, day: object = "2023-03-01") -> list[object]:
    cells: list[object] = list(line().split(";"))
    cells[NAMES.index("belopp")], cells[NAMES.index("datum")] = amount, day
    return cells


def workbook(*rows: Sequence[object]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for cells in (NAMES, *rows):
        book.active.append(list(cells))
    book.save(held := BytesIO())
    return held.getvalue()


def parquet(amounts: pa.Array) -> bytes:
    columns = {name: pa.array([cell] * len(amounts)) for name, cell in zip(NAMES, line().split(";"), strict=True)}
    pq.write_table(pa.table(columns | {"belopp": amounts}), held := BytesIO())
    return held.getvalue()


def bomb() -> bytes:
    """A sheet of 6 MB of empty rows, in some kilobytes."""
    held = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(workbook(row(1.0)))) as sound,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in sound.namelist():
            content = sound.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", b"<row/>" * 1_000_000 + b"</sheetData>")
            made.writestr(name, content)
    return held.getvalue()


SIE = (
    b'#FLAGGA 0\n#SIETYP 4\n#KONTO 4110 "K\x94tt"\n#VER A 1 20230115\n{\n'
    b"#TRANS 4110 {} 10.50\n#TRANS 4110 {} x,1\n#TRANS\n}\n"
)


@pytest.mark.parametrize(
    ("content", "ore"),
    [
        (ledger(line(name="Åkeri AB")).encode("latin-1"), 100_00),
        (ledger(line(name="Åkeri AB")).encode("utf-16"), 100_00),
        (ledger(line(name="Åkeri AB")).encode("utf-8-sig"), 100_00),
        (ledger(line()).replace(";", "\t").encode(), 100_00),
        (workbook(row("1 234,50"), row("-1,00"), row(5.25)), 1238_75),  # texts and numbers in one column
        (workbook(row("1,234.50"), row(5.25)), 1239_75),
        (parquet(pa.array(["1 234,50", "-1,00"])), 1233_50),
        (parquet(pa.array(["1,234.50", None])), 1234_50),
        (parquet(pa.array([1234.5, -1.0])), 1233_50),
    ],
)
@pytest.mark.parametrize("key", [KEY, None], ids=["key", "no key"])
def test_spellings_are_read_to_the_oere(tmp_path: Path, content: bytes, ore: int, key: bytes | None) -> None:
    passed = read(tmp_path, content, key=key)
    assert balance(passed).get("counted", (0, 0))[1] == ore == passed.amount_ore
    assert {problem.reason for problem in passed.problems} <= {"no amount"}


@pytest.mark.parametrize("key", [KEY, None], ids=["key", "no key"])
def test_days_and_texts_are_read(tmp_path: Path, key: bytes | None) -> None:
    days = ("2023-03-01", "20230301", "2023/03/01", "01.03.2023", "2023-03-01 10:00:00")
    passed = read(tmp_path, ledger(*(line(day=d) for d in days), line("V2", item='"två\nrader; ""citat"""')), key=key)
    assert balance(passed) == {"counted": (6, 600_00)}
    *dated, quoted = typed_lines(tmp_path / "typed")
    assert dict(zip(days, (str(row["booked_on"]) for row in dated), strict=True)) == dict.fromkeys(days, "2023-03-01")
    assert quoted["item_text"] == 'två\nrader; "citat"'


@pytest.mark.parametrize("key", [KEY, None], ids=["key", "no key"])
def test_amounts_are_read_to_the_oere(tmp_path: Path, key: bytes | None) -> None:
    large = {f"1{space}234{space}567,50": 1_234_567_50 for space in SPACES}
    expected = large | {"12,50-": -12_50, "(12,50)": -12_50, "\u221212,50": -12_50}
    lines, passed = read_cases(tmp_path, expected, lambda amount: line(amount=amount), key=key)
    assert {amount: held["amount_ore"] for amount, held in lines.items()} == expected
    assert balance(passed)["counted"][1] == passed.amount_ore == 3 * 1_234_567_50 - 3 * 12_50
    assert not passed.problems


@pytest.mark.parametrize(
    ("content", "counted", "quarantined", "told"),
    [
        (
            ledger(line(), line("V2"), ";;;;;Summa;210,00;;;").encode(),
            *(200_00, 210_00, "l:4: column amount: calls itself a total, but is not the sum of the lines above it"),
        ),
        (workbook(row(1.0, 45000)), 0, 1_00, "l:2: column booked_on: no such day; a spreadsheet's serial number?"),
        (workbook(row("=1+1"), row(5.0)), 5_00, 0, "l:2: column amount: no amount; a formula that was never computed?"),
        (SIE, 10_50, 0, "l:7: column amount: no amount in the file's spelling"),
    ],
)
@pytest.mark.parametrize("key", [KEY, None], ids=["key", "no key"])
def test_what_does_not_pass_is_counted_and_told(
    tmp_path: Path, content: bytes, counted: int, quarantined: int, told: str, key: bytes | None
) -> None:
    passed = read(tmp_path, content, key=key)
    found = balance(passed)
    assert found.get("counted", (0, 0))[1] == counted
    assert found["quarantined"][1] == quarantined
    assert passed.amount_ore == counted + quarantined
    assert problem_line("l", passed.problems[0]).startswith(told)


@pytest.mark.parametrize("key", [KEY, None], ids=["key", "no key"])
def test_lines_that_do_not_pass_are_each_told(tmp_path: Path, key: bytes | None) -> None:
    rows = {
        line("V1", day="45000"): "l:2: column booked_on: no such day; a spreadsheet's serial ",
        line("V2", day="1 ventôse 2023"): "l:3: column booked_on: no such day, found '1 [text]",
        f"{line('V3')};;9": "l:4: shifted columns: the header has 10 cells, found '12 cells'",
    }
    passed = read(tmp_path, ledger(*rows), key=key)
    assert balance(passed) == {"quarantined": (3, 300_00)}
    assert passed.amount_ore == 300_00
    told = [problem_line("l", problem) for problem in passed.problems]
    assert not [one for one, begins in zip(told, rows.values(), strict=True) if not one.startswith(begins)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (ledger().encode(), "no lines below the header"),
        (b"\n\n\n", "no header found"),
        (b"<html><body>Logga in</body></html>", "Expected names such as konto_nr, belopp, datum"),
        (ledger(line() + ";9", header=HEADER + ";Belopp").encode(), "two columns are called 'belopp'. Rename"),
        (workbook(row(1.0))[:3000], "cannot be opened as a workbook .* Was it cut off on the way?"),
        (b"PAR1abc", "cannot be opened as Parquet. Was it cut off on the way?"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old or password-protected Excel file. Save it as xlsx or CSV"),
        (bomb(), "its entry 'xl/worksheets/sheet1.xml' unpacks to .* times its size, more than 200. A zip bomb?"),
        (workbook(row("1,234"), row(5.25)), "column belopp: '1,234' may be thousands or decimals, .*decimal_mark"),
        (parquet(pa.array(["1.234"])), "column belopp: '1.234' may be thousands or decimals, .*decimal_mark"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(LedgerError, match=rf"ledger.csv: .*{told}"):
        read(tmp_path, content)
    done = CliRunner().invoke(app, ["check", str(tmp_path / "ledger.csv")])
    assert done.exit_code == 1
    assert isinstance(done.exception, LedgerError)


@pytest.mark.parametrize("content", [workbook(row("1,234"), row(5.25)), parquet(pa.array(["1,234", "5,25"]))])
def test_the_setting_decides_for_texts_of_every_format(tmp_path: Path, content: bytes) -> None:
    """1,234 is 1.23 kronor by the comma and 1,234 kronor by the point; what is a number is 5.25 either way."""
    assert read(tmp_path, content, decimal_mark=",").amount_ore == 123 + 525
    if content.startswith(b"PK"):
        assert read(tmp_path, content, decimal_mark=".").amount_ore == 123400 + 525


@pytest.mark.parametrize(
    ("amount", "quantities", "expected"),
    [
        # 1.234 beside amounts with a comma may be a thousand or one and a bit; 0.234 and 12.34 can only be decimals.
        ("100,00", ("1,234", "1.234", "0.234", "12.34", "1.234.567"), [1.234, None, 0.234, 12.34, None]),
        ("100.00", ("1.234", "1,234", "0,234", "12,34", "-123,456"), [1.234, None, 0.234, 12.34, None]),
    ],
)
def test_a_quantity_that_may_be_thousands_is_not_used(
    tmp_path: Path, amount: str, quantities: tuple[str, ...], expected: list[float | None]
) -> None:
    lines = [f"{line(amount=amount)};{quantity};kg" for quantity in quantities]
    passed = read(tmp_path, ledger(*lines, header=HEADER + ";antal;mattenhet"))
    assert [row["quantity"] for row in typed_lines(tmp_path / "typed")] == expected
    assert balance(passed) == {"counted": (5, 500_00)}
    assert "not used: quantities that may be thousands or decimals (1.234, 1,234): 2" in passed.remarks


@pytest.mark.parametrize("kind", ["workbook", "parquet"])
def test_a_quantity_that_is_a_number_is_one(tmp_path: Path, kind: str) -> None:
    """Also where amounts are texts with a comma."""
    names, cells = [*NAMES, "antal", "mattenhet"], [*row("12,50"), 1.234, "kg"]
    if kind == "parquet":
        pq.write_table(pa.table({name: [cell] for name, cell in zip(names, cells, strict=True)}), held := BytesIO())
    else:
        import openpyxl

        book = openpyxl.Workbook()
        for one in (names, cells):
            book.active.append(one)
        book.save(held := BytesIO())
    assert read(tmp_path, held.getvalue()).remarks in ([], ["sheet Sheet"])
    assert [row["quantity"] for row in typed_lines(tmp_path / "typed")] == [1.234]


def test_what_is_withheld_gets_no_guess(tmp_path: Path) -> None:
    problem = read(tmp_path, ledger(line(amount="5,", item="Vård 640823-3234"))).problems[0]
    assert problem.value == "[withheld]"
    assert problem.reason == REASONS["amount_text"][1]


def test_amounts_of_four_bytes_are_read_as_far_as_they_have_oere(tmp_path: Path) -> None:
    small, large = (parquet(pa.array([100.1, amount], pa.float32())) for amount in (98_765.43, 1_234_567.89))
    assert balance(read(tmp_path, small, "ledger.parquet"))["counted"] == (2, 98_865_53)
    with pytest.raises(LedgerError, match=r"'belopp' .*float32.* from 131,072 kronor on .*decimal or float64"):
        read(tmp_path, large, "ledger.parquet")
