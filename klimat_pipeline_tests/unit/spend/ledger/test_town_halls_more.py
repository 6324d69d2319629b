"""Further exports as town halls make them, each once read wrong without a word, or refused with no way out. By hand."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klimat_pipeline.errors import KlimatError
from klimat_pipeline_tests.unit.spend.ledger.test_town_halls import HEAD, counted, rows
from klimat_pipeline_tests.unit.spend.ledger.test_workbooks import workbook
from klimat_pipeline_tests.unit.spend.small import ReadOnce, balance, read, typed_lines


def days(tmp_path: Path) -> list[str]:
    """Of the lines that were read last."""
    return [str(row["booked_on"]) for row in typed_lines(tmp_path / "typed")]


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> ReadOnce:
    return ReadOnce(tmp_path_factory.mktemp("read_once"))


# -- Parquet --


def parquet(**columns: Any) -> bytes:
    held = BytesIO()
    whole = {"Konto": ["6410"] * 2, "Belopp": [100.0, 50.0], "Datum": ["2023-01-05"] * 2} | columns
    pq.write_table(pa.table(whole), held)
    return held.getvalue()


#: Columns that hold no texts, and what Parquet calls them.
OTHERS = {
    "list<element: string>": pa.array([["a"], ["b"]]),
    "struct<a: int64>": pa.array([{"a": 1}, {"a": 2}]),
    "map<string, int32": pa.array([[("a", 1)], [("b", 2)]], pa.map_(pa.string(), pa.int32())),
    "binary": pa.array([b"\xff\xfe", b"a"]),
    "fixed_size_binary[4]": pa.array([b"abcd", b"\xffbcd"], pa.binary(4)),
}


def test_columns_of_no_texts_are_named_and_not_read(tmp_path: Path) -> None:
    """100 + 50."""
    attached = {f"Bilaga {n}": column for n, column in enumerate(OTHERS.values())}
    passed = read(tmp_path, parquet(**attached), "l.parquet")
    assert balance(passed)["counted"] == (2, 150_00)
    (told,) = (text for text in passed.remarks if "not read, for they hold no texts: " in text)
    assert not [kind for name, kind in zip(attached, OTHERS, strict=True) if f"{name!r} ({kind}" not in told]
    assert passed.form.header[-5:] == tuple(attached)


@pytest.mark.parametrize("kind", OTHERS)
def test_amounts_that_are_no_texts_are_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(KlimatError, match="no column for amount.*hold no texts: 'Belopp'.*Export them as texts"):
        read(tmp_path, parquet(Belopp=OTHERS[kind]), "l.parquet")


def test_bytes_that_are_no_text_far_down_are_refused(tmp_path: Path) -> None:
    suppliers = pa.array([b"A AB"] * 6_001 + [b"\xff\xfe"] + [b"A AB"] * 5_000)
    content = parquet(
        Konto=["6410"] * 11_002, Belopp=[1.0] * 11_002, Datum=["2023-01-05"] * 11_002, **{"Leverantör": suppliers}
    )
    with pytest.raises(KlimatError, match=r"rows 1 to 11,002, column 'Leverantör': holds bytes that are no UTF-8 text"):
        read(tmp_path, content, "l.parquet")


def test_names_of_columns_may_hold_odd_spaces(tmp_path: Path) -> None:
    content = parquet(**{"Belopp  SEK ": [10.0, 5.0], "Belopp": ["", ""]})
    assert balance(read(tmp_path, content, "l.parquet"))["counted"] == (2, 15_00)


# -- accounts --


ACCOUNTS = "Konto;Leverantör;Orgnr;Datum;Belopp"


@pytest.mark.parametrize(
    ("spelt", "kept"),
    [
        ("{:010d}", {"64100", "24410", "50100", "30110", "64200"}),
        ("{:06d}", {"64100", "24410", "50100", "30110", "64200"}),
        ("0{} Text", {"64100", "24410", "50100", "30110", "64200"}),
    ],
)
def test_zeros_that_fill_an_account_up_are_no_part_of_it(tmp_path: Path, spelt: str, kept: set[str]) -> None:
    """64100 and 64200 are purchases; 24410 is a debt, 50100 wages, 30110 income: 100 + 40 count."""
    amounts = {64100: 100, 24410: 1000, 50100: 500, 30110: 300, 64200: 40}
    lines = [f"{spelt.format(account)};A AB;556677-8899;2023-01-05;{ore},00" for account, ore in amounts.items()]
    passed = read(tmp_path, rows(ACCOUNTS, *lines))
    assert balance(passed)["counted"] == (2, 140_00)
    assert balance(passed)["liabilities"] == (1, 1000_00)
    assert {row["account"] for row in typed_lines(tmp_path / "typed")} == kept
    assert any(text.startswith("zeros in front of accounts are taken off on 5 lines") for text in passed.remarks)


def test_zeros_of_some_accounts_and_of_none(tmp_path: Path) -> None:
    """02510 is a debt; 0000 and 0001 are what they are, and nothing is told of a ledger without zeros."""
    lines = [f"{account};A AB;556677-8899;2023-01-05;100,00" for account in ("06410", "02510", "0000", "0001")]
    passed = read(tmp_path, rows(ACCOUNTS, *lines))
    assert balance(passed) == {"counted": (3, 300_00), "liabilities": (1, 100_00)}
    assert {row["account"] for row in typed_lines(tmp_path / "typed")} == {"6410", "2510", "0000", "0001"}
    passed = read(tmp_path, rows(ACCOUNTS, "6410;A AB;556677-8899;2023-01-05;100,00"))
    assert not any("zeros" in text for text in passed.remarks)


# -- titles --


ONE = "6410;Livs;A AB;556677-8899;2023-01-05;125,00"


@pytest.mark.parametrize("place", ["title", "name"])
@pytest.mark.parametrize(
    ("said", "remedy", "settings", "expected"),
    [
        *(
            (said, "amount_unit: tkr", {"amount_unit": "tkr"}, 125_000_00)
            for said in (
                "Beloppen i 1000-tal kronor",
                "Belopp i tusen kr",
                "Belopp (t kr)",
                "Belopp i tusentals kronor",
                "Belopp i 1 000 kr",
                "Belopp (1000 kr)",
                "T.kr.",
                "SEK thousands",
            )
        ),
        ("Belopp i m kr", "amount_unit: mkr", {"amount_unit": "mkr"}, 125_000_000_00),
        ("Beloppen anges i öre", "amount_unit: öre", {"amount_unit": "öre"}, 1_25),
        ("Beloppen anges i o\u0308re", "amount_unit: öre", {"amount_unit": "öre"}, 1_25),
        *(
            (said, "vat: {included: true", {"vat": {"included": True, "rate_pct": 25.0}}, 100_00)
            for said in (
                "Alla belopp inkl.moms",
                "Beloppen är med moms",
                "Moms ingår i beloppen",
                "Moms 25 % är inräknad",
                "Belopp inkl. 25 % moms",
                "I beloppen ingår moms",
                "Amounts including 25% VAT",
            )
        ),
        *(
            (said, f"with {code} on every line", {"amount_unit": "kr"}, 125_00)
            for said, code in (
                ("Belopp i euro", "EUR"),
                ("Valuta €", "EUR"),
                ("Amounts in Euro", "EUR"),
                ("Amounts in US dollars", "USD"),
                ("Belopp i norska kronor", "NOK"),
            )
        ),
    ],
)
def test_what_stands_around_the_amounts_is_heeded(
    read_once: ReadOnce, place: str, said: str, remedy: str, settings: dict[str, Any], expected: int
) -> None:
    """125.00 in thousands, millions or oere; of it 25.00 are VAT; the remedy works."""
    title, name = (f"{said};;;;;\n", "l.csv") if place == "title" else ("", f"{said}.csv")
    content = title + rows(HEAD, ONE)
    with pytest.raises(KlimatError, match="stands (above|in the file)") as stopped:
        read_once(content, name)
    assert remedy in str(stopped.value)
    _, passed = read_once(content, name, **settings)
    assert balance(passed)["counted"] == (1, expected)


@pytest.mark.parametrize(
    "said",
    [
        "Beloppen anges i kronor och öre",
        "kr/öre",
        "Hela kronor, utan öre",
        "Örebro kommun",
        "Fakturor över 1 000 kr",
        "Moms ingår ej",
        "Moms är inte inräknad",
        "Ej inkl. moms",
        "Belopp exkl. moms",
        "Euro Accident och Eurofins",
        "Momspliktiga inköp",
    ],
)
def test_what_stands_around_may_say_nothing_of_the_amounts(read_once: ReadOnce, said: str) -> None:
    _, passed = read_once(f"{said};;;;;\n" + rows(HEAD, ONE))
    assert balance(passed)["counted"] == (1, 125_00)


@pytest.mark.parametrize(
    ("name", "cell", "expected"),
    [
        ("Belopp i öre", "12345", 123_45),
        ("Belopp (öre)", "-12345", -123_45),
        ("Belopp i öre", "12 345", 123_45),
        ("Belopp i öre", "12345,50", 123_46),
        ("Belopp i öre", "12344,50", 123_44),
        ("Belopp (1000 kr)", "12,5", 12_500_00),
        ("Belopp i tusen kr", "12,5", 12_500_00),
        ("Belopp (t kr)", "12,5", 12_500_00),
    ],
)
@pytest.mark.parametrize("is_mapped", [False, True])
def test_the_name_of_a_column_says_what_amounts_are_stated_in(
    read_once: ReadOnce, name: str, cell: str, expected: int, is_mapped: bool
) -> None:
    """Half an oere is rounded to the even one, and told; a mapping of the column does not silence its name."""
    content = rows(HEAD.replace("Belopp", name), ONE.replace("125,00", cell))
    form, passed = read_once(content, columns={name: "amount"} if is_mapped else {})
    assert balance(passed)["counted"] == (1, expected)
    assert passed.rounded == ("345,50" in cell or "344,50" in cell)
    for warnings in (form.warnings, passed.warnings):
        assert any(text.startswith("amounts are in ") for text in warnings)


def test_rates_of_vat_are_rates_beside_oere(tmp_path: Path) -> None:
    """12,500 oere with 25 per cent VAT are 100.00 without; three lines."""
    lines = [f"{ONE.replace('125,00', '12500')};25"] * 3
    vat = {"included": True}
    assert counted(tmp_path, rows(f"{HEAD.replace('Belopp', 'Belopp i öre')};Momssats", *lines), vat=vat) == 300_00


@pytest.mark.parametrize(
    ("name", "remedy"), [("Belopp inkl. moms", "vat: {included: true"), ("Belopp EUR", "no column tells the currency")]
)
def test_a_mapping_does_not_silence_the_name_of_a_column(read_once: ReadOnce, name: str, remedy: str) -> None:
    with pytest.raises(KlimatError, match="stands in the column's name") as stopped:
        read_once(rows(HEAD.replace("Belopp", name), ONE), columns={name: "amount"})
    assert remedy in str(stopped.value)


# -- files that were put together --


LONG = "Vernr;Konto;Kontotext;Leverantör;Orgnr;Datum;Belopp;Text"


def numbered(first: int, last: int, text: str = "") -> list[str]:
    """Rows of 100.00, 101.00 and so on."""
    return [f"A{n};6410;Livs;A AB;556677-8899;2023-01-{n % 28 + 1:02d};{100 + n},00;{text}" for n in range(first, last)]


@pytest.mark.parametrize("ends", [("\r\n", "\r"), ("\n", "\r"), ("\r", "\r\n"), ("\r", "\n")])
@pytest.mark.parametrize("again", [True, False])
def test_lines_may_end_in_two_ways(tmp_path: Path, ends: tuple[str, str], again: bool) -> None:
    """150 rows and 100, whichever end more often: 250 x 100 + (0 + ... + 249) = 25,000 + 31,125."""
    second = [LONG] * again + numbered(150, 250)
    content = "".join(f"{line}{ends[0]}" for line in (LONG, *numbered(0, 150)))
    content += "".join(f"{line}{ends[1]}" for line in second)
    passed = read(tmp_path, content)
    assert balance(passed) == {"counted": (250, 56_125_00)}
    assert passed.headers == again


def test_lines_may_end_in_two_ways_in_a_large_file(tmp_path: Path) -> None:
    """Beyond the pieces in which a file is read: 12,000 rows of 1.00 that end in one way, then 9,000 in the other."""
    row = f"A1;6410;Livs;A AB;556677-8899;2023-01-05;1,00;{'x' * 200}"
    content = f"{LONG}\r\n" + f"{row}\r\n" * 12_000 + f"{row}\r" * 9_000 + f"{row}\n{row}"
    assert balance(read(tmp_path, content)) == {"counted": (21_002, 21_002_00)}


def test_a_carriage_return_inside_a_cell_ends_no_line(tmp_path: Path) -> None:
    """100 + 101 + 102."""
    content = rows(LONG, *numbered(0, 3)).replace("A AB", "A\rAB").replace("Livs", "Li\rvs", 1).replace("\n", "\r\n")
    assert balance(read(tmp_path, content)) == {"counted": (3, 303_00)}


@pytest.mark.parametrize(
    "encodings", [("utf-8", "utf-16"), ("utf-16", "utf-8"), ("cp1252", "utf-16-le"), ("utf-16", "cp1252")]
)
@pytest.mark.parametrize("lines", [5, 40, 400])
def test_two_exports_of_which_one_is_utf_16_are_refused(tmp_path: Path, encodings: tuple[str, str], lines: int) -> None:
    parts = (rows(LONG, *numbered(0, lines)), rows(LONG, *numbered(lines, 2 * lines)))
    content = b"".join(part.encode(encoding) for part, encoding in zip(parts, encodings, strict=True))
    with pytest.raises(KlimatError, match="a part of the file is UTF-16, and a part is not|do not pass"):
        read(tmp_path, content, quarantine_limit_pct=1.0)


def test_utf_16_may_hold_names_in_other_scripts(tmp_path: Path) -> None:
    content = rows(LONG, *numbered(0, 3, "华为技术有限公司北京分公司 – 東京電力 ”citat” € ™"))
    assert balance(read(tmp_path, content.encode("utf-16"))) == {"counted": (3, 303_00)}


# -- days --


def dated(name: str, *cells: str, year: str = "") -> str:
    """A line of 100.00 a cell."""
    header = HEAD.replace("Datum", f"År;{name}" if year else name)
    return rows(
        header, *(ONE.replace("125,00", "100,00").replace("2023-01-05", f"{year};{x}" if year else x) for x in cells)
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (dated("Period", "2023Q1", "2023Q2"), ["2023-01-01", "2023-04-01"]),
        (dated("Kvartal", "2023Q1", "2023Q2"), ["2023-01-01", "2023-04-01"]),
        (dated("Kvartal", "1", "2", year="2023"), ["2023-01-01", "2023-04-01"]),
        (dated("Kvartal", "Q1", "kv 4", year="2023"), ["2023-01-01", "2023-10-01"]),
    ],
)
def test_a_quarter_is_the_first_day_of_its_first_month(tmp_path: Path, content: str, expected: list[str]) -> None:
    passed = read(tmp_path, content)
    assert balance(passed) == {"counted": (2, 200_00)}
    assert days(tmp_path) == expected
    assert "quarters are dated the first day of their first month" in passed.warnings


def test_a_quarter_may_be_spelt_in_many_ways(tmp_path: Path) -> None:
    first, second, third, fourth = (f"2023-{month}-01" for month in ("01", "04", "07", "10"))
    expected = {
        **{"Q1 2023": first, "Q4 2023": fourth, "2023-Q1": first, "2023 K3": third},
        **{"kv 1 2023": first, "Kvartal 2, 2023": second, "1:a kvartalet 2023": first, "3 kv 2023": third},
    }
    for name in ("Period", "Kvartal"):
        passed = read(tmp_path, dated(name, *(f'"{cell}"' for cell in expected)))
        assert balance(passed) == {"counted": (8, 800_00)}
        assert dict(zip(expected, days(tmp_path), strict=True)) == expected
        assert "quarters are dated the first day of their first month" in passed.warnings


def test_a_quarter_is_no_day_where_another_column_has_one(tmp_path: Path) -> None:
    """The coarsest goes last: the invoice's date is a day."""
    content = rows(f"{HEAD.replace('Datum', 'Fakturadatum')};År;Kvartal", f"{ONE};2023;1")
    assert read(tmp_path, content).days == ("2023-01-05", "2023-01-05")


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("Månad", ["1", "12"], ["2023-01-01", "2023-12-01"]),
        ("Månad", ["01", "02"], ["2023-01-01", "2023-02-01"]),
        ("Månad", ["januari", "dec"], ["2023-01-01", "2023-12-01"]),
        ("Kvartal", ["1", "2"], ["2023-01-01", "2023-04-01"]),
    ],
)
def test_months_without_a_year_have_that_of_the_file_s_name(
    tmp_path: Path, name: str, cells: list[str], expected: list[str]
) -> None:
    """Or that of the settings; where neither tells it, the refusal says where to put it."""
    for file, settings in (("reskontra 2023.csv", {}), ("reskontra.csv", {"periods": {"resk*": "2023"}})):
        passed = read(tmp_path, dated(name, *cells), file, **settings)
        assert balance(passed) == {"counted": (2, 200_00)}
        assert days(tmp_path) == expected
        assert any(text.startswith(f"no column holds the year of {name!r}: it is 2023, by") for text in passed.warnings)
        assert passed.form.period_by_name == (not settings)
    for file in ("reskontra.csv", "reskontra 2022 2023.csv"):
        with pytest.raises(KlimatError, match="no column tells their year. Put it into the file's name"):
            read(tmp_path, dated(name, *cells), file)


def test_months_of_sheets_have_the_year_of_the_file(tmp_path: Path) -> None:
    """2 x 100; a sheet of another year is not of the file's."""
    header, line = HEAD.replace("Datum", "Månad").split(";"), ["6410", "Livs", "A AB", "556677-8899", 1, 100.0]
    second = [*line[:4], 2, 100.0]
    passed = read(tmp_path, workbook({"Jan": [header, line], "Feb": [header, second]}), "2023.xlsx")
    assert passed.days == ("2023-01-01", "2023-02-01")
    with pytest.raises(KlimatError, match="the sheet 2022 is of another than the file"):
        read(tmp_path, workbook({"2022": [header, line], "2023": [header, second]}), "2023.xlsx")


def test_four_digits_may_be_a_year_or_a_month(tmp_path: Path) -> None:
    """13 periods of 2020, or thirteen years: the file's name, or the setting, tells; 2017 can only be a year."""
    content = dated("Period", *(f"20{month:02d}" for month in range(1, 14)))
    with pytest.raises(KlimatError, match="may be read in several ways: say which in .*date_form"):
        read(tmp_path, content, quarantine_limit_pct=1.0)
    for name, settings in (
        ("bok 2020.csv", {}),
        ("l.csv", {"date_form": "YYMM"}),
        ("l.csv", {"periods": {"*": "2020"}}),
    ):
        passed = read(tmp_path, content, name, **settings)
        assert balance(passed) == {"counted": (13, 1_300_00)}
        assert passed.days == ("2020-01-01", "2020-12-01")
        assert days(tmp_path).count("2020-12-01") == 2
    assert read(tmp_path, content, date_form="YYYY").days == ("2001-01-01", "2013-01-01")
    assert read(tmp_path, dated("Period", "2016", "2017")).days == ("2016-01-01", "2017-01-01")
    assert read(tmp_path, dated("Period", "2012"), "bok 2012.csv").days == ("2012-01-01", "2012-01-01")


@pytest.mark.parametrize(
    "content",
    [
        dated("Räkenskapsår", "2010/11"),
        dated("År", "2022/2023"),
        dated("Verksamhetsår", "2022-2023"),
        dated("Period", "2009/10", "2010/11"),
        dated("Period", "01", "02", year="2022/23"),
    ],
)
def test_a_financial_year_of_two_calendar_years_tells_no_day(tmp_path: Path, content: str) -> None:
    with pytest.raises(KlimatError, match="holds financial years of two calendar years"):
        read(tmp_path, content)


def test_a_month_after_a_bar_is_no_financial_year(tmp_path: Path) -> None:
    passed = read(tmp_path, dated("Period", "2010/11", "2010/12"))
    assert passed.days == ("2010-11-01", "2010-12-01")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            [
                *("2023-01-05-00.00.00.000000", "2023-01-06-23.59.59.999999", "2023-01-07 00.00.00"),
                *("2023-01-08 12.30.00", "2023-01-09 kl 10:00", "2023-01-10 kl. 10.30"),
            ],
            ["2023-01-05", "2023-01-06", "2023-01-07", "2023-01-08", "2023-01-09", "2023-01-10"],
        ),
        (["13/03/2023 00:00:00", "03/04/2023 00:00:00"], ["2023-03-13", "2023-04-03"]),
        (["03/13/2023 10:00", "03/04/2023 10:00"], ["2023-03-13", "2023-03-04"]),
        (["2022-12-31 23.00.00", "2023-06-30 22.00.00"], ["2023-01-01", "2023-07-01"]),
    ],
)
def test_a_day_may_have_a_time(tmp_path: Path, cells: list[str], expected: list[str]) -> None:
    assert balance(read(tmp_path, dated("Datum", *cells))) == {"counted": (len(cells), len(cells) * 100_00)}
    assert days(tmp_path) == expected


def test_a_time_does_not_hide_a_day_that_may_be_two(tmp_path: Path) -> None:
    """It looked like a personal number; one of those is withheld still."""
    (problem,) = read(tmp_path, dated("Datum", "03/04/2023 00:00:00")).problems
    assert problem.value == "03/04/2023"
    assert "may be read in several ways" in problem.reason
    (problem,) = read(tmp_path, dated("Datum", "850709-9805 10:00")).problems
    assert problem.value == "[withheld]"
