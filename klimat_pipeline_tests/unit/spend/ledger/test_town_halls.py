"""Exports as town halls make them, each of a kind that was once read wrong without a word. Sums by hand.

What a column tells by its cells is found before a line is typed; files that differ in names alone are typed once, and of
persons and companies each case looks at its own line of one ledger.
"""

from pathlib import Path

import pytest

from klimat_pipeline.errors import KlimatError
from klimat_pipeline_tests.unit.spend.ledger.test_store import total, write
from klimat_pipeline_tests.unit.spend.ledger.test_workbooks import workbook
from klimat_pipeline_tests.unit.spend.small import (
    ReadOnce,
    TypedLine,
    balance,
    looked_over,
    read,
    read_cases,
    typed_lines,
)

HEAD = "Konto;Kontotext;Leverantör;Orgnr;Datum;Belopp"
RENT = "Konto;Leverantör;Orgnr;Belopp\n6010;Hyresvärden AB;556677-8899;10000,00\n6020;Telia AB;556036-0793;299,00\n"


def rows(header: str, *lines: str) -> str:
    return "\n".join((header, *lines)) + "\n"


def counted(tmp_path: Path, content: str, **settings: object) -> int:
    """Oere that count."""
    return balance(read(tmp_path, content, **settings)).get("counted", (0, 0))[1]


def refusal(tmp_path: Path, content: str) -> str:
    with pytest.raises(KlimatError) as caught:
        read(tmp_path, content)
    return str(caught.value)


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> ReadOnce:
    return ReadOnce(tmp_path_factory.mktemp("read_once"))


# -- the same bytes under the names of several periods --


def test_the_rent_of_three_months_counts_three_times(tmp_path: Path) -> None:
    """3 x 10,299.00, in three months."""
    place = write(tmp_path / "m", **{f"leverantorer_2023-{m:02d}": RENT for m in (1, 2, 3)})
    assert total(place, tmp_path / "s") == {"counted": (6, 3 * 10_299_00)}
    assert {row["month"] for row in typed_lines(tmp_path / "s" / "spend" / "ledger")} == {1, 2, 3}
    assert total(place, tmp_path / "s") == {"counted": (6, 3 * 10_299_00)}  # as it was kept


def test_the_settings_may_tell_the_period(tmp_path: Path) -> None:
    place = write(tmp_path / "m", jan=RENT, feb=RENT, feb_igen=RENT)
    found = total(place, tmp_path / "s", periods={"jan*": "2023-01", "feb*": "2023-02"})
    assert found == {"counted": (4, 2 * 10_299_00)}


def test_with_days_the_same_bytes_are_the_same_lines(tmp_path: Path) -> None:
    content = rows(HEAD, *(f"6010;Hyra;A AB;556677-8899;2023-01-0{n};{n}00,00" for n in (1, 2, 3)))
    place = write(tmp_path / "m", **{"2023-01": content, "2023-02": content})
    assert total(place, tmp_path / "s")["counted"] == (3, 600_00)


# -- totals, and purchases that look like some --


@pytest.mark.parametrize(
    ("header", "lines", "expected"),
    [
        pytest.param(
            "Konto;Kontotext;Leverantör;Datum;Belopp",
            [
                "6410;Livs;A AB;2023-01-05;500,00",
                "7010;Drivmedel;Total Sverige AB;2023-01-06;500,00",
                "6420;Papper;B AB;2023-01-07;120,00",
            ],
            1_120_00,
            id="a supplier called Total",
        ),
        pytest.param(
            "Konto;Kontotext;Leverantör;Datum;Belopp",
            [f"{account};A AB;2023-0{n}-05;500,00" for n in range(1, 7) for account in ("6560;Transport", "6410;Livs")],
            6_000_00,
            id="an account called Transport",
        ),
        pytest.param(
            f"{HEAD};Vernr",
            [
                "6410;Livs;A AB;556677-8899;2023-01-05;500,00;V1",
                "7010;Drivmedel;Total Sverige AB;556012-5790;2023-01-06;500,00;",
            ],
            1_000_00,
            id="no voucher",
        ),
    ],
)
def test_a_purchase_may_be_as_large_as_the_one_before(
    tmp_path: Path, header: str, lines: list[str], expected: int
) -> None:
    assert counted(tmp_path, rows(header, *lines)) == expected


@pytest.mark.parametrize("total", [",,,,,375.00", "Totalresultat,,,,,375.00", "Summa,,,,,375.00"])
def test_the_sum_of_a_file_without_days_is_no_line(tmp_path: Path, total: str) -> None:
    """100 + 200 + 75."""
    lines = [
        "SKOLA,A AB,556677-8899,1,64310 LIVSMEDEL,100.00",
        "SKOLA,B AB,556036-0793,2,64310 LIVSMEDEL,200.00",
        "SKOLA,C AB,556036-0793,3,65110 PAPPER,75.00",
    ]
    content = rows("RN1/FÖRVALTNING,LEVERANTÖR,ORGANISATIO,FAKT NR,KONTO,UTFALL", *lines, total)
    passed = read(tmp_path, content, name="Orebro.2016-03.csv")
    assert balance(passed)["counted"] == (3, 375_00)
    assert passed.control_sums == 1


@pytest.mark.parametrize(
    ("name", "header", "lines"),
    [
        (
            "Orebro.2016-03.csv",
            "RN1/FÖRVALTNING,LEVERANTÖR,ORGANISATIO,FAKT NR,KONTO,UTFALL",
            [
                "SKOLA,A AB,556677-8899,1,64310 LIVSMEDEL,100.00",
                "SKOLA,B AB,556036-0793,2,64310 LIVSMEDEL,200.00",
                "SKOLA,,,,64310 LIVSMEDEL,300.00",
            ],
        ),
        (
            "dated.csv",
            HEAD,
            [
                "6410;Livs;A AB;556677-8899;2023-01-05;100,00",
                "6410;Livs;B AB;556036-0793;2023-01-06;200,00",
                "6410;Livs;;;2023-01-31;300,00",
            ],
        ),
    ],
)
def test_a_total_that_does_not_say_so_is_told(tmp_path: Path, name: str, header: str, lines: list[str]) -> None:
    passed = read(tmp_path, rows(header, *lines), name=name)
    assert any(text.startswith("1 lines without supplier and voucher (300.00 SEK)") for text in passed.warnings)


# -- which column is what --


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Fakturadatum;Månad", "2023-01-05;01"),
        ("Fakturadatum;Månad", "2023-01-05;januari"),
        ("Fakturadatum;Period", "2023-01-05;1"),
        ("Fakturadatum;Bokförd", "2023-01-05;Ja"),
        ("Fakturadatum;Konterat", "2023-01-05;Ja"),
    ],
)
def test_what_tells_no_day_and_no_amount_is_neither(tmp_path: Path, header: str, cells: str) -> None:
    content = rows(f"Konto;Leverantör;{header};Belopp", f"6410;A AB;{cells};100,00", f"6420;B AB;{cells};50,00")
    assert counted(tmp_path, content) == 150_00
    assert {str(row["booked_on"]) for row in typed_lines(tmp_path / "typed")} == {"2023-01-05"}


def test_a_month_beside_its_year_is_a_day(tmp_path: Path) -> None:
    content = rows("Konto;Leverantör;År;Månad;Belopp", "6410;A AB;2023;02;100,00", "6420;B AB;2023;03;50,00")
    assert counted(tmp_path, content) == 150_00
    assert {row["month"] for row in typed_lines(tmp_path / "typed")} == {2, 3}


@pytest.mark.parametrize(("name", "year"), [("År", "2023"), ("År", "2012"), ("Period", "2023")])
def test_a_year_may_be_all_that_is_told(tmp_path: Path, name: str, year: str) -> None:
    content = rows(f"Konto;Leverantör;{name};Belopp", f"6410;A AB;{year};100,00", f"6420;B AB;{year};50,00")
    passed = read(tmp_path, content)
    assert balance(passed)["counted"] == (2, 150_00)
    assert passed.years == [int(year)]
    assert any("no column tells the month" in text for text in passed.warnings)


def test_a_file_s_name_tells_more_than_a_column_of_years(tmp_path: Path) -> None:
    read(tmp_path, rows("Konto;Leverantör;År;Belopp", "6410;A AB;2023;100,00"), name="utfall 2023-04.csv")
    assert [str(line["booked_on"]) for line in typed_lines(tmp_path / "typed")] == ["2023-04-01"]


def test_two_companies_have_vouchers_of_their_own(tmp_path: Path) -> None:
    """Eight lines of 100 ... 800 each, 3,600, and 4,000 the other's."""
    head = "Bolag;Vernr;Konto;Leverantör;Orgnr;Datum;Belopp"
    one, other = (
        rows(
            head,
            *(f"{name};{n};6410;{by};{number};2023-01-0{n};{100 * n + more},00" for n in range(1, 9)),
        )
        for name, by, number, more in (
            ("Energi AB", "A AB", "556677-8899", 0),
            ("Hamn AB", "B AB", "556036-0793", 50),
        )
    )
    assert total(write(tmp_path / "m", a=one, b=other), tmp_path / "s") == {"counted": (16, 7_600_00)}


# -- VAT --

GROSS = ("1250,00;250,00", "2500,00;500,00", "112,00;12,00", "125,00;25,00")
VAT_NAMES = (
    *("Belopp moms", "Mervärdesskatt", "Ing. moms", "Avdragen moms", "Avdragsgill moms", "Kommunmoms", "Momsdel"),
    "Moms 25",
)


def with_vat(name: str) -> str:
    """A ledger whose amounts include what stands in the last column."""
    lines = (f"6410;Livs;A AB;556677-8899;2023-01-0{n};{cells}" for n, cells in enumerate(GROSS, start=1))
    return rows(f"{HEAD};{name}", *lines)


@pytest.mark.parametrize("name", VAT_NAMES)
def test_a_column_of_vat_is_one_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    form = looked_over(tmp_path, with_vat(name))
    assert (form.header[form.fields["vat"]], form.vat_is_rate) == (name, False)


def test_amounts_that_include_the_vat_beside_them_are_refused(tmp_path: Path) -> None:
    assert "the amounts include VAT" in refusal(tmp_path, with_vat(VAT_NAMES[0]))


@pytest.mark.parametrize("title", ["Leverantörsfakturor 2023, belopp inklusive moms", "Belopp inkl. moms"])
def test_a_title_may_say_that_amounts_include_vat(tmp_path: Path, read_once: ReadOnce, title: str) -> None:
    content = rows(f"{title};;;;;", HEAD, "6410;Livs;A AB;556677-8899;2023-01-05;125,00")
    assert "stands above the header: the amounts include VAT" in refusal(tmp_path, content)
    for vat, expected in (({"included": True, "rate_pct": 25}, 100_00), ({"included": False}, 125_00)):
        _, passed = read_once(content, vat=vat)
        assert balance(passed)["counted"][1] == expected


INVOICED_OR_PAID = ("Fakturabelopp", "Fakturasumma", "Betalt belopp", "Utbetalt belopp", "Invoice amount")


def of_amount(name: str) -> str:
    return rows(HEAD.replace("Belopp", name), "6410;Livs;A AB;556677-8899;2023-01-05;125,00")


@pytest.mark.parametrize("name", INVOICED_OR_PAID)
def test_what_is_invoiced_or_paid_is_known_by_its_name(tmp_path: Path, name: str) -> None:
    form = looked_over(tmp_path, of_amount(name))
    assert (form.header[form.amount_place], form.amount_is_of_invoice) == (name, True)


def test_what_is_invoiced_or_paid_is_doubted(tmp_path: Path) -> None:
    passed = read(tmp_path, of_amount("Fakturabelopp"))
    assert any(text.startswith("the column 'Fakturabelopp' holds what is invoiced or paid") for text in passed.warnings)


def test_a_few_amounts_with_vat_among_others_are_told(tmp_path: Path) -> None:
    lines = [f"6410;Livs;A AB;556677-8899;2023-01-0{n};1000,00;250,00" for n in range(1, 7)]
    lines += [f"6410;Livs;A AB;556677-8899;2023-02-0{n};1250,00;250,00" for n in range(1, 4)]
    passed = read(tmp_path, rows(f"{HEAD};Moms", *lines))
    assert any("inside column 'Belopp' on 3 of 9 lines, and on top of it on 6" in text for text in passed.warnings)


# -- signs --


@pytest.mark.parametrize(
    ("header", "most", "credit", "expected"),
    [
        ("Belopp;D/K", "100,00;D", "-50,00;K", 119_500_00),
        ("Debet;Kredit", "100,00;", ";-50,00", 119_500_00),
        ("Belopp;Fakturatyp", "100,00;Faktura", "50,00;Kredit", 119_500_00),
    ],
)
def test_credits_may_stand_far_down(tmp_path: Path, header: str, most: str, credit: str, expected: int) -> None:
    """1,200 x 100 less 10 x 50."""
    lines = [f"6410;A AB;2023-01-{n % 28 + 1:02d};{most if n < 1200 else credit}" for n in range(1210)]
    assert counted(tmp_path, rows(f"Konto;Leverantör;Datum;{header}", *lines)) == expected


@pytest.mark.parametrize(
    ("header", "credit"),
    [
        ("Dokumenttyp", ("Faktura", "Kreditfaktura", "Utlägg")),
        ("Fakturatyp", ("DF", "KF", "DF")),
        ("Fakturatyp", ("LF", "LK", "LF")),
        ("Dokumenttyp", ("Invoice", "Credit note", "Invoice")),
        ("Typ", ("Leverantörsfaktura", "Leverantörskredit", "Leverantörsfaktura")),
        ("Typ", ("", "K", "")),
    ],
)
def test_credit_notes_that_are_added_are_told(tmp_path: Path, header: str, credit: tuple[str, ...]) -> None:
    lines = (f"6410;A AB;2023-01-0{n};{n}00,00;{word}" for n, word in enumerate(credit, start=1))
    passed = read(tmp_path, rows(f"Konto;Leverantör;Datum;Belopp;{header}", *lines))
    is_read = "side" in passed.form.fields
    assert balance(passed)["counted"][1] == (200_00 if is_read else 600_00)
    assert is_read or any(
        f"{header!r} says {credit[1]} of lines whose amounts have no minus" in t for t in passed.warnings
    )


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Makulerad", ("Nej", "Ja", "Nej")),
        ("Makulerad", ("", "X", "")),
        ("Makuleringsdatum", ("", "2023-02-01", "")),
        ("Status", ("Bokförd", "Makulerad faktura", "Bokförd")),
        ("Status", ("Attesterad", "Avvisad", "Attesterad")),
        ("Status", ("Attesterad", "Ej attesterad", "Attesterad")),
    ],
)
def test_lines_that_may_not_count_are_told(tmp_path: Path, header: str, cells: tuple[str, ...]) -> None:
    lines = (f"6410;A AB;2023-01-0{n};{n}00,00;{cell}" for n, cell in enumerate(cells, start=1))
    form = looked_over(tmp_path, rows(f"Konto;Leverantör;Datum;Belopp;{header}", *lines))
    assert any(t.startswith(f"{header!r} says {cells[1]} of some lines, and they count") for t in form.warnings)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Radtyp", ("Detalj", "Detalj", "Summa")),
        ("Typ", ("Trans", "Trans", "UB")),
        ("Radtyp", ("Post", "Post", "Utgående saldo")),
        ("Nivå", ("Rad", "Rad", "Delsumma")),
    ],
)
def test_sums_that_look_like_lines_are_refused(tmp_path: Path, header: str, cells: tuple[str, ...]) -> None:
    lines = (f"6410;A AB;2023-01-0{n};{n}00,00;V{n};{cell}" for n, cell in enumerate(cells, start=1))
    with pytest.raises(KlimatError, match=f"column '{header}' says '{cells[-1]}' of lines that have an account and a"):
        read(tmp_path, rows(f"Konto;Leverantör;Datum;Belopp;Verifikation;{header}", *lines))


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Kontotyp", ("Resultat", "Balans", "Resultat")),  # kinds of accounts
        ("Momstyp", ("Ingående", "Utgående", "Ingående")),  # and of VAT
        ("Typ", ("Summa", "Summa", "Summa")),  # all alike: nothing is summed up
    ],
)
def test_kinds_that_are_no_sums_count(tmp_path: Path, header: str, cells: tuple[str, ...]) -> None:
    """100 + 200 + 300."""
    lines = (f"6410;A AB;2023-01-0{n};{n}00,00;V{n};{cell}" for n, cell in enumerate(cells, start=1))
    passed = read(tmp_path, rows(f"Konto;Leverantör;Datum;Belopp;Verifikation;{header}", *lines))
    assert balance(passed)["counted"] == (3, 600_00)


def test_a_day_without_its_year_is_told(tmp_path: Path) -> None:
    passed = read(tmp_path, rows("Konto;Leverantör;Datum;Belopp", "6410;A AB;5 januari;100,00"))
    assert [problem.reason for problem in passed.problems] == [
        "no such day; a day without its year? Let the export write whole dates"
    ]


def test_what_is_told_of_lines_names_nobody(tmp_path: Path) -> None:
    lines = ("6410;A AB;2023-01-01;100,00;Anna Andersson;Kredit Anna", "6410;A AB;2023-01-02;200,00;;")
    passed = read(tmp_path, rows("Konto;Leverantör;Datum;Belopp;Makulerad av;Anm", *lines))
    assert any(text.startswith("'Makulerad av' says something of some lines") for text in passed.warnings)
    assert "Anna" not in passed.to_json()


# -- charts, letters, units --


@pytest.mark.parametrize(
    "accounts",
    [
        ("5010;Lokalhyra", "5410;Förbrukningsinventarier", "5611;Drivmedel personbilar", "6110;Kontorsmateriel"),
        ("5020;El för belysning", "5060;Städning", "7610;Utbildning"),
    ],
)
def test_a_company_s_purchases_are_no_wages(tmp_path: Path, accounts: tuple[str, ...]) -> None:
    lines = (f"{account};A AB;556677-8899;2023-01-0{n};100,00" for n, account in enumerate(accounts, start=1))
    content = rows(HEAD, *lines)
    assert "spend: chart: bas" in refusal(tmp_path, content)
    assert counted(tmp_path, content, chart="bas") == len(accounts) * 100_00


def test_letters_that_an_earlier_program_lost_are_no_text(tmp_path: Path) -> None:
    """Whatever stands instead: ``test_lost_letters``."""
    content = rows(
        HEAD, "6990;L”ner;A AB;556677-8899;2023-01-05;150,00", "6431;Livs;B AB;556036-0793;2023-01-06;100,00"
    )
    passed = read(tmp_path, content)
    assert any("letters of the account's text are lost on 1 lines" in text for text in passed.warnings)


@pytest.mark.parametrize("title", ["Amounts in EUR", "Leverantörsfakturor 2023 (eur)", "Valuta: NOK"])
def test_a_title_may_say_another_currency(tmp_path: Path, read_once: ReadOnce, title: str) -> None:
    lines = (f"4110;Livsmedel;Firma AB;556677-8899;2023-01-{day};100,00" for day in (17, 18))
    content = f"{title};;;;;\n" + rows(HEAD, *lines)
    assert "no column tells the currency" in refusal(tmp_path, content)
    _, passed = read_once(content, amount_unit="kr")
    assert balance(passed)["counted"][1] == 200_00


def test_what_a_spreadsheet_has_shortened_is_no_amount(tmp_path: Path) -> None:
    """1,23E+05 may be anything from 122,500 to 123,500; with all its digits it is one number."""
    amounts = {17: "1,23E+05", 18: "1,5E+01"}
    lines = (f"4110;Livsmedel;Firma AB;556677-8899;2023-01-{day};{said}" for day, said in amounts.items())
    passed = read(tmp_path, rows(HEAD, *lines))
    assert balance(passed) == {"quarantined": (1, 0), "counted": (1, 15_00)}
    assert "left its digits out" in passed.problems[0].reason


@pytest.mark.parametrize("spelt", ["P{:02d} 2023", "2023{:02d}"])
def test_periods_that_open_or_close_a_year_are_no_months(tmp_path: Path, spelt: str) -> None:
    """Period 0 holds what the year begins with, 13 is December, and 14 is none that is known."""
    lines = (f"4110;Livsmedel;Firma AB;556677-8899;{spelt.format(month)};100,00" for month in range(15))
    passed = read(tmp_path, rows(HEAD.replace("Datum", "Period"), *lines))
    assert balance(passed) == {"quarantined": (2, 200_00), "counted": (13, 1_300_00)}
    assert passed.days == ("2023-01-01", "2023-12-01")


@pytest.mark.parametrize("name", ["utfall_2023_tkr.csv", "Utfall 2023 (mkr).csv"])
def test_the_file_s_name_may_say_what_amounts_are_stated_in(tmp_path: Path, name: str) -> None:
    content = rows(HEAD, "6410;Livs;A AB;556677-8899;2023-01-05;125,00")
    with pytest.raises(KlimatError, match="stands in the file's name"):
        read(tmp_path, content, name=name)
    assert balance(read(tmp_path, content, name=name, amount_unit="tkr"))["counted"][1] == 125_000_00


# -- currencies --


def test_what_is_booked_is_in_kronor(tmp_path: Path) -> None:
    for name in ("Bokfört belopp", "Konterat belopp"):
        content = rows(
            f"Konto;Leverantör;Datum;{name};Valuta", "6410;A AB;2023-01-05;100,00;SEK", "6420;B;2023-01-06;1148,00;EUR"
        )
        assert counted(tmp_path, content) == 1_248_00
    both = rows(
        "Konto;Leverantör;Datum;Belopp;Valuta;Bokfört belopp",
        "6410;A AB;2023-01-05;100,00;EUR;1148,00",
        "6420;B;2023-01-06;50,00;SEK;50,00",
    )
    assert counted(tmp_path, both) == 1_198_00


def test_amounts_that_are_taken_times_a_rate_are_told(tmp_path: Path) -> None:
    passed = read(
        tmp_path,
        rows("Konto;Leverantör;Datum;Belopp;Valuta", "6410;A AB;2023-01-05;100,00;EUR", "6420;B;2023-01-06;50,00;SEK"),
    )
    assert any(
        "amounts of column 'Valuta' other than SEK (1 in EUR) are taken times the year's rate" in t
        for t in passed.warnings
    )


# -- the same lines twice, and sheets --


def test_a_file_written_twice_into_one_is_refused(tmp_path: Path) -> None:
    content = rows(HEAD, *(f"6410;Livs;A AB;556677-8899;2023-01-0{n};{n}00,00" for n in range(1, 9)))
    assert (
        "8 different lines above line 10, where the header stands again or another sheet begins, stand below it"
        in refusal(tmp_path, content * 2)
    )


def test_a_header_at_every_page_is_none(tmp_path: Path) -> None:
    """1 + 2 + ... + 8 hundred, the third and fourth line equal to the first two."""
    page = [f"6410;Livs;A AB;556677-8899;2023-01-0{n};{n}00,00" for n in range(1, 9)]
    content = rows(HEAD, *page[:2], HEAD, *page[:2], HEAD, *page[2:])
    assert counted(tmp_path, content) == 3_900_00


def test_sheets_tell_together_which_amounts_are_credits(tmp_path: Path) -> None:
    """1,000 + 500 + 300 - 200; in January's sheet there is no credit."""
    head = ["Konto", "Leverantör", "Datum", "Belopp", "D/K"]
    content = workbook(
        {
            "Januari": [head, ["6410", "A AB", "2023-01-05", 1000, "D"], ["6410", "B AB", "2023-01-06", 500, "D"]],
            "Februari": [head, ["6410", "A AB", "2023-02-05", 300, "D"], ["6410", "B AB", "2023-02-06", -200, "K"]],
        }
    )
    assert balance(read(tmp_path, content, name="2023.xlsx"))["counted"] == (4, 1_600_00)


@pytest.mark.parametrize(("one", "other"), [("Faktura", "Kredit"), ("Kredit", "Faktura")])
def test_either_sheet_may_have_the_credits(tmp_path: Path, one: str, other: str) -> None:
    """1,000 and 200, of which one is a credit, and 300 and 500."""
    head = ["Konto", "Leverantör", "Datum", "Belopp", "Fakturatyp"]
    content = workbook(
        {
            "Januari": [
                head,
                ["6410", "A AB", "2023-01-05", 1000, "Faktura"],
                ["6410", "B AB", "2023-01-06", 200, one],
            ],
            "Februari": [
                head,
                ["6410", "A AB", "2023-02-05", 500, "Faktura"],
                ["6410", "B AB", "2023-02-06", 300, other],
            ],
        }
    )
    expected = 2_000_00 - 2 * (200_00 if one == "Kredit" else 300_00)
    assert balance(read(tmp_path, content, name="2023.xlsx"))["counted"] == (4, expected)


@pytest.mark.parametrize("name", ["Makulerade", "Budget", "Kreditfakturor"])
def test_sheets_that_may_be_no_purchases_are_told(tmp_path: Path, name: str) -> None:
    head = ["Konto", "Leverantör", "Datum", "Belopp"]
    content = workbook(
        {"Fakturor": [head, ["6410", "A AB", "2023-01-05", 1000]], name: [head, ["6420", "B AB", "2023-01-06", 900]]}
    )
    passed = read(tmp_path, content, name="2023.xlsx")
    assert any(f"lines of the sheets {name} count as they stand" in text for text in passed.warnings)


def test_a_sheet_of_the_ledger_that_cannot_be_read_stops_it(tmp_path: Path) -> None:
    """One month in thousands; a summary in thousands beside the ledger is none of it."""
    head = ["Konto", "Leverantör", "Datum", "Belopp"]
    january = [head, ["6410", "A AB", "2023-01-05", 1000]]
    february = [head, ["6410", "A AB", "2023-02-05", 2]]
    with pytest.raises(KlimatError, match="'tkr' stands in the sheet's name"):
        read(tmp_path, workbook({"Januari": january, "Februari tkr": february}), name="2023.xlsx")
    summary = [["Konto", "Belopp"], ["6410", 1]]
    passed = read(tmp_path, workbook({"Utfall": january, "Summering tkr": summary}), name="2023.xlsx")
    assert balance(passed)["counted"] == (1, 1_000_00)


# -- persons --


HIDDEN = (
    *("999999-9999", "555555-5555", "222222-2222", "640823\u2013****", "640823-***", "640823_****", "640823-...."),
    *("640823-", "(640823-****)", "1964-08-23-XXXX", "640823-XXXX (maskerad)", "23/8-1964"),
)


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TypedLine]:
    """A line of Anna with each id."""

    def row(supplier: str) -> str:
        return f"6410;Bidrag;Anna Andersson;{supplier};2023-01-05;100,00"

    return read_cases(tmp_path_factory.mktemp("hidden"), HIDDEN, row, header=HEAD)[0]


@pytest.mark.parametrize("supplier", HIDDEN)
def test_an_id_that_hides_somebody_keeps_nothing(hidden: dict[str, TypedLine], supplier: str) -> None:
    line = hidden[supplier]
    assert (line["supplier_id"], line["supplier_name"]) == ("", "")
    assert "Anna" not in repr(line)
    assert "0823" not in repr(line)


SAID_TO_BE_PERSONS = (
    *("Dbo Anna Andersson", "DBO efter Anna Andersson", "Bo efter Anna Andersson", "Fam.hem Anna Andersson"),
    *("Kvarlåtenskapen efter Anna Andersson", "Familjehemsförälder Anna Andersson", "Jourfamilj Anna Andersson"),
    *("Fosterhem Anna Andersson", "Gode mannen för Anna", "Vårdnadshavare för Anna", "Elev Anna Sand"),
    *("Anna Falk f. 640823", "Anna Gren 640823"),
)
COMPANIES = ("Fosterhem Syd AB", "Bo Efter Design AB", "Dbo Konsult AB", "Bygg Konsult AB 640823")


@pytest.fixture(scope="module")
def suppliers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TypedLine]:
    """A line of each supplier, all with a company's number."""

    def row(name: str) -> str:
        return f"6410;Bidrag;{name};556677-8899;2023-01-05;100,00"

    return read_cases(tmp_path_factory.mktemp("suppliers"), (*SAID_TO_BE_PERSONS, *COMPANIES), row, header=HEAD)[0]


@pytest.mark.parametrize("name", SAID_TO_BE_PERSONS)
def test_a_name_that_says_a_person_is_withheld_whatever_the_number(suppliers: dict[str, TypedLine], name: str) -> None:
    """The kind tells that it was this name: another line may withhold a name, but makes nobody a person."""
    assert suppliers[name]["supplier_kind"] == "personal"
    assert "Anna" not in repr(suppliers[name])


@pytest.mark.parametrize("name", COMPANIES)
def test_a_company_keeps_its_name(suppliers: dict[str, TypedLine], name: str) -> None:
    assert suppliers[name]["supplier_name"] == name


def test_a_ledger_of_debts_alone_is_told(tmp_path: Path) -> None:
    lines = (f"2510;Leverantörsskulder;A AB;556677-8899;2023-01-0{n};100,00" for n in (1, 2))
    passed = read(tmp_path, rows(HEAD, *lines))
    assert "counted" not in balance(passed)
    assert any(
        text.startswith("no line counts as a purchase: 2 of 2 are left out by the rule") for text in passed.warnings
    )
