"""A column of VAT that holds rates: told apart from kronor, used by line, or asked about. Sums by hand."""

from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.vat_rates import are_rates
from klimat_pipeline_tests.unit.spend.small import read

LINES = ("556677-8899;4110;Livsmedel;{};2023-03-01;{}", "556677-8899;6910;Drivmedel;{};2023-03-02;{}")
#: 1,120.00 at 12 %, 1,250.00 at 25 %, a credit of 53.00 at 6 %, and 100.00 without.
CELLS = (("1120,00", "12"), ("1250,00", "25"), ("-53,00", "6"), ("100,00", "0"))


def _ledger(cells: tuple[tuple[str, str], ...] = CELLS, amount: str = "belopp", vat: str = "moms") -> str:
    lines = (LINES[place % 2].format(*pair) for place, pair in enumerate(cells))
    return "\n".join((f"leverantor_id;konto_nr;konto_text;{amount};datum;{vat}", *lines)) + "\n"


def test_whether_amounts_include_vat_is_asked(tmp_path: Path) -> None:
    for cells in (CELLS, tuple((amount, f"{rate} %") for amount, rate in CELLS)):
        with pytest.raises(LedgerError, match="'moms' holds the rates of VAT .* vat: {included: true}"):
            read(tmp_path, _ledger(cells))


@pytest.mark.parametrize("spelt", ["{:g}", "{:g} %", "{:g}%", "{:.2f}"])
def test_vat_is_taken_out_at_the_rate_of_each_line(tmp_path: Path, spelt: str) -> None:
    cells = tuple((amount, spelt.format(float(rate)).replace(".", ",")) for amount, rate in CELLS)
    found = read(tmp_path, _ledger(cells), vat={"included": True})
    # 1,000 + 1,000 - 50 + 100 counted; 120 + 250 - 3 + 0 is VAT
    assert found.of("counted") == (4, 205_000)
    assert found.of("vat_in_amounts") == (0, 36_700)
    assert not found.problems


def test_rates_as_fractions(tmp_path: Path) -> None:
    cells = tuple((amount, f"{int(rate) / 100:.2f}".replace(".", ",")) for amount, rate in CELLS)
    assert read(tmp_path, _ledger(cells), vat={"included": True}).of("counted") == (4, 205_000)


def test_amounts_without_vat_are_counted_as_they_stand(tmp_path: Path) -> None:
    told = read(tmp_path, _ledger(), vat={"included": False})
    named = read(tmp_path, _ledger(amount="Belopp exkl moms"))
    assert told.of("counted") == named.of("counted") == (4, 241_700)
    assert [any("holds the rates" in text for text in one.warnings) for one in (told, named)] == [False, True]


def test_a_rate_that_is_none_costs_its_line(tmp_path: Path) -> None:
    # Beyond the lines that are looked at, so that the column is one of rates.
    cells = (*CELLS * 300, ("80,00", "80"))
    found = read(tmp_path, _ledger(cells), vat={"included": True})
    assert [problem.column_name for problem in found.problems] == ["vat"]
    assert found.of("counted") == (1200, 300 * 205_000)


def test_kronor_are_no_rates() -> None:
    assert are_rates([("25", "1000,00"), ("12", "310,00"), ("25", "80,00")])
    assert not are_rates([("25", "1000,00"), ("12", "310,00")])  # too few to tell
    assert not are_rates([("25", "100,00"), ("12", "100,00"), ("6", "106,00")])  # on top, on top, inside
    assert not are_rates([("25", "1000,00"), ("31,50", "157,50")])
    assert not are_rates([("0", "100,00"), ("", "50,00")])
    assert not are_rates([])
