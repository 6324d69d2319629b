"""Account texts that lost their Swedish letters: beyond some lines the file stops, for wages are no word then.

What does not belong here: encodings that can be told and repaired (``test_text_encoding``).
"""

from pathlib import Path

import duckdb
import pytest

from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.lost_letters import lost_letters
from klimat_pipeline_tests.unit.spend.small import balance, ledger, line, read, way

#: An own chart, in which the text alone tells wages: 1,000 + 250.50 kronor bought, and 50,000 of wages.
TEXTS = (("64101", "Livsmedel", "1000,00"), ("41101", "Löner", "50000,00"), ("64301", "Förbrukningsmaterial", "250,50"))


def lost(instead: str) -> str:
    rows = (
        line(f"V{at}", amount, account=account, text=text.replace("ö", instead))
        for at, (account, text, amount) in enumerate(TEXTS)
    )
    return ledger(*rows)


@pytest.mark.parametrize("instead", ["ö", "o", "o\u0308"])
def test_letters_that_are_there_and_dots_that_are_not_are_read(tmp_path: Path, instead: str) -> None:
    found = balance(read(tmp_path, lost(instead)))
    assert found["counted"] == (2, 1_250_50)
    assert found["text_wages"] == (1, 50_000_00)


LOST = (
    "",
    "_",
    " ",
    ".",
    "-",
    "¿",
    "□",
    "#",
    "*",
    "~",
    "'",
    "?",
    "\ufffd",
    "oe",
    "¨o",
    "\\'f6",
    "|",
    "\x7f",
    "”",
    "÷",
    "¤",
    "ˆ",
    "ц",
)


@pytest.mark.parametrize("instead", LOST)
def test_lost_letters_are_known_whatever_stands_instead(instead: str) -> None:
    """As the reader leaves the texts: a control character is nothing."""
    own = [(text.replace("ö", instead.replace("\x7f", "")), amount) for _, text, amount in TEXTS]
    with duckdb.connect() as con:
        con.execute("CREATE TABLE typed_lines (year INTEGER, account_text VARCHAR, amount_ore BIGINT)")
        ore = [(2023, text, int(amount.replace(",", ""))) for text, amount in own]
        con.executemany("INSERT INTO typed_lines VALUES (?, ?, ?)", ore)
        with pytest.raises(LedgerError, match=r"letters of the account's text are lost on 2 lines \(50,250.50 SEK\)"):
            list(lost_letters(con, FileFormat("l.csv", "", 0, "csv"), way(quarantine_limit_pct=1.0).settings))


@pytest.mark.parametrize("instead", ["", "|", "\ufffd", "\x7f"])
def test_lost_letters_stop_the_file(tmp_path: Path, instead: str) -> None:
    """Also what may be a separator elsewhere, and what is put right or counted while cells are read."""
    with pytest.raises(LedgerError, match=r"letters of the account's text are lost on 2 lines \(50,250.50 SEK\)"):
        read(tmp_path, lost(instead), quarantine_limit_pct=1.0)


def test_lost_letters_of_every_kind_stop_the_file(tmp_path: Path) -> None:
    """23 x 2 lines, of 23 x 50,250.50 kronor."""
    rows = [row for instead in LOST for row in lost(instead).splitlines()[1:]]
    with pytest.raises(LedgerError, match=r"letters of the account's text are lost on 46 lines \(1,155,761.50 SEK\)"):
        read(tmp_path, ledger(*rows), quarantine_limit_pct=1.0)


def test_short_and_joined_words_are_whole(tmp_path: Path) -> None:
    texts = ("El-nät", "Data/tele", "Hyra-lokaler", "Kurs o konf", "Inkp varor", "Konsulttjnst", "Livsmedel")
    passed = read(tmp_path, ledger(*(line(f"V{len(text)}", text=text) for text in texts)), quarantine_limit_pct=1.0)
    assert not any("letters" in one for one in passed.warnings)
