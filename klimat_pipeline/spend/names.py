"""Names of persons that a ledger gives away beside a personal number, withheld on its other lines too.

A sole trader's name stands on one line with a personal number and on the next with none, or in a free text. The names
are known only in memory, while a file is read. What does not belong here: numbers (``personal``), lines (``typed``).
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.spend.personal import WITHHELD

if TYPE_CHECKING:
    import duckdb

#: Columns where a name may stand.
_COLUMNS = ("supplier_name", "item_text", "account_text", "unit", "voucher", "invoice_no", "contract_id")
_WORDS = re.compile(r"\w+")


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
        given = {"file": str(path)}
        source = "read_parquet($file, hive_partitioning = false)"
        told = " UNION ".join(f"SELECT DISTINCT {name} AS said FROM {source}" for name in _COLUMNS)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE said_names AS SELECT said FROM ({told}) WHERE names_person(said)", given
        )
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
            given,
        )
        draft.replace(path)
