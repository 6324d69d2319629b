"""What is told of a ledger's bytes alone, in one reading of them: their hash, how many, and whether they are UTF-8.

What does not belong here: what the bytes mean (``detect``).
"""

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

#: Bytes that are read at a time.
CHUNK = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """A file's bytes.

    Attributes:
        sha256: of them.
        size_bytes: how many.
        is_utf8: whether every one of them is part of a UTF-8 character.
    """

    sha256: str
    size_bytes: int
    is_utf8: bool


def content_of(path: Any) -> Content:
    """Read a file once, hashing it in a thread while it is looked at.

    Args:
        path: any path that universal-pathlib understands.
    """
    digest, size = hashlib.sha256(), 0
    is_utf8, held = True, b""
    with path.open("rb") as file, ThreadPoolExecutor(1) as pool:
        hashing: Future[None] | None = None
        while chunk := file.read(CHUNK):
            if hashing:
                hashing.result()
            hashing = pool.submit(digest.update, chunk)
            size += len(chunk)
            if is_utf8:
                text = held + chunk
                end = _end_of_character(text)
                is_utf8, held = _valid_utf8(text[:end]), text[end:]
        if hashing:
            hashing.result()
    return Content(digest.hexdigest(), size, is_utf8 and not held)


def begins_as_utf8(head: bytes) -> bool:
    """Whether the beginning of a file is UTF-8, a character that is cut off at its end aside."""
    return _valid_utf8(head[: _end_of_character(head)])


def _valid_utf8(content: bytes) -> bool:
    import pyarrow as pa

    ends = pa.py_buffer(b"\x00\x00\x00\x00" + len(content).to_bytes(4, "little"))
    try:
        pa.StringArray.from_buffers(1, ends, pa.py_buffer(content)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _end_of_character(chunk: bytes) -> int:
    """Where the last whole UTF-8 character ends: before a first byte that asks for more than follow it."""
    for back in range(1, min(4, len(chunk) + 1)):
        byte = chunk[-back]
        if byte & 0xC0 != 0x80:
            asks = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(chunk) - back if asks > back else len(chunk)
    return len(chunk)
