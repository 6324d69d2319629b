"""Which column is what: real names, two that could be one, amounts with VAT, debit and credit, account and text."""

import csv
from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger.candidates import known_names
from klimat_pipeline.spend.ledger.columns import recognised
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.reference import load_ledger_reference
from klimat_pipeline_tests.unit.spend.small import REFERENCE, balance, read, typed_lines, way

KNOWN = load_ledger_reference(REFERENCE)


def table(header: str, *rows: str) -> str:
    return "\n".join((header, *rows)) + "\n"


def fields(header: str, *rows: str, **own: object) -> dict[str, str]:
    names = header.split(";")
    found = recognised("l.csv", names, [row.split(";") for row in rows], way(**own).settings, KNOWN)
    return {field: names[place] for field, place in found.fields.items()}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        # Huddinge, from Agresso: texts in columns (T), the organisation's number before the supplier's own.
        (
            "T;Period;Organisationsnr.;Lev.nr;Lev.nr(T);VT;Ver.nr;Ansvar;Ansvar(T);Ver.datum;Konto;Konto(T);Belopp",
            "supplier_id=Organisationsnr. supplier_name=Lev.nr(T) voucher=Ver.nr unit=Ansvar(T) booked_on=Ver.datum "
            "account=Konto account_text=Konto(T) amount=Belopp",
        ),
        # Sotenäs, from Visma Proceedo: the coding line's net amount before the invoice's gross one.
        (
            "Fakturanummer;Leverantör;Fakturans bruttobelopp;Nettobelopp på konteringsrad;Ansvar;Ansvar beskrivning;"
            "Datum slutbokad;Konto",
            "invoice_no=Fakturanummer supplier_name=Leverantör amount=Nettobelopp på konteringsrad "
            "unit=Ansvar beskrivning booked_on=Datum slutbokad account=Konto",
        ),
        # Västra Götalandsregionen.
        (
            "kopare_id;kopare;verifikationsnummer;leverantor;leverantor_id;konto_nr;konto_text;bokforingsdatum;"
            "forvaltning;fakturanummer;nettobelopp;grund;avtal;kommun_id;s_kod_nr",
            "buyer_id=kopare_id buyer_name=kopare voucher=verifikationsnummer supplier_name=leverantor "
            "supplier_id=leverantor_id account=konto_nr account_text=konto_text booked_on=bokforingsdatum "
            "unit=forvaltning invoice_no=fakturanummer amount=nettobelopp item_text=grund contract_id=avtal",
        ),
        # English names, and names that are put together of known words.
        (
            "Payer;Supplier name;Supplier organization number;Account number;Account title;Amount;Posting date",
            "buyer_name=Payer supplier_name=Supplier name supplier_id=Supplier organization number "
            "account=Account number account_text=Account title amount=Amount booked_on=Posting date",
        ),
        (
            "Bokf.datum;Konto;Konterat belopp exkl. moms (SEK);Konterat belopp inkl. moms (SEK);Momsbelopp i SEK",
            "booked_on=Bokf.datum account=Konto amount=Konterat belopp exkl. moms (SEK) vat=Momsbelopp i SEK",
        ),
    ],
)
def test_headers_of_real_exports(header: str, expected: str) -> None:
    found = fields(header)
    said = " ".join(f"{field}={name}" for field, name in found.items())
    assert sorted(said.split(" ")) == sorted(expected.split(" "))


def test_every_name_has_one_field_and_a_source() -> None:
    with (REFERENCE / "ledger_columns.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(row["source"] for row in rows)
    assert len(KNOWN.columns) == len(rows)
    for row in rows:
        assert known_names([row["alias"]], way().settings, KNOWN) == 1, row["alias"]


@pytest.mark.parametrize(
    ("header", "row", "ore"),
    [
        ("Datum;Konto;Summa;Varav moms;Belopp exkl. moms", "2023-01-31;6431;1250,00;250,00;1000,00", 1000_00),
        ("Datum;Konto;Belopp i valuta;Valuta;Belopp SEK", "2023-01-31;6431;100,00;EUR;1148,00", 1148_00),
        ("Datum;Konto;Belopp;Valutabelopp;Valuta", "2023-01-31;6431;1148,00;100,00;EUR", 1148_00),
        ("Datum;Konto;Valutabelopp;Valuta;Belopp i kronor", "2023-01-31;6431;100,00;EUR;1148,00", 1148_00),
        # Only an amount in the currency: 100 EUR of 2023 at 11.48.
        ("Datum;Konto;Belopp i valuta;Valuta", "2023-01-31;6431;100,00;EUR", 1148_00),
        ("Datum;Konto;Fakturabelopp;Belopp;Moms", "2023-01-31;6431;1250,00;1000,00;250,00", 1000_00),
        ("Datum;Konto;Bruttobelopp;Nettobelopp", "2023-01-31;6431;1250,00;1000,00", 1000_00),
        # Neither name says it, the cells do: 1250 is 1000 and the VAT.
        ("Datum;Konto;Summa;Belopp;Moms", "2023-01-31;6431;1250,00;1000,00;250,00", 1000_00),
        ("Datum;Konto;Summa;Belopp", "2023-01-31;6431;1000,00;1000,00", 1000_00),
    ],
)
def test_of_two_amounts_the_more_specific_one(tmp_path: Path, header: str, row: str, ore: int) -> None:
    assert balance(read(tmp_path, table(header, row))) == {"counted": (1, ore)}


@pytest.mark.parametrize(
    ("header", "row", "day"),
    [
        ("Fakturadatum;Bokföringsdatum;Konto;Belopp", "2022-12-20;2023-01-10;6431;1,00", "2023-01-10"),
        ("Betaldatum;Fakturadatum;Konto;Belopp", "2023-02-10;2022-12-20;6431;1,00", "2022-12-20"),
        ("Fakturadatum;Period;Konto;Belopp", "2022-12-20;2023-01;6431;1,00", "2023-01-01"),
        ("Datum;Verifikationsdatum;Konto;Belopp", "2022-12-20;2023-01-10;6431;1,00", "2023-01-10"),
    ],
)
def test_of_two_dates_the_booking_date(tmp_path: Path, header: str, row: str, day: str) -> None:
    assert read(tmp_path, table(header, row)).days[0] == day


@pytest.mark.parametrize(
    ("header", "row", "both"),
    [
        (
            "Datum;Konto;Summa;Belopp",
            "2023-01-31;6431;1250,00;1000,00",
            "'Summa' and 'Belopp' could both be the amount",
        ),
        (
            "Datum;Konto;Belopp exkl moms;Belopp SEK",
            "2023-01-31;6431;1000,00;1250,00",
            "'Belopp exkl moms' and 'Belopp SEK' could both be the amount",
        ),
        (
            "Bokföringsdatum;Bokf datum;Konto;Belopp",
            "2023-01-31;2023-02-01;6431;1,00",
            "'Bokföringsdatum' and 'Bokf datum' could both be the booked_on",
        ),
    ],
)
def test_where_nothing_tells_both_are_named(tmp_path: Path, header: str, row: str, both: str) -> None:
    with pytest.raises(LedgerError, match=both) as stopped:
        read(tmp_path, table(header, row))
    assert "municipality.yaml, spend: columns" in str(stopped.value)
    second = both.split("'")[3]
    field = both.rsplit(" ", maxsplit=1)[1]
    assert read(tmp_path, table(header, row), columns={second: field}).lines == 1


def test_gross_amounts_ask_for_the_setting(tmp_path: Path) -> None:
    """VAT of 25 % is 20 % of the amount that includes it; 1250.00 holds 250.00, and 112.00 at 12 % holds 12.00."""
    gross = table("Datum;Konto;Belopp;Moms", "2023-01-31;6431;1250,00;250,00", "2023-02-01;6431;112,00;12,00")
    with pytest.raises(
        LedgerError, match=r"column 'Moms' is the VAT inside column 'Belopp' on 2 of 2 lines .*vat: {incl"
    ):
        read(tmp_path, gross)
    assert balance(read(tmp_path, gross, vat={"included": True}))["counted"] == (2, 1100_00)
    assert balance(read(tmp_path, gross, vat={"included": False}))["counted"] == (2, 1362_00)
    net = table("Datum;Konto;Belopp;Moms", "2023-01-31;6431;1000,00;250,00")
    assert balance(read(tmp_path, net))["counted"] == (1, 1000_00)
    with pytest.raises(LedgerError, match=r"said to include VAT .* column 'Moms' is the VAT on top of column 'Belopp'"):
        read(tmp_path, net, vat={"included": True})


def test_a_name_that_says_gross_asks_for_the_setting(tmp_path: Path) -> None:
    content = table("Datum;Konto;Belopp inkl. moms", "2023-01-31;6431;1250,00")
    with pytest.raises(LedgerError, match="includes VAT by its name"):
        read(tmp_path, content)
    assert balance(read(tmp_path, content, vat={"included": True, "rate_pct": 25.0}))["counted"] == (1, 1000_00)
    with pytest.raises(LedgerError, match="is without it. Take the setting out"):
        read(tmp_path, table("Datum;Konto;Belopp exkl. moms", "2023-01-31;6431;1,00"), vat={"included": True})


@pytest.mark.parametrize(
    ("header", "rows", "ore"),
    [
        ("Datum;Konto;Debet;Kredit", ("2023-01-31;6431;1000,00;", "2023-01-31;6431;;200,00"), 800_00),
        ("Datum;Konto;Debet;Kredit", ("2023-01-31;6431;1000,00;0,00", "2023-01-31;6431;0,00;-200,00"), 800_00),
        ("Datum;Konto;Belopp;D/K", ("2023-01-31;6431;1500,00;D", "2023-01-31;6431;200,00;K"), 1300_00),
        ("Datum;Konto;Belopp;D/K", ("2023-01-31;6431;1500,00;D", "2023-01-31;6431;-200,00;K"), 1300_00),
        (
            "Datum;Konto;Belopp;Debet/Kredit",
            ("2023-01-31;6431;1500,00;Debet", "2023-01-31;6431;200,00;Kredit"),
            1300_00,
        ),
    ],
)
def test_debit_and_credit(tmp_path: Path, header: str, rows: tuple[str, ...], ore: int) -> None:
    passed = read(tmp_path, table(header, *rows))
    assert balance(passed) == {"counted": (2, ore)}
    assert any(remark.startswith("credits are ") for remark in passed.remarks)


def test_a_side_that_is_neither_goes_to_quarantine(tmp_path: Path) -> None:
    passed = read(tmp_path, table("Datum;Konto;Belopp;D/K", "2023-01-31;6431;1,00;D", "2023-01-31;6431;2,00;Q"))
    assert balance(passed) == {"counted": (1, 1_00), "quarantined": (1, 2_00)}
    assert passed.problems[0].column_name == "side"


def test_debit_without_credit_says_how_to_map_both(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no column for amount .*name both there, as debit and credit"):
        read(tmp_path, table("Datum;Konto;Debet", "2023-01-31;6431;1,00"))


@pytest.mark.parametrize("name", ["Debetbelopp", "Kredit"])
def test_one_side_alone_is_named_with_what_to_do(tmp_path: Path, name: str) -> None:
    with pytest.raises(LedgerError, match=f"'{name}' stands alone: if it holds all amounts, name it as amount"):
        read(tmp_path, table(f"Datum;Konto;{name}", "2023-01-31;6431;1,00"))


@pytest.mark.parametrize("name", ["Ursprungligt belopp", "Ursprungsbelopp"])
def test_an_amount_and_what_it_was_before_are_told_apart_by_somebody(tmp_path: Path, name: str) -> None:
    head = f"Datum;Konto;{name};Belopp"
    same = table(head, "2023-01-31;6431;100,00;100,00", "2023-02-28;6431;50,00;50,00")
    assert balance(read(tmp_path, same))["counted"] == (2, 150_00)
    other = table(head, "2023-01-31;6431;100,00;80,00", "2023-02-28;6431;50,00;50,00")
    with pytest.raises(LedgerError, match=f"'{name}' and 'Belopp' could both be the amount"):
        read(tmp_path, other)
    assert balance(read(tmp_path, other, columns={"Belopp": "amount"}))["counted"] == (2, 130_00)


def test_signs_turned_round_are_told_and_can_be_turned(tmp_path: Path) -> None:
    content = table("Datum;Konto;Belopp", "2023-01-31;6431;-1000,00", "2023-01-31;6431;200,00")
    passed = read(tmp_path, content)
    assert any("purchases of 2023 are negative in sum (-800.00 SEK): are signs reversed?" in w for w in passed.warnings)
    turned = read(tmp_path, content, purchases_are_negative=True)
    assert balance(turned) == {"counted": (2, 800_00)}
    assert not any("negative" in warning for warning in turned.warnings)


def test_account_and_text_in_one_cell(tmp_path: Path) -> None:
    between = (" - ", " – ", " ", ": ", ", ")
    rows = (f'2023-01-31;"6431{sign}Livsmedel";1,00' for sign in between)
    passed = read(tmp_path, table("Datum;Konto;Belopp", *rows))
    found = [(row["account"], row["account_text"]) for row in typed_lines(tmp_path / "typed")]
    assert dict(zip(between, found, strict=True)) == dict.fromkeys(between, ("6431", "Livsmedel"))
    assert not any("account's text" in warning for warning in passed.warnings)


def test_a_column_called_account_that_holds_texts(tmp_path: Path) -> None:
    read(tmp_path, table("Datum;Kontonr;Konto;Belopp", "2023-01-31;6431;Livsmedel;1,00"))
    row = typed_lines(tmp_path / "typed")[0]
    assert (row["account"], row["account_text"]) == ("6431", "Livsmedel")


def test_missing_columns_that_cost_much_are_said_first(tmp_path: Path) -> None:
    passed = read(tmp_path, table("Datum;Konto;Belopp", "2023-01-31;6431;1,00"))
    assert [warning.split(":")[0] for warning in passed.warnings] == [
        "no column for the supplier's organisation number",
        "no column for the supplier's name",
        "no column for the account's text",
    ]


def test_a_percentage_is_no_amount() -> None:
    assert fields("Datum;Konto;Andel %;Kostnad", "2023-01-31;6431;100;1,00")["amount"] == "Kostnad"


def test_a_header_with_line_breaks(tmp_path: Path) -> None:
    content = 'Konto;"Belopp\nSEK";"Bokf\r\ndatum"\n6431;100,00;2023-03-01\nKonto;"Belopp\nSEK";"Bokf\ndatum"\n6431;50,00;2023-03-01\n'
    passed = read(tmp_path, content)
    assert passed.form.header == ("Konto", "Belopp SEK", "Bokf datum")
    assert (balance(passed), passed.headers) == ({"counted": (2, 150_00)}, 1)
    assert [row["line"] for row in typed_lines(tmp_path / "typed")] == [4, 8]
    assert read(tmp_path, content, columns={"Belopp SEK": "amount"}).lines == 2


def test_cells_that_excel_was_told_to_leave_as_text(tmp_path: Path) -> None:
    read(
        tmp_path,
        table(
            "Datum;Konto;Belopp;Orgnr;Leverantör",
            '="2023-01-31";="6431";="1,00";="5566778899";="Firma AB"',
            '2023-01-31;"=""6431""";1,00;5566778899;Firma AB',
            "2023-01-31;'6431;1,00;NULL;null",
        ),
    )
    rows = typed_lines(tmp_path / "typed")
    assert [row["account"] for row in rows] == ["6431"] * 3
    assert [row["supplier_id"] for row in rows] == ["5566778899", "5566778899", ""]


@pytest.mark.parametrize(
    ("name", "kronor"),
    [
        ("belopp_exkl_moms", 100),
        ("Konterat_belopp_SEK", 100),
        ("belopp_tkr", 100_000),
        ("belopp_ore", 1),
        ("Belopp i öre", 1),
    ],
)
def test_words_in_names_stand_between_underscores_too(tmp_path: Path, name: str, kronor: int) -> None:
    assert balance(read(tmp_path, table(f"Datum;Konto;{name}", "2023-01-31;6431;100")))["counted"] == (1, kronor * 100)


def test_lines_are_typed_alike_whatever_names_stand_above_them(tmp_path: Path) -> None:
    """What ``ReadOnce`` rests on: after columns are known, names of the file, of columns and titles decide nothing.

    A total, a credit, a line without a day and one without an amount are among the lines.
    """
    rows = [
        *(f"6431;Livs;A AB;556677-8899;2023-01-{n:02d};V{n};{n}00,00" for n in range(1, 5)),
        *("6431;Livs;A AB;556677-8899;2023-01-31;V9;-50,00", ";Summa;;;;;950,00"),
        *("6431;Livs;A AB;556677-8899;2023-02-30;V10;7,00", "6431;Livs;A AB;556677-8899;2023-01-05;V11;Anna Ek"),
    ]
    one = "Konto;Kontotext;Leverantör;Orgnr;Datum;Vernr;Belopp"
    other = "Account number;Account title;Supplier name;Organisationsnr.;Posting date;Verifikationsnummer;Amount"
    told = []
    for name, lines, own in (
        ("one.csv", [one, *rows], {}),
        ("other.csv", ["Leverantörsreskontra", other, *rows], {}),
        ("mapped.csv", [one.replace("Belopp", "Kolumn 7"), *rows], {"Kolumn 7": "amount"}),
    ):
        passed = read(tmp_path, table(*lines), name, columns=own)
        left = ("file_id", "line")
        typed = [{key: row[key] for key in row if key not in left} for row in typed_lines(tmp_path / "typed")]
        problems = [(problem.column_name, problem.value, problem.reason) for problem in passed.problems]
        told.append((list(passed.rows()), passed.days, passed.control_sums, problems, typed))
    assert told[0] == told[1] == told[2]
    assert balance(passed) == {"counted": (5, 950_00), "quarantined": (2, 7_00)}
