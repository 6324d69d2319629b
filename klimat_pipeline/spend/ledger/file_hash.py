"""A ledger file as bytes: their hash, how many they are, and whether they are UTF-8.

What does not belong here: what the bytes mean (``format_detection``).
"""

import codecs
import hashlib
from dataclasses import dataclass
from typing import Any

from klimat_pipeline.spend.ledger.opened import GZIP, opened

#: Bytes that are read at a time.
CHUNK = 8 * 1024 * 1024
_UTF8 = codecs.getincrementaldecoder("utf-8")


@dataclass(frozen=True, slots=True)
class FileHash:
    """A file's bytes.

    Attributes:
        sha256: of them.
        size_bytes: how many.
        is_utf8: whether every one of them is part of a UTF-8 character, once unpacked.
        variant: where they lie there under several names, the period that this one tells.
    """

    sha256: str
    size_bytes: int
    is_utf8: bool
    variant: str = ""


def id_of(sha256: str, variant: str) -> str:
    """What tells a file from the others of a municipality."""
    return hashlib.sha256(f"{sha256} {variant}".encode()).hexdigest()[:16] if variant else sha256[:16]


def file_hash(path: Any) -> FileHash:
    """Read a file once, from its first byte to its last.

    Args:
        path: any path that universal-pathlib understands.
    """
    digest, size, decoder, is_utf8, packed = hashlib.sha256(), 0, _UTF8(), True, False
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            packed = packed or (not size and chunk.startswith(GZIP))
            digest.update(chunk)
            size += len(chunk)
            is_utf8 = is_utf8 and not packed and _continues_as_utf8(decoder, chunk)
    is_utf8 = _is_utf8_unpacked(path) if packed else is_utf8 and _continues_as_utf8(decoder, b"", final=True)
    return FileHash(digest.hexdigest(), size, is_utf8)


def _is_utf8_unpacked(path: Any) -> bool:
    decoder, is_utf8 = _UTF8(), True
    with opened(path) as file:
        while is_utf8 and (chunk := file.read(CHUNK)):
            is_utf8 = _continues_as_utf8(decoder, chunk)
    return is_utf8 and _continues_as_utf8(decoder, b"", final=True)


def _continues_as_utf8(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
