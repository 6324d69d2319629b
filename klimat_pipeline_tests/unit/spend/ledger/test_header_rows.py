"""Headers on two rows, second tables, sheets that differ in a column, and sheets of a year. Sums by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline_tests.unit.spend.ledger.test_workbooks import workbook
from klimat_pipeline_tests.unit.spend.small import ReadOnce, balance, read, typed_lines


def counted(tmp_path: Path, content: str | bytes, name: str = "l.csv") -> float:
    return balance(read(tmp_path, content, name, quarantine_limit_pct=0.1))["counted"][1] / 100


# -- two rows --

TWO_ROWS = [
    (("Faktura;;;Belopp;;", "Nr;Datum;Konto;exkl.;moms;inkl."), ("1;2023-01-05;6410;{net};25,00;{gross}",)),
    (("Konto;Datum;Leverantör;Belopp;;", ";;;Brutto;Moms;Netto"), ("6410;2023-01-05;A AB;{gross};25,00;{net}",)),
    (("Konto;Datum;Leverantör;Belopp;Belopp", ";;;exkl moms;inkl moms"), ("6410;2023-01-05;A AB;{net};{gross}",)),
    ((";Faktura;;;Belopp;", "Konto;Nr;Datum;Lev;exkl. moms;inkl. moms"), ("6410;1;2023-01-05;A AB;{net};{gross}",)),
    (("Leverantör;;Kontering;;", "Namn;Orgnr;Konto;Datum;Belopp"), ("A AB;556677-8899;6410;2023-01-05;{net}",)),
    (("Konto;Datum;Leverantör;Belopp;", ";;;Utfall;Budget"), ("6410;2023-01-05;A AB;{net};{gross}",)),
    (("Konto;Datum;Leverantör;Belopp;", ";;;Debet;Kredit"), ("6410;2023-01-05;A AB;{gross};25,00",)),
]


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> ReadOnce:
    return ReadOnce(tmp_path_factory.mktemp("read_once"))


@pytest.mark.parametrize(("header", "line"), TWO_ROWS)
@pytest.mark.parametrize("title", ["", "Leverantörsreskontra"])
def test_a_header_on_two_rows_is_read(
    tmp_path: Path, read_once: ReadOnce, header: Sequence[str], line: Sequence[str], title: str
) -> None:
    """100 + 200, without 25 % of VAT, as CSV and as a workbook."""
    lines = [line[0].format(net=net, gross=gross) for net, gross in (("100,00", "125,00"), ("200,00", "225,00"))]
    whole = [*([title] if title else []), *header, *lines]
    _, passed = read_once("\n".join(whole), quarantine_limit_pct=0.1)
    assert balance(passed)["counted"][1] == 300_00
    passed = read(tmp_path, workbook({"Blad1": [one.split(";") for one in whole]}), "l.xlsx")
    assert balance(passed)["counted"][1] == 300_00
    assert any(one.startswith("the header stands on two rows") for one in passed.remarks)


def test_parts_of_unknown_names_are_asked(tmp_path: Path) -> None:
    """The first part of Belopp may be last year's."""
    content = "Konto;Leverantör;Datum;Belopp;\n;;;Föregående år;I år\n" + "6410;A AB;2023-01-05;100,00;70,00\n" * 300
    with pytest.raises(LedgerError, match="no column for amount among .*'Belopp Föregående år', 'Belopp I år'"):
        read(tmp_path, content)
    assert counted(tmp_path, content.replace("I år", "Utfall").replace("Föregående år", "Budget")) == 21_000


@pytest.mark.parametrize("above", ["Faktura;;;", "Leverantörsreskontra;;;2023", "Belopp;;;", ";;;"])
def test_a_title_above_a_header_is_no_part_of_it(read_once: ReadOnce, above: str) -> None:
    form, passed = read_once(f"{above}\nKonto;Leverantör;Datum;Belopp\n6410;A AB;2023-01-05;100,00\n")
    assert (balance(passed)["counted"][1], form.header[0]) == (100_00, "Konto")


# -- a second table --

LINES = "".join(f"6410;A AB;2023-01-05;{n},00\n" for n in range(1, 301))
FIRST = f"Konto;Leverantör;Datum;Belopp\n{LINES}"


@pytest.mark.parametrize(
    "second",
    [
        "Konto;Kontotext;Leverantör;Datum;Belopp\n6410;Livs;B AB;2023-01-07;300,00",
        "Kostnadsställe;Namn;Tid;Utfall\n6410;B AB;2023-01-07;300,00",
        "Datum;Konto;Belopp;Leverantör\n2023-01-07;6410;300,00;B AB",
    ],
)
def test_a_second_table_below_is_refused(tmp_path: Path, second: str) -> None:
    with pytest.raises(LedgerError, match=r"l.csv:30[23]: another header begins here"):
        read(tmp_path, f"{FIRST}\n{second}\n", "l.csv")


def test_a_header_in_another_language_below_the_first_changes_nothing(tmp_path: Path) -> None:
    passed = read(tmp_path, FIRST.replace("Belopp\n", "Belopp\nAccount;Supplier;Date;Amount\n"), quarantine_limit_pct=1)
    assert balance(passed) == {"counted": (300, 45_150_00), "quarantined": (1, 0)}


def test_a_table_above_one_with_more_names_is_refused(tmp_path: Path) -> None:
    below = "Konto;Kontotext;Leverantör;Orgnr;Datum;Vernr;Belopp"
    above = "Konto;Leverantör;Datum;Belopp;;;\n6410;A AB;2023-01-05;100,00;;;\n"
    content = f"{above}\n{below}\n6410;Livs;B AB;556677-8899;2023-01-07;V1;300,00\n"
    with pytest.raises(LedgerError, match="two tables stand below each other, the first with its header in row 1"):
        read(tmp_path, content)
    with pytest.raises(LedgerError, match="sheet Blad1: two tables"):
        read(tmp_path, workbook({"Blad1": [one.split(";") for one in content.split("\n")]}), "l.xlsx")


def test_a_small_summary_above_the_header_is_none(tmp_path: Path) -> None:
    content = f"Konto;Summa;;\n6410;45150,00;;\n\n{FIRST}"
    assert counted(tmp_path, content) == 300 * 301 / 2


# -- sheets --

NAMES = ["Konto", "Leverantör", "Datum", "Belopp"]


def sheet(*amounts: float, month: int = 1, head: Sequence[str] = NAMES, more: Sequence[Any] = ()) -> list[list[Any]]:
    return [[*head], *([6410, "A AB", f"2023-{month:02d}-05", amount, *more] for amount in amounts)]


@pytest.mark.parametrize("extra", ["Kommentar", "Vernr", "Projekt", "Text"])
def test_a_sheet_with_a_column_more_is_read_by_name(tmp_path: Path, extra: str) -> None:
    """100 + 200 + 400, whichever sheet has it and wherever it stands."""
    with_more = sheet(200, month=2, head=[*NAMES, extra], more=["X1"])
    turned = [[row[-1], *row[:-1]] for row in with_more]
    for other in (with_more, turned):
        for order in (("a", "b", "c"), ("b", "a", "c")):
            sheets = {"a": sheet(100), "b": other, "c": sheet(400, month=3)}
            passed = read(tmp_path, workbook({name: sheets[name] for name in order}), "l.xlsx")
            assert balance(passed)["counted"] == (3, 700_00)
            assert any(f"{extra!r} is not on a, c" in one for one in passed.warnings)
    if extra == "Vernr":
        assert sorted(row["voucher"] for row in typed_lines(tmp_path / "typed")) == ["", "", "X1"]


def test_a_sheet_of_all_lines_with_a_column_more_is_the_others_copy(tmp_path: Path) -> None:
    everything = [*sheet(100, head=[*NAMES, "Kommentar"], more=["sedd"]), *sheet(200, month=2, more=["sedd"])[1:]]
    content = workbook({"Jan": sheet(100), "Feb": sheet(200, month=2), "Alla": everything})
    assert counted(tmp_path, content, "l.xlsx") == 300


@pytest.mark.parametrize(
    "head", [[*NAMES[:3], "Belopp inkl moms"], [*NAMES, "Valuta"], ["Konto", "Text", "Datum", "Belopp"]]
)
def test_sheets_that_differ_in_more_are_refused(tmp_path: Path, head: list[str]) -> None:
    """Amounts of another kind, a currency, and no supplier, as a summary has none."""
    content = workbook({"Jan": sheet(100), "Feb": sheet(200, month=2, head=head, more=["EUR"] * (len(head) > 4))})
    with pytest.raises(LedgerError, match="have different headers, and each could be the ledger"):
        read(tmp_path, content, "l.xlsx")


def test_two_sheets_of_the_same_amounts_with_vat_and_without_and_a_column_more(tmp_path: Path) -> None:
    content = workbook(
        {"A": sheet(100, 200, 300, 400), "B": sheet(125, 250, 375, 500, head=[*NAMES, "Kommentar"], more=["x"])}
    )
    with pytest.raises(LedgerError, match="include VAT. Leave one of them in the workbook"):
        read(tmp_path, content, "l.xlsx")


def test_a_sheet_and_its_corrected_copy_are_refused(tmp_path: Path) -> None:
    """7,800 or 7,801, and not both: no voucher tells, but eleven rows of twelve."""
    amounts = [100 * n for n in range(1, 13)]
    sheets = {"Blad1": sheet(*amounts), "Blad1 (2)": sheet(101, *amounts[1:])}
    with pytest.raises(LedgerError, match="11 different lines above line 13, .* the file holds them twice"):
        read(tmp_path, workbook(sheets), "l.xlsx")
    others = [one + n * n for n, one in enumerate(amounts)]  # 7,800 and 0 + 1 + 4 + ... + 121
    content = workbook({**sheets, "Blad1 (2)": sheet(*others)})
    assert counted(tmp_path, content, "l.xlsx") == 7_800 + 7_800 + 506


# -- months on sheets of a year --


def months(one: Any, other: Any, amount: float, name: str = "Månad") -> list[list[Any]]:
    return [["Konto", "Leverantör", name, "Belopp"], [6410, "A AB", one, amount], [6410, "A AB", other, amount]]


#: Kronor on each line of a sheet, by the sheet's name: 2 x 510 together.
SHEETS_OF_YEARS = {
    **{"2022": 100, "2023": 50, "År 2022": 110, "År 2023": 60},
    **{"Utfall 2022": 120, "Utfall 2023": 70},
}


@pytest.mark.parametrize("pair", [("Januari", "Februari"), ("jan", "feb."), ("1", "2"), (1, 2), ("01", "02")])
def test_the_year_of_months_is_that_of_their_sheet(tmp_path: Path, pair: tuple[Any, Any]) -> None:
    """Whatever stands before the year."""
    content = workbook({name: months(*pair, amount) for name, amount in SHEETS_OF_YEARS.items()})
    passed = read(tmp_path, content, "l.xlsx")
    assert balance(passed)["counted"] == (12, 1_020_00)
    days = [(str(row["booked_on"]), row["amount_ore"]) for row in typed_lines(tmp_path / "typed")]
    expected = [
        (f"{name[-4:]}-{month}-01", amount * 100) for name, amount in SHEETS_OF_YEARS.items() for month in ("01", "02")
    ]
    assert days == expected
    assert any(
        "no column holds years: lines are of those told by their sheets' names" in one for one in passed.warnings
    )


def test_a_column_of_days_may_hold_the_names_of_months(tmp_path: Path) -> None:
    content = workbook({"Blad1": months("Januari", "februari", 100, name="Datum")})
    assert counted(tmp_path, content, "ledger 2023.xlsx") == 200
    with pytest.raises(LedgerError, match="Put it into the file's name"):
        read(tmp_path, content, "l.xlsx")
    with pytest.raises(LedgerError, match="the sheet 2022 is of another than the file"):
        read(tmp_path, workbook({"2022": months(1, 2, 100)}), "ledger 2023.xlsx")
