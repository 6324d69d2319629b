"""A copy of a ledger beside it, altered line for line in one way, is refused; honest ledgers beside each other are not.

Sums by hand. The ledgers that copies are held against are read once; every case begins with them in its store.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from klimat_pipeline.errors import ProblemsError
from klimat_pipeline_tests.unit.spend.ledger.test_store import total, write
from klimat_pipeline_tests.unit.spend.small import read_before, read_folder

#: Columns of a line, by the name of the file's; without vouchers, and with account, day and amount alone.
NAMES = {
    "account": "Konto",
    "supplier": "Orgnr",
    "day": "Datum",
    "voucher": "Vernr",
    "unit": "Förvaltning",
    "buyer": "kopare_id",
}
WHOLE, NO_VOUCHER, BARE = ("account", "supplier", "day", "voucher"), ("account", "supplier", "day"), ("account", "day")
Line = dict[str, str]
#: Twelve months, four accounts, 1,001.10 + 2,002.10 + ... + 12,012.10 kronor: 78 x 1,001 + 12 x 0.10.
YEAR = [
    {
        "account": f"64{n % 4}0",
        "supplier": f"55667{n % 4}-8899",
        "day": f"2023-{n:02d}-{n + 3:02d}",
        "voucher": f"V{n}",
        "ore": str(n * 100100 + 10),
    }
    for n in range(1, 13)
]
SUM = 78_079_20


def csv(lines: list[Line], columns: tuple[str, ...] = WHOLE) -> str:
    head = ";".join([*(NAMES[name] for name in columns), "Belopp"])
    rows = (";".join([*(line[name] for name in columns), f"{int(line['ore']) / 100:.2f}"]) for line in lines)
    return "\n".join((head, *rows)) + "\n"


def changed(lines: list[Line], name: str, change: Callable[[str], object]) -> list[Line]:
    return [{**line, name: str(change(line[name]))} for line in lines]


def amounts(change: Callable[[int], float]) -> list[Line]:
    return changed(YEAR, "ore", lambda ore: round(change(int(ore))))


MIXED = [{**line, "ore": str(round(int(line["ore"]) * (1.25, 1.12, 1.06)[n % 3]))} for n, line in enumerate(YEAR)]
MONTHS = changed(YEAR, "day", lambda day: day[:7])


#: Sixty invoices of five accounts, 1,001.10 + 1,101.10 + ...: whole kronor but for ten of them.
INVOICES = [
    {
        "account": f"64{n % 5}0",
        "supplier": f"55667{n % 5}-8899",
        "day": f"2023-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
        "voucher": f"V{n}",
        "ore": str(100100 + n * 10000 + (10 if n % 6 == 0 else 0)),
    }
    for n in range(60)
]
QUARTERS = {f"q{n}": YEAR[3 * n - 3 : 3 * n] for n in (1, 2, 3, 4)}
RENTS = [{**line, "day": "2023-01-15"} for line in YEAR[:6]]
#: 1,001 x 21 + 6 x 0.10.
RENT = 21_021_60


@pytest.fixture(scope="module")
def first_ledgers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return read_before(
        tmp_path_factory.mktemp("first"),
        *(csv(YEAR, columns) for columns in (WHOLE, NO_VOUCHER, BARE)),
        csv(INVOICES),
        *(csv(lines, BARE) for lines in (*QUARTERS.values(), RENTS, YEAR[:2])),
    )


@pytest.fixture(autouse=True)
def store(tmp_path: Path, first_ledgers: Path) -> None:
    """That of each case, ``s``."""
    shutil.copytree(first_ledgers, tmp_path / "s")


def refusal(tmp_path: Path, one: str, other: str) -> str:
    with pytest.raises(ProblemsError) as caught:
        read_folder(write(tmp_path / "m", a=one, b=other), tmp_path / "s")
    (problem,) = caught.value.problems
    assert "m/ledger/a.csv" in problem
    assert "m/ledger/b.csv" in problem
    assert "spend: overlap: keep" in problem or "Remove the earlier file" in problem
    return problem


@pytest.mark.parametrize(
    ("copy", "told"),
    [
        pytest.param(amounts(lambda ore: ore * 1.25), "b.csv include VAT", id="25 per cent"),
        pytest.param(amounts(lambda ore: ore * 1.06), "b.csv include VAT", id="6 per cent"),
        pytest.param(MIXED, "b.csv include VAT", id="all rates"),
        pytest.param(amounts(lambda ore: -ore), "b.csv have the other sign", id="signs"),
        pytest.param(amounts(lambda ore: -ore * 1.25), "include VAT and have the other sign", id="both"),
        pytest.param(amounts(lambda ore: ore // 100 * 100), "b.csv are rounded to whole kronor", id="cut"),
        pytest.param(amounts(lambda ore: -(-ore // 100) * 100), "b.csv are rounded to whole kronor", id="up"),
        pytest.param(amounts(lambda ore: ore / 1000), "b.csv are in thousands of kronor", id="thousands"),
        pytest.param(amounts(lambda ore: ore / 11.4765), "a.csv are 11.48 times as large", id="euro"),
        pytest.param(MONTHS, "another day of the same month", id="months"),
        pytest.param(changed(MIXED, "day", lambda day: day[:7]), "b.csv include VAT", id="VAT by month"),
        pytest.param(MONTHS[3:6], "3 lines are the same in both", id="a quarter by month"),
        pytest.param(MIXED[3:6], "b.csv include VAT", id="a quarter with VAT"),
        pytest.param(changed(YEAR, "day", lambda _: "2023-01-01"), "another day of the same year", id="year"),
    ],
)
def test_a_copy_in_another_form_is_refused(tmp_path: Path, copy: list[Line], told: str) -> None:
    assert told in refusal(tmp_path, csv(YEAR, NO_VOUCHER), csv(copy, NO_VOUCHER))


@pytest.mark.parametrize("columns", [WHOLE, BARE])
def test_whatever_columns_both_have(tmp_path: Path, columns: tuple[str, ...]) -> None:
    assert "b.csv include VAT" in refusal(tmp_path, csv(YEAR, columns), csv(MIXED, columns))


FREE_OF_VAT = [
    {**line, "ore": str(int(line["ore"]) * (5 if n % 6 == 0 else 4) // 4)} for n, line in enumerate(INVOICES)
]


@pytest.mark.parametrize("later", ["2023-12-16", "2023-12-31"])
@pytest.mark.parametrize(
    ("copy", "told"),
    [
        pytest.param(FREE_OF_VAT, "b.csv include VAT", id="one line of six has VAT"),
        pytest.param(
            changed(INVOICES, "ore", lambda ore: int(ore) // 100 * 100),
            "rounded to whole kronor",
            id="öre on one of six",
        ),
    ],
)
def test_most_lines_may_be_the_same(tmp_path: Path, later: str, copy: list[Line], told: str) -> None:
    """Also where the copy is the later export, which would count otherwise."""
    more = {**INVOICES[0], "day": later, "voucher": "V99", "ore": "500000"}
    assert told in refusal(tmp_path, csv(INVOICES), csv([*copy, more]))


@pytest.mark.parametrize("columns", [WHOLE, NO_VOUCHER, BARE])
@pytest.mark.parametrize("lines", [1, 2])
def test_one_line_tells_where_there_are_no_others(tmp_path: Path, lines: int, columns: tuple[str, ...]) -> None:
    assert "b.csv include VAT" in refusal(tmp_path, csv(YEAR[:lines], columns), csv(MIXED[:lines], columns))


@pytest.mark.parametrize("other", [amounts(lambda ore: ore + 1234)[:2], amounts(lambda ore: -ore)[:2], MIXED[:1]])
def test_one_line_tells_nothing_else(tmp_path: Path, other: list[Line]) -> None:
    """Another amount, a credit note, and a line beside two others."""
    place = write(tmp_path / "m", a=csv(YEAR[:2], BARE), b=csv(other, BARE))
    expected = sum(int(line["ore"]) for line in [*YEAR[:2], *other])
    assert total(place, tmp_path / "s") == {"counted": (2 + len(other), expected)}


def test_a_few_corrected_lines_are_no_copy(tmp_path: Path) -> None:
    """Nine of sixty were entered with VAT, which the later export corrects."""
    wrong = [*FREE_OF_VAT[:54], *INVOICES[54:]]
    more = {**INVOICES[0], "day": "2023-12-31", "voucher": "V99", "ore": "500000"}
    place = write(tmp_path / "m", a=csv(wrong), b=csv([*INVOICES, more]))
    assert total(place, tmp_path / "s")["counted"] == (61, sum(int(line["ore"]) for line in INVOICES) + 500000)


def test_other_spellings_of_vouchers_and_units_are_copies(tmp_path: Path) -> None:
    columns = (*WHOLE, "unit")
    school = [{**line, "unit": "Skolan"} for line in YEAR]
    coded = [{**line, "unit": "1200", "voucher": f"V-{int(line['voucher'][1:]):06d}"} for line in YEAR]
    assert "units or vouchers spelt otherwise" in refusal(tmp_path, csv(school, columns), csv(coded, columns))


@pytest.mark.parametrize("columns", [("day", "voucher", "account", "supplier"), ("voucher", *BARE)])
def test_other_columns_count_once(tmp_path: Path, columns: tuple[str, ...]) -> None:
    place = write(tmp_path / "m", a=csv(YEAR), b=csv(list(reversed(YEAR)), columns))
    assert total(place, tmp_path / "s") == {"counted": (12, SUM), "overlap": (12, SUM)}


@pytest.mark.parametrize("columns", [WHOLE, BARE])
def test_months_of_the_year_count_once(tmp_path: Path, columns: tuple[str, ...]) -> None:
    """February and March: 2,002.10 + 3,003.10."""
    place = write(tmp_path / "m", a=csv(YEAR, columns), b=csv(YEAR[1:3], columns))
    assert total(place, tmp_path / "s") == {"counted": (12, SUM), "overlap": (2, 5005_20)}


def by_account(change: Callable[[int], float] = int, day: str = "2023-12-31") -> list[Line]:
    """Accounts 6410 (months 1, 5, 9), 6420, 6430 and 6400: one sum each."""
    sums = {"6410": 15015_30, "6420": 18018_30, "6430": 21021_30, "6400": 24024_30}
    return [{"account": account, "day": day, "ore": str(round(change(ore)))} for account, ore in sums.items()]


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        pytest.param(by_account(), "the sums of 4 accounts are, to the öre, those of", id="on a later day"),
        pytest.param(
            by_account(day="2024-02-12"), "the sums of 4 accounts are, to the öre, those of", id="of the next year"
        ),
        pytest.param(
            by_account(day="2023-01-01"), "the sums of 4 accounts are, to the öre, those of", id="of the year"
        ),
        pytest.param(by_account(lambda ore: ore * 1.25), "include VAT", id="with VAT"),
        pytest.param(by_account(lambda ore: ore // 100 * 100), "rounded to whole kronor", id="rounded"),
        pytest.param(by_account(lambda ore: -ore), "have the other sign", id="sign"),
    ],
)
def test_sums_of_accounts_beside_their_ledger_are_refused(tmp_path: Path, summary: list[Line], told: str) -> None:
    assert told in refusal(tmp_path, csv(YEAR), csv(summary, BARE))


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        pytest.param(by_account(), "the sums of 4 accounts are, to the öre, those of", id="on the last day"),
        pytest.param(
            by_account(day="2024-02-12"), "the sums of 4 accounts are, to the öre, those of", id="of the next year"
        ),
        pytest.param(by_account(lambda ore: ore * 1.25), "include VAT", id="with VAT"),
    ],
)
def test_sums_of_the_year_beside_its_quarters_are_refused(tmp_path: Path, summary: list[Line], told: str) -> None:
    quarters = {name: csv(lines, BARE) for name, lines in QUARTERS.items()}
    place = write(tmp_path / "m", **quarters, year=csv(summary, BARE))
    for _ in range(2):  # what is refused once is refused again
        with pytest.raises(ProblemsError) as error:
            total(place, tmp_path / "s")
        (problem,) = error.value.problems
        assert problem.startswith("m/ledger/year.csv: ")
        assert told in problem and "and 3 other files together: a summary" in problem
    (place / "ledger" / "year.csv").unlink()
    assert total(place, tmp_path / "s") == {"counted": (12, SUM)}


def test_what_another_unit_bought_beside_the_quarters_counts(tmp_path: Path) -> None:
    """The sums by account are a krona higher: 78,079.20 twice, and 4."""
    quarters = {name: csv(lines, BARE) for name, lines in QUARTERS.items()}
    place = write(tmp_path / "m", **quarters, year=csv(by_account(lambda ore: ore + 100), BARE))
    assert total(place, tmp_path / "s") == {"counted": (16, 2 * SUM + 400)}


def test_sums_of_suppliers_beside_their_ledger_are_refused(tmp_path: Path) -> None:
    sums = [{**line, "account": "6000", "supplier": f"55667{n % 4}-8899"} for n, line in enumerate(by_account(), 1)]
    assert "the sums of 4 suppliers are, to the öre, those of" in refusal(tmp_path, csv(YEAR), csv(sums, NO_VOUCHER))


def test_invoices_beside_their_coding_lines_are_refused(tmp_path: Path) -> None:
    """Each invoice is coded on two accounts, two weeks later; sums of the four suppliers are the same."""
    coded = [
        {
            **line,
            "account": account,
            "ore": str(int(line["ore"]) // 10 * part),
            "voucher": f"L{n}",
            "day": f"2023-{n:02d}-28",
        }
        for n, line in enumerate(YEAR, 1)
        for account, part in (("7000", 4), ("7010", 6))
    ]
    assert "the sums of 4 suppliers are, to the öre, those of" in refusal(tmp_path, csv(YEAR), csv(coded))


@pytest.mark.parametrize("column", ["unit", "buyer"])
def test_two_companies_may_buy_the_same_of_the_same_suppliers(tmp_path: Path, column: str) -> None:
    """Instalments of twelve months from four suppliers, on other accounts: 2 x 78,079.20."""
    one = [{**line, "unit": "Norra", "buyer": "556000-0001"} for line in YEAR]
    other = [
        {**line, "unit": "Södra", "buyer": "556000-0019", "account": "7000", "voucher": f"B{n}"}
        for n, line in enumerate(YEAR)
    ]
    place = write(tmp_path / "m", a=csv(one, (*WHOLE, column)), b=csv(other, (*WHOLE, column)))
    assert total(place, tmp_path / "s") == {"counted": (24, 2 * SUM)}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(YEAR, changed(YEAR, "day", lambda d: d.replace("2023", "2024")), 2 * SUM, id="two years"),
        pytest.param(RENTS, changed(RENTS, "day", lambda _: "2023-02-15"), 2 * RENT, id="instalments of two months"),
        pytest.param(RENTS, changed(RENTS, "day", lambda _: "2023-01-22"), 2 * RENT, id="instalments of two weeks"),
        pytest.param(
            RENTS,
            [{**line, "ore": str(int(line["ore"]) * 106 // 100), "day": "2023-02-15"} for line in RENTS],
            RENT + 22_282_86,
            id="rents raised by six per cent",
        ),
        pytest.param(YEAR, amounts(lambda ore: ore + 1234), 2 * SUM + 12 * 1234, id="other amounts"),
        pytest.param(YEAR, changed(YEAR[::3], "ore", lambda ore: -int(ore)), SUM - 22_022_40, id="credit notes"),
    ],
)
def test_honest_ledgers_count_both(tmp_path: Path, one: list[Line], other: list[Line], expected: int) -> None:
    place = write(tmp_path / "m", a=csv(one, BARE), b=csv(other, BARE))
    assert total(place, tmp_path / "s") == {"counted": (len(one) + len(other), expected)}


def test_two_units_share_every_voucher(tmp_path: Path) -> None:
    """Forty per cent and sixty: 1.5 times 78,079.20."""
    columns = (*WHOLE, "unit")
    school = [{**line, "unit": "Skolan"} for line in YEAR]
    care = [{**line, "unit": "Vården"} for line in amounts(lambda ore: ore * 1.5)]
    place = write(tmp_path / "m", a=csv(school, columns), b=csv(care, columns))
    assert total(place, tmp_path / "s") == {"counted": (24, SUM * 5 // 2)}


def test_lines_that_the_later_export_lacks_are_taken_out(tmp_path: Path) -> None:
    """Of six months' lines the later export, of the year, lacks May's 5,005.10."""
    place = write(tmp_path / "n", a=csv(YEAR[:6]), b=csv([*YEAR[:4], *YEAR[5:]]))
    assert total(place, tmp_path / "t") == {"counted": (11, SUM - 5005_10), "overlap": (6, RENT)}
    told = [warning for report in read_folder(place, tmp_path / "t") for warning in report.warnings]
    assert any(
        "1 lines stand in n/ledger/a.csv alone. First: 2023-05-08 account 6410 5,005.10" in text for text in told
    )


def test_where_neither_is_later_lines_of_one_alone_are_refused(tmp_path: Path) -> None:
    told = refusal(tmp_path, csv(YEAR), csv([*YEAR[:4], *YEAR[5:]]))
    assert "1 lines stand in m/ledger/a.csv alone. First: 2023-05-08 account 6410 5,005.10" in told
    assert "which export is the later one cannot be told" in told
