"""Cells of short codes that hold somebody, numbers with odd signs inside, days that are none, and doubts that are told."""

from pathlib import Path

import pytest

from klimat_pipeline_tests.unit.spend.ledger.test_store import write
from klimat_pipeline_tests.unit.spend.small import balance, read, read_folder

HEAD = "Konto;Kontotext;Leverantör;Orgnr;Datum;Vernr;Belopp;{}"


def ledger(column: str, *odd: str) -> str:
    """300 good lines, and a line each whose cell of a column of codes is odd."""
    good = {"Valuta": "SEK", "D/K": "D", "Moms": "25,00", "Text": "Mjölk"}[column]
    lines = [f"6410;Livs;A AB;556677-8899;2023-01-{n % 28 + 1:02d};V{n};100,00;{good}" for n in range(300)]
    lines += [f"6410;Livs;B AB;okänd 1;2023-01-05;V{999 + n};100,00;{one}" for n, one in enumerate(odd)]
    return "\n".join((HEAD.format(column), *lines)) + "\n"


NUMBERS = [
    f"640823{apart}3234" for apart in ("|", "/", " - ", ".", "_", ",", "--", " — ", "~", "#", "=", "\\", "nr", " nr ")
]


@pytest.mark.parametrize("column", ["Valuta", "D/K", "Moms"])
def test_nobody_is_left_in_a_cell_of_codes(tmp_path: Path, column: str) -> None:
    everybody = [*NUMBERS, "Eva", "EVA", "Bo", "BO EK", "Åsa Lidh", "Anna Karlsson", "Eva 640823", "åsa"]
    passed = read(tmp_path, ledger(column, *everybody))
    assert balance(passed)["quarantined"][0] == len(everybody)
    said = repr([passed.warnings, passed.remarks, passed.problems, passed.form.remarks, passed.form.warnings]).lower()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "typed").rglob("*") if path.is_file())
    for odd in everybody:
        assert not [part for part in (odd, *odd.split(), "3234") if part.lower() in said], odd
        assert odd.encode() not in kept, odd


@pytest.mark.parametrize(("column", "code"), [("Valuta", "XXX"), ("D/K", "Q"), ("Valuta", "ZWL"), ("D/K", "77")])
def test_a_code_is_shown(tmp_path: Path, column: str, code: str) -> None:
    """What to mend has to be seen."""
    (problem,) = read(tmp_path, ledger(column, code)).problems
    assert problem.value == code


def test_a_number_with_any_sign_inside_is_withheld(tmp_path: Path) -> None:
    read(tmp_path, ledger("Text", *(f"Avser {number}" for number in NUMBERS)))
    kept = b"".join(path.read_bytes() for path in (tmp_path / "typed").rglob("*.parquet"))
    assert not [number for number in NUMBERS if number.encode() in kept]


# -- days that stand for none --


def test_a_day_that_stands_for_none_is_set_aside_and_told(tmp_path: Path) -> None:
    """Each on a line of its own, below 300 good ones."""
    none = (
        "1900-01-01",
        "1899-12-30",
        "1899-12-31",
        "1970-01-01",
        "2099-12-31",
        "2099-01-01",
        "9999-12-31",
        "19000101",
    )
    rows = [f"6410;Livs;B AB;556036-0793;{day};V{900 + n};100,00;Mjölk" for n, day in enumerate(none)]
    passed = read(tmp_path, ledger("Text") + "\n".join(rows), quarantine_limit_pct=3)
    assert balance(passed) == {"counted": (300, 30_000_00), "quarantined": (8, 800_00)}
    told = dict(zip(none, (problem.reason for problem in passed.problems), strict=True))
    assert not [day for day in none if f"no ledger is of {day[:4]}: does it stand for no day?" not in told[day]]


# -- what is told --


def lines(*amounts: str, account: str = "6410") -> str:
    rows = (f"{account};Livs;A AB;556677-8899;2023-01-{n:02d};{one}" for n, one in enumerate(amounts, start=1))
    return "\n".join(("Konto;Kontotext;Leverantör;Orgnr;Datum;Belopp", *rows)) + "\n"


@pytest.mark.parametrize(
    ("other", "is_told"),
    [
        (lines("110,00", "220,00"), True),
        (lines("100,00", "200,00", account="6420"), True),
        (lines("110,00", "220,00").replace("A AB;556677-8899", "B AB;556036-0793"), False),
        (lines("110,00", "220,00", "5,00"), False),
    ],
)
def test_a_file_whose_every_line_is_another_s_but_for_its_amount_is_told(
    tmp_path: Path, other: str, is_told: bool
) -> None:
    place = write(tmp_path / "m", a=lines("100,00", "200,00"), b=other)
    warnings = [one for report in read_folder(place, tmp_path / "s") for one in report.warnings]
    assert any("is one file a correction of the other?" in one for one in warnings) == is_told


@pytest.mark.parametrize(("parts", "is_told"), [((100, 60, 40), True), ((100, 70, 40), False)])
def test_heads_of_one_share_are_told(tmp_path: Path, parts: tuple[int, ...], is_told: bool) -> None:
    """A half and two parts by a key, or wholes beside their parts."""
    rows = (f"6410;Livs;A AB;2023-01-{n:02d};V{n};{n * part},00" for n in range(1, 9) for part in parts)
    passed = read(tmp_path, "\n".join(("Konto;Kontotext;Leverantör;Datum;Vernr;Belopp", *rows)))
    assert balance(passed)["counted"][1] == 36 * sum(parts) * 100
    assert any("always in the same shares, and all count" in one for one in passed.warnings) == is_told
