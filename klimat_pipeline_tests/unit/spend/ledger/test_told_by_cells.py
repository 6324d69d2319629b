"""What neither names nor settings say: signs, lines that may not count and invoices' heads, told by cells alone.

Expected kronor are written by hand. What the cells of a column tell is found before a line is typed; files that differ
in names alone are typed once. What does not belong here: names of columns (``test_columns``), dates.
"""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline_tests.unit.spend.small import ReadOnce, balance, looked_over, read, typed_lines

HEAD = "Konto;Kontotext;Leverantör;Datum;Vernr;Belopp"


def text(*lines: str, head: str = HEAD) -> str:
    return "\n".join((head, *lines)) + "\n"


def line(number: int, amount: str, *, account: str = "6410") -> str:
    return f"{account};Livs;A AB;2023-01-{number + 12:02d};V{number};{amount}"


def counted(tmp_path: Path, content: str) -> int:
    return balance(read(tmp_path, content, quarantine_limit_pct=0.1))["counted"][1]


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> ReadOnce:
    return ReadOnce(tmp_path_factory.mktemp("read_once"))


def counted_once(read_once: ReadOnce, content: str) -> int:
    """As ``counted``; of files that differ in names alone one is read."""
    return balance(read_once(content, quarantine_limit_pct=0.1)[1])["counted"][1]


# -- signs in columns of any name --


@pytest.mark.parametrize("name", ["BN", "BNr", "PstKy", "BSCHL"])
def test_posting_keys_by_any_of_their_names_tell_credits(read_once: ReadOnce, name: str) -> None:
    # 1,000 + 500 - 200; a column of other codes under such a name tells nothing
    cells = zip(("1000,00", "500,00", "200,00"), ("40", "40", "50"), strict=True)
    lines = [f"{line(number, amount)};{key}" for number, (amount, key) in enumerate(cells, start=1)]
    assert counted_once(read_once, text(*lines, head=f"{HEAD};{name}")) == 1_300_00
    other = [one.removesuffix("40").removesuffix("50") + "A7" for one in lines]
    assert counted_once(read_once, text(*other, head=f"{HEAD};{name}")) == 1_700_00


def test_posting_keys_under_an_unknown_name_are_told(tmp_path: Path) -> None:
    lines = [f"{line(number, '100,00')};{key}" for number, key in enumerate(("40", "50", "40"), start=1)]
    warnings = read(tmp_path, text(*lines, head=f"{HEAD};Sort")).warnings
    assert any(one.startswith("'Sort' says 50 of lines whose amounts have no minus") for one in warnings)


@pytest.mark.parametrize(
    ("head", "debit", "credit"),
    [("Sida", "D", "K"), ("Riktning", "S", "H"), ("Fr", "+", "-"), ("", "", "-"), ("", "", "K"), ("", "D", "K")],
)
def test_a_sign_in_a_column_of_any_name_is_told(tmp_path: Path, head: str, debit: str, credit: str) -> None:
    lines = (f"{line(n, f'{n}00,00')};{cell}" for n, cell in enumerate((debit, credit, debit), start=1))
    warnings = looked_over(tmp_path, text(*lines, head=f"{HEAD};{head}")).warnings
    told = f"{head or 'column 7'!r} says {credit} of lines whose amounts have no minus"
    assert any(one.startswith(told) for one in warnings)


@pytest.mark.parametrize(
    ("head", "cells"),
    [("Sektion", ("D", "K", "E")), ("Projekt", ("", "-", "")), ("Kanal", ("K", "K", "K")), ("", ("", "", "12"))],
)
def test_other_codes_are_no_signs(tmp_path: Path, head: str, cells: tuple[str, ...]) -> None:
    lines = (f"{line(n, '100,00')};{cell}" for n, cell in enumerate(cells, start=1))
    warnings = looked_over(tmp_path, text(*lines, head=f"{HEAD};{head}")).warnings
    assert not any("have no minus" in one for one in warnings)


@pytest.mark.parametrize(
    ("said", "amount", "is_told"),
    [
        ("Kreditfaktura 55, se faktura 12", "200,00", True),
        ("Kredit nota", "200,00", True),
        ("Kreditering av faktura 12", "200,00", True),
        ("Kreditfaktura 55", "-200,00", False),
        ("Kreditupplysning", "200,00", False),
        ("Avser kreditfaktura", "200,00", False),
    ],
)
def test_a_text_of_a_credit_note_without_a_minus_is_told(tmp_path: Path, said: str, amount: str, is_told: bool) -> None:
    lines = (f"{line(1, '100,00')};Mjölk", f"{line(2, amount)};{said}")
    warnings = looked_over(tmp_path, text(*lines, head=f"{HEAD};Text")).warnings
    assert any("'Text' says a credit note of lines whose amounts have no minus" in one for one in warnings) == is_told


# -- lines that may not count --


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("Version", ("Utfall", "Budget", "Utfall")),
        ("Typ", ("Utfall", "Prognos 2", "Utfall")),
        ("Preliminär", ("", "X", "")),
        ("Raderad", ("0", "1", "0")),
        ("Motbokad", ("", "J", "")),
    ],
)
def test_lines_of_no_outcome_are_told(tmp_path: Path, head: str, cells: tuple[str, ...]) -> None:
    lines = (f"{line(n, '100,00')};{cell}" for n, cell in enumerate(cells, start=1))
    warnings = looked_over(tmp_path, text(*lines, head=f"{HEAD};{head}")).warnings
    assert any(one.startswith(f"{head!r} says {cells[1]} of some lines, and they count") for one in warnings)


# -- the whole invoice beside its coding lines --


def invoice(number: int, head: int, *parts: int) -> list[str]:
    return [line(number, f"{kronor},00") for kronor in (head, *parts)]


def test_a_line_for_the_whole_invoice_is_refused(tmp_path: Path) -> None:
    """Twice 100 + 250 + 420 kronor."""
    lines = [*invoice(1, 100, 60, 40), *invoice(2, 250, 100, 100, 50), *invoice(3, 420, 400, 20), *invoice(4, 80, 80)]
    with pytest.raises(LedgerError, match=r"on 4 of 4 vouchers with several lines, one line is the sum of the others"):
        read(tmp_path, text(*lines))
    assert balance(read(tmp_path, text(*lines), overlap="keep"))["counted"][1] == 1700_00


def test_a_whole_beside_parts_of_one_share_on_accounts_of_their_own_is_refused(tmp_path: Path) -> None:
    """Eight invoices of 100 to 800 kronor, each with 60 % food and 40 % paper below it."""
    lines = [
        line(n, f"{n * part},00", account=account)
        for n in range(1, 9)
        for part, account in ((100, "6410"), (60, "6410"), (40, "6430"))
    ]
    with pytest.raises(LedgerError, match=r"on 8 of 8 vouchers with several lines, one line is the sum of the others"):
        read(tmp_path, text(*lines))


def test_invoices_that_are_split_by_a_key_are_lines(tmp_path: Path) -> None:
    """A half to the school, a quarter each to two others."""
    lines = [one for n in range(1, 9) for one in invoice(n, 40 * n, 20 * n, 20 * n)]
    assert counted(tmp_path, text(*lines)) == 80 * 36 * 100


def test_a_voucher_may_have_a_line_as_large_as_the_others(tmp_path: Path) -> None:
    lines = [*invoice(1, 100, 60, 40), *invoice(2, 250, 100, 30), *invoice(3, 420, 400, 20)]
    assert counted(tmp_path, text(*lines)) == (200 + 380 + 840) * 100


# -- accounts, currencies and totals --


@pytest.mark.parametrize(
    ("account", "is_told"),
    [("1100/6410/200", True), ("1100 6410 200", True), ("6410,00", False), ("6410 - Livs", False)],
)
def test_several_codes_in_the_account_s_cell_are_told(tmp_path: Path, account: str, is_told: bool) -> None:
    warnings = looked_over(tmp_path, text(line(1, "100,00", account=account))).warnings
    assert any("'Konto' holds several codes in one cell" in one for one in warnings) == is_told


@pytest.mark.parametrize("head", ["Belopp €", "Belopp (£)", "Belopp $"])
def test_a_sign_of_another_currency_in_a_name_is_no_krona(tmp_path: Path, head: str) -> None:
    with pytest.raises(LedgerError, match="no column for amount"):
        read(tmp_path, text(line(1, "100,00")).replace("Belopp", head))


def test_words_for_kronor_are_a_currency(tmp_path: Path) -> None:
    words = ("Svenska kronor", "kronor", "kr.", "SKR")
    lines = [f"{line(n, f'{n}00,00')};{word}" for n, word in enumerate(words, start=1)]
    assert counted(tmp_path, text(*lines, head=f"{HEAD};Valuta")) == 1000_00
    amounts = [row["amount_ore"] for row in typed_lines(tmp_path / "typed")]
    assert dict(zip(words, amounts, strict=True)) == dict(zip(words, (100_00, 200_00, 300_00, 400_00), strict=True))


@pytest.mark.parametrize(
    "total",
    [
        ["Kontrollsumma;;;;;300,00"],
        ["Antal poster: 2;;;;;300,00"],
        ["Att transportera;;;;;300,00", "Transport från föregående sida;;;;;300,00"],
    ],
)
def test_sums_of_other_names_are_no_lines(tmp_path: Path, total: list[str]) -> None:
    lines = [line(1, "100,00"), line(2, "200,00")]
    assert counted(tmp_path, text(*lines, *total)) == 300_00


@pytest.mark.parametrize("is_above", [True, False])
def test_sums_of_accounts_with_a_day_stop_wherever_they_stand_and_one_is_told(tmp_path: Path, is_above: bool) -> None:
    lines = [line(n, f"{n}00,00", account=f"64{n % 2}0") for n in range(1, 7)]  # 100 + 300 + 500, 200 + 400 + 600
    sums = ["6410;Livs;;2023-12-31;;900,00", "6400;Livs;;2023-12-31;;1200,00"]
    with pytest.raises(LedgerError, match=r"2 lines without supplier and voucher \(2,100.00 SEK\) .*: they are totals"):
        read(tmp_path, text(*(sums + lines if is_above else lines + sums)))
    warnings = read(tmp_path, text(*(sums[:1] + lines if is_above else lines + sums[:1]))).warnings
    assert any(one.startswith("1 lines without supplier and voucher (900.00 SEK) are each") for one in warnings)


# -- lines without an amount --

MANY = [line(n % 15, f"{n}00,00").replace(f"V{n % 15};", f"V{n};") for n in range(1, 101)]


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        (";;;;;tkr", "tkr"),
        (";;;;;(tkr)", "tkr"),
        ("nr;text;namn;ÅÅÅÅ-MM-DD;nr;[mkr]", "mkr"),
        (";;;;;EUR", "EUR"),
        ("Alla belopp i tkr;;;;;", "tkr"),
        (";Beloppen är inkl. moms;;;;", "inkl. moms"),
    ],
)
@pytest.mark.parametrize("is_above", [True, False])
def test_what_a_line_without_an_amount_says_of_amounts_is_asked(
    tmp_path: Path, unit: str, said: str, is_above: bool
) -> None:
    """One line of 101 that does not pass is allowed: the others counted as kronor without VAT."""
    lines = [unit, *MANY] if is_above else [*MANY, unit]
    with pytest.raises(LedgerError, match=f"'{said}' stands in a line without an amount"):
        read(tmp_path, text(*lines), quarantine_limit_pct=1)


@pytest.mark.parametrize("unit", [";;;;;SEK", ";;;;;kr", "Alla belopp är exkl. moms;;;;;", "Livsmedel inkl. moms;;;;;"])
def test_a_line_without_an_amount_may_say_nothing_of_amounts(tmp_path: Path, unit: str) -> None:
    passed = read(tmp_path, text(unit, *MANY), quarantine_limit_pct=1)
    assert balance(passed)["counted"][1] == 100_00 * 100 * 101 // 2


def test_a_line_that_fails_says_nothing_of_the_others(tmp_path: Path) -> None:
    lines = [f"{one};Livs" for one in MANY]
    passed = read(tmp_path, text(*lines, f"{line(2, '?')};Belopp 50 EUR", head=f"{HEAD};Text"), quarantine_limit_pct=1)
    assert balance(passed)["counted"][0] == 100


def test_hundredths_in_a_column_of_their_own_are_not_left_out(tmp_path: Path) -> None:
    lines = [f"{line(1, '100')};50", f"{line(2, '200')};00"]
    head = HEAD.replace("Belopp", "Kronor")
    with pytest.raises(LedgerError, match="column 'Öre' holds the hundredths of 'Kronor'"):
        read(tmp_path, text(*lines, head=f"{head};Öre"))


# -- workbooks --

COLUMNS = ["Konto", "Kontotext", "Leverantör", "Datum", "Vernr", "Belopp"]


def book(shown: str = "General", **sheets: list[float]) -> bytes:
    """A sheet for each list of amounts; those whose names begin with an underscore are hidden."""
    made, content = openpyxl.Workbook(), BytesIO()
    made.remove(made.active)
    for name, amounts in sheets.items():
        sheet = made.create_sheet(name.strip("_"))
        sheet.append(COLUMNS)
        for n, amount in enumerate(amounts, start=1):
            sheet.append([6410, "Livs", "A AB", date(2023, 1, n + 12), f"{name}{n}", amount])
            sheet.cell(n + 1, 6).number_format = shown
        sheet.sheet_state = "hidden" if name.startswith("_") else "visible"
    made.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("shown", "said"),
    [("[$€-407] #,##0.00", "€"), ('#,##0 "tkr"', "tkr"), ('#,##0.00 "EUR"', "EUR"), ("[$$-409]#,##0.00", r"US\$")],
)
def test_what_the_format_of_amounts_says_is_asked(tmp_path: Path, shown: str, said: str) -> None:
    with pytest.raises(LedgerError, match=f"'{said}' stands in the number format of its amounts"):
        read(tmp_path, book(shown, Blad1=[100, 200]), "l.xlsx")
    assert balance(read(tmp_path, book(shown, Blad1=[100, 200]), "l.xlsx", amount_unit="kr"))["counted"][1] == 300_00


@pytest.mark.parametrize(
    "shown", ['#,##0.00 "kr"', '#,##0.00\\ "kr";[Red]-#,##0.00\\ "kr"', '#,##0, "tkr"', "[$kr-41D] #,##0", "[Red]0.00"]
)
def test_kronor_and_what_is_only_shown_in_thousands_are_kronor(tmp_path: Path, shown: str) -> None:
    """A comma behind the last digit shows thousands of a cell that holds kronor."""
    assert balance(read(tmp_path, book(shown, Blad1=[1000, 2500]), "l.xlsx"))["counted"][1] == 3500_00


def test_an_account_that_is_shown_as_a_day_is_none(tmp_path: Path) -> None:
    """6410 is 1917-07-19, and 1917 would be cash."""
    made = openpyxl.load_workbook(BytesIO(book(Blad1=[100.0, 200.0])))
    made["Blad1"].cell(3, 1).number_format = "yyyy-mm-dd"
    content = BytesIO()
    made.save(content)
    passed = read(tmp_path, content.getvalue(), "l.xlsx")
    assert balance(passed) == {"counted": (1, 100_00), "quarantined": (1, 200_00)}


@pytest.mark.parametrize(
    ("sheets", "told"),
    [
        ({"Blad1": [100.0], "_Blad2": [7.0]}, "lines of the hidden sheets Blad2 count"),
        ({"Leverantörer": [100.0], "Kundfakturor": [7.0]}, "lines of the sheets Kundfakturor count as they stand"),
        ({"Blad1": [100.0], "Blad2": [7.0]}, ""),
    ],
)
def test_sheets_out_of_sight_are_told(tmp_path: Path, sheets: dict[str, Any], told: str) -> None:
    passed = read(tmp_path, book(**sheets), "l.xlsx")
    assert balance(passed)["counted"][1] == 107_00
    assert any(told in one for one in passed.warnings) if told else not any("count" in one for one in passed.warnings)
