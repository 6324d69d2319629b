"""Which municipality is meant by what somebody types."""

import csv

import pytest

from klimat_pipeline.cli.show import code_of
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline_tests.support.shared import REPOSITORY

with (REPOSITORY / "data" / "reference" / "municipalities.csv").open(encoding="utf-8", newline="") as _file:
    NAMES = {row["municipality_code"]: row["municipality_name"] for row in csv.DictReader(_file)}


@pytest.mark.parametrize("typed", ["1280", "Malmö", "malmö", "MALMÖ", "malmo", "Malmo\u0308"])
def test_a_code_and_a_name_with_or_without_accents(typed: str) -> None:
    assert code_of(typed, NAMES) == ("1280", False)


@pytest.mark.parametrize(("typed", "code"), [("Habo", "0643"), ("habo", "0643"), ("Håbo", "0305"), ("HÅBO", "0305")])
def test_a_name_that_is_another_without_its_ring(typed: str, code: str) -> None:
    assert code_of(typed, NAMES) == (code, False)


@pytest.mark.parametrize(
    ("typed", "code"), [("Helsinborg", "1283"), ("Upplands-Vasby", "0114"), ("Stockhlom", "0180"), ("Gävlle", "2180")]
)
def test_a_misspelt_name_is_the_nearest(typed: str, code: str) -> None:
    assert code_of(typed, NAMES)[0] == code


@pytest.mark.parametrize("typed", ["", "Oslo", "9999", "xyz"])
def test_a_name_that_is_near_none_is_refused(typed: str) -> None:
    with pytest.raises(ConfigurationError, match="no municipality is called"):
        code_of(typed, NAMES)


def test_every_municipality_is_found_by_its_own_name() -> None:
    assert {code_of(name, NAMES) for name in NAMES.values()} == {(code, False) for code in NAMES}
