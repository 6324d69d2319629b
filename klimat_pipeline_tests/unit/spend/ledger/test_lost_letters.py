"""Account texts that lost their Swedish letters: beyond some lines the file stops, for wages are no word then.

What does not belong here: encodings that can be told and repaired (``test_text_encoding``).
"""

from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline_tests.unit.spend.small import balance, ledger, line, read

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


@pytest.mark.parametrize(
    "instead", ["", "_", " ", ".", "-", "¿", "□", "#", "*", "~", "'", "?", "\ufffd", "oe", "¨o", "\\'f6", "|", "\x7f"]
)
def test_lost_letters_stop_the_file(tmp_path: Path, instead: str) -> None:
    with pytest.raises(LedgerError, match=r"letters of the account's text are lost on 2 lines \(50,250.50 SEK\)"):
        read(tmp_path, lost(instead), quarantine_limit_pct=1.0)


def test_short_and_joined_words_are_whole(tmp_path: Path) -> None:
    texts = ("El-nät", "Data/tele", "Hyra-lokaler", "Kurs o konf", "Inkp varor", "Konsulttjnst", "Livsmedel")
    passed = read(tmp_path, ledger(*(line(f"V{len(text)}", text=text) for text in texts)), quarantine_limit_pct=1.0)
    assert not any("letters" in one for one in passed.warnings)
