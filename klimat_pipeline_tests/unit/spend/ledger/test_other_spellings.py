"""Other inputs of the kinds that once lost or doubled kronor: the right sum to the oere, or a refusal that helps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline_tests.unit.spend.ledger.test_sie import HEAD, voucher
from klimat_pipeline_tests.unit.spend.small import balance, ledger, line, read, typed_lines

#: Wages by the account's text alone: 400 kronor are purchases.
WAGES = ledger(line("V1", "150,00", account="6990", text="Löner"), line("V2", "400,00", text="Förbrukningsmateriel"))
TEN = [line(f"V{n}", "100,00", f"2023-{n:02d}-15") for n in range(1, 11)]
BARE = "Konto;Kontotext;Leverantör;Datum;"
ROWS = ("6410;Livs;K AB;2023-02-03;1500,00;", "6410;Livs;K AB;2023-02-03;200,00;")


def small(header: str, *rows: str) -> str:
    return "\n".join((header, *rows)) + "\n"


def signs(header: str, *said: str) -> str:
    return small(f"{BARE}Belopp;{header}", *(row + sign for row, sign in zip(ROWS, said, strict=True)))


def dated(header: str, *days: str) -> str:
    return small(f"Konto;Kontotext;Leverantör;{header};Belopp", *(f"6410;Livs;K AB;{day};100,00" for day in days))


@pytest.mark.parametrize(
    ("content", "kronor"),
    [
        pytest.param(WAGES.encode().decode("latin-1").encode().decode("latin-1").encode(), 400, id="thrice encoded"),
        pytest.param(WAGES.replace(";", "\t").replace("ö", "&ouml;"), 400, id="letters of a web page"),
        pytest.param((HEAD + voucher(1, "1000.00")).encode("utf-16"), 1000, id="SIE in UTF-16"),
        pytest.param(ledger(*TEN, ";;;;;;1000,00;Summa;;"), 1000, id="total said in the column of dates"),
        pytest.param(ledger(*TEN, ";;;Summa;;;1000,00;;;"), 1000, id="total said in the column of ids"),
        pytest.param(ledger(*TEN, ";;Firma AB Totalt;;;;1000,00;;;", ";;Totalt;;;;1000,00;;;"), 1000, id="of a pivot"),
        pytest.param(ledger(*TEN, ";;;;;Transport;1000,00;2023-12-31;;"), 1000, id="carried over"),
        pytest.param(ledger(*TEN, ledger().strip().replace(";", " ; ")), 1000, id="header again, with spaces"),
        pytest.param(ledger(line("V1", "–100,00"), line("V2", "300,00")), 200, id="a dash for a minus"),
        pytest.param(signs("Tecken", "+", "-"), 1300, id="signs apart"),
        pytest.param(signs("DC-flagga", "1", "-1"), 1300, id="one and minus one"),
        pytest.param(signs("Kreditfaktura", "Nej", "Ja"), 1300, id="credit, yes or no"),
        pytest.param(signs("Kredit", "N", "J"), 1300, id="a column called credit that holds no amounts"),
        pytest.param(signs("Fakturatyp", "Debet", "Kredit"), 1300, id="type of the invoice"),
        pytest.param(signs("Fakturatyp", "EL", "LF"), 1700, id="another type of the invoice"),
        pytest.param(
            signs("Debet;Kredit", "1500,00;", ";200,00"), 1300, id="amounts without a sign beside debit, credit"
        ),
        pytest.param(
            signs("Debet;Kredit", "1500,00;", ";200,00").replace(";200,00;;", ";-200,00;;"), 1300, id="with their sign"
        ),
        pytest.param(dated("Datum", "13-JAN-2023", "november 2023", "2023 okt", "nov-23"), 400, id="names of months"),
        pytest.param(dated("År;Månad", "2023;1", "2023;12"), 200, id="year and month apart"),
        pytest.param(dated("År;Period", "2023;januari", "2023;dec"), 200, id="year and name of the month apart"),
        pytest.param(dated("År;Period", "2022;202301", "2022;202302"), 200, id="a period tells its year"),
        pytest.param(
            small(
                "Konto;Leverantör;Datum;Belopp",
                *(
                    f"{cell};K AB;2023-01-02;100,00"
                    for cell in ("Livsmedel (6431)", "(6431) Livsmedel", "Livsmedel 6431", "6431_Livsmedel")
                ),
            ),
            400,
            id="account and text",
        ),
        pytest.param(
            'Konto;"Konto\rtext";Leverantör;Datum;"Belopp\rSEK"\n6410;Livs;K AB;2023-01-02;100,00\n', 100, id="returns"
        ),
        pytest.param(small(BARE + "Belopp (tkr)", ROWS[0].replace("1500,00;", "1,2345")), 1234.5, id="thousands"),
        pytest.param(small(BARE + "Belopp i mkr", ROWS[0].replace("1500,00;", "0,25")), 250_000, id="millions"),
    ],
)
def test_is_read(tmp_path: Path, content: str | bytes, kronor: float) -> None:
    passed = read(tmp_path, content)
    assert balance(passed).get("counted", (0, 0))[1] == round(kronor * 100)
    assert not passed.problems


@pytest.mark.parametrize(
    ("content", "settings", "told"),
    [
        pytest.param(WAGES.replace("ö", "?"), {}, "letters of the account's text are lost on 2 lines", id="question"),
        pytest.param(WAGES.replace("ö", "|").replace("|r|", "ör"), {}, "are lost on", id="seven bits"),
        pytest.param(WAGES.replace("ö", "\ufffd"), {}, "Export it again, as UTF-8", id="lost"),
        pytest.param(
            small("Uttag, belopp i tkr", BARE + "Belopp", ROWS[0].removesuffix(";")), {}, "amount_unit: tkr", id="title"
        ),
    ],
)
def test_is_refused(tmp_path: Path, content: str, settings: Mapping[str, Any], told: str) -> None:
    with pytest.raises(LedgerError, match=told):
        read(tmp_path, content, **{"quarantine_limit_pct": 1.0, **settings})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(
            ledger(*(line(f"V{n}", f"{n % 9},50") for n in range(60))), "amount_unit: tkr", id="small amounts"
        ),
        pytest.param(
            ledger(*(line(f"V{n}") for n in range(200)), line("V", day="2012-03-01")),
            "1 lines are of 2012",
            id="a year",
        ),
    ],
)
def test_is_a_warning(tmp_path: Path, content: str, told: str) -> None:
    assert any(told in warning for warning in read(tmp_path, content).warnings)


def test_a_balance_carried_in_is_no_purchase(tmp_path: Path) -> None:
    passed = read(tmp_path, ledger(";;;;6410;Ingående balans;5000,00;2023-01-01;;", *TEN))
    assert balance(passed) == {"counted": (10, 1000_00), "quarantined": (1, 5000_00)}


def test_a_sheet_of_lines_without_a_header_stops_the_workbook(tmp_path: Path) -> None:
    from io import BytesIO

    import openpyxl

    book, content = openpyxl.Workbook(), BytesIO()
    header, row = ["Konto", "Kontotext", "Leverantör", "Datum", "Belopp"], ["6410", "Livs", "K AB", "2023-01-05", 100]
    for name, rows in (("Januari", [header, row]), ("Februari", [row])):
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    book.save(content)
    with pytest.raises(
        LedgerError, match=r"sheet Februari \(1 rows\) has lines like those of sheet Januari, but no header"
    ):
        read(tmp_path, content.getvalue(), "l.xlsx")


@pytest.mark.parametrize(
    ("head", "row", "days"),
    [
        ("Räkenskapsår;Period", "2023;P03;100,00\n2023;P13;50,00", ["2023-03-01", "2023-12-01"]),
        ("År;Period", "2023;M3;100,00\n2023;M4;50,00", ["2023-03-01", "2023-04-01"]),
        ("Räkenskapsår;Bokföringsdatum", "2023;14032023;100,00\n2023;03042023;50,00", ["2023-03-14", "2023-04-03"]),
    ],
)
def test_periods_and_digits_beside_a_year(tmp_path: Path, head: str, row: str, days: list[str]) -> None:
    rows = [f"{one};6410;Livs;K AB" for one in row.split("\n")]
    assert balance(read(tmp_path, small(f"{head};Belopp;Konto;Kontotext;Leverantör", *rows)))["counted"] == (2, 150_00)
    assert [str(line["booked_on"]) for line in typed_lines(tmp_path / "typed")] == days


def test_english_headers_of_the_general_ledger(tmp_path: Path) -> None:
    """The document's date is not the day of booking, and its number names the voucher."""
    content = small(
        "Vendor name;GL account;GL text;Amount;Doc. date;Posting date;Doc no",
        "A AB;6410;Office;100,00;2022-12-30;2023-01-03;1",
        "B AB;6410;Office;50,00;2023-02-01;2023-02-05;2",
    )
    assert balance(read(tmp_path, content))["counted"] == (2, 150_00)
    told = [(one["account_text"], one["voucher"], str(one["booked_on"])) for one in typed_lines(tmp_path / "typed")]
    assert told == [("Office", "1", "2023-01-03"), ("Office", "2", "2023-02-05")]
