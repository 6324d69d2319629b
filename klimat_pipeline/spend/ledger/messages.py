"""What is said of a ledger, without persons: names of sheets and columns, vouchers and texts that messages quote.

Every message of a file, refusal or remark, passes here once, in ``read_ledger``. What does not belong here: what tells
a person (``personal_numbers``, ``data/reference/ledger_person_words.csv``), and values of lines that do not pass
(``typed_lines``).
"""

import re
from collections.abc import Mapping

from klimat_pipeline.spend.ledger.personal_numbers import WITHHELD, may_hold_number

#: What sets the pieces of a message apart, and values that it quotes, each a piece of its own.
_BETWEEN = re.compile(r"""(: |, |; |\n|'[^'\n]*'|"[^"\n]*")""")
#: A file has the name that somebody gave it: without it nobody would know which one is meant.
_FILE = re.compile(r"(?i)\.(csv|tsv|txt|dat|xls[xmb]?|parquet|s[ie]|sie|zip|gz)\b")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def without_persons(message: str, patterns: Mapping[str, str]) -> str:
    """The message; pieces in which a personal number stands, or somebody is named, are withheld as a whole.

    Args:
        message: of one file.
        patterns: regular expressions of ``data/reference/ledger_person_words.csv``, by place.
    """
    return "".join(_piece(piece, patterns["estate"]) for piece in _BETWEEN.split(message))


def _piece(piece: str, pattern: str) -> str:
    if not _LETTER_OR_DIGIT.search(piece) or _FILE.search(piece):
        return piece
    if not may_hold_number(piece) and not re.search(pattern, piece):
        return piece
    return f"{piece[0]}{WITHHELD}{piece[0]}" if piece[0] in "'\"" else WITHHELD
