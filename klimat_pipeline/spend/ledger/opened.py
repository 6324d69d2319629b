"""A ledger file opened for reading, unpacked on the way where it is compressed with gzip.

What does not belong here: what the bytes mean (``format_detection``), and where files lie (``locations``).
"""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Protocol

from klimat_pipeline.spend.ledger.ledger_error import LedgerError

GZIP = b"\x1f\x8b"
#: What a compressed ledger may unpack to: ten million long lines.
LARGEST_UNPACKED = 4 * 1024**3


class Readable(Protocol):
    """What is read in pieces."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; empty at the end."""


class _Unpacked:
    """The content of a gzip file, up to a limit."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name, self._read = gzip.GzipFile(fileobj=file), name, 0

    def read(self, size: int = -1, /) -> bytes:
        try:
            piece = self._file.read(size)
        except (OSError, EOFError) as error:
            raise LedgerError(
                f"{self._name}: cannot be unpacked ({type(error).__name__}). Was it cut off on the way? Copy it again."
            ) from None
        self._read += len(piece)
        if self._read > LARGEST_UNPACKED:
            raise LedgerError(
                f"{self._name}: unpacks to more than {LARGEST_UNPACKED:,} bytes. A zip bomb? Export the ledger again."
            )
        return piece


@contextmanager
def opened(path: Any) -> Iterator[Readable]:
    """The file's content in pieces.

    Args:
        path: any path that universal-pathlib understands.

    Raises:
        LedgerError: a compressed file is damaged, or unpacks to more than a ledger can be.
    """
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
        file.seek(0)
        yield _Unpacked(file, path.name) if packed else file
