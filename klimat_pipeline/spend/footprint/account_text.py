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

What does not belong here: account numbers and the order of evidence (``classification``).
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
#: Letters that join the parts of a compound.
LINKS = ("", "s", "e", "o", "u", "a")
#: What stands in the place of an a there.
_VOWELS = "eou"
#: Words this short are no end of a compound.
_SHORT = 3
#: Ranks that say nothing of an investment: what is done to a thing, and the branch of activity that it is for.
_NO_THINGS = (1, 4)
_THINGS = (2, 3)
#: What an end of a compound fits that only looks as if it were one with another.
_NONE = "none"
#: Texts of the same, greatest length from which on a ledger's texts count as cut off there.
_CUT_TEXTS = 3
_CUT_LENGTH = 15
#: Letters of a word's beginning that tell it apart, after a full stop and at the end of a text that was cut; there also
#: about two thirds of the word, and more of one that ends a compound: "hyreskontrakt" is no tractor.
_ABBREVIATED, _CUT_WORD = 4, 5
_CUT_SHARE, _CUT_SHARE_OF_END = 0.65, 0.8
#: Where nothing else of the text says anything, half of the word; and of two words with a hyphen the first.
_CUT_SHARE_AT_LEAST = 0.5
_CUT_REST = re.compile(r"-\w{0,3}$")
#: Two consonants that no Swedish word ends in: the word was shortened, mostly one in -ning ("städn", "försäkr").
_UNFINISHED = re.compile(r"([bdfhjklpstv]n|[bdfgkptvh]r|[bdfgkpstv]j)$")
#: How a word ends that may have been shortened, and how much of the whole word is left then at least. An s links
#: compounds, and many words end in -ng.
_SHORTENED = re.compile(r"[^aeiouyåäö]{2}(?<!s)(?<!ng)$")
_SHORTENED_SHARE = 0.55
#: What a text says is not bought: from the word for it to the end of the part of the sentence.
_NOT_BOUGHT = re.compile(r"(?<=\w)[\s(,]+(ej|icke|inte|exkl|exklusive|utom|förutom)\b[^,;:/()]*")
_STOPPED = re.compile(r"(\w+)\.(\w+)")
_TOKEN = re.compile(r"(\w+(?:-\w+)*)([-.]?)")
#: Letters that some systems cannot write, and what stands for them.
_LOST = str.maketrans("åäö", "aao")
#: What the account numbers of companies' charts begin with (``spend.ledger``), without its space.
COMPANIES = "BAS"
WHOLE, END, BEGINNING = 0, 1, 2
_LEAST = 3


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
    """All words, with what makes looking them up fast."""

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
        self._written = rows = tuple(rows)
        self.rows = tuple(replace(row, terms=tuple(tuple(map(joined, term)) for term in row.terms)) for row in rows)
        self._heads = dict(heads)
        self._abbreviations = dict(abbreviations or {})
        self._shortened_ends = frozenset(shortened_ends)
        self._words: dict[str, list[int]] = {}  # by word, the rows that it stands in
        self._inflected: set[str] = set()
        for number, row in enumerate(self.rows):
            for word in (word for term in row.terms for word in term):
                self._words.setdefault(word, []).append(number)
                if row.is_compound:
                    self._inflected.add(word)
        # What is written with a hyphen ends no other word: "kredittjänster" are no "it-tjänster".
        hyphened = {joined(word) for row in rows for term in row.terms for word in term if "-" in word}
        self._ends = {word for word in self._inflected - hyphened if len(word) > _SHORT}
        self._sorted = sorted({*self._words, *self._heads})
        self._alone = {word for row in self.rows if len(row.terms) == 1 for word in row.terms[0]}

    def without_diacritics(self) -> "Vocabulary":
        """The same words as a system writes them that has lost å, ä and ö."""
        return Vocabulary(
            [
                replace(row, terms=tuple(tuple(word.translate(_LOST) for word in term) for term in row.terms))
                for row in self._written
            ],
            {head.translate(_LOST): fits for head, fits in self._heads.items()},
            {short.translate(_LOST): word.translate(_LOST) for short, word in self._abbreviations.items()},
            [short.translate(_LOST) for short in self._shortened_ends],
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
        tokens = self._tokens(bought, is_cut=is_cut)
        number = account.replace(" ", "")
        said = self._said(list(self._matches(tokens, is_cut=is_cut)), number)
        if said:
            return said
        rest = _CUT_REST.sub("", bought) if is_cut else bought
        whole = [*self._shortened(self._tokens(rest, is_cut=False))]
        if is_cut and rest == bought:
            whole[-1:] = [(word, False) for word in self._begun_by_half(tokens[-1][0])]
        return self._said(list(self._matches(whole, is_cut=False)), number)

    def _said(self, matches: Sequence[_Match], number: str) -> Answer | None:
        """What the matches say of an account of that number."""
        numbers = sorted({n for match in matches for n in self._words[match.word]})
        rows = [self.rows[n] for n in numbers if self.rows[n].is_for(number)]
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
        says_nothing = match.how == END and match.word in self._heads
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
        if any(base in others for base in _bases(match.rest)):
            return True
        fits = {self._heads[base] for base in _bases(match.rest) if base in self._heads}
        return "any" in fits or ("things" if row.rank in _THINGS else "services") in fits

    def _shortened(self, tokens: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
        """The words, those written out that are most of a known one and may have been shortened."""
        for token, is_short in tokens:
            is_known = any(base in self._words or base in self._heads for base in _bases(token))
            may_be = len(token) >= _CUT_WORD and not is_known and _SHORTENED.search(token)
            whole = self._begun(token) if may_be else []
            yield (whole[0] if whole and len(token) / len(whole[0]) >= _SHORTENED_SHARE else token), is_short

    def _begun_by_half(self, token: str) -> list[str]:
        """The word of which this is half at least, where all words that begin so mean the same or begin with one."""
        begun = self._begun_by(token) if len(token) >= _CUT_WORD else []
        known: list[str] = []
        for word in begun:  # in order: what begins others comes before them
            if word in self._alone and not word.startswith(tuple(known)):
                known.append(word)
        is_told = len(self._meant(known)) == 1 and all(word.startswith(tuple(known)) for word in begun)
        whole = min(known, key=len) if is_told else ""
        return [whole] if whole and len(token) / len(whole) >= _CUT_SHARE_AT_LEAST else []

    def _noun(self, token: str) -> list[str]:
        """A shortened word with -ing, where that is, or ends in, a known word: "utryckn", "avfallsbehandl"."""
        if not _SHORTENED.search(token):
            return []
        noun = f"{token}ing"
        is_known = noun in self._words or any(
            noun[at:] in self._ends or noun[at:] in self._heads for at in range(len(token))
        )
        return [noun] if is_known else []

    def _matches(self, tokens: Sequence[tuple[str, bool]], *, is_cut: bool) -> Iterator[_Match]:
        for place, (token, is_short) in enumerate(tokens):
            if is_cut and place == len(tokens) - 1:
                for whole in self._completed(token):
                    yield from self._of_token(whole, place)
                continue
            yield from self._of_token(token, place)
            is_known = any(base in self._words for base in _bases(token))
            if len(token) >= _ABBREVIATED and not is_known:
                for whole in self._noun(token) or (is_short and (self._begun(token) or self._completed(token))) or ():
                    yield from self._of_token(whole, place)

    def _of_token(self, token: str, place: int) -> Iterator[_Match]:
        if token in self._words:
            yield _Match(token, WHOLE, place)
        for base in _bases(token):
            if base != token and base in self._inflected:
                yield _Match(base, WHOLE, place, "inflected")
        last = self._hidden_from(token)
        if not last:
            return
        for start in range(2, len(token) - _SHORT):
            for base in _bases(token[start:]) if start <= last else ():
                if base in self._ends:
                    yield _Match(base, END, place)
            for word, rest in self._beginnings(token, start):
                yield _Match(word, BEGINNING, place, rest)
        for start in range(max(2, len(token) - _SHORT), len(token) - 1):
            if token[:start] in self._words:
                yield _Match(token[:start], BEGINNING, place, token[start:])

    def _beginnings(self, token: str, start: int) -> Iterator[tuple[str, str]]:
        """The words that a token may begin with up to there, and what is left of it."""
        begun, rest = token[:start], token[start:]
        if begun in self._words:
            yield from ((begun, rest.removeprefix(link)) for link in LINKS if rest.startswith(link))
            if begun[-1] == begun[-2]:  # of three equal letters one is not written: "hisservice"
                yield begun, begun[-1] + rest
        if rest[0] in _VOWELS and f"{begun}a" in self._words:  # "grundskoleplats"
            yield f"{begun}a", rest[1:]
        if begun.endswith("ar") and f"{begun}e" in self._words:  # "hantverkararbete"
            yield f"{begun}e", rest

    def _hidden_from(self, token: str) -> int:
        """Where a word begins that only looks as if it ended in another; ends after it count as none."""
        starts = (at for at in range(len(token)) if any(self._heads.get(base) == _NONE for base in _bases(token[at:])))
        return next(starts, len(token))

    def _begun(self, token: str) -> list[str]:
        """The word that a shortened one begins, where all that do mean the same or there is only one."""
        begun = [word for word in self._begun_by(token) if word in self._words]
        is_told = len(self._meant(begun)) == 1 or len(begun) == 1
        return (sorted(begun, key=lambda word: word not in self._alone)[:1]) if is_told else []

    def _completed(self, token: str) -> list[str]:
        """What the last word of a text may have been that was cut off there: itself, or what it or its end begins.

        About two thirds of a word tell it, where they may be no other: "underhållsentreprena" is a contract, "plats"
        may go on as anything. A word that is known stays; a short one only where it begins no other.
        """
        if any(base in self._words for base in _bases(token)):
            return [token] if len(token) >= _CUT_WORD or len(self._begun_by(token)) == 1 else []
        if len(token) < _CUT_WORD:
            begun = self._begun_by(token)
            return begun if len(begun) == 1 and len(token) / len(begun[0]) >= _CUT_SHARE_OF_END else []
        for start in range(len(token) - _CUT_WORD + 1):
            end = token[start:]
            share = _CUT_SHARE_OF_END if start else _CUT_SHARE
            likely = [word for word in self._begun_by(end) if len(end) / len(word) >= share]
            if not likely:
                continue
            if all(word.startswith(likely[0]) for word in likely):
                likely = likely[:1]
            return [token[:start] + word for word in likely] if len(self._meant(likely)) <= 1 else [token]
        return [token]

    def _begun_by(self, beginning: str) -> list[str]:
        """The words and ends that begin so, in order: what begins the others is the first."""
        first = bisect_left(self._sorted, beginning)
        return list(takewhile(lambda word: word.startswith(beginning), islice(self._sorted, first, None)))

    def _meant(self, words: Iterable[str]) -> set[str]:
        """The categories that words name alone, whatever the account."""
        rows = (self.rows[number] for word in words for number in self._words.get(word, ()))
        return {row.category for row in rows if len(row.terms) == 1 and not row.accounts}

    def _tokens(self, text: str, *, is_cut: bool) -> list[tuple[str, bool]]:
        """Words of the text, written out; with whether a word is shortened without one that is known to be so.

        Where a text was cut off, its last letters are an abbreviation only if they begin no other word: "kons" may be a
        consultant or art.
        """
        found: list[tuple[str, str]] = _TOKEN.findall(_STOPPED.sub(self._compound, text))
        tokens: list[tuple[str, bool]] = []
        for index, (written, mark) in enumerate(found):
            parts = written.split("-")
            word = joined(written if len(parts) == 1 else "".join(self._abbreviations.get(p, p) for p in parts))
            stopped = mark == "."
            full = self._written_out(word, stopped=stopped)
            is_last = is_cut and index == len(found) - 1 and not stopped
            if full and not (is_last and any(not whole.startswith(full) for whole in self._begun_by(word))):
                tokens.append((full, False))
            elif mark == "-":
                tokens.append((word + self._end_of_next(found[index + 1 :]), False))
            else:
                tokens.append((word, stopped or bool(_UNFINISHED.search(word))))
        return tokens

    def _compound(self, shortened: re.Match[str]) -> str:
        """The known compound that a shortened word and what stands right behind its stop are: "proj.ledning"."""
        first = self._abbreviations.get(f"{shortened[1]}.", self._abbreviations.get(shortened[1], shortened[1]))
        last = self._abbreviations.get(shortened[2], shortened[2])
        whole = (f"{first}{link}{last}" for link in ("", "s"))
        return next((word for word in whole if any(base in self._words for base in _bases(word))), shortened[0])

    def _written_out(self, word: str, *, stopped: bool) -> str | None:
        """The word that an abbreviation stands for, or the compound that ends in one; None where it is neither."""
        spellings = (f"{word}.", word) if stopped else (word,)
        for short in spellings:
            if short in self._abbreviations:
                return self._abbreviations[short]
        if word in self._words:
            return None
        for short in spellings:
            for start in range(2, len(word) - 1):
                if short[start:] in self._shortened_ends:
                    first = self._abbreviations.get(word[:start], word[:start])
                    return first + self._abbreviations[short[start:]]
        return None

    def _end_of_next(self, following: Sequence[tuple[str, str]]) -> str:
        """The end that a word before a hyphen shares with the next one that is whole: "lokal- och bostadshyra"."""
        for written, mark in following:
            if mark == "-" or written in ("och", "o"):
                continue
            word = joined(written)
            word = self._written_out(word, stopped=mark == ".") or word
            for start in range(1, len(word) - 2):
                if any(base in self._heads or base in self._ends for base in _bases(word[start:])):
                    return word[start:]
            return ""
        return ""


def joined(word: str) -> str:
    """A compound is one word, with a hyphen in it or without; "materiel" is spelt "material", "café" also "cafe"."""
    return word.replace("-", "").replace("é", "e").replace("materiel", "material")


def _bases(word: str) -> list[str]:
    """The word, and what it is without an ending."""
    return [
        word,
        *(word[: -len(end)] for end in ENDINGS if word.endswith(end) and len(word) - len(end) >= _SHORT - 1),
        *(word[: -len(end)] + "a" for end in _PLURALS_OF_A if word.endswith(end) and len(word) - len(end) >= _SHORT),
        *(word[: -len(end)] + "um" for end in _FORMS_OF_UM if word.endswith(f"i{end}")),
    ]


def has_lost_letters(texts: Iterable[str]) -> bool:
    """Whether none of a ledger's texts holds å, ä or ö, as all Swedish charts do: its system cannot write them."""
    return not any(set("åäö") & set(unicodedata.normalize("NFC", text.casefold())) for text in texts)


def cut_length(texts: Iterable[str]) -> int | None:
    """The length at which texts were cut off: that of the longest, where several have it; None where none were."""
    lengths = Counter(len(text) for text in texts)
    longest = max(lengths, default=0)
    return longest if longest >= _CUT_LENGTH and lengths[longest] >= _CUT_TEXTS else None
