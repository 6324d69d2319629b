"""Charts that are not Kommun-Bas are told by their texts, and stop the file."""

from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline_tests.unit.spend.small import balance, ledger, line, read


def chart(*accounts: tuple[str, str]) -> str:
    return ledger(*(line(f"V{at}", account=number, text=text) for at, (number, text) in enumerate(accounts)))


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        ((("5010", "Lokalhyra"), ("7010", "Loner")), "companies .*'5010 Lokalhyra' .*'7010 Loner' is.* chart: bas"),
        ((("5060", "Stadning"), ("5410", "Forbrukningsinventarier")), "companies"),
        ((("4011", "Lön läkare"), ("5611", "Läkemedel")), "region .*'5611 Läkemedel' .*'4011 Lön läkare' is"),
        ((("5111", "Sjukvårdsmaterial"), ("5211", "Laboratorietjänster")), "region .*ledger_rules.csv"),
    ],
)
def test_another_chart_stops(tmp_path: Path, accounts: tuple[tuple[str, str], ...], told: str) -> None:
    content = chart(*accounts, ("6110", "Kontorsmaterial"))
    with pytest.raises(LedgerError, match=told):
        read(tmp_path, content)
    read(tmp_path, content, chart="kommun_bas")


def test_staff_in_five_is_kommun_bas(tmp_path: Path) -> None:
    content = chart(
        ("5011", "Månadslön"), ("5560", "Läkemedel"), ("4610", "Köp av verksamhet"), ("7010", "Transporter")
    )
    assert balance(read(tmp_path, content))["wages"] == (1, 100_00)
