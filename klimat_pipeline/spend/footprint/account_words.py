"""The words of ``account_words.csv`` that tell what an account is for, arranged so that they are found fast.

What does not belong here: words that were shortened (``shortened_words``), what a whole text says (``account_text``).
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile

#: Endings of Swedish nouns and adjectives that leave the word the same.
ENDINGS = (
    *("arna", "erna", "orna", "ars", "ens", "ers", "ets"),
    *("ar", "en", "er", "et", "na", "ns", "or", "a", "e", "n", "r", "s", "t"),
)
#: Endings of the plural in whose place the word has an a: "massor", "massorna" of "massa".
_PLURALS_OF_A = ("orna", "ors", "or")
#: What the Latin ending of "gymnasium" becomes.
_FORMS_OF_UM = ("erna", "ers", "er", "et")
#: Words this short are no end of a compound.
SHORT = 3


@dataclass(frozen=True, slots=True)
class WordRow:
    """A row of ``account_words.csv``: alternatives of every word that the text has to hold."""

    terms: tuple[tuple[str, ...], ...]
    is_compound: bool
    category: str
    rank: int
    accounts: tuple[str, ...] = ()  # beginnings of the account numbers that it is for; none: all

    def is_for(self, number: str) -> bool:
        """Whether it says something of an account of that number."""
        return not self.accounts or number.startswith(self.accounts)


class Words:
    """All words, by the rows that they stand in.

    Attributes:
        rows: the rows, with their words as ``joined`` spells them.
        heads: ends of compounds that say nothing by themselves, and what they fit.
        by_word: by word, the numbers of its rows.
        inflected: words that stand for their inflected forms too.
        ends: words that may end a compound.
        alone: words that say something by themselves.
    """

    def __init__(self, rows: Sequence[WordRow], heads: Mapping[str, str]) -> None:
        self.rows = tuple(replace(row, terms=tuple(tuple(map(joined, term)) for term in row.terms)) for row in rows)
        self.heads = dict(heads)
        self.by_word: dict[str, list[int]] = {}
        self.inflected: set[str] = set()
        for number, row in enumerate(self.rows):
            for word in (word for term in row.terms for word in term):
                self.by_word.setdefault(word, []).append(number)
                if row.is_compound:
                    self.inflected.add(word)
        # What is written with a hyphen ends no other word: "kredittjänster" are no "it-tjänster".
        hyphened = {joined(word) for row in rows for term in row.terms for word in term if "-" in word}
        self.ends = {word for word in self.inflected - hyphened if len(word) > SHORT}
        self.alone = {word for row in self.rows if len(row.terms) == 1 for word in row.terms[0]}
        self._sorted = sorted({*self.by_word, *self.heads})

    def knows(self, word: str) -> bool:
        """Whether it is a word of the rows, inflected or not."""
        return any(base in self.by_word for base in bases(word))

    def begun_by(self, beginning: str) -> list[str]:
        """The words and ends that begin so, in order: what begins the others is the first."""
        first = bisect_left(self._sorted, beginning)
        return list(takewhile(lambda word: word.startswith(beginning), islice(self._sorted, first, None)))

    def meant(self, words: Iterable[str]) -> set[str]:
        """The categories that words name alone, whatever the account."""
        rows = (self.rows[number] for word in words for number in self.by_word.get(word, ()))
        return {row.category for row in rows if len(row.terms) == 1 and not row.accounts}


def joined(word: str) -> str:
    """A compound is one word, with a hyphen in it or without; "materiel" is spelt "material", "café" also "cafe"."""
    return word.replace("-", "").replace("é", "e").replace("materiel", "material")


def bases(word: str) -> list[str]:
    """The word, and what it is without an ending."""
    return [
        word,
        *(word[: -len(end)] for end in ENDINGS if word.endswith(end) and len(word) - len(end) >= SHORT - 1),
        *(word[: -len(end)] + "a" for end in _PLURALS_OF_A if word.endswith(end) and len(word) - len(end) >= SHORT),
        *(word[: -len(end)] + "um" for end in _FORMS_OF_UM if word.endswith(f"i{end}")),
    ]
