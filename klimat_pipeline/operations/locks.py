"""Locks that a run holds, on a folder and on a database, and what those who wait are told about the holder.

What does not belong here: the lease in a bucket (``bucket_lock``); which locks a run holds, and waiting (``run_lock``).
"""

import errno
import fcntl
import getpass
import json
import os
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic import SecretStr

from klimat_pipeline.errors import AccessError, DiskError, RunLockError

if TYPE_CHECKING:
    from klimat_pipeline.published.postgres_connection import Connection

#: Key of the advisory lock of runs; any number does, as long as it stays and is not the publishers'.
_LOCK_KEY = 0x6B6C696D6176
_FILE = ".run.lock"
_HOLDER = """
    SELECT application_name, coalesce(host(client_addr), 'the same host'),
        to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) | objid::bigint = %s
        AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, as those who wait for it are told.

    Attributes:
        started_by: who started the run, such as ``klimat refresh``.
        run: id of the run, if it has one.
        host: name of its machine.
        user: account that it runs under.
        process: id of its process on that machine.
        since: when it got the lock, ISO 8601, UTC.
    """

    started_by: str
    run: str
    host: str
    user: str
    process: int
    since: str

    @classmethod
    def of_this_process(cls, started_by: str, run: str = "") -> "Holder":
        """The present process."""
        return cls(
            started_by, run, socket.gethostname(), _user(), os.getpid(), f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> "Holder | None":
        """What ``as_json`` gave; None for anything else."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    def __str__(self) -> str:
        run = f"run {self.run}, " if self.run else ""
        return f"{self.started_by} ({run}{self.user}@{self.host}, process {self.process}, since {self.since})"


class Lock(Protocol):
    """Something that one run holds at a time."""

    place: str

    def acquire(self, holder: Holder) -> bool:
        """Try to get it, without waiting."""

    def holder(self) -> str:
        """Who has it now, in words."""

    def release(self) -> None:
        """Let go of it."""

    def refuse_if_lost(self) -> None:
        """Raise where it is no longer held."""


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as containers have
        return str(os.getuid())


class FolderLock:
    """A lock on a file in a folder; the kernel frees it when the process ends, however it ends.

    Args:
        folder: what is locked.
        shared: whether others may hold it shared at the same time.
    """

    def __init__(self, folder: Path, *, shared: bool = False) -> None:
        self.place = str(folder)
        self._path = folder / _FILE
        self._mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        self._descriptor: int | None = None

    def acquire(self, holder: Holder) -> bool:
        """Try to get it; whoever waits reads the holder from the file."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            may_not = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
            raise (AccessError if may_not else DiskError)(
                f"{self._path}: cannot be written ({error.strerror}); a run needs its data folder for itself. Does the "
                "folder belong to somebody else, or is the disk read-only? KLIMAT_DATA_DIR names another."
            ) from None
        try:
            fcntl.flock(descriptor, self._mode | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        # The file stays for ever: removing it would let a third run lock a new file of the same name.
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder.as_json().encode(), 0)
        self._descriptor = descriptor
        return True

    def holder(self) -> str:
        """Who has it now, as the file says."""
        try:
            found = Holder.from_json(self._path.read_bytes())
        except OSError:
            found = None
        return str(found or "another run")

    def release(self) -> None:
        """Let go of it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def refuse_if_lost(self) -> None:
        """Do nothing: the kernel never takes such a lock away."""


class DatabaseLock:
    """An advisory lock of the database that is published to; the server frees it when the connection ends.

    Args:
        url: of the database.
    """

    place = "the database of KLIMAT_DATABASE_URL"

    def __init__(self, url: SecretStr) -> None:
        self._url = url
        self._connection: Connection | None = None

    def acquire(self, holder: Holder) -> bool:
        """Try to get it, on one connection for all tries."""
        from klimat_pipeline.published.postgres_connection import connect, in_clear_words

        if self._connection is None:
            self._connection = connect(self._url)
        with in_clear_words(self._url):
            if self._connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK_KEY,)).fetchone() != (True,):
                return False
            # The name that others see in pg_stat_activity; the server cuts it at 63 bytes.
            name = f"klimat: {holder.started_by}"
            self._connection.execute("SELECT set_config('application_name', %s, false)", (name,))
        return True

    def holder(self) -> str:
        """Who has it now, as the server knows."""
        from klimat_pipeline.published.postgres_connection import connect, in_clear_words

        with in_clear_words(self._url), connect(self._url) as connection:
            found = connection.execute(_HOLDER, (_LOCK_KEY,)).fetchone()
        return "another run" if found is None else f"{found[0]} (from {found[1]}, since {found[2]})"

    def release(self) -> None:
        """Let go of it, and of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def refuse_if_lost(self) -> None:
        """Raise where the connection is closed, since the lock ended with it."""
        import psycopg

        try:
            if self._connection is not None:
                self._connection.execute("SELECT 1")
        except psycopg.Error:
            raise RunLockError(
                f"the connection that held the lock in {self.place} was closed: another run may have begun. Nothing "
                "was published; run again."
            ) from None
