"""Words of an account's text that were shortened: abbreviations, what stands before a full stop, and what was cut off.

What does not belong here: the words themselves (``account_words``), what the text says by them (``account_text``).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from klimat_pipeline.spend.footprint.account_words import Words, bases, joined

#: Texts of the same, greatest length from which on a ledger's texts count as cut off there.
_CUT_TEXTS = 3
_CUT_LENGTH = 15
#: Letters of a word's beginning that tell it apart, after a full stop and at the end of a text that was cut; there also
#: about two thirds of the word, and more of one that ends a compound: "hyreskontrakt" is no tractor.
_ABBREVIATED, _CUT_WORD = 4, 5
_CUT_SHARE, _CUT_SHARE_OF_END = 0.65, 0.8
#: Where nothing else of the text says anything, half of the word.
_CUT_SHARE_AT_LEAST = 0.5
#: Two consonants that no Swedish word ends in: the word was shortened, mostly one in -ning ("städn", "försäkr").
_UNFINISHED = re.compile(r"([bdfhjklpstv]n|[bdfgkptvh]r|[bdfgkpstv]j)$")
#: How a word ends that may have been shortened, and how much of the whole word is left then at least. An s links
#: compounds, and many words end in -ng.
_SHORTENED = re.compile(r"[^aeiouyåäö]{2}(?<!s)(?<!ng)$")
_SHORTENED_SHARE = 0.55
_STOPPED = re.compile(r"(\w+)\.(\w+)")
_TOKEN = re.compile(r"(\w+(?:-\w+)*)([-.]?)")


class ShortenedWords:
    """Writes out the words of a text."""

    def __init__(self, words: Words, abbreviations: Mapping[str, str], shortened_ends: Iterable[str]) -> None:
        """Take what is known of them.

        Args:
            words: the words that texts are asked for.
            abbreviations: abbreviation, with its full stop where it needs one, and the word.
            shortened_ends: those of the abbreviations that end a compound too.
        """
        self._words = words
        self._abbreviations = dict(abbreviations)
        self._shortened_ends = frozenset(shortened_ends)

    def tokens(self, text: str, *, is_cut: bool) -> list[tuple[str, bool]]:
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
            if full and not (is_last and any(not whole.startswith(full) for whole in self._words.begun_by(word))):
                tokens.append((full, False))
            elif mark == "-":
                tokens.append((word + self._end_of_next(found[index + 1 :]), False))
            else:
                tokens.append((word, stopped or bool(_UNFINISHED.search(word))))
        return tokens

    def written_out(self, tokens: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
        """The words, those written out that are most of a known one and may have been shortened."""
        for token, is_short in tokens:
            is_known = any(base in self._words.by_word or base in self._words.heads for base in bases(token))
            may_be = len(token) >= _CUT_WORD and not is_known and _SHORTENED.search(token)
            whole = self._begun(token) if may_be else []
            yield (whole[0] if whole and len(token) / len(whole[0]) >= _SHORTENED_SHARE else token), is_short

    def begun_by_half(self, token: str) -> list[str]:
        """The word of which this is half at least, where all words that begin so mean the same or begin with one."""
        begun = self._words.begun_by(token) if len(token) >= _CUT_WORD else []
        known: list[str] = []
        for word in begun:  # in order: what begins others comes before them
            if word in self._words.alone and not word.startswith(tuple(known)):
                known.append(word)
        is_told = len(self._words.meant(known)) == 1 and all(word.startswith(tuple(known)) for word in begun)
        whole = min(known, key=len) if is_told else ""
        return [whole] if whole and len(token) / len(whole) >= _CUT_SHARE_AT_LEAST else []

    def likely(self, token: str, *, is_short: bool) -> list[str]:
        """What an unknown word may be the beginning of; nothing where it is too short to tell.

        Args:
            token: the word.
            is_short: whether a full stop or its end says that it was shortened.
        """
        if len(token) < _ABBREVIATED or self._words.knows(token):
            return []
        return self._noun(token) or (is_short and (self._begun(token) or self.completed(token))) or []

    def completed(self, token: str) -> list[str]:
        """What the last word of a text may have been that was cut off there: itself, or what it or its end begins.

        About two thirds of a word tell it, where they may be no other: "underhållsentreprena" is a contract, "plats"
        may go on as anything. A word that is known stays; a short one only where it begins no other.
        """
        if self._words.knows(token):
            return [token] if len(token) >= _CUT_WORD or len(self._words.begun_by(token)) == 1 else []
        if len(token) < _CUT_WORD:
            begun = self._words.begun_by(token)
            return begun if len(begun) == 1 and len(token) / len(begun[0]) >= _CUT_SHARE_OF_END else []
        for start in range(len(token) - _CUT_WORD + 1):
            end = token[start:]
            share = _CUT_SHARE_OF_END if start else _CUT_SHARE
            likely = [word for word in self._words.begun_by(end) if len(end) / len(word) >= share]
            if not likely:
                continue
            if all(word.startswith(likely[0]) for word in likely):
                likely = likely[:1]
            return [token[:start] + word for word in likely] if len(self._words.meant(likely)) <= 1 else [token]
        return [token]

    def _noun(self, token: str) -> list[str]:
        """A shortened word with -ing, where that is, or ends in, a known word: "utryckn", "avfallsbehandl"."""
        if not _SHORTENED.search(token):
            return []
        noun = f"{token}ing"
        is_known = noun in self._words.by_word or any(
            noun[at:] in self._words.ends or noun[at:] in self._words.heads for at in range(len(token))
        )
        return [noun] if is_known else []

    def _begun(self, token: str) -> list[str]:
        """The word that a shortened one begins, where all that do mean the same or there is only one."""
        begun = [word for word in self._words.begun_by(token) if word in self._words.by_word]
        is_told = len(self._words.meant(begun)) == 1 or len(begun) == 1
        return (sorted(begun, key=lambda word: word not in self._words.alone)[:1]) if is_told else []

    def _compound(self, shortened: re.Match[str]) -> str:
        """The known compound that a shortened word and what stands right behind its stop are: "proj.ledning"."""
        first = self._abbreviations.get(f"{shortened[1]}.", self._abbreviations.get(shortened[1], shortened[1]))
        last = self._abbreviations.get(shortened[2], shortened[2])
        whole = (f"{first}{link}{last}" for link in ("", "s"))
        return next((word for word in whole if self._words.knows(word)), shortened[0])

    def _written_out(self, word: str, *, stopped: bool) -> str | None:
        """The word that an abbreviation stands for, or the compound that ends in one; None where it is neither."""
        spellings = (f"{word}.", word) if stopped else (word,)
        for short in spellings:
            if short in self._abbreviations:
                return self._abbreviations[short]
        if word in self._words.by_word:
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
                if any(base in self._words.heads or base in self._words.ends for base in bases(word[start:])):
                    return word[start:]
            return ""
        return ""


def cut_length(texts: Iterable[str]) -> int | None:
    """The length at which texts were cut off: that of the longest, where several have it; None where none were."""
    lengths = Counter(len(text) for text in texts)
    longest = max(lengths, default=0)
    return longest if longest >= _CUT_LENGTH and lengths[longest] >= _CUT_TEXTS else None
