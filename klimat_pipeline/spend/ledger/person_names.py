"""Names of persons that a ledger gives away beside a personal number, withheld on its other lines too.

A sole trader's name stands on one line with a personal number and on the next with none, or in a free text. The names
are known only in memory, while a file is read. What does not belong here: numbers (``personal_numbers``), lines
(``typed_lines``).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from klimat_pipeline.spend.ledger.database import add_function
from klimat_pipeline.spend.ledger.personal_numbers import WITHHELD

if TYPE_CHECKING:
    import duckdb

#: Columns where a name may stand.
_COLUMNS = ("supplier_name", "account_text", "unit", "contract_id", "item_text", "voucher", "invoice_no")
#: Those that are searched for words about somebody, by the place of the words in the table.
_SPEAKING = {"text": ("item_text",), "estate": ("account_text", "unit", "contract_id", "voucher", "invoice_no")}
_WORDS = re.compile(r"\w+")
#: Words beside a name that are no part of it: estates, guardians, families that take care of somebody.
_BESIDE = frozenset(
    [
        "dödsbo",
        "dödsboet",
        "db",
        "dbo",
        "sterbhus",
        "sterbhuset",
        "avliden",
        "avlidna",
        "avlidne",
        "efter",
        "god",
        "man",
        "förvaltare",
        "för",
        "e",
        "familjehem",
        "familjehemmet",
        "jourhem",
        "jourhemmet",
        "kontaktfamilj",
        "kontaktfamiljen",
        "kontaktperson",
        "kontaktpersonen",
        "stödfamilj",
        "stödfamiljen",
        "elev",
        "eleven",
        "vårdnadshavare",
        "målsman",
        "förmyndare",
        "född",
        "f",
        "avl",
        "dödsb",
        "enskild",
        "firma",
        "näringsidkare",
    ]
)
#: An estate in short; alone, Bo is a first name.
_SHORT_ESTATE = re.compile(r"\bd[-.] ?bo\b")
#: A letter, for SQL: every letter of Unicode, and what else stands in the same few ranges. Unicode's own class
#: (``\pL``) has 600 ranges, which take milliseconds to compile in every statement.
LETTER = r"[A-Za-zªµºÀ-ÖØ-öø-\x{1FFF}\x{2071}-\x{10FFFF}]"
#: A word before a date, for SQL.
_BEFORE_DATE = f"(?i:född|f[.]) ?[0-9]|{LETTER},? [0-9]{{6}}"
#: An address at somebody's, in small letters and capitals.
_CARE_OF = "[cC]/[oO]"
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


#: What a cell of a column of short codes may be, so that it can be shown; other letters may be a name, however short.
_SHOWN = {"currency": r"[A-Z]{3}", "side": r"[^\W\d_]|[^\w]*[0-9]{0,3}", "vat": r"[^\w]*[0-9][0-9., %-]*"}


def code_to_show(column: str, value: str, patterns: Mapping[str, str]) -> str:
    """A value of a column of short codes as a message may show it: what is no such code may be somebody.

    Args:
        column: its field.
        value: as it stands.
        patterns: regular expressions of ``data/reference/ledger_person_words.csv``, by place.
    """
    is_code = column not in _SHOWN or re.fullmatch(_SHOWN[column], value)
    if is_code and not (column in _SHOWN and re.fullmatch(patterns["name"], value)):
        return value
    return "[text]"


class PersonNames:
    """Names met beside personal numbers; a single word is no name that could be searched for."""

    def __init__(self) -> None:
        self._by_first: dict[str, set[tuple[str, ...]]] = {}

    def note(self, name: str) -> str:
        """Remember a name.

        Returns:
            Nothing, so that SQL can put it where the name stood.
        """
        told = _SHORT_ESTATE.sub(" ", name.casefold())
        words = tuple(word for word in _WORDS.findall(told) if word not in _BESIDE and not word.isdigit())
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


def withhold(connection: "duckdb.DuckDBPyConnection", people: PersonNames, patterns: Mapping[str, str]) -> None:
    """Withhold in a file's lines every text that speaks of somebody, or in which one of the names stands.

    Args:
        connection: with the table ``typed_lines``.
        people: names of the file; those of suppliers that are persons by their names are added.
        patterns: regular expressions of ``data/reference/ledger_person_words.csv``, by place.
    """
    # Each distinct text once, in a table of its own: in one statement with a search, DuckDB would search every line.
    texts = " UNION ".join(f"SELECT {name} AS said FROM typed_lines" for name in _COLUMNS)
    connection.execute(f"CREATE TEMP TABLE texts AS {texts}")
    _make_persons_of_suppliers(connection, people, patterns["supplier"])
    _withhold_what_speaks_of_somebody(connection, patterns)
    if people:
        _withhold_names(connection, people)


def _make_persons_of_suppliers(connection: "duckdb.DuckDBPyConnection", people: PersonNames, pattern: str) -> None:
    names = connection.execute(
        "SELECT DISTINCT supplier_name FROM typed_lines WHERE year <> 0 AND supplier_kind = 'legal'"
    )
    found = _matching(names.fetchall(), pattern)
    for name in found:
        people.note(name)
    if found:
        connection.execute(
            "UPDATE typed_lines SET supplier_kind = 'personal', supplier_id = '', supplier_name = '', item_text = '' "
            "WHERE supplier_kind = 'legal' AND list_contains($said, supplier_name)",
            {"said": found},
        )


def _withhold_what_speaks_of_somebody(connection: "duckdb.DuckDBPyConnection", patterns: Mapping[str, str]) -> None:
    items = connection.execute("SELECT DISTINCT item_text FROM typed_lines WHERE year <> 0").fetchall()
    near = connection.execute(
        "FROM texts WHERE regexp_matches(said, $near)", {"near": near_a_name(patterns)}
    ).fetchall()
    for place, texts in (("text", items), ("estate", near)):
        said = _matching(texts, patterns[place])
        for column in _SPEAKING[place] if said else ():
            connection.execute(
                f"UPDATE typed_lines SET {column} = '{WITHHELD}' WHERE year <> 0 AND list_contains($said, {column})",
                {"said": said},
            )


def _withhold_names(connection: "duckdb.DuckDBPyConnection", people: PersonNames) -> None:
    add_function(connection, "names_person", people.named_in, ["VARCHAR"], "BOOLEAN", null_handling="special")
    # Table by table, so that Python is asked for the few that the pattern leaves.
    connection.execute(
        "CREATE TEMP TABLE like_names AS FROM texts WHERE regexp_matches(said, $pattern)", {"pattern": people.pattern()}
    )
    connection.execute("CREATE TEMP TABLE said_names AS FROM like_names WHERE names_person(said)")
    for name in _COLUMNS:
        instead = "" if name == "supplier_name" else WITHHELD
        connection.execute(f"UPDATE typed_lines SET {name} = '{instead}' WHERE {name} IN (SELECT said FROM said_names)")


def near_a_name(patterns: Mapping[str, str]) -> str:
    """A regular expression (RE2) that every text matches which the place ``estate`` may be found in.

    Most vouchers and numbers of invoices, a million of them, speak of nobody, and Python need not look at them.
    """
    return f"{patterns['about']}|{patterns['care']}|{_BEFORE_DATE}|{_CARE_OF}"


def _matching(rows: Iterable[tuple[str | None]], pattern: str) -> list[str]:
    """The texts that a pattern is found in."""
    search = re.compile(pattern, re.DOTALL).search
    return [text for (text,) in rows if text and search(text)]
