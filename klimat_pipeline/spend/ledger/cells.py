"""Cells as programs write them, made plain: for every format, before they get types.

``="6410"`` is 6410, NULL is nothing, letters that were decoded wrongly are put right, digits of other scripts become
ordinary ones, and control characters go. Each kind is counted, so that it can be told. What does not belong here: what
a cell means (``typed_lines``), and how a file is decoded (``text_encoding``).
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klimat_pipeline.spend.ledger.text_encoding import MISTAKEN_SIGNS, repaired

if TYPE_CHECKING:
    import pyarrow as pa

_CONTROLS = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f"
_CONTROL = re.compile(f"[{_CONTROLS}\x80-\x9f\u200b-\u200f\u2060\ufeff]")
#: What Swedish text consists of; a column of nothing else needs no second look.
_LETTERS = "åäöÅÄÖéÉüÜ"
_ORDINARY = bytes(range(0x20, 0x7F)) + b"\t\n\r" + bytes({byte for sign in _LETTERS for byte in sign.encode()})
_UNUSUAL = re.compile(f"[^ -~{_LETTERS}]")
#: Bytes of what is made plain: mistaken letters, control characters, accents apart from their letter, other digits.
_ODD = re.compile(
    b"|".join(
        (
            f"[{_CONTROLS}]".encode(),
            b"\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf|\xef\xbc[\x90-\x99]|\xcc[\x80-\xbf]",
            b"[\xd9-\xdf\xe0\xe1\xf0]",
            *map(re.escape, MISTAKEN_SIGNS),
        )
    )
)
_EQUALS = re.compile(r'^="(.*)"$', re.DOTALL)
_MISSING = re.compile(r"(?i)^\s*(\(null\)|<null>|null|#n/a)\s*$")
#: Letters as web pages spell them (``F&ouml;rbrukning``).
_ENTITY = re.compile(r"&(?:#[0-9]{2,5}|[A-Za-z]{2,8});")
_ENTITY_BYTES = re.compile(_ENTITY.pattern.encode())
#: First signs of what is made plain although it is ordinary text.
_BEGINS_ODDLY = frozenset("='(<#nN ")
#: Digits of other scripts.
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_LOST = b"\xef\xbf\xbd"


def plain(text: str) -> str:
    """One cell, or a column's name, as ``CellCleaner`` makes it."""
    if text[:1] not in _BEGINS_ODDLY and "&" not in text and not _UNUSUAL.search(text):
        return text
    if match := _EQUALS.match(text):
        text = match[1].replace('""', '"')
    if text[:1] == "'" and text[1:2].isdigit():
        text = text[1:]
    return "" if _MISSING.match(text) else _mended(text)


def _mended(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if text.isascii():
        return _CONTROL.sub("", text)
    text = _CONTROL.sub("", repaired(unicodedata.normalize("NFC", text)))
    return _OTHER_DIGIT.sub(lambda match: str(unicodedata.digit(match[0])), text)


@dataclass(slots=True)
class CellCleaner:
    """Makes the cells of batches plain.

    Attributes:
        mended: cells with letters, digits or control characters that were put right.
        lost: cells with a letter that was lost before the file came here.
    """

    mended: int = 0
    lost: int = 0

    def cleaned(self, batch: "pa.RecordBatch") -> "pa.RecordBatch":
        """The batch with plain cells."""
        import pyarrow as pa

        arrays = [self._column(column) if pa.types.is_string(column.type) else column for column in batch.columns]
        return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)

    def _column(self, column: "pa.Array") -> "pa.Array":
        """The column; looked into only where its bytes hold something that is not ordinary."""
        held = column.buffers()[2]
        content = held.to_pybytes() if held else b""
        odd = content.translate(None, _ORDINARY)
        if odd and _LOST in content:
            self.lost += _matching(column, "\ufffd")
        strange = bool(odd and _ODD.search(content)) or bool(b"&" in content and _ENTITY_BYTES.search(content))
        if not (strange or b"=" in content or b"'" in content or _may_be_missing(content)):
            return column
        return self._through_its_values(column, strange)

    def _through_its_values(self, column: "pa.Array", strange: bool) -> "pa.Array":
        """Every distinct value is made plain once."""
        import pyarrow as pa
        import pyarrow.compute as pc

        encoded = column.dictionary_encode()
        values = encoded.dictionary.to_pylist()
        made = [plain(value) for value in values]
        if made == values:
            return column
        if strange:
            changed = [_mended(value) != value for value in values]
            self.mended += pc.sum(pa.array(changed).take(encoded.indices)).as_py() or 0
        return pa.array(made, pa.string()).take(encoded.indices)


def _may_be_missing(content: bytes) -> bool:
    return b"NULL" in content or b"null" in content or b"#" in content


def _matching(column: "pa.Array", part: str) -> int:
    import pyarrow.compute as pc

    return pc.sum(pc.match_substring(column, part)).as_py() or 0
