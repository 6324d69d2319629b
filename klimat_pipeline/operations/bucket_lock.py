"""A lock in a bucket, for runs of several hosts whose tables lie there: a lease that its holder renews.

A bucket has no locks, but it can refuse to create an object that exists (a conditional put). Each holder creates the
next object of a numbered series, ``.run-lock/00000007.json``; the highest is the holder's, unless it says that it was
released. A holder renews its object every few seconds; another run that sees it unchanged for the length of a lease
takes the holder for dead and creates the next. Of two that do so at once, the bucket refuses one.

What does not belong here: locks of folders and databases (``run_lock``).
"""

import json
import time
import uuid
from threading import Event, Thread
from typing import Any

from klimat_pipeline.errors import RunLockError
from klimat_pipeline.operations.locks import Holder

#: Seconds without a sign of life after which a holder counts as dead, and between two signs.
LEASE_S = 60.0
RENEW_S = 10.0
_FOLDER = ".run-lock"


class BucketLock:
    """The lock of the tables' bucket.

    Args:
        root: URL of the tables, any that fsspec knows.
        lease_s: seconds after which a silent holder counts as dead.
        renew_s: seconds between two signs of life.
    """

    def __init__(self, root: str, *, lease_s: float = LEASE_S, renew_s: float = RENEW_S) -> None:
        from upath import UPath

        self.place = root
        self._folder = UPath(root) / _FOLDER
        self._lease_s, self._renew_s = lease_s, renew_s
        self._mine: int | None = None
        self._content: dict[str, Any] = {}
        self._seen: tuple[bytes, float] = (b"", 0.0)
        self._ends, self._lost = Event(), Event()
        self._heart: Thread | None = None

    def acquire(self, holder: Holder) -> bool:
        """Try to get it: create the next object of the series, if the last holder is done or dead."""
        number, content = self._highest()
        if number and not self._is_free(content):
            return False
        self._content = {"holder": holder.as_json(), "token": uuid.uuid4().hex, "beat": 0}
        mine = number + 1
        try:
            self._file_system.pipe_file(self._path(mine), self._bytes(), mode="create")
        except FileExistsError:
            return False
        if self._highest()[0] != mine:
            # Somebody who looked later has a higher number: ours filled a gap in a series that had gone on.
            self._file_system.rm_file(self._path(mine))
            return False
        self._mine = mine
        for older in range(max(1, mine - 20), mine):
            self._remove(older)
        self._ends.clear()
        self._heart = Thread(target=self._beat, daemon=True, name="klimat bucket lock")
        self._heart.start()
        return True

    def holder(self) -> str:
        """Who has it now, as its object says."""
        found = Holder.from_json(_read(self._highest()[1]).get("holder", ""))
        return str(found or "another run")

    def release(self) -> None:
        """Let go of it."""
        if self._mine is None:
            return
        self._ends.set()
        if self._heart is not None:
            self._heart.join()
        if not self._lost.is_set():
            # It stays, marked as released: the series must never start again at 1 while somebody may still read it.
            self._file_system.pipe_file(self._path(self._mine), b"released")
        self._mine = None

    def refuse_if_lost(self) -> None:
        """Raise where another run has taken it over."""
        if self._mine is None:
            return
        number, content = self._highest()
        if self._lost.is_set() or number != self._mine or _read(content).get("token") != self._content["token"]:
            self._lost.set()
            raise RunLockError(
                f"the lease of {self.place} could not be renewed for {self._lease_s:.0f} s and {self.holder()} has it "
                "now. Nothing was published; run again."
            )

    @property
    def _file_system(self) -> Any:
        return self._folder.fs

    def _path(self, number: int) -> str:
        return str((self._folder / f"{number:08d}.json").path)

    def _bytes(self) -> bytes:
        return json.dumps(self._content).encode()

    def _highest(self) -> tuple[int, bytes]:
        """Number and content of the last object of the series; zero where there is none."""
        self._file_system.invalidate_cache()
        try:
            names = self._file_system.ls(self._folder.path, detail=False)
        except FileNotFoundError:
            return 0, b""
        numbers = [
            int(stem) for stem in (name.rsplit("/", 1)[-1].removesuffix(".json") for name in names) if stem.isdigit()
        ]
        if not numbers:
            return 0, b""
        try:
            return max(numbers), self._file_system.cat_file(self._path(max(numbers)))
        except FileNotFoundError:  # removed by a later holder, just now
            return self._highest()

    def _is_free(self, content: bytes) -> bool:
        """Whether a holder has let go, or has shown no sign of life for a lease, by our own clock alone."""
        if content == b"released":
            return True
        now = time.monotonic()
        if content != self._seen[0]:
            self._seen = (content, now)
        return now - self._seen[1] >= self._lease_s

    def _remove(self, number: int) -> None:
        try:
            self._file_system.rm_file(self._path(number))
        except FileNotFoundError:
            return

    def _beat(self) -> None:
        """Renew the lease until it is released; if that fails for the length of a lease, it is lost."""
        renewed = time.monotonic()
        while not self._ends.wait(self._renew_s):
            try:
                if self._mine is None or self._highest()[0] != self._mine:
                    self._lost.set()
                    return
                self._content["beat"] += 1
                self._file_system.pipe_file(self._path(self._mine), self._bytes())
                renewed = time.monotonic()
            except OSError:  # the bucket does not answer: try again until the lease has run out
                if time.monotonic() - renewed >= self._lease_s:
                    self._lost.set()
                    return


def _read(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
