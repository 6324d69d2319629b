"""Amounts; every expectation is the amount read aloud."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from klimat_pipeline.spend.ledger.amounts import ore


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
        ("1 234,50 K", ",", -123450),
        ("1234,50K", ",", -123450),
        ("1234.50 D", ".", 123450),
        ("100 Kredit", ",", -10000),
        ("100 debet", ",", 10000),
        ("100 kred", ",", -10000),
        ("12 K", ",", None),  # credit, or thousands
        ("12,5 K", ",", None),
        ("-100,00 K", ",", None),  # minus twice, or taken off once
        ("-(100,00)", ",", None),
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
