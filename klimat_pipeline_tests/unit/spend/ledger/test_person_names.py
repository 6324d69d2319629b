"""Names of persons, found wherever they stand in a file."""

from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from klimat_pipeline.spend.ledger.person_names import PersonNames, withhold
from klimat_pipeline.spend.ledger.personal_numbers import WITHHELD
from klimat_pipeline.spend.ledger.reference import load_ledger_reference
from klimat_pipeline_tests.support.ledgers import line, write_lines
from klimat_pipeline_tests.unit.spend.small import REFERENCE


def people(*names: str) -> PersonNames:
    found = PersonNames()
    for name in names:
        found.note(name)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "Eva Lind",
        "LIND, EVA",
        "faktura:eva-lind.",
        "Konsult Eva  Lind, mars",
        "(Lind Eva)",
    ],
)
def test_found_in_any_case_order_and_punctuation(text: str) -> None:
    assert people("Eva Lind").named_in(text)


@pytest.mark.parametrize("text", ["", "Eva", "Evas Lindar", "Eva och Lind", "Lindeva", None])
def test_other_texts_are_left(text: str | None) -> None:
    assert not people("Eva Lind").named_in(text)


def test_a_single_word_is_no_name() -> None:
    assert not people("Eva")


WORDS = st.text(st.sampled_from("abåÅßſKİıµΣς_1éœﬁ"), min_size=1, max_size=4)
BETWEEN = st.sampled_from([" ", ", ", "-", "\n", "\u00a0", ".", "\u0301"])


@given(words=st.lists(WORDS, min_size=2, max_size=3), between=BETWEEN, before=WORDS, after=WORDS, upper=st.booleans())
@example(words=["Groß", "Bo"], between=" ", before="", after="", upper=True)
@example(words=["ſten", "Bo"], between=" ", before="", after="", upper=True)
def test_the_pattern_misses_no_name(words: list[str], between: str, before: str, after: str, upper: bool) -> None:
    """Whatever Python finds in a text, the database's pattern has let through."""
    found = people(" ".join(words))
    text = f"{before} {between.join(words)} {after}"
    text = text.upper() if upper else text
    if found and found.named_in(text):
        asked = {"text": text, "pattern": found.pattern()}
        with duckdb.connect() as con:
            assert con.execute("SELECT regexp_matches($text, $pattern)", asked).fetchall() == [(True,)]


def test_ordinary_texts_are_not_asked_for() -> None:
    """The pattern lets few texts through: neither a part of a word nor every s (which is a long s in small letters)."""
    pattern = people("Bo Ek", "Eva Lind").pattern()
    texts = ["Ekologiska grönsaker", "Städning", "F-2023/117", "Lindex AB", "massor"]
    with duckdb.connect() as con:
        for text in texts:
            asked = {"text": text, "pattern": pattern}
            assert con.execute("SELECT regexp_matches($text, $pattern)", asked).fetchall() == [(False,)], text


def test_texts_in_which_a_name_stands_are_withheld(tmp_path: Path) -> None:
    rows = [
        line(1, supplier_name="Eva Lind", item_text="Lind Eva, mars", voucher="V1", amount_ore=5),
        line(2, supplier_name="Skånska El AB", item_text="Eva", voucher="V2 eva lind"),
    ]
    root = write_lines(tmp_path / "lines", rows)
    with duckdb.connect() as con:
        con.execute("CREATE TABLE typed_lines AS FROM read_parquet($files)", {"files": f"{root}/**/*.parquet"})
        withhold(con, people("Eva Lind"), load_ledger_reference(REFERENCE).person_words)
        kept = con.execute("SELECT supplier_name, item_text, voucher, amount_ore FROM typed_lines ORDER BY line")
        assert kept.fetchall() == [("", WITHHELD, "V1", 5), ("Skånska El AB", "Eva", WITHHELD, 0)]
