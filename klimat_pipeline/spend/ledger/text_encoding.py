"""In which encoding a text file was written, decided by the Swedish words that come out of it.

A line that is valid UTF-8 is UTF-8; the others are in a code page of one byte a letter. Which one: every word with a
letter beyond ASCII is decoded in each candidate, and the candidate in which å, ä, ö come out inside words wins. Where
words read badly in it and well in another, each line is decided by its own words. So a file that was put together of
several exports is read right line by line. Text that was
decoded wrongly before it reached us (``LeverantÃ¶r``) is repaired.

What does not belong here: lines and cells (``csv_reader``, ``cells``).
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from klimat_pipeline.spend.ledger.file_hash import CHUNK
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.opened import Readable

#: Encodings that may be named in the settings, in the order in which a tie is decided.
CODE_PAGES = ("cp1252", "latin-1", "cp850", "cp437", "mac-roman")
#: Marks at the beginning of a text file.
BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Words that are enough to tell the encoding.
_ENOUGH_WORDS = 20_000
#: Bytes of a line that are searched for words.
_ENOUGH_OF_A_LINE = 10_000
#: Points of a word with one Swedish letter inside.
_WELL = 3
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_SWEDISH, _LIKELY = frozenset("åäöÅÄÖ"), frozenset("éÉüÜøØæÆèà")
#: Signs of Windows-1252 that stand at the edges of words.
_TYPOGRAPHIC = frozenset("“”‘’„–…")
#: Signs in a row that two letters each become where text is taken for UTF-16, as UTF-8; longer than names in Chinese.
_RUN = 24
_WIDE = re.compile(rb"(?:[\xe2-\xe7][\x80-\xbf]{2}|\xe0[\xa0-\xbf][\x80-\xbf]){%d}" % _RUN)
_NOT_WIDE = bytes(set(range(256)) - {0xE0, *range(0xE2, 0xE8)})
#: Bytes that are letters in Windows-1252 but control characters in ISO 8859-1, and those that Windows-1252 leaves out.
_WINDOWS, _UNDEFINED = re.compile(rb"[\x80-\x9f]"), re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """How a file's lines are decoded.

    Attributes:
        name: encoding of most lines.
        code_page: encoding of the lines that are not UTF-8; empty where there are none.
        unclear: whether another code page explains the words as well and reads them differently.
        other_pages: code pages that some of these lines may be in instead, told by their own words.
    """

    name: str
    code_page: str = ""
    unclear: bool = False
    other_pages: tuple[str, ...] = ()

    def page_of(self, line: bytes) -> str:
        """Encoding of a line that is not UTF-8: another than that of most only where the line reads badly in it."""
        words = _WORD.findall(line[:_ENOUGH_OF_A_LINE]) if self.other_pages else []
        points = {page: sum(_points(word, page) for word in words) for page in (self.code_page, *self.other_pages)}
        return self.code_page if points[self.code_page] >= 0 else max(points, key=lambda page: points[page])


def utf16(head: bytes) -> str:
    """UTF-16 by its byte order mark, or by the zeros that every other byte of Swedish text is; else empty."""
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    some = head[:4096]
    even, odd = some[::2].count(0), some[1::2].count(0)
    if len(some) > 8 and odd > 0.4 * len(some[1::2]) and even < 0.1 * len(some[::2]):
        return "utf-16-le"
    if len(some) > 8 and even > 0.4 * len(some[::2]) and odd < 0.1 * len(some[1::2]):
        return "utf-16-be"
    return ""


def text_encoding(file: Readable, *, usual: str = "cp1252") -> TextEncoding:
    """The encoding of a file that is not UTF-8 from its first byte to its last, nor UTF-16.

    Args:
        file: at its beginning.
        usual: code page that a tie is decided for.
    """
    words: Counter[bytes] = Counter()
    utf8_lines = other_lines = 0
    windows = undefined = False
    rest, seen = b"", 0
    while piece := file.read(CHUNK):
        if seen < _ENOUGH_WORDS:
            lines = re.split(rb"[\r\n]", rest + piece)
            rest = lines.pop()
            for line in lines:
                if line.isascii():
                    continue
                if _is_utf8(line):
                    utf8_lines += 1
                    continue
                other_lines += 1
                found = _WORD.findall(line[:_ENOUGH_OF_A_LINE])
                words.update(found)
                seen += len(found)
        if not piece.isascii():
            windows = windows or bool(_WINDOWS.search(piece))
            undefined = undefined or bool(_UNDEFINED.search(piece))
    if rest and not rest.isascii() and not _is_utf8(rest):
        other_lines += 1
        words.update(_WORD.findall(rest[:_ENOUGH_OF_A_LINE]))
    page, unclear = _code_page(words, usual)
    others = _other_pages(words, page)
    if utf8_lines > other_lines or others:  # what stands in lines of another encoding says nothing of these
        own = [word for word in words if _points(word, page) >= 0]
        windows, undefined = (any(pattern.search(word) for word in own) for pattern in (_WINDOWS, _UNDEFINED))
    if page == "cp1252" and (not windows or undefined):
        page = "latin-1"
    return TextEncoding("utf-8" if utf8_lines > other_lines else page, page, unclear, others)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _code_page(words: Counter[bytes], usual: str) -> tuple[str, bool]:
    """The code page whose letters make the best words, and whether another one reads them otherwise as well."""
    pages = (usual, *(page for page in CODE_PAGES if page not in (usual, "latin-1")))
    points = {page: sum(count * _points(word, page) for word, count in words.items()) for page in pages}
    best = max(pages, key=lambda page: points[page])
    rivals = [page for page in pages if page != best and points[page] == points[best]]
    unclear = any(word.decode(page, "replace") != word.decode(best, "replace") for page in rivals for word in words)
    return best, unclear


def _other_pages(words: Iterable[bytes], page: str) -> tuple[str, ...]:
    """The code pages in which words read well that read badly in that of most."""
    well: Counter[str] = Counter()
    for word in words:
        if _points(word, page) < 0:
            best = max(CODE_PAGES, key=lambda other: _points(word, other))
            well[best] += _points(word, best)
    return tuple(other for other in CODE_PAGES if well[other] >= _WELL)


def _points(word: bytes, page: str) -> int:
    """How well a word reads in a code page: Swedish letters speak for it, signs inside a word against it."""
    text = word.decode(page, errors="replace")
    if not any(byte < 0x80 for byte in word) and len(text) < 2:
        return 0  # a sign by itself: a dash, or a letter that says nothing
    points = 0
    for place, sign in enumerate(text):
        if sign.isascii():
            continue
        edge = place in (0, len(text) - 1)
        if sign in _SWEDISH:
            points += 1 if edge else _WELL
        elif sign in _LIKELY or (edge and sign in _TYPOGRAPHIC):
            points += 1
        elif not sign.isalpha():
            points -= 3
        if sign.isupper() and place and text[place - 1].islower():
            points -= 8
        if sign.islower() and place + 1 < len(text) and text[place + 1].isupper():
            points -= 8
    return points


class Decoder:
    """Decodes a file line by line, and counts the lines that were not in the encoding of most.

    A file of which one part is UTF-16 and another is not cannot be decoded line by line: it is refused.

    Attributes:
        others: how many such lines there were.
        first_other: number of the first.
        other_encodings: what they were in.
    """

    def __init__(self, encoding: TextEncoding, file: str = "") -> None:
        self._encoding, self._file = encoding, file
        self.others, self.first_other = 0, 0
        self.other_encodings: set[str] = set()
        self._lines = 0

    def pieces(self, file: Readable) -> Iterator[bytes]:
        """The file in pieces of whole lines, as UTF-8 without a byte order mark; lines end as they did."""
        first = True
        for piece in self._decoded(file):
            whole, first = (piece.removeprefix(codecs.BOM_UTF8) if first else piece), False
            yield whole

    def _decoded(self, file: Readable) -> Iterator[bytes]:
        if self._encoding.name.startswith("utf-16"):
            decoder = codecs.getincrementaldecoder(self._encoding.name)(errors="replace")
            while piece := file.read(CHUNK):
                yield self._all_wide(decoder.decode(piece).encode("utf-8", "replace"))
        elif not self._encoding.code_page:
            while piece := file.read(CHUNK):
                yield piece
        else:
            yield from self._line_by_line(file)

    def _all_wide(self, piece: bytes) -> bytes:
        """A piece that was UTF-16; where each two letters of a text became one sign, it was not.

        Raises:
            LedgerError: another encoding stands in the file too.
        """
        if len(piece.translate(None, _NOT_WIDE)) >= _RUN and _WIDE.search(piece):
            raise LedgerError(
                f"{self._file}: a part of the file is UTF-16, and a part is not: two exports stand in one file. "
                "Split it where the second begins, or save both in one encoding."
            )
        return piece

    def _line_by_line(self, file: Readable) -> Iterator[bytes]:
        rest = b""
        while piece := file.read(CHUNK):
            held = rest + piece
            end = max(held.rfind(b"\n"), held.rfind(b"\r")) + 1
            whole, rest = held[:end], held[end:]
            if whole:
                yield self._converted(whole)
        if rest:
            yield self._converted(rest)

    def _converted(self, whole: bytes) -> bytes:
        """Some whole lines as UTF-8."""
        page, main = self._encoding.code_page, self._encoding.name
        one_page = not self._encoding.other_pages
        if one_page and main != "utf-8" and b"\xc3" not in whole and b"\xe2\x80" not in whole:
            self._lines += whole.count(b"\n")
            return whole.decode(page, errors="replace").encode()
        if main == "utf-8" and _is_utf8(whole):
            self._lines += whole.count(b"\n")
            return whole
        made = []
        for line in whole.splitlines(keepends=True):
            own = main if line.isascii() else "utf-8" if _is_utf8(line) else self._encoding.page_of(line)
            if own != main:
                self.others += 1
                self.first_other = self.first_other or self._lines + 1
                self.other_encodings.add(own)
            self._lines += line.endswith((b"\n", b"\r"))
            made.append(line if own == "utf-8" else line.decode(own, errors="replace").encode())
        return b"".join(made)


class LineEnds:
    """Makes every end of a line a line feed.

    Carriage returns alone end lines in a file where most lines end so; elsewhere those that stand between two whole
    rows do (files that were put together), and the others stand inside cells.

    Args:
        separator: of the file's cells.
        cells: of a whole row.
    """

    def __init__(self, separator: str, cells: int) -> None:
        self._separator, self._separators = separator.encode(), max(cells - 1, 1)
        self._held = b""
        self._returns_end_lines: bool | None = None

    def as_line_feeds(self, piece: bytes) -> bytes:
        """A piece; what cannot be told before the next waits for it."""
        piece, self._held = self._held + piece, b""
        if b"\r" not in piece:
            return piece
        ending = b""
        if piece.endswith(b"\r"):
            piece, ending = piece[:-1], b"\r"
        if self._returns_end_lines is None:
            pairs = piece.count(b"\r\n")
            self._returns_end_lines = piece.count(b"\r") - pairs > piece.count(b"\n")
        piece = piece.replace(b"\r\n", b"\n")
        if self._returns_end_lines:
            self._held = ending
            return piece.replace(b"\r", b"\n")
        if b"\r" in piece:
            end = piece.rfind(b"\n") + 1
            whole, begun = piece[:end], piece[end:]
            known, gap, rest = begun.rpartition(b"\r")
            known = self._rows(known)
            end = known.rfind(b"\n") + 1  # whether a row ends behind it is told by what follows
            piece, self._held = b"\n".join(map(self._rows, whole.split(b"\n"))) + known[:end], known[end:] + gap + rest
        self._held += ending
        return piece

    def _rows(self, line: bytes) -> bytes:
        """A line in which carriage returns between whole rows are line feeds, and the others spaces."""
        if b"\r" not in line:
            return line
        made, *others = line.split(b"\r")
        before = made.count(self._separator)
        for part in others:
            after = part.count(self._separator)
            if min(before, after) >= self._separators:
                made, before = made + b"\n" + part, after
            else:
                made, before = made + b" " + part, before + after
        return made

    def last(self) -> bytes:
        """What was held back."""
        ends = self._held.endswith(b"\r")
        return self._rows(self._held.removesuffix(b"\r")) + b"\n" * ends


def with_line_feeds(text: str) -> str:
    """A piece of a file of which nothing is known yet: carriage returns end lines if most do, or if rows stand between.

    Rows have the same number of some separator.
    """
    text = text.replace("\r\n", "\n")
    if text.count("\r") > text.count("\n"):
        return text.replace("\r", "\n")
    return "\n".join(line.replace("\r", "\n" if _are_rows(line) else " ") for line in text.split("\n"))


def _are_rows(line: str) -> bool:
    parts = [part for part in line.split("\r") if part.strip()]
    counts = ({part.count(mark) for part in parts} for mark in ";\t|,")
    return len(parts) > 1 and any(len(count) == 1 and min(count) > 0 for count in counts)


#: Letters that are put right: Swedish ones, and what they turn into where a text is decoded wrongly twice.
_REPAIRED = "åäöÅÄÖéÉüÜ\u00a0–" + "".join(
    sorted(
        {
            sign
            for letter in "åäöÅÄÖéü"
            for page in ("latin-1", "cp1252")
            for sign in letter.encode().decode(page, "ignore")
        }
    )
)
#: How often a text may have been decoded wrongly.
_TIMES = 3


@lru_cache(maxsize=1)
def _mistaken() -> dict[str, str]:
    """What UTF-8 looks like that was taken for a code page, with the letter that was meant."""
    found: dict[str, str] = {}
    for letter in _REPAIRED:
        for page in ("latin-1", "cp1252", "cp850", "cp437", "mac-roman"):
            wrong = letter.encode().decode(page, errors="replace")
            if "\ufffd" not in wrong:
                found[wrong] = letter
    return found


@lru_cache(maxsize=1)
def _mistaken_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _mistaken()), key=len, reverse=True)))


#: Bytes of UTF-8 with which every mistaken letter begins: Ã, Â, â; ├, ┬, Γ; √, ¬, ‚. Texts without them are sound.
MISTAKEN_SIGNS = tuple(sign.encode() for sign in sorted({wrong[0] for wrong in _mistaken()}))


def repaired(text: str) -> str:
    """The text with letters that were decoded wrongly (``LeverantÃ¶r``), once or more, put right."""
    for _ in range(_TIMES):
        before, text = text, _mistaken_pattern().sub(lambda match: _mistaken()[match[0]], text)
        if text == before:
            break
    return text
