"""What an account's text says was bought, by the words of ``data/reference/account_words.csv``.

The rule:

* A word matches a whole word of the text, inflected or not. A row of form ``word`` matches only what it spells out.
* It also matches the end of a compound, which says what a thing is: "elevdatorer" are computers. A word of three
  letters or fewer, or of a row of form ``word``, does not: "kompost" is no post, "skorsten" no shoe.
* A word that only looks as if it ended in another (``account_word_heads.csv``, fits none) hides it: "tillväxt" is no
  plant, "förebyggande" builds nothing.
* It matches the beginning of a compound only where the end says nothing by itself (``account_word_heads.csv``):
  "elavgift" is electricity, "busskort" and "fiskevård" are neither bus nor fish.
* A row of several words needs all of them; of "fordonsreparation" both parts count.
* Within a word of the text the fullest match counts. Among all matches the lowest rank decides, then the most words,
  then what stands first in the text.
* A row with accounts says so only in accounts that begin so, and there goes before the same words without: "Hyror" are
  of premises where the chart has premises, and of things elsewhere. ``BAS50`` is an account of a company's chart.
* An investment (account class 1) is a thing: words for services and branches of activity (ranks 1 and 4) say nothing.
* Abbreviations are written out (``account_abbreviations.csv``; one of form ``compound`` at the end of a compound too:
  "städentrepr"), "städ- och rengöringsmaterial" is two compounds, and a text that was cut off ends in the beginning of
  a word. So does a word before a full stop, or one that ends as no Swedish word does: "renhålln", "myndighetsbesiktn";
  and where a text says nothing otherwise, a word that ends in consonants and is most of a known one: "facklitt".
* What stands behind "ej" or "exkl" is not bought: "Konsulter (ej IT)".
* Where none of a ledger's texts has å, ä or ö, its system has lost them: the words are read without them as well.

What does not belong here: how words are found (``account_words``) and written out (``shortened_words``), account
numbers and the order of evidence (``classification``).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from klimat_pipeline.spend.footprint.account_words import SHORT, WordRow, Words, bases
from klimat_pipeline.spend.footprint.shortened_words import ShortenedWords

#: Letters that join the parts of a compound.
LINKS = ("", "s", "e", "o", "u", "a")
#: What stands in the place of an a there.
_VOWELS = "eou"
#: Ranks that say nothing of an investment: what is done to a thing, and the branch of activity that it is for.
_NO_THINGS = (1, 4)
_THINGS = (2, 3)
#: What an end of a compound fits that only looks as if it were one with another.
_NONE = "none"
#: Where a text was cut off behind a hyphen, what stands before it is whole.
_CUT_REST = re.compile(r"-\w{0,3}$")
#: What a text says is not bought: from the word for it to the end of the part of the sentence.
_NOT_BOUGHT = re.compile(r"(?<=\w)[\s(,]+(ej|icke|inte|exkl|exklusive|utom|förutom)\b[^,;:/()]*")
#: Letters that some systems cannot write, and what stands for them.
_LOST = str.maketrans("åäö", "aao")
#: What the account numbers of companies' charts begin with (``spend.ledger``), without its space.
COMPANIES = "BAS"
WHOLE, END, BEGINNING = 0, 1, 2
_LEAST = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """The category that a text names, and the words that say so."""

    category: str
    words: str


@dataclass(frozen=True, slots=True)
class _Match:
    """A word of the vocabulary in a word of the text; ``rest`` is the end of a compound that it begins."""

    word: str
    how: int
    place: int
    rest: str = ""


class Vocabulary:
    """What texts say, by all words.

    Attributes:
        words: all of them.
    """

    def __init__(
        self,
        rows: Iterable[WordRow],
        heads: Mapping[str, str],
        abbreviations: Mapping[str, str] | None = None,
        shortened_ends: Iterable[str] = (),
    ) -> None:
        """Arrange the words.

        Args:
            rows: the rows in order.
            heads: ends of compounds that say nothing by themselves, and what they fit: any, things or services; none,
                where they only look like a compound themselves.
            abbreviations: abbreviation, with its full stop where it needs one, and the word.
            shortened_ends: those of the abbreviations that end a compound too.
        """
        self._written = tuple(rows), dict(heads), dict(abbreviations or {}), tuple(shortened_ends)
        self.words = Words(self._written[0], heads)
        self._short = ShortenedWords(self.words, *self._written[2:])

    def without_diacritics(self) -> "Vocabulary":
        """The same words as a system writes them that has lost å, ä and ö."""
        rows, heads, abbreviations, shortened_ends = self._written
        return Vocabulary(
            [
                replace(row, terms=tuple(tuple(word.translate(_LOST) for word in term) for term in row.terms))
                for row in rows
            ],
            {head.translate(_LOST): fits for head, fits in heads.items()},
            {short.translate(_LOST): word.translate(_LOST) for short, word in abbreviations.items()},
            [short.translate(_LOST) for short in shortened_ends],
        )

    def answer(self, text: str, account: str = "", *, cut_at: int | None = None) -> Answer | None:
        """The category of a text, or None where its words say none.

        Args:
            text: the account's text.
            account: its number: in class 1 only things count, and some rows are for some accounts only.
            cut_at: the length at which the ledger's texts are cut off, if they are.
        """
        is_cut = cut_at is not None and len(text) >= cut_at
        bought = _NOT_BOUGHT.sub("", unicodedata.normalize("NFC", text.casefold()))
        is_cut = is_cut and bought == unicodedata.normalize("NFC", text.casefold())
        tokens = self._short.tokens(bought, is_cut=is_cut)
        number = account.replace(" ", "")
        said = self._said(list(self._matches(tokens, is_cut=is_cut)), number)
        if said:
            return said
        rest = _CUT_REST.sub("", bought) if is_cut else bought
        whole = [*self._short.written_out(self._short.tokens(rest, is_cut=False))]
        if is_cut and rest == bought:
            whole[-1:] = [(word, False) for word in self._short.begun_by_half(tokens[-1][0])]
        return self._said(list(self._matches(whole, is_cut=False)), number)

    def _said(self, matches: Sequence[_Match], number: str) -> Answer | None:
        """What the matches say of an account of that number."""
        numbers = sorted({n for match in matches for n in self.words.by_word[match.word]})
        rows = [self.words.rows[n] for n in numbers if self.words.rows[n].is_for(number)]
        alone = {word for row in rows if len(row.terms) == 1 for word in row.terms[0]}
        fullest: dict[int, tuple[int, int]] = {}
        for match in matches:
            if match.word in alone:
                full = self._fullness(match)
                fullest[match.place] = min(fullest.get(match.place, full), full)
        usable = [m for m in matches if self._fullness(m) <= fullest.get(m.place, (_LEAST, 0))]
        is_investment = number.removeprefix(COMPANIES).startswith("1")
        best: tuple[tuple[int, int, int, int, bool], Answer] | None = None
        for row in rows:
            if is_investment and row.rank in _NO_THINGS:
                continue
            # The parts of a compound may be matched by a row of several words even where one of them alone is fuller.
            found = self._found(row, usable if len(row.terms) == 1 else matches, fullest)
            if found is None:
                continue
            first, longest = min(m.place for m in found), max(len(m.word) for m in found)
            key = (row.rank, -len(row.terms), first, -longest, not row.accounts)
            if best is None or key < best[0]:
                best = key, Answer(row.category, " + ".join(dict.fromkeys(m.word for m in found)))
        return best[1] if best else None

    def _fullness(self, match: _Match) -> tuple[int, int]:
        """How much of a word a match explains, the fullest first; an end that says nothing explains least."""
        says_nothing = match.how == END and match.word in self.words.heads
        return _LEAST if says_nothing else match.how, -len(match.word)

    def _found(
        self, row: WordRow, matches: Sequence[_Match], fullest: Mapping[int, tuple[int, int]]
    ) -> list[_Match] | None:
        """A match for every word of the row, or None."""
        found: list[_Match] = []
        for term in row.terms:
            mine = [m for m in matches if m.word in term and self._holds(m, row)]
            if not mine:
                return None
            found.append(min(mine, key=lambda m: (m.how, m.place)))
        is_one_token = len(row.terms) > 1 and len({match.place for match in found}) == 1
        if is_one_token and fullest.get(found[0].place, (END, 0))[0] == WHOLE:
            return None  # a compound that has a row of its own is not taken apart
        return found

    def _holds(self, match: _Match, row: WordRow) -> bool:
        if match.how == WHOLE:
            return row.is_compound or not match.rest
        if match.how == END:
            return row.is_compound
        others = {word for term in row.terms if match.word not in term for word in term}
        if any(base in others for base in bases(match.rest)):
            return True
        fits = {self.words.heads[base] for base in bases(match.rest) if base in self.words.heads}
        return "any" in fits or ("things" if row.rank in _THINGS else "services") in fits

    def _matches(self, tokens: Sequence[tuple[str, bool]], *, is_cut: bool) -> Iterator[_Match]:
        for place, (token, is_short) in enumerate(tokens):
            if is_cut and place == len(tokens) - 1:
                for whole in self._short.completed(token):
                    yield from self._of_token(whole, place)
                continue
            yield from self._of_token(token, place)
            for whole in self._short.likely(token, is_short=is_short):
                yield from self._of_token(whole, place)

    def _of_token(self, token: str, place: int) -> Iterator[_Match]:
        if token in self.words.by_word:
            yield _Match(token, WHOLE, place)
        for base in bases(token):
            if base != token and base in self.words.inflected:
                yield _Match(base, WHOLE, place, "inflected")
        last = self._hidden_from(token)
        if not last:
            return
        for start in range(2, len(token) - SHORT):
            for base in bases(token[start:]) if start <= last else ():
                if base in self.words.ends:
                    yield _Match(base, END, place)
            for word, rest in self._beginnings(token, start):
                yield _Match(word, BEGINNING, place, rest)
        for start in range(max(2, len(token) - SHORT), len(token) - 1):
            if token[:start] in self.words.by_word:
                yield _Match(token[:start], BEGINNING, place, token[start:])

    def _beginnings(self, token: str, start: int) -> Iterator[tuple[str, str]]:
        """The words that a token may begin with up to there, and what is left of it."""
        begun, rest = token[:start], token[start:]
        if begun in self.words.by_word:
            yield from ((begun, rest.removeprefix(link)) for link in LINKS if rest.startswith(link))
            if begun[-1] == begun[-2]:  # of three equal letters one is not written: "hisservice"
                yield begun, begun[-1] + rest
        if rest[0] in _VOWELS and f"{begun}a" in self.words.by_word:  # "grundskoleplats"
            yield f"{begun}a", rest[1:]
        if begun.endswith("ar") and f"{begun}e" in self.words.by_word:  # "hantverkararbete"
            yield f"{begun}e", rest

    def _hidden_from(self, token: str) -> int:
        """Where a word begins that only looks as if it ended in another; ends after it count as none."""
        starts = (
            at for at in range(len(token)) if any(self.words.heads.get(base) == _NONE for base in bases(token[at:]))
        )
        return next(starts, len(token))


def has_lost_letters(texts: Iterable[str]) -> bool:
    """Whether none of a ledger's texts holds å, ä or ö, as all Swedish charts do: its system cannot write them."""
    return not any(set("åäö") & set(unicodedata.normalize("NFC", text.casefold())) for text in texts)
