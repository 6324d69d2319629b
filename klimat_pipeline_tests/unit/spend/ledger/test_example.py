"""The invented ledger is the same for the same seed, and the shipped one is made by it."""

from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger.example import _suppliers, write_example
from klimat_pipeline.spend.ledger.personal_numbers import luhn, supplier_kind
from klimat_pipeline_tests.support.shared import REPOSITORY

SHIPPED = REPOSITORY / "data" / "municipalities" / "9999_example" / "ledger"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("ledger_2022.csv", {"lines": 1200, "seed": 1, "year": 2022, "encoding": "latin-1"}),
        ("ledger_2023.csv", {"lines": 1300, "seed": 2, "year": 2023, "separator": ",", "faults": True}),
    ],
)
def test_shipped_ledger_is_written_again(tmp_path: Path, name: str, options: dict[str, object]) -> None:
    write_example(tmp_path / name, **options)
    assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes()


def test_shipped_ledgers_are_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.glob("*.csv")) < 500_000


def test_suppliers_are_of_the_kind_they_look_like() -> None:
    _, ids, _ = _suppliers()
    kinds = [supplier_kind(text) for text in ids.to_pylist()]
    assert [kind for kind, _ in kinds] == ["legal"] * 900 + ["personal"] * 60
    assert all(luhn(digits) for _, digits in kinds)
    assert all(digits[6:8] == "98" and digits[0] == "9" for kind, digits in kinds if kind == "personal")
