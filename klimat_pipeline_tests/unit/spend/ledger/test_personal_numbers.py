"""Personal numbers in every spelling. 640823-3234 is a public example of the formula: its sum is 36+4 = 40."""

import hmac
import re

import hypothesis.strategies as st
import pytest
from hypothesis import given

from klimat_pipeline.spend.ledger.personal_numbers import (
    CANDIDATE,
    Pseudonyms,
    luhn,
    may_hold_number,
    supplier_kind,
    withheld,
)

SPELLINGS = [
    "640823-3234",
    "19640823-3234",
    "6408233234",
    "196408233234",
    "640823+3234",
    "640823 3234",
    "64 08 23 - 3234",
    "640823\u20133234",
    "640823\u00a03234",
    "SE640823323401",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_spelling_is_a_person(text: str) -> None:
    assert supplier_kind(text) == ("personal", "6408233234")
    assert withheld(f"Faktura till Anna, {text}, enligt avtal") == "[withheld]"


def test_coordination_number_has_sixty_added_to_the_day() -> None:
    # 640883-323: 1+2+4+0+8+1+6+... by hand: 12 4 0 8 16 3 6 2 6 -> 3+4+0+8+7+3+6+2+6 = 39, check digit 1.
    assert luhn("6408833231")
    assert supplier_kind("640883-3231") == ("personal", "6408833231")
    assert may_hold_number("Anna 6408833231")


def test_wrong_check_digit_is_a_person_as_supplier_and_with_a_hyphen() -> None:
    assert supplier_kind("6408233235")[0] == "personal"
    assert may_hold_number("640823-3235")
    assert not may_hold_number("6408233235")


@pytest.mark.parametrize("text", ["556677-8898", "5566778898", "SE556677889801", "165566778898"])
def test_an_organisation_number_with_a_wrong_check_digit_is_doubtful(text: str) -> None:
    """5566778899 by hand: 1+5+3+6+5+7+7+8+9+9 = 60; with 8 at the end 59. It may be 640823-3234 with a slip of the pen."""
    assert supplier_kind(text) == ("doubtful", "5566778898")
    assert supplier_kind("644823-3234")[0] == "doubtful"


@pytest.mark.parametrize(
    "text",
    [
        *("640823-3235", "6408233235", "196408233235", "19640823-3235"),  # wrong check digit, three spellings and more
        *("640883-3232", "6408833232", "196408833232"),  # the same, coordination number
        *("640823-T234", "19640823T234", "640823 T234", "640883-R234"),  # a letter in place of the first of four
        *("19640823-TF12", "19640823-K12B"),  # reserve numbers of health care
        *("990823-1234", "996408231234"),
    ],
)
def test_what_may_be_a_person_is_one(text: str) -> None:
    assert supplier_kind(text)[0] == "personal"


def test_letters_have_one_pseudonym_in_every_spelling() -> None:
    names = Pseudonyms(b"k" * 16)
    told = {names.of(supplier_kind(text)[1]) for text in ("640823-T234", "19640823T234", "640823 t234")}
    assert len(told) == 1
    assert told != {names.of(supplier_kind("640823-R234")[1])}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("556677-8899", ("legal", "5566778899")),
        ("165566778899", ("legal", "5566778899")),
        ("SE556677889901", ("legal", "5566778899")),
        ("212000-1157", ("legal", "2120001157")),
        ("DE123456789", ("foreign", "DE123456789")),
        ("10045", ("unknown", "10045")),
        ("L-77", ("unknown", "L-77")),
    ],
)
def test_what_is_no_person(text: str, expected: tuple[str, str]) -> None:
    assert supplier_kind(text) == expected
    assert withheld(text) == text


@pytest.mark.parametrize(
    "number",
    ["640823-T234", "19640823-TF12", "640823 - k12B", "640883+R234", "640823\u2013T234", "640823T234", "640823TF12"],
)
def test_numbers_with_letters_go_from_free_text(number: str) -> None:
    assert withheld(f"Vård av {number}, remiss") == "[withheld]"
    assert re.search(CANDIDATE, number)


@pytest.mark.parametrize("text", ["230901-KONTO", "A640823-T234B", "2023-09-01 T234", "641323-T234", "640823B234"])
def test_what_looks_nearly_like_a_number_with_letters_stays(text: str) -> None:
    assert withheld(text) == text


@pytest.mark.parametrize(
    "text", ["640823", "19640823", "640883", "XXXXXX-8249", "640823-XXXX", "19640823-****", "######8249"]
)
def test_a_date_of_birth_and_a_masked_number_are_a_persons(text: str) -> None:
    assert supplier_kind(text)[0] == "personal"


@pytest.mark.parametrize("text", ["641323", "100450", "12X", "XX-8249"])
def test_other_numbers_of_six_digits_and_other_masks_are_not(text: str) -> None:
    assert supplier_kind(text)[0] != "personal"


def test_dates_and_amounts_stay() -> None:
    text = "Hyra 2023-01-15 till 2023-02-14, 12 345,67 kr, tel 042-105000"
    assert withheld(text) == text


def test_pseudonym_is_an_hmac_the_same_for_every_spelling() -> None:
    # By the definition of HMAC-SHA256 over the ten digits.
    expected = "p:" + hmac.new(b"k" * 16, b"6408233234", "sha256").hexdigest()[:32]
    names = Pseudonyms(b"k" * 16)
    assert {names.of(text) for text in ("640823-3234", "196408233234", "6408233234")} == {expected}
    assert Pseudonyms(b"x" * 16).of("6408233234") != expected
    assert Pseudonyms(None).of("6408233234") == ""
    assert "kkkk" not in repr(names)


@pytest.mark.parametrize(
    "apart",
    [
        *(",", ", ", " (", "\u00ad", "\uff0d", "\ufe63", "\u00b7", "=", "~", "\\", "'", "; ", " & ", ",-", " - - "),
        *(" nr ", " Nr. ", ", nummer ", " sista: ", "%2D", "%2d", "%20"),
    ],
)
@pytest.mark.parametrize("day", ["640823", "19640823"])
def test_whatever_stands_between_date_and_number(day: str, apart: str) -> None:
    text = f"Anna {day}{apart}3234) mars"
    assert withheld(text) == "[withheld]"
    assert re.search(CANDIDATE, text)


@pytest.mark.parametrize(
    "text", ["23/8-64 3234", "23/8 1964 - 3234", "född 23.8.64 3234", "23/08-1964-3234", "23.08.64-3234"]
)
def test_a_date_as_it_is_spoken_is_one(text: str) -> None:
    assert withheld(f"Anna {text}, mars") == "[withheld]"
    assert re.search(CANDIDATE, text)


@pytest.mark.parametrize(
    # 640823-3235 has a wrong check digit, and so have 230301-1000 and 231231-1234.
    "text",
    ["23/8-64 3235", "betald 1/3-23 1000", "31/12-23 1234", "23/8-64 32345", "32/8-64 3234"],
)
def test_a_spoken_date_and_another_number_stay(text: str) -> None:
    assert withheld(text) == text


@pytest.mark.parametrize(
    # 3235 is no check digit of 640823-323 (its sum is 36 + 4), and letters are no signs.
    "text",
    ["640823, 3235", "640823 kl 3234", "20230901 (1234)", "230901, 12340", "1640823, 3234", "640823, 3234b", "12,50"],
)
def test_a_date_and_another_number_beside_it_stay(text: str) -> None:
    assert withheld(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("640823-323O", "[withheld]"), ("8ll228-9874", "8ll228-9874"), ("6408233O34", "6408233O34")],
)
def test_letters_typed_for_digits(text: str, expected: str) -> None:
    """With a hyphen the form tells, without one the check digit; in a date nobody types letters."""
    assert withheld(text) == expected


def test_a_letter_for_a_digit_counts_as_it() -> None:
    # 640823-104 by hand: 3 4 0 8 4 3 2 0 8 = 32, check digit 8.
    assert withheld("Anna 640823lO48") == "[withheld]"
    assert re.search(CANDIDATE, "640823lO48")


def check_digit(nine: str) -> str:
    return next(str(digit) for digit in range(10) if luhn(nine + str(digit)))


@given(
    st.dates().filter(lambda day: day.year >= 1900),
    st.integers(0, 999),
    st.booleans(),
    st.sampled_from(["", "-", "+", " ", " - "]),
    st.text(alphabet="abc åäö.,;", max_size=8),
)
def test_no_number_survives(day: object, number: int, coordination: bool, between: str, around: str) -> None:
    six = f"{day:%y%m}{int(f'{day:%d}') + 60 * coordination:02d}"
    four = f"{number:03d}{check_digit(f'{six}{number:03d}')}"
    text = f"{around}{six}{between}{four}{around}"
    assert four not in re.sub(r"\D", "", withheld(text))


def test_the_same_pattern_means_the_same_to_duckdb() -> None:
    import duckdb

    texts = [
        *SPELLINGS,
        "556677-8899",
        "2023-01-15",
        "Ö 640823\u2007-\u20073234",
        "abc",
        "640823-T234",
        "k 640823\u2013TF12",
        "640823T234",
        "640823, nr. 3234",
        "640823\u00ad323O",
        "640823|3234",
    ]
    found = [duckdb.execute("SELECT regexp_matches(?, ?)", [text, CANDIDATE]).fetchone() for text in texts]
    assert found == [(bool(re.search(CANDIDATE, text)),) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "640823x3234",
        "640823 och 3234",
        "640823 samt 3234",
        "640823, sista fyra siffrorna: 3234",
        "640823 (kontrollnr 3234)",
        "640823-XXXX",
        "19640823****",
        "XXXXXX-3234",
    ],
)
def test_numbers_set_apart_by_words_and_masked_ones_are_withheld(text: str) -> None:
    assert re.search(CANDIDATE, text)
    assert withheld(f"Hemtjänst {text} mars") == "[withheld]"


@pytest.mark.parametrize("text", ["640823x3235", "230823 och 1500", "640823 och vi 3234", "Vite XXXX", "XXXXXX 3234"])
def test_words_between_need_the_check_digit(text: str) -> None:
    assert not may_hold_number(text)


def test_a_date_of_birth_with_its_day_first_is_somebody() -> None:
    assert supplier_kind("23081964") == ("personal", "19640823")
    assert supplier_kind("10023145")[0] == "unknown"
