"""Account texts in which letters did not survive the way here, and what that means for a file.

Rules and mappings know accounts by their texts: what is no word leaves wages among the purchases. What does not belong
here: encodings, and text that can be repaired (``text_encoding``).
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.ledger_error import LedgerError

if TYPE_CHECKING:
    import duckdb

#: A letter that did not survive: lost, a question mark inside a word, a bracket of seven-bit Swedish (``L|ner``), what
#: is left of text that was decoded wrongly, or its code (``L=F6ner``, ``L%C3%B6ner``).
_BROKEN = (
    r"[=%](?:C3|[CDEF][456])|\ufffd|(?<!\w )\?[^\W\d_]|[^\W\d_][\[\]\\{}|”÷¤ˆ„‡†‰™][a-zåäö]|"
    r"[^\W\d_\u0400-\u04ff][\u0400-\u04ff]|[ÃÂ√├]"
)
#: What may stand where å, ä or ö was: any other sign (``L_ner``, ``L ner``, ``Lo\"ner``, ``L\'f6ner``), or two letters
#: (``Loener``).
_INSTEAD = r"(?:[oa]?(?:[^\w\s]|\s)[^\w\s]{0,2}(?:[oa](?=[a-z])|[ef][456])?|_|oe|ae|aa)"
#: Beginnings of the words that account texts use most, with a gap where such a letter belongs: those that are no word
#: without it either (``Lner``), and those that somebody may have shortened so (``Inkp``, ``tjnster``).
_WITHOUT_IT = (
    "l~ner", "m~nadsl", "timl~n", "f~rbruk", "f~rs~k", "f~rening", "st~dning", "v~rme", "uppv~rm", "~vriga", "~vrigt",
    "m~ltid", "underh~ll", "h~lsov", "fj~rr", "l~rom", "l~kem", "l~karv", "ers~ttn", "m~bler", "~ldreo", "sk~tsel",
)  # fmt: skip
_SHORTENED = ("ink~p", "tj~nst", "sjukv~rd", "f~rvalt", "f~rdeln", "s~rskil", "l~nek", "st~dm")


def _lost() -> str:
    def spelt(words: tuple[str, ...], instead: str) -> str:
        return "|".join(re.escape(word).replace("\\~", "~").replace("~", instead) for word in words)

    return rf"(?i)(?<![^\W_])(?:{spelt(_WITHOUT_IT, f'{_INSTEAD}?')}|{spelt(_SHORTENED, _INSTEAD)})"


_LOST = re.compile(f"{_lost()}|{_BROKEN}")
_TEXTS = "SELECT DISTINCT account_text FROM typed_lines WHERE year <> 0"
_LINES = """
    SELECT count(*) FILTER (list_contains($texts, account_text)), count(*),
        coalesce(sum(abs(amount_ore)) FILTER (list_contains($texts, account_text)), 0)::BIGINT
    FROM typed_lines WHERE year <> 0
"""


def lost_letters(connection: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    """Say which account texts are broken.

    Args:
        connection: with the table ``typed_lines``.
        form: how the file was read.
        settings: how many lines may be wrong.

    Raises:
        LedgerError: more of them than may be.
    """
    broken = sorted(text for (text,) in connection.execute(_TEXTS).fetchall() if _LOST.search(text))
    if not broken:
        return
    ((lines, whole, ore),) = connection.execute(_LINES, {"texts": broken}).fetchall()
    told = f"letters of the account's text are lost on {lines:,} lines ({ore / 100:,.2f} SEK), such as {broken[0]!r}"
    if 100 * lines > settings.quarantine_limit_pct * whole:
        raise LedgerError(
            f"{form.file}: {told}: what is wages and what a purchase cannot be told. Export it again, as UTF-8 or "
            "Windows-1252."
        )
    yield f"{told}: no rule and no mapping knows them"
