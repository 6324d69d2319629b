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
    # One of a thousand: the column is still one of rates.
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


@pytest.mark.parametrize(
    ("name", "cells", "is_asked"),
    [
        ("Moms %", ("12", "25", "6", "0"), True),
        ("Moms (%)", ("12,00", "25,00", "6,00", "0,00"), True),
        ("Momssats", ("12 %", "25 %", "6 %", ""), True),
        ("% moms", ("0,12", "0,25", "0,06", "0"), True),
        ("Momsprocent", ("25", "", "", ""), True),
        ("VAT rate", ("0", "0", "0", "0"), False),
        ("Momskod", ("1", "2", "3", "0"), False),
        ("Momskod", ("I25", "I25", "U", ""), False),
        ("Momskod", ("12", "25", "6", "0"), True),
        ("Momstyp", ("Ingående", "Ingående", "", "Ej moms"), False),
        ("Andel %", ("12", "25", "6", "0"), False),
        ("Utfall %", ("12", "25", "6", "0"), False),
    ],
)
def test_columns_of_rates_and_codes_are_known_by_their_names(
    tmp_path: Path, name: str, cells: tuple[str, ...], is_asked: bool
) -> None:
    """2,417 kronor are counted as they stand where no rate is needed."""
    content = _ledger(tuple((amount, cell) for (amount, _), cell in zip(CELLS, cells, strict=True)), vat=name)
    if is_asked:
        with pytest.raises(LedgerError, match="holds the rates of VAT .* vat: {included: true}"):
            read(tmp_path, content)
    net = content.replace("belopp", "Belopp exkl moms")
    for read_so in (read(tmp_path, net), read(tmp_path, content, vat={"included": False})):
        assert read_so.of("counted") == (4, 241_700)
        assert not read_so.problems


def test_a_rate_by_name_is_used_where_amounts_include_vat(tmp_path: Path) -> None:
    """1,120 at 12 % and 1,250 at 25 %: two lines are enough where the name says it."""
    for amount in ("belopp", "Belopp inkl moms"):
        found = read(tmp_path, _ledger(CELLS[:2], amount=amount, vat="Moms %"), vat={"included": True})
        assert found.of("counted") == (2, 200_000)
    with pytest.raises(LedgerError, match="vat: {included: true}"):
        read(tmp_path, _ledger(CELLS[:2], amount="Belopp inkl moms", vat="Moms %"))


def test_kronor_go_before_rates(tmp_path: Path) -> None:
    cells = ((1120, 120), (1250, 250), (-53, -3), (100, 0))
    content = _ledger(tuple((f"{amount},00", f"{vat},00;25") for amount, vat in cells), vat="Moms;Momssats")
    found = read(tmp_path, content, vat={"included": True})
    assert found.of("counted") == (4, 205_000)
    assert found.form.header[found.form.fields["vat"]] == "Moms"


def test_gross_amounts_beside_codes_ask_for_a_rate(tmp_path: Path) -> None:
    cells = tuple((amount, "I25") for amount, _ in CELLS)
    with pytest.raises(LedgerError, match=r"includes VAT by its name.*rate_pct: 25"):
        read(tmp_path, _ledger(cells, amount="Belopp inkl moms", vat="Momskod"))


PARTS = "leverantor_id;konto_nr;konto_text;belopp;datum;Moms 25;Moms 12"


def test_vat_in_a_column_a_rate(tmp_path: Path) -> None:
    # 1,000 at 25 % has 250 of VAT on top; 2,000 and 3,000 at 12 % have 240 and 360
    rows = [
        row + cells
        for row, cells in zip(
            [LINES[0].format(amount, "") for amount in ("1000,00", "2000,00", "3000,00")],
            ("250,00;0,00", "0,00;240,00", "0,00;360,00"),
            strict=True,
        )
    ]
    assert read(tmp_path, "\n".join((PARTS, *rows)) + "\n").of("counted") == (3, 600_000)
    with pytest.raises(LedgerError, match="'Moms 25' and 'Moms 12' hold the VAT of one rate each, .* Export one"):
        read(tmp_path, "\n".join((PARTS, *rows)) + "\n", vat={"included": True})
    # one alone is all of it: 1,250 - 250 + 500 - 100
    alone = [LINES[0].format(amount, vat) for amount, vat in (("1250,00", "250,00"), ("500,00", "100,00"))]
    found = read(tmp_path, "\n".join((PARTS.removesuffix(";Moms 12"), *alone)) + "\n", vat={"included": True})
    assert found.of("counted") == (2, 140_000)
