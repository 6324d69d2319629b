"""What keeps files whole when a publisher is killed: its lock, syncing to the disk, free space, hashes, leftovers.

What does not belong here: what the files hold.
"""

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from klimat_pipeline.errors import PublishDiskError, PublishError

#: Free disk that publishing wants, as a multiple of the tables' size in memory: the new version twice over (SQLite
#: with its indexes, Parquet), and room for others.
FREE_SPACE_FACTOR = 3
#: Prefix of the name of a version that no reader sees yet.
STAGING = ".staging"


@contextmanager
def exclusive_lock(directory: Path) -> Iterator[None]:
    """Hold the publishers' lock of a directory; the kernel frees it when the process ends, however it ends.

    Raises:
        PublishError: another publisher holds it.
    """
    path = directory / ".lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublishError(
                f"another publish is running: it holds {path}. Nothing was changed; try again when it has ended"
            ) from None
        yield
    finally:
        # The file stays: removing it would let a third publisher lock a new file of the same name.
        os.close(descriptor)


def require_free_space(directory: Path, size: int) -> None:
    """Refuse to begin a publish that would fill the disk.

    Args:
        directory: where the tables will be written.
        size: bytes of the tables in memory.

    Raises:
        PublishError: less than ``FREE_SPACE_FACTOR`` times the size is free.
    """
    free = shutil.disk_usage(directory).free
    needed = FREE_SPACE_FACTOR * size
    if free < needed:
        raise PublishDiskError(
            f"not enough disk space in {directory}: {free:,} bytes free, {needed:,} wanted ({FREE_SPACE_FACTOR} times "
            "the tables). The last good version stays; make room and run the command again"
        )


def try_writing(directory: Path) -> None:
    """Write a file and take it away again: the surest way to know whether that can be done.

    Raises:
        OSError: it cannot.
    """
    path = directory / f"{STAGING}-{uuid.uuid4().hex}-klimat.sqlite"
    path.touch()
    path.unlink()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal digits.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Flush a file, or the names in a directory, to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(*paths: Path) -> None:
    """Remove files, links or whole directories; those that do not exist are skipped."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
