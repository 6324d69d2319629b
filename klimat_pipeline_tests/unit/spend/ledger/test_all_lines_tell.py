"""What only the whole of a file tells: how credits are written, lines that stand twice, headers that change. By hand."""

import gzip
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klimat_pipeline.errors import KlimatError
from klimat_pipeline_tests.unit.spend.ledger.test_town_halls import counted, refusal, rows
from klimat_pipeline_tests.unit.spend.ledger.test_workbooks import workbook
from klimat_pipeline_tests.unit.spend.small import ReadOnce, TypedLine, balance, read, read_cases

HEAD = "Konto;Kontotext;Leverantör;Datum;Vernr;Belopp"


def purchases(first: int, last: int, *, plus: int = 0) -> list[str]:
    """Vouchers of 100 kronor and their number in kronor each."""
    return [
        f"6410;Livs;A AB;2023-{n % 12 + 1:02d}-05;V{n};{100 + n + (plus if n == first else 0)},00"
        for n in range(first, last)
    ]


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> ReadOnce:
    return ReadOnce(tmp_path_factory.mktemp("read_once"))


def counted_once(read_once: ReadOnce, content: str) -> int:
    """As ``counted``; of files that differ in names alone one is read."""
    return balance(read_once(content)[1]).get("counted", (0, 0))[1]


# -- signs --


@pytest.mark.parametrize(
    ("form", "header", "most", "credit"),
    [
        ("csv", "Belopp;D/K", "100,00;D", "-50,00;K"),
        ("csv.gz", "Belopp;Fakturatyp", "100,00;Faktura", "50,00;Kredit"),
        ("xlsx", "Belopp;Fakturatyp", "100,00;Faktura", "50,00;Kredit"),
        ("parquet", "Debet;Kredit", "100,00;", ";-50,00"),
    ],
)
def test_credits_may_stand_at_the_very_end(tmp_path: Path, form: str, header: str, most: str, credit: str) -> None:
    """All but 300 lines are purchases of 100, those are credits of 50; looked at are some lines."""
    count = 21_000 if "csv" in form else 6_000
    names = f"Konto;Leverantör;Datum;{header}".split(";")
    cells = [
        f"6410;A AB;2023-01-{n % 28 + 1:02d};{most if n < count - 300 else credit}".split(";") for n in range(count)
    ]
    if form == "xlsx":
        content = workbook({"Reskontra": [names, *cells]})
    elif form == "parquet":
        made = BytesIO()
        pq.write_table(pa.table(dict(zip(names, map(list, zip(*cells, strict=True)), strict=True))), made)
        content = made.getvalue()
    else:
        content = rows(";".join(names), *map(";".join, cells)).encode()
        content = gzip.compress(content) if form == "csv.gz" else content
    assert balance(read(tmp_path, content, name=f"2023.{form}"))["counted"] == (
        count,
        (count - 300) * 100_00 - 300 * 50_00,
    )


def test_credits_of_both_kinds_are_told(tmp_path: Path) -> None:
    """Three credits of 50 without a minus decide: 1,000 - 150, and the one of -20 counts as 20 more."""
    lines = [*(f"6410;A AB;2023-01-0{n};{n * 100},00;D" for n in (1, 2, 3, 4)), "6410;A AB;2023-01-09;-20,00;K"]
    lines += [f"6410;A AB;2023-02-0{n};50,00;K" for n in (1, 2, 3)]
    passed = read(tmp_path, rows("Konto;Leverantör;Datum;Belopp;D/K", *lines))
    assert balance(passed)["counted"][1] == 870_00
    assert any("1 credits have a minus and 3 have none; all are taken off" in text for text in passed.warnings)


@pytest.mark.parametrize("name", ["Tecken", "+/-", "Plus/minus", "DC-kod", "D/K", "Debet/Kredit"])
@pytest.mark.parametrize("mark", ["-", "K"])
def test_a_column_may_mark_credits_alone(read_once: ReadOnce, name: str, mark: str) -> None:
    """1,000 + 500 - 200."""
    lines = ["6410;A AB;2023-01-05;1000,00;", "6410;B AB;2023-01-06;500,00;", f"6410;A AB;2023-01-07;200,00;{mark}"]
    assert counted_once(read_once, rows(f"Konto;Leverantör;Datum;Belopp;{name}", *lines)) == 1_300_00


@pytest.mark.parametrize("name", ["Valutabelopp", "Totalbelopp", "Fakturabelopp", "Belopp inkl moms"])
def test_debit_and_credit_go_before_other_amounts(tmp_path: Path, name: str) -> None:
    """1,000 + 1,148 - 100 kronor; the other column is of another currency, of the invoice, or with VAT."""
    lines = [
        "6410;A AB;2023-01-05;1000,00;0,00;SEK;0,00",
        f"6410;B AB;2023-01-06;1148,00;0,00;{'EUR' if name == 'Valutabelopp' else 'SEK'};100,00",
        "6410;B AB;2023-01-07;0,00;100,00;SEK;0,00",
    ]
    assert counted(tmp_path, rows(f"Konto;Leverantör;Datum;Debet;Kredit;Valuta;{name}", *lines)) == 2_048_00


def test_the_settings_may_prefer_debit_and_credit(tmp_path: Path) -> None:
    lines = ["6410;A AB;2023-01-05;900,00;;1000,00", "6410;B AB;2023-01-06;;100,00;5,00"]
    content = rows("Konto;Leverantör;Datum;Debet;Kredit;Belopp", *lines)
    assert counted(tmp_path, content, columns={"Debet": "debit", "Kredit": "credit"}) == 800_00


def test_amounts_without_signs_beside_a_currency_are_kronor(tmp_path: Path) -> None:
    lines = ["6410;A AB;2023-01-05;1000,00;1000,00;;0,00;SEK", "6410;B AB;2023-01-06;100,00;;100,00;10,00;EUR"]
    content = rows("Konto;Leverantör;Datum;Belopp;Debet;Kredit;Belopp i valuta;Valuta", *lines)
    assert counted(tmp_path, content) == 900_00


# -- rows --


def test_stray_quotation_marks_swallow_no_rows(tmp_path: Path) -> None:
    """100 lines of 100 kronor; the first mark is never closed, and its line alone does not pass."""
    item = {10: '"Rör 2 tum', 55: 'LED-lampa 8"'}
    lines = [f"6410;A AB;2023-01-05;100,00;{item.get(n, 'text')}" for n in range(100)]
    passed = read(tmp_path, rows("Konto;Leverantör;Datum;Belopp;Text", *lines))
    assert balance(passed)["counted"] == (99, 9_900_00)
    assert [(p.line, p.amount_ore) for p in passed.problems] == [(12, 100_00)]


def test_oere_behind_a_comma_are_not_cut_off(tmp_path: Path) -> None:
    for last, text in (("", ""), (",Text", ",x")):
        content = rows(
            f"Konto,Leverantör,Datum,Belopp,{last}", *(f"6410,A AB,2023-01-0{n},100,75{text}" for n in (1, 2))
        )
        assert "(such as 100,75): are they the oere" in refusal(tmp_path, content)


@pytest.mark.parametrize(
    ("header", "again", "line"),
    [
        (
            "Ansvar;Konto;Leverantör;Datum;Belopp",
            "Konto;Ansvar;Leverantör;Datum;Belopp",
            "5020;6410;A AB;2023-01-05;100,00",
        ),
        ("Konto;Datum;Netto;Moms;Brutto", "Konto;Datum;Brutto;Moms;Netto", "6410;2023-01-05;125,00;25,00;100,00"),
        ("Konto;Datum;Belopp exkl moms", "Konto;Datum;Belopp inkl moms", "6410;2023-01-05;125,00"),
        ("Konto;Datum;Belopp kr", "Konto;Datum;Belopp tkr", "6410;2023-01-05;1,00"),
    ],
)
def test_a_header_that_changes_is_another_file(tmp_path: Path, header: str, again: str, line: str) -> None:
    above = {
        "Ansvar": "6410;5020;A AB;2023-01-04;100,00",
        "Netto": "6410;2023-01-04;100,00;25,00;125,00",
    }.get("Ansvar" if "Ansvar" in header else "Netto" if "Netto" in header else "", "6410;2023-01-04;100,00")
    said = refusal(tmp_path, rows(header, above, above.replace("04", "03"), again, line))
    assert "ledger.csv:4: another header begins here" in said


# -- lines that stand twice in one file --


def test_a_corrected_export_below_the_first_is_refused(tmp_path: Path) -> None:
    content = rows(HEAD, *purchases(1, 30), HEAD, *purchases(1, 30, plus=5))
    assert "28 different lines above line" in refusal(tmp_path, content)


def test_exports_that_overlap_in_one_file_are_refused(tmp_path: Path) -> None:
    content = rows(HEAD, *purchases(1, 60), HEAD, *purchases(50, 110))
    assert "10 different lines above line" in refusal(tmp_path, content)


@pytest.mark.parametrize("lines", [purchases(1, 20) * 2, sorted(purchases(1, 20) * 2)])
def test_lines_that_all_stand_twice_are_refused(tmp_path: Path, lines: list[str]) -> None:
    assert "its lines stand there twice each" in refusal(tmp_path, rows(HEAD, *lines))


def test_lines_of_one_voucher_may_be_equal(tmp_path: Path) -> None:
    """Two telephones of 299 kronor on each of ten vouchers, and one line of another purchase on each."""
    lines = [
        line
        for n in range(10)
        for line in (*[f"6850;Tele;T AB;2023-01-05;V{n};299,00"] * 2, f"6410;Livs;A AB;2023-01-05;V{n};1{n},00")
    ]
    assert counted(tmp_path, rows(HEAD, *lines)) == 10 * 598_00 + 145_00


@pytest.mark.parametrize("name", ["Reskontra (2)", "Feb-mar"])
def test_sheets_that_overlap_are_refused(tmp_path: Path, name: str) -> None:
    here, there = (
        (purchases(1, 30), purchases(1, 30, plus=5)) if "(2)" in name else (purchases(1, 60), purchases(50, 110))
    )
    sheets = {"Reskontra": here, name: there}
    content = workbook({key: [HEAD.split(";"), *(line.split(";") for line in some)] for key, some in sheets.items()})
    with pytest.raises(KlimatError, match="the file holds them twice"):
        read(tmp_path, content, name="2023.xlsx")


def test_the_invoice_s_amount_on_every_line_is_told(tmp_path: Path) -> None:
    lines = [f"{a};Text {a};A AB;2023-01-05;V{n};{1000 + n},00" for n in range(12) for a in (6410, 6430, 6460)]
    passed = read(tmp_path, rows(HEAD, *lines))
    assert any("12 of 12 vouchers with several accounts have the same amount" in text for text in passed.warnings)


@pytest.mark.parametrize(
    ("amount", "invoices", "sizes"),
    [("Fakturabelopp", 3, (2,)), ("Belopp", 12, (2, 3))],  # said by the name; no key splits by two and by three
)
def test_the_invoice_s_amount_on_every_line_is_refused(
    tmp_path: Path, amount: str, invoices: int, sizes: tuple[int, ...]
) -> None:
    lines = [
        f"{6410 + 10 * k};Text {k};A AB;2023-01-05;V{n};{1000 + n},00"
        for n in range(40)
        for k in range(sizes[n % len(sizes)] if n < invoices else 1)
    ]
    content = rows(HEAD.replace("Belopp", amount), *lines)
    with pytest.raises(KlimatError, match=f"{invoices} of {invoices} invoices .* it is the whole invoice's, repeated"):
        read(tmp_path, content)
    assert balance(read(tmp_path, content, overlap="keep"))["counted"][0] == len(lines)


# -- what stands twice by right --


def test_a_voucher_of_equal_lines_may_run_over_a_page(tmp_path: Path) -> None:
    """Ten lines of postage, five on each page of fifty."""
    postage = [f"6220;Porto;P AB;2023-03-05;V900;{62},50"] * 5
    page = [*purchases(1, 46), *postage, HEAD, *postage, *purchases(50, 95)]
    passed = read(tmp_path, rows(HEAD, *page))
    assert balance(passed)["counted"][0] == 100


@pytest.mark.parametrize("voucher", ["V{}", ""])
def test_two_schools_may_buy_the_same(tmp_path: Path, voucher: str) -> None:
    """A sheet a school, no column for it: of its 102 lines each shares one a month, an alarm paid by halves."""
    head = HEAD.split(";")
    sheets = {}
    for school, price in (("Norra", 100), ("Södra", 300)):
        own = [["6410", "Livs", "A AB", f"2023-{n % 12 + 1:02d}-05", f"{school}{n}", price + n] for n in range(90)]
        both = [["6860", "Larm", "L AB", f"2023-{m:02d}-15", voucher.format(m), 500] for m in range(1, 13)]
        sheets[school] = [head, *sorted([*own, *both], key=lambda row: row[3])]
    assert balance(read(tmp_path, workbook(sheets), name="2023.xlsx"))["counted"][0] == 204


def test_months_without_days_may_have_the_same_rents(tmp_path: Path) -> None:
    head = ["Konto", "Leverantör", "År", "Belopp"]
    rents = [["6010", f"Hus {n} AB", "2023", 10_000 + n] for n in range(4)]
    sheets = {f"Blad{n}": [head, *rents, ["6010", f"Hus 9{n} AB", "2023", n]] for n in (1, 2)}
    assert balance(read(tmp_path, workbook(sheets), name="l.xlsx"))["counted"][0] == 10


def test_rents_of_two_flats_stand_twice_on_every_voucher(tmp_path: Path) -> None:
    lines = [f"6010;Hyra;H AB;2023-{m:02d}-01;V{m};8000,00" for m in range(1, 13) for _ in range(2)]
    assert counted(tmp_path, rows(HEAD, *lines)) == 24 * 8_000_00


def test_the_settings_may_say_that_each_counts(tmp_path: Path) -> None:
    content = rows(HEAD, *purchases(1, 20) * 2)
    assert balance(read(tmp_path, content, overlap="keep"))["counted"][0] == 38


@pytest.mark.parametrize("name", ["Motpart", "Attestant", "Förvaltningskod"])
def test_codes_behind_whole_kronor_are_no_oere(read_once: ReadOnce, name: str) -> None:
    lines = [f"6410,A AB,2023-01-{n + 1:02d},{100 + n},{81 + n % 2}" for n in range(28)]
    assert counted_once(read_once, rows(f"Konto,Leverantör,Datum,Belopp,{name}", *lines)) == (28 * 100 + 27 * 14) * 100


@pytest.mark.parametrize(("name", "credit", "others"), [("Tecken", "-", ""), ("D/K", "K", ""), ("+/-", "-", "+")])
def test_a_header_again_changes_nothing_of_signs(tmp_path: Path, name: str, credit: str, others: str) -> None:
    """300 x 100 less 2 x 100 for each of ten credits, on six pages."""
    head = f"Konto;Leverantör;Datum;Belopp;{name}"
    lines = [f"6410;A AB;2023-01-{n % 28 + 1:02d};100,00;{credit if n % 30 == 0 else others}" for n in range(300)]
    pages = [part for at in range(0, 300, 50) for part in (*([head] if at else []), *lines[at : at + 50])]
    assert counted(tmp_path, rows(head, *pages)) == 28_000_00


# -- what only looks like a reason to refuse or to leave out --


@pytest.mark.parametrize(
    "title",
    [
        "Avstämd, differens 2 öre",
        "Öre- och kronutjämning ingår",
        "Ej avdragsgill moms ingår",
        "Fakturor över beloppsgräns (1 000 kr)",
        "Moms inkluderad: Nej",
        "Hela kronor, inga ören",
    ],
)
def test_a_title_may_speak_of_oere_and_vat_and_mean_kronor_without(read_once: ReadOnce, title: str) -> None:
    content = rows(title, "Konto;Leverantör;Datum;Belopp", "6410;A AB;2023-01-05;100,00")
    assert counted_once(read_once, content) == 100_00


#: By which rule a line is left out, or none.
RENTS_AND_LAND = {
    "Internhyra": "text_internal_rent",
    "Interna hyror": "text_internal_rent",
    "Lokalhyra, intern": "text_internal_rent",
    "Externa och interna hyror": "",
    "Hyra lokaler (internt/externt)": "",
    "Ej interna lokalhyror": "",
    "Hyra internat": "",
    "Markförvärv": "text_land",
    "Köp av fastighet": "text_land",
    "Inköp av tomtmark": "text_land",
    "Köp av tomt- och parkskötsel": "",
    "Köp av fastighet- och lokalvård": "",
    "Inköp av fastighet, reparation": "",
    "Fastighetsinköp VVS-material": "",
}


@pytest.fixture(scope="module")
def rents_and_land(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TypedLine]:
    """A line of each text."""

    def row(text: str) -> str:
        return f'6010;"{text}";A AB;2023-01-05;100,00'

    header = "Konto;Kontotext;Leverantör;Datum;Belopp"
    return read_cases(tmp_path_factory.mktemp("rents"), RENTS_AND_LAND, row, header=header)[0]


@pytest.mark.parametrize(("text", "rule"), RENTS_AND_LAND.items())
def test_rents_inside_and_land_are_no_purchases(rents_and_land: dict[str, TypedLine], text: str, rule: str) -> None:
    assert (rents_and_land[text]["left_out_rule"], rents_and_land[text]["amount_ore"]) == (rule, 100_00)
