"""Amounts and dates; every expectation is the amount read aloud."""

from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import given

from klimat_pipeline.spend.ledger.amounts import day, ore


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("1234,50", ",", 123450),
        ("1 234,50", ",", 123450),
        ("1\u00a0234\u00a0567,5", ",", 123456750),
        ("1.234,50", ",", 123450),
        ("1.234", ",", 123400),
        ("1,234.50", ".", 123450),
        ("100,00-", ",", -10000),
        ("(100,00)", ",", -10000),
        ("\u2212100,00", ",", -10000),
        ("100 kr", ",", 10000),
        ("0,125", ",", 12),
        ("0,135", ",", 14),
        ("-0,125", ",", -12),
        ("1.23", ",", None),
        ("1.234", ".", 123),
        ("12 34,50", ",", None),
        ("abc", ",", None),
        ("", ",", None),
        ("--5", ",", None),
        ("-5-", ",", None),
        ("1e99", ".", None),
        ("=1+1", ",", None),
        ("NaN", ".", None),
    ],
)
def test_amount(text: str, mark: str, expected: int | None) -> None:
    assert ore(text, mark) == expected


@given(st.integers(-(10**13), 10**13))
def test_every_oere_comes_back(amount: int) -> None:
    text = f"{'-' if amount < 0 else ''}{abs(amount) // 100},{abs(amount) % 100:02d}"
    assert ore(text, ",") == amount


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("2023-02-29", None),
        ("20230115", date(2023, 1, 15)),
        ("15/01/2023", date(2023, 1, 15)),
        ("2023-01-15T10:00:00", date(2023, 1, 15)),
        ("2023-13-01", None),
        ("0023-01-01", None),
        ("infinity", None),
    ],
)
def test_day(text: str, expected: date | None) -> None:
    assert day(text) == expected
