"""The invented ledger: the same bytes for the same number of lines, two encodings, nobody's numbers."""

import csv
import re
from pathlib import Path

import pytest

from klimat_pipeline.spend.example import UNITS, with_check_digit, write_example
from klimat_pipeline_tests.support.shared import REPOSITORY

SHIPPED = Path(REPOSITORY) / "data" / "municipalities" / "9999_example" / "ledger"
LINES, YEAR = 2400, 2023


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_example(tmp_path_factory.mktemp("example"), LINES, first_year=YEAR)


def rows(path: Path, encoding: str, separator: str) -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def test_the_shipped_files_are_what_it_makes(files: list[Path]) -> None:
    assert {path.name: path.read_bytes() for path in files} == {p.name: p.read_bytes() for p in SHIPPED.glob("*.csv")}


def test_two_encodings_and_two_spellings_of_numbers(files: list[Path]) -> None:
    first, second = rows(files[0], "utf-8", ";"), rows(files[1], "latin-1", ",")
    assert len(first) == len(second) == LINES // 2
    assert all(re.fullmatch(r"-?\d+,\d\d", row["belopp"]) for row in first)
    assert all(re.fullmatch(r"-?\d+\.\d\d", row["belopp"]) for row in second)
    assert {row["datum"][:4] for row in first} == {"2023"}
    assert {row["datum"][:7] for row in second} == {f"2024-{month:02}" for month in range(1, 13)}
    assert {row["forvaltning"] for row in first} == set(UNITS)
    with pytest.raises(UnicodeDecodeError):
        files[1].read_text(encoding="utf-8")


def test_amounts_have_a_heavy_tail_and_credit_notes(files: list[Path]) -> None:
    amounts = sorted(float(row["belopp"].replace(",", ".")) for row in rows(files[0], "utf-8", ";"))
    assert 5 < sum(amount < 0 for amount in amounts) < LINES / 20
    largest = amounts[-len(amounts) // 100 :]
    assert sum(largest) > 0.2 * sum(amounts)  # one line of a hundred is more than a fifth of the money


def test_personal_numbers_are_of_people_born_in_1890(files: list[Path]) -> None:
    found = {row["leverantor_id"] for row in rows(files[0], "utf-8", ";") if row["leverantor"].startswith("Firma")}
    assert len(found) > 5
    for number in found:
        assert re.fullmatch(r"1890\d{4}-?98\d\d|90\d{4}\+98\d\d", number)
        ten = re.sub(r"\D", "", number)[-10:]
        assert with_check_digit(ten[:9]) == ten


@pytest.mark.parametrize(("nine", "ten"), [("811218987", "8112189876"), ("202100548", "2021005489")])
def test_check_digit(nine: str, ten: str) -> None:
    # The tax agency's own example of a personal number, and its own organisation number.
    assert with_check_digit(nine) == ten


def test_another_seed_or_number_of_lines_gives_another_ledger(files: list[Path], tmp_path: Path) -> None:
    other = write_example(tmp_path / "seed", LINES, first_year=YEAR, seed=2)
    assert other[0].read_bytes() != files[0].read_bytes()
    odd = write_example(tmp_path / "odd", 5, first_year=YEAR)
    assert [path.read_bytes().count(b"\n") for path in odd] == [3, 4]
    assert [path.read_bytes().count(b"\n") for path in write_example(tmp_path / "none", 0, first_year=YEAR)] == [1, 1]
