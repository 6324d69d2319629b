"""Totals among lines and headers that stand again: used to verify, told, and never counted."""

from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline_tests.unit.spend.small import HEADER, balance, ledger, line, read

ROWS = [line(f"V{n}", f"{n},00", account="6410" if n < 4 else "6431") for n in range(1, 7)]  # 6 and 15 kronor


def total(label: str, amount: str, *, day: str = "2023-12-31", account: str = "", column: str = "leverantor") -> str:
    cells = dict.fromkeys(HEADER.split(";"), "")
    cells |= {"belopp": amount, "datum": day, "konto_nr": account, column: label}
    return ";".join(cells.values())


@pytest.mark.parametrize(
    "rows",
    [
        [*ROWS, total("Summa", "21,00", day="")],  # at the end, without a date
        [*ROWS, total("", "21,00", day="")],  # without a word
        [*ROWS, total("Totalt:", "21,00", column="konto_text")],
        [*ROWS[:3], total("Summa konto 6410", "6,00", account="6410"), *ROWS[3:], total("Summa konto 6431", "15,00")],
        [
            *ROWS[:3],
            total("Summa konto 6410", "6,00"),
            *ROWS[3:],
            total("Summa konto 6431", "15,00"),
            total("SUMMA", "21,00"),
        ],
        [
            *ROWS[::2],
            *ROWS[1::2],
            total("Delsumma", "6,00", account="6410"),
            total("Delsumma", "15,00", account="6431"),
        ],
        [total("Totalt", "21,00", day=""), *ROWS],  # above its lines
        [total("Summa 6410", "6,00"), *ROWS[:3], total("Summa 6431", "15,00"), *ROWS[3:]],
        [*ROWS, total("Summa konto 6410", "21,00", column="konto_nr")],  # in the place of an account
        [*ROWS, total("Summa Firma AB", "21,00", account="6431")],
        [*ROWS, total("Utgående saldo", "21,00", account="6431", column="text")],
    ],
)
def test_a_total_that_is_the_sum_of_its_lines_is_no_line(tmp_path: Path, rows: list[str]) -> None:
    passed = read(tmp_path, ledger(*rows))
    totals = len(rows) - len(ROWS)
    assert balance(passed) == {"counted": (6, 21_00)}
    assert (passed.lines, passed.control_sums) == (6, totals)
    assert any(remark.startswith(f"control sums: {totals} totals") for remark in passed.remarks)


@pytest.mark.parametrize(
    "head", ["Konto;Kontotext;Leverantör;Orgnr;Månad;Belopp", "Konto;Kontotext;Leverantör;Orgnr;År;Månad;Belopp"]
)
def test_a_total_in_the_place_of_a_month_is_no_line(tmp_path: Path, head: str) -> None:
    """Four accounts of two months, each with its sum, though those lines have all that others have."""
    year, apart = ("2023;", "2023;") if "År" in head else ("2023-", "")
    accounts = {
        "6410": ("Totalt", 100, 200),
        "6431": ("Summa", 30, 40),
        "6440": ("Helår", 5, 7),
        "6450": ("TOTAL", 1, 2),
    }
    rows = [
        f"{account};Livs;A AB;556677-8899;{month};{amount},00"
        for account, (word, one, other) in accounts.items()
        for month, amount in ((f"{year}01", one), (f"{year}02", other), (f"{apart}{word}", one + other))
    ]
    passed = read(tmp_path, ledger(*rows, header=head))
    assert balance(passed) == {"counted": (8, 385_00)}
    assert passed.control_sums == 4
    # A sum that is none stands aside, whatever it is called: 70, 12, 300 and 3 kronor, and a krona more.
    for place, wrong in ((5, 71), (8, 13), (2, 301), (11, 4)):
        cells = rows[place].split(";")
        other = [*rows[:place], ";".join([*cells[:-1], f"{wrong},00"]), *rows[place + 1 :]]
        passed = read(tmp_path, ledger(*other, header=head))
        assert balance(passed) == {"counted": (8, 385_00), "quarantined": (1, wrong * 100)}, rows[place]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (total("Summa konto 6410", "22,00"), "calls itself a total, but is not the sum of the lines above it"),
        (total("Ingående balans", "22,00", account="6410", column="text"), "calls itself a total, but is not the sum"),
        (total("", "22,00", day=""), "no date; a row of totals that is not the sum of its lines?"),
    ],
)
def test_a_total_that_is_no_sum_goes_to_quarantine(tmp_path: Path, row: str, reason: str) -> None:
    passed = read(tmp_path, ledger(*ROWS, row))
    assert balance(passed) == {"counted": (6, 21_00), "quarantined": (1, 22_00)}
    assert passed.problems[0].reason.startswith(reason)


LIKE_TOTALS = ("Totalentreprenad AB", "Summa Ekonomi AB", "Total Energi AB")


@pytest.mark.parametrize("name", LIKE_TOTALS)
def test_a_name_that_begins_like_a_total_is_none(tmp_path: Path, name: str) -> None:
    passed = read(tmp_path, ledger(*ROWS, line("V7", "21,00", name=name), line("V8", "21,00", item="Summa faktura")))
    assert balance(passed) == {"counted": (8, 63_00)}


def test_such_a_name_without_a_number_is_a_line(tmp_path: Path) -> None:
    """Of amounts that are no sums: 21 + 22 + 23 + 24 kronor."""
    rows = [line(f"V{n}", f"{n},00", name=name, supplier="") for n, name in enumerate(LIKE_TOTALS, start=22)]
    assert balance(read(tmp_path, ledger(*ROWS, *rows))) == {"counted": (9, 90_00)}


def test_gross_totals_of_net_lines(tmp_path: Path) -> None:
    """The total is of the amounts as they stand: 125 and 250, of which 100 and 200 count."""
    rows = (line("V1", "125,00"), line("V2", "250,00"), total("Summa", "375,00"))
    passed = read(tmp_path, ledger(*rows), vat={"included": True, "rate_pct": 25.0})
    assert balance(passed) == {"counted": (2, 300_00), "vat_in_amounts": (0, 75_00)}


def test_a_header_inside_the_file_is_no_line(tmp_path: Path) -> None:
    passed = read(tmp_path, ledger(*ROWS, HEADER, *ROWS[:1], HEADER.upper(), HEADER))
    assert balance(passed) == {"counted": (7, 22_00)}
    assert (passed.lines, passed.headers, passed.problems) == (7, 3, [])
    assert "the header stands again on 3 lines; they are no lines" in passed.remarks


def test_lines_of_vat_are_lines(tmp_path: Path) -> None:
    rows = [line(f"V{n}", "25,00", account="1681", text="Ingående moms") for n in range(110)]
    rows += [line(f"W{n}") for n in range(90)]
    passed = read(tmp_path, ledger(*rows, line("X", "x,1")), quarantine_limit_pct=1.0)
    assert passed.lines == 201
    assert balance(passed) == {"counted": (90, 9_000_00), "vat": (110, 2_750_00), "quarantined": (1, 0)}


# -- totals that have all that lines have, but a voucher --

SUPPLIERS = "Konto;Kontotext;Leverantör;Orgnr;Ver.nr;Datum;Belopp"
#: 100 + 200 kronor of one supplier, 50 + 70 of another
OF_A = ("6410;Livs;A AB;556677-8899;V1;2023-01-15;100,00", "6410;Livs;A AB;556677-8899;V2;2023-02-15;200,00")
OF_B = ("6410;Livs;B AB;556036-0793;V3;2023-01-16;50,00", "6410;Livs;B AB;556036-0793;V4;2023-02-16;70,00")


def of_suppliers(voucher: str) -> str:
    sums = (
        f"6410;Livs;A AB;556677-8899;{voucher};2023-12-31;300,00",
        f"6410;Livs;B AB;556036-0793;{voucher};2023-12-31;120,00",
    )
    return ledger(*OF_A, sums[0], *OF_B, sums[1], header=SUPPLIERS)


@pytest.mark.parametrize("word", ["Summa", "TOTALT", "Delsumma"])
def test_a_total_in_the_place_of_a_voucher_is_no_line(tmp_path: Path, word: str) -> None:
    passed = read(tmp_path, of_suppliers(word))
    assert balance(passed) == {"counted": (4, 420_00)}
    assert passed.control_sums == 2


def test_totals_of_suppliers_that_say_nothing_stop(tmp_path: Path) -> None:
    with pytest.raises(
        LedgerError, match=r"2 lines without voucher \(420.00 SEK\) .* of their supplier .*: they are totals"
    ):
        read(tmp_path, of_suppliers(""))
    assert balance(read(tmp_path, of_suppliers(""), overlap="keep"))["counted"] == (6, 840_00)


def test_one_line_without_voucher_may_be_as_large_as_others(tmp_path: Path) -> None:
    passed = read(tmp_path, ledger(*OF_A, *OF_B, OF_A[0].replace("V1", "").replace("100", "300"), header=SUPPLIERS))
    assert balance(passed)["counted"] == (5, 720_00)
    assert any("1 lines without voucher (300.00 SEK) are each as large as" in one for one in passed.warnings)


def test_a_text_that_says_total_alone_is_one_where_it_is_the_sum(tmp_path: Path) -> None:
    rows = [f"{one};" for one in (*OF_A, *OF_B)]
    last = "6410;Livs;B AB;556036-0793;V9;2023-12-31;{};Totalt"
    header = f"{SUPPLIERS};Text"
    assert balance(read(tmp_path, ledger(*rows, last.format("420,00"), header=header))) == {"counted": (4, 420_00)}
    assert balance(read(tmp_path, ledger(*rows, last.format("421,00"), header=header))) == {"counted": (5, 841_00)}


def test_a_total_that_is_none_is_shown(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, ledger(*ROWS, total("Summa", "22,00", day=""))).problems
    assert problem.value == "22.00"
