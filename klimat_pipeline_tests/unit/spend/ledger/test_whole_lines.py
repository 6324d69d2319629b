"""Notes and totals in small files, whole lines in quotation marks, spellings of figures and days; sums by hand."""

from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger.dates import day
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline_tests.unit.spend.ledger.test_fresh_kinds import accounts, amounts, days, kronor, text
from klimat_pipeline_tests.unit.spend.ledger.test_sie import HEAD, voucher
from klimat_pipeline_tests.unit.spend.small import balance, read, typed_lines

#: 100.00 + 200.50 kronor.
ROWS = ("6410;Livs;Firma AB;556677-8899;2023-01-05;100,00", "6410;Livs;Firma AB;556677-8899;2023-01-06;200,50")


def quoted(content: str) -> str:
    return "".join('"' + line.replace('"', '""') + '"\n' for line in content.splitlines())


@pytest.mark.parametrize(
    "note",
    [
        "Antal rader: 2",
        "Antal rader;2",
        "2 rader",
        "(2 rows affected)",
        "Summa",
        "Summa;300,50",
        "Totalt: 300,50",
        "Sida 1 av 1",
        "Utskriven 2024-01-03 10:22",
        "*** Slut på rapporten ***",
        "----------",
    ],
)
def test_a_note_at_the_end_is_no_line(tmp_path: Path, note: str) -> None:
    assert kronor(text(*ROWS, note), tmp_path) == 300.5


def test_a_note_is_told_without_what_it_says(tmp_path: Path) -> None:
    passed = read(tmp_path, text(*ROWS, "Utskriven av Anna Exempelsson"))
    assert any("1 lines are notes, and no lines: Utskriven" in told for told in passed.remarks)
    assert "Anna" not in passed.to_json()


def test_a_note_of_more_lines_is_a_warning(tmp_path: Path) -> None:
    warnings = read(tmp_path, text(*ROWS, "Antal rader: 12")).warnings
    assert any("says that it has 12 lines, and has 2: was it cut off?" in told for told in warnings)


def test_a_total_in_two_cells_that_is_not_met_does_not_pass(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="calls itself a total, but is not the sum"):
        read(tmp_path, text(*ROWS, "Summa;900,50"), quarantine_limit_pct=1.0)


@pytest.mark.parametrize("name", ["Firma AB", 'Firma ""Ett"" AB'])
def test_whole_lines_in_quotation_marks_are_read(tmp_path: Path, name: str) -> None:
    content = text(*ROWS).replace("Firma AB", f'"{name}"')
    assert kronor(quoted(content), tmp_path) == 300.5
    assert {row["supplier_name"] for row in typed_lines(tmp_path / "typed")} == {name.replace('""', '"')}


def test_an_account_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    spelt = ("6 410", "6410.0", "6410,00", "6\u00a0410", "6410")
    assert kronor(accounts(*spelt), tmp_path) == 500
    found = [row["account"] for row in typed_lines(tmp_path / "typed")]
    assert dict(zip(spelt, found, strict=True)) == dict.fromkeys(spelt, "6410")


SPELLINGS = {
    **{"2\u2019000,00": 2000, "1'500,00": 1500},
    **{"(1 500,00 kr)": -1500, "2 000 kr": 2000, "1 500,00 kr-": -1500, "2 000,00 kr.": 2000},
    **{"kr -1 500,00": -1500, "SEK 2 000,00": 2000, "-kr 1 500,00": -1500, "2\u00a0000,00\u00a0kr": 2000},
    **{"1500,00 CR": -1500, "2000,00 DR": 2000, "\u22121500,00": -1500, "2000,00-": -2000, "(,50)": -0.5},
}


def test_amounts(tmp_path: Path) -> None:
    assert kronor(amounts(*SPELLINGS), tmp_path) == 2499.5  # 3,500 + 5 x 500 - 3,500.50
    found = [row["amount_ore"] / 100 for row in typed_lines(tmp_path / "typed")]
    assert dict(zip(SPELLINGS, found, strict=True)) == SPELLINGS


@pytest.mark.parametrize(
    ("spelt", "expected"),
    [
        ("den 5 januari 2023", "2023-01-05"),
        ("Jan 5, 2023", "2023-01-05"),
        ("2023 nov", "2023-11-01"),
        ("nov-23", "2023-11-01"),
        ("tor 2023-01-05", "2023-01-05"),
        ("5/1-2023", "2023-01-05"),
        ("20230105.0", "2023-01-05"),
        ("2023-W01-4", "2023-01-05"),
        ("2023-W01", "2023-01-05"),
        ("2023v05", "2023-02-02"),
        ("2020-W01", "2020-01-02"),
        ("2020-W53", "2020-12-31"),
        ("2023-01-05 13:22:11.1234567", "2023-01-05"),
    ],
)
def test_days(spelt: str, expected: str) -> None:
    assert str(day(spelt)) == expected


def test_there_is_no_week_54(tmp_path: Path) -> None:
    assert day("2023-W54") is None
    assert kronor(days("202301.0", "202302.0"), tmp_path) == 200


def test_a_decimal_comma_in_sie_is_read_and_told(tmp_path: Path) -> None:
    content = HEAD + voucher(1, "1000.50").replace(".50", ",50") + voucher(2, "200.00")
    passed = read(tmp_path, content, "l.se", quarantine_limit_pct=1.0)
    assert balance(passed)["counted"] == (2, 1200_50)
    assert any("amounts have a decimal comma" in told for told in passed.warnings)
    assert not any("add up to zero" in told for told in passed.warnings)


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"'])
def test_a_line_that_names_the_separator_is_none(tmp_path: Path, first: str) -> None:
    assert kronor(f"{first}\n{text(*ROWS)}", tmp_path) == 300.5
