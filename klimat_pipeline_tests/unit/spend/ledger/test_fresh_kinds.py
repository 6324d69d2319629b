"""Ledgers of fresh kinds, invented and summed by hand before they were read: sheets that sum up, spellings, names, files."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline_tests.unit.spend.ledger.test_sie import HEAD, voucher
from klimat_pipeline_tests.unit.spend.small import balance, read, read_folder, typed_lines

NAMES = "Konto;Kontotext;Leverantör;Orgnr;Datum;Belopp"
#: Wages by the account's text alone: 400 kronor are purchases.
WAGES = (
    "6990;Löner;Firma AB;556677-8899;2023-01-05;150,00",
    "6400;Förbrukningsmateriel;Firma AB;556677-8899;2023-01-05;400,00",
)


def text(*rows: str, head: str = NAMES) -> str:
    return "\n".join((head, *rows)) + "\n"


def amounts(*some: str) -> str:
    return text(*(f"6410;Livs;Firma AB;556677-8899;2023-01-05;{amount}" for amount in some))


def days(*some: str, head: str = "Period") -> str:
    rows = (f"6410;Livs;Firma AB;556677-8899;{day};100,00" for day in some)
    return text(*rows, head=NAMES.replace("Datum", head))


def signs(head: str, *said: str) -> str:
    rows = (f"6410;Livs;Firma AB;556677-8899;2023-01-05;{cell}" for cell in said)
    return text(*rows, head=f"{NAMES};{head}")


def accounts(*some: str) -> str:
    return text(*(f"{account};;Firma AB;556677-8899;2023-01-05;100,00" for account in some))


def kronor(content: str | bytes, tmp_path: Path, name: str = "ledger.csv") -> float:
    passed = read(tmp_path, content, name, quarantine_limit_pct=1.0)
    assert not passed.problems
    return balance(passed).get("counted", (0, 0))[1] / 100


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(days("01/2023", "1-2023", "12.2023"), 300, id="month before the year"),
        pytest.param(days("20230131000000", "20230201235959", head="Datum"), 200, id="fourteen digits"),
        pytest.param(days("1/31/2023 12:00:00 AM", "2/13/2023 1:30 PM", head="Datum"), 200, id="twelve hours"),
        pytest.param(days("2023-01-31", head="Bokföringsdatum (ÅÅÅÅ-MM-DD)"), 100, id="a name says the form of dates"),
        pytest.param(days("2022-12-31;2023-01-31", head="Attestdatum;Bokdag"), 100, id="day of booking"),
        pytest.param(accounts("6410Livsmedel", "6410 Livsmedel"), 200, id="nothing between account and text"),
        pytest.param(signs("Typ", "1500,00;F", "200,00;K"), 1300, id="F and K"),
        pytest.param(signs("Dokumenttyp", "1500,00;Faktura", "200,00;Kreditnota"), 1300, id="type of document"),
        pytest.param(signs("Typ", "1500,00;K", "200,00;K"), 1700, id="K alone says nothing"),
        pytest.param(signs("Typ", "1500,00;EL", "200,00;K"), 1700, id="other types"),
        pytest.param(text(*WAGES) + "\x1a", 400, id="end of a file of DOS"),
        pytest.param(text("6410;;;;;", *WAGES, "Antal;2;;;;"), 400, id="headings and counts"),
        pytest.param(text(*WAGES).replace("Kontotext", "Benämning"), 400, id="the text beside the account"),
        pytest.param(
            text(*(w.replace("05;", f"0{n};") for w in WAGES for n in range(1, 5))).replace("Kontotext", "Slag"),
            1600,
            id="a column beside the account with one text for each",
        ),
        pytest.param(text(*WAGES).replace("Belopp", "Belopp exkl"), 400, id="excluding"),
        pytest.param(signs("Belopp inkl", "100,00;125,00").replace(";Belopp;", ";Belopp exkl;"), 100, id="both"),
        pytest.param(text(*WAGES, head=f"{NAMES}").replace("Belopp", "Inköpsbelopp SEK"), 400, id="amount of purchase"),
    ],
)
def test_is_read(tmp_path: Path, content: str, expected: float) -> None:
    assert kronor(content, tmp_path) == expected


def test_amounts_are_read(tmp_path: Path) -> None:
    """Whole kronor, oere after a colon, no figure before the comma, apostrophes and kronor: 1,700 + 1,299.5 + 1,300.25."""
    expected = {
        **{"1500,-": 1500, "200:-": 200, "1 500:00": 1500, "-200:50": -200.5},
        **{",50": 0.5, "-,25": -0.25, "1'500,00": 1500, "kr -200,00": -200},
    }
    assert kronor(amounts(*expected), tmp_path) == 4299.75
    found = [row["amount_ore"] / 100 for row in typed_lines(tmp_path / "typed")]
    assert dict(zip(expected, found, strict=True)) == expected


@pytest.mark.parametrize("letter", ["=F6", "%C3%B6", "\\u00f6"])
def test_letters_that_are_written_as_codes_are_lost(tmp_path: Path, letter: str) -> None:
    with pytest.raises(LedgerError, match="letters of the account's text are lost on 2 lines"):
        read(tmp_path, text(*WAGES).replace("ö", letter), quarantine_limit_pct=1.0)


def test_the_account_s_text_beside_it_is_told(tmp_path: Path) -> None:
    remarks = read(tmp_path, text(*WAGES).replace("Kontotext", "Benämning")).remarks
    assert any("the account's text is read from 'Benämning'" in remark for remark in remarks)


def test_a_column_of_suppliers_beside_the_account_is_not_its_text(tmp_path: Path) -> None:
    rows = [f"64{n % 3}0;Firma {n} AB;2023-01-05;100,00" for n in range(9)]
    assert "account_text" not in read(tmp_path, text(*rows, head="Konto;Vem;Datum;Belopp")).form.fields


def book(**sheets: list[list[Any]]) -> bytes:
    import openpyxl

    made, content = openpyxl.Workbook(), BytesIO()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in [["Konto", "Kontotext", "Leverantör", "Datum", "Belopp"], *rows]:
            sheet.append(row)
    made.save(content)
    return content.getvalue()


def row(amount: float, month: int = 1, supplier: str = "Firma AB", day: int = 5) -> list[Any]:
    return [6410, "Livs", supplier, date(2023, month, day), amount]


JANUARY, FEBRUARY = [row(100), row(200)], [row(50, 2)]


@pytest.mark.parametrize(
    ("sheets", "expected", "left_out"),
    [
        pytest.param({"Jan": JANUARY, "Feb": FEBRUARY, "Alla": [*JANUARY, *FEBRUARY]}, 350, "Jan", id="all, last"),
        pytest.param({"Alla": [*JANUARY, *FEBRUARY], "Jan": JANUARY}, 350, "Jan", id="all, first"),
        pytest.param(
            {"Jan": JANUARY, "Feb": FEBRUARY, "Per månad": [row(300, 1, "", 31), row(50, 2, "", 28)]},
            350,
            "Per månad (2 rows)",
            id="sums without suppliers",
        ),
        pytest.param(
            {"Summering": [row(300, 1, "Alla", 31)], "Blad1": JANUARY}, 300, "Summering (1 rows)", id="by its name"
        ),
        pytest.param({"Jan": [row(100)], "Feb": [row(200, 2)], "Mar": [row(300, 3)]}, 600, "", id="March"),
        pytest.param({"Skola": [row(100)], "Vård": [row(200)], "Teknik": [row(300)]}, 600, "", id="departments"),
    ],
)
def test_a_sheet_that_sums_up_the_others_is_left_out(
    tmp_path: Path, sheets: dict[str, list[list[Any]]], expected: float, left_out: str
) -> None:
    passed = read(tmp_path, book(**sheets), "ledger.xlsx")
    assert balance(passed)["counted"][1] == expected * 100
    assert any(f"sheets not read: {left_out}" in warning for warning in passed.warnings) == bool(left_out)


def test_what_an_sie_file_does_not_say_is_told(tmp_path: Path) -> None:
    content = HEAD.replace("#RAR", "#X") + "#RAR 0 20230101 20231231\n" + voucher(1, "100.00", day="20220105")
    warnings = read(tmp_path, content, "l.se").warnings
    assert any("2 transactions are of days outside the year of the file" in text for text in warnings)


#: Four accounts of a year, each with seven lines.
LEDGER = [f"64{n % 4}0;Livs;Firma AB;556677-8899;2023-{n % 12 + 1:02d}-{n:02d};{n * n},25;V{n}" for n in range(1, 29)]


def folder(tmp_path: Path, **files: str | bytes) -> Path:
    place = tmp_path / "m" / "ledger"
    place.mkdir(parents=True)
    for name, content in files.items():
        (place / name.replace("_", ".")).write_bytes(content.encode() if isinstance(content, str) else content)
    return tmp_path / "m"


def test_a_summary_beside_its_ledger_is_refused(tmp_path: Path) -> None:
    sums: dict[tuple[int, int], float] = {}
    for n in range(1, 29):
        key = (n % 4, n % 12 + 1)
        sums[key] = sums.get(key, 0) + n * n + 0.25
    summary = [
        f"64{account}0;Livs;;;2023-{month:02d}-28;{ore:.2f}".replace(".", ",") for (account, month), ore in sums.items()
    ]
    place = folder(tmp_path, a_csv=text(*LEDGER, head=f"{NAMES};Vernr"), b_csv=text(*summary))
    with pytest.raises(ProblemsError, match=r"the sums of 4 accounts are, to the öre, those of .*overlap: keep"):
        read_folder(place, tmp_path / "s")


def test_the_same_vouchers_with_other_numbers_are_refused(tmp_path: Path) -> None:
    other = [line.replace(";V", ";X") for line in LEDGER]
    head = f"{NAMES};Vernr"
    place = folder(tmp_path, a_csv=text(*LEDGER, head=head), b_csv=text(*other, head=head))
    with pytest.raises(ProblemsError, match="the sums of 4 accounts are"):
        read_folder(place, tmp_path / "s")
    assert sum(report.of("counted")[0] for report in read_folder(place, tmp_path / "s", overlap="keep")) == 56


def test_other_suppliers_with_the_same_sums_are_others(tmp_path: Path) -> None:
    other = [line.replace("556677-8899", "556036-0793").replace(";V", ";X") for line in LEDGER]
    head = f"{NAMES};Vernr"
    place = folder(tmp_path, a_csv=text(*LEDGER, head=head), b_csv=text(*other, head=head))
    assert sum(report.of("counted")[0] for report in read_folder(place, tmp_path / "s")) == 56


def test_a_workbook_of_the_same_lines_counts_once(tmp_path: Path) -> None:
    """It has no numbers of suppliers and of vouchers: days, accounts and amounts of nine lines in ten are enough."""
    cells = [line.split(";") for line in LEDGER]
    rows = [[c[0], c[1], c[2], date.fromisoformat(c[4]), float(c[5].replace(",", "."))] for c in cells]
    place = folder(tmp_path, a_csv=text(*LEDGER, head=f"{NAMES};Vernr"), b_xlsx=book(Blad1=rows))
    assert sum(report.of("counted")[0] for report in read_folder(place, tmp_path / "s")) == 28


def three_rows(*kronor: float) -> list[list[Any]]:
    return [row(amount, day=5 + n) for n, amount in enumerate(kronor)]


def test_sheets_with_and_without_vat_are_refused(tmp_path: Path) -> None:
    """Without VAT, and with 25, 12 and 6 per cent; other amounts of another unit are both read."""
    net, gross, other = three_rows(100, 200, 300), three_rows(125, 224, 318), three_rows(111, 222, 400)
    with pytest.raises(LedgerError, match="the rows of sheet Exkl are those of sheet Inkl, but .*Inkl include VAT"):
        read(tmp_path, book(Exkl=net, Inkl=gross), "l.xlsx")
    assert balance(read(tmp_path, book(Skola=net, Park=other), "l.xlsx"))["counted"] == (6, 600_00 + 733_00)


def test_lines_that_may_be_cancelled_are_told(tmp_path: Path) -> None:
    passed = read(tmp_path, signs("Status", "100,00;Betald", "900,00;Makulerad"))
    assert balance(passed)["counted"] == (2, 1000_00)
    assert "'Status' says Makulerad of some lines, and they count: are they purchases?" in passed.warnings
