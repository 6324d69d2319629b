"""Names of persons that a ledger gives away beside a personal number, withheld on its other lines too.

A sole trader's name stands on one line with a personal number and on the next with none, or in a free text. The names
are known only in memory, while a file is read. What does not belong here: numbers (``personal``), lines (``typed``).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.spend.personal import WITHHELD

if TYPE_CHECKING:
    import duckdb

#: Columns where a name may stand: those that repeat themselves, and those that differ from line to line.
_REPEATED = ("supplier_name", "account_text", "unit", "contract_id")
_SINGLE = ("item_text", "voucher", "invoice_no")
_COLUMNS = (*_REPEATED, *_SINGLE)
_WORDS = re.compile(r"\w+")
#: What ends a word: everything but letters and digits that are beyond doubt.
_BETWEEN = "[^0-9A-Za-z_À-ÖØ-öø-ÿ]"


@lru_cache(maxsize=1)
def _oddly_folded() -> str:
    """Characters that a regular expression does not fold as ``str.casefold`` does, such as the German sharp s."""
    rows = ("".join(map(chr, range(first, first + 256))) for first in range(0, 0x20000, 256))
    suspect = (row for row in rows if (folded := row.casefold()) != row.lower() or len(folded) > len(row))
    return "".join(
        one for row in suspect for one in row if (folded := one.casefold()) != one.lower() or len(folded) > 1
    )


class People:
    """Names met beside personal numbers; a single word is no name that could be searched for."""

    def __init__(self) -> None:
        self._by_first: dict[str, set[tuple[str, ...]]] = {}

    def note(self, name: str) -> str:
        """Remember a name.

        Returns:
            Nothing, so that SQL can put it where the name stood.
        """
        words = tuple(_WORDS.findall(name.casefold()))
        if 2 <= len(words) <= 8:
            for order in (words, words[::-1]):
                self._by_first.setdefault(order[0], set()).add(order)
        return ""

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def pattern(self) -> str:
        """A regular expression (RE2) that every text matches in which one of the names stands, and few others.

        Of every name it asks for the longest word, in any case, between what is surely no letter of a word.
        """
        words = sorted({max(name, key=lambda word: (len(word), word)) for name in self._names()})
        whole = f"(?:^|{_BETWEEN})(?:{'|'.join(map(re.escape, words))})(?:$|{_BETWEEN})"
        return f"(?i:{whole})|[{re.escape(_oddly_folded())}]"

    def _names(self) -> Iterator[tuple[str, ...]]:
        for names in self._by_first.values():
            yield from names

    def named_in(self, text: str | None) -> bool:
        """Whether one of the names stands in a text, in whatever case and punctuation."""
        words = _WORDS.findall(text.casefold()) if text else []
        return any(
            tuple(words[at : at + len(name)]) == name
            for at, word in enumerate(words)
            for name in self._by_first.get(word, ())
        )


def withhold(connection: "duckdb.DuckDBPyConnection", out: Path, people: People) -> None:
    """Rewrite the files below a working folder whose texts hold one of the names.

    Args:
        connection: of the door.
        out: folder with Parquet files of typed lines.
        people: names of the file.
    """
    if not people:
        return
    make: Any = connection.create_function
    make("names_person", people.named_in, ["VARCHAR"], "BOOLEAN", null_handling="special")
    for path in sorted(out.rglob("*.parquet")):
        given = {"file": str(path), "pattern": people.pattern()}
        source = "read_parquet($file, hive_partitioning = false)"
        # In three steps: what repeats itself is searched once, and Python is asked for the few texts that the pattern
        # leaves. As one statement the search would be moved to where it is put to every line.
        repeated = " UNION ALL ".join(f"SELECT DISTINCT {name} AS said FROM {source}" for name in _REPEATED)
        single = [f"SELECT {name} FROM {source} WHERE regexp_matches({name}, $pattern)" for name in _SINGLE]
        steps = {
            "repeated": repeated,
            "like_names": " UNION ".join(["FROM repeated WHERE regexp_matches(said, $pattern)", *single]),
            "said_names": "FROM like_names WHERE names_person(said)",
        }
        for name, query in steps.items():
            asked = {key: value for key, value in given.items() if f"${key}" in query}
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}", asked)
        count = connection.execute("SELECT count(*) FROM said_names").fetchone()
        if not count or not count[0]:
            continue
        texts = ", ".join(
            f"CASE WHEN {name} IN (SELECT said FROM said_names) THEN "
            f"'{'' if name == 'supplier_name' else WITHHELD}' ELSE {name} END AS {name}"
            for name in _COLUMNS
        )
        draft = path.with_suffix(".named")
        connection.execute(
            f"COPY (SELECT * REPLACE ({texts}) FROM {source}) TO '{str(draft).replace(chr(39), chr(39) * 2)}' "
            "(FORMAT parquet, COMPRESSION zstd)",
            {"file": str(path)},
        )
        draft.replace(path)
