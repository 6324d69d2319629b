"""Texts in both languages, and numbers as each writes them."""

import string
from importlib.resources import files

import pytest
import yaml

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.reports.words import LANGUAGES, Words

SV, EN = Words("sv"), Words("en")
NBSP, MINUS = "\u00a0", "\u2212"


def test_every_text_is_there_in_both_languages_and_is_filled_with_the_same() -> None:
    texts = yaml.safe_load(files("klimat_pipeline.reports").joinpath("words.yaml").read_text(encoding="utf-8"))
    for key, text in texts.items():
        assert tuple(text) == LANGUAGES, key
        names = [sorted(name for _, name, _, _ in string.Formatter().parse(text[lang]) if name) for lang in LANGUAGES]
        assert names[0] == names[1], key
        assert all(text[lang].strip() for lang in LANGUAGES), key


@pytest.mark.parametrize(
    ("value", "decimals", "sign", "swedish", "english"),
    [
        (1081244.42, 0, False, f"1{NBSP}081{NBSP}244", "1,081,244"),
        (-52.276, 1, True, f"{MINUS}52,3", f"{MINUS}52.3"),
        (3.533, 2, True, "+3,53", "+3.53"),
        (0.0, 1, True, "0,0", "0.0"),
        (-0.04, 1, True, "0,0", "0.0"),
        (None, 0, False, "uppgift saknas", "no figure"),
    ],
)
def test_numbers(value: float | None, decimals: int, sign: bool, swedish: str, english: str) -> None:
    assert SV.number(value, decimals, sign=sign) == swedish
    assert EN.number(value, decimals, sign=sign) == english


def test_a_percentage_has_its_sign_and_its_space() -> None:
    assert SV.percent(-85.0, 0) == f"{MINUS}85{NBSP}%"
    assert EN.percent(12.34) == "+12.3%"
    assert EN.percent(41.5, sign=False) == "41.5%"
    assert SV.percent(None) == "uppgift saknas"


def test_no_number_of_draws_makes_an_outcome_certain() -> None:
    assert SV.of_100(0.001, 0.526) == "färre än 1 till 53"
    assert EN.of_100(0.999, 0.999) == "more than 99"
    assert EN.of_100(None, None) == "no figure"


def test_a_code_without_a_text_shows_itself() -> None:
    assert SV.known("status", "behind") == "efter målet"
    assert SV.known("status", "brand_new") == "brand new"
    assert SV.known("status", None) == ""


def test_another_language_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="there are sv and en"):
        Words("fi")
