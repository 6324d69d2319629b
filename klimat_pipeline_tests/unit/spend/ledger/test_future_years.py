"""Lines of a year ahead of all others are set aside; a year long past is told; small and long ledgers are left alone."""

from pathlib import Path

import pytest

from klimat_pipeline_tests.unit.spend.small import balance, ledger, line, read


def lines(year: int, count: int) -> list[str]:
    return [line(f"{year}-{n}", day=f"{year}-03-{n % 28 + 1:02d}") for n in range(count)]


def test_a_year_ahead_goes_to_quarantine_with_its_line(tmp_path: Path) -> None:
    passed = read(tmp_path, ledger(*lines(2023, 200), *lines(2033, 1)))
    assert balance(passed) == {"counted": (200, 20_000_00), "quarantined": (1, 100_00)}
    (problem,) = passed.problems
    assert (problem.line, problem.column_name, problem.value) == (202, "booked_on", "2033-03-01")
    assert "two years or more after nearly all other lines" in problem.reason
    assert passed.years == [2023]


@pytest.mark.parametrize(
    "years", [{2023: 200, 2024: 1}, {2023: 30, 2025: 4}, {2016: 5, 2023: 1}, {2021: 40, 2022: 2, 2023: 40}]
)
def test_years_that_may_be_are_counted(tmp_path: Path, years: dict[int, int]) -> None:
    rows = [row for year, count in years.items() for row in lines(year, count)]
    assert balance(read(tmp_path, ledger(*rows))) == {"counted": (len(rows), len(rows) * 100_00)}


def test_a_year_long_past_counts_and_is_told(tmp_path: Path) -> None:
    passed = read(tmp_path, ledger(*lines(2023, 50), *lines(1999, 1)))
    assert balance(passed)["counted"] == (51, 5_100_00)
    assert any(one.startswith("1 lines are of 1999, most are of 2023") for one in passed.warnings)
