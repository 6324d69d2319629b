"""Where the ledgers' stage keeps what it makes: typed lines, the balances of files, and locks.

What does not belong here: reading ledgers (``read_files``), and the tables made of them (``spend_files``,
``ledger_totals``, ``spend_quarantine``).
"""

import fcntl
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class SpendStore:
    """Where the stage keeps what it makes: below ``<intermediate>/spend``.

    Args:
        intermediate: folder of the tables between stages.
    """

    def __init__(self, intermediate: Path) -> None:
        self.root = intermediate / "spend"

    @property
    def dataset(self) -> Path:
        """Folder of all typed lines, by municipality and year."""
        return self.root / "ledger"

    def lines(self, code: str) -> Path:
        """Folder of a municipality's typed lines, by year."""
        return self.dataset / f"municipality_code={code}"

    def partitions(self) -> set[tuple[str, str]]:
        """Municipality and year of all typed lines."""
        folders = self.dataset.glob("municipality_code=*/year=*")
        return {(path.parent.name.partition("=")[2], path.name.partition("=")[2]) for path in folders}

    def state(self, code: str) -> Path:
        """Folder of the balances of files that were read."""
        return self.root / "state" / code

    @property
    def hashes(self) -> Path:
        return self.root / "state" / "hashes.json"

    @property
    def parts(self) -> Path:
        """Folder of the groups of every typed file (``footprint.groups``)."""
        return self.root / "parts"

    @property
    def made_from(self) -> str | None:
        """Digest of what all typed lines were made from; None while they are being made, or were made in part."""
        try:
            return self._made_from.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def copy_from(self, other: "SpendStore") -> None:
        """Take over what another store has read, so that unchanged ledgers are not read again.

        Files that a run removes meanwhile are left out: everything here is sealed, and what is not whole is made anew.
        """
        own = shutil.ignore_patterns(".work-*", "locks", self._made_from.name)
        for name in (self.dataset.name, self._made_from.parent.name, self.parts.name):
            with suppress(FileNotFoundError, shutil.Error):
                shutil.copytree(other.root / name, self.root / name, ignore=own, dirs_exist_ok=True)

    def mark(self, digest: str | None) -> None:
        """Say what all typed lines were made from; None before any of them is written."""
        if digest is None:
            self._made_from.unlink(missing_ok=True)
            return
        self._made_from.parent.mkdir(parents=True, exist_ok=True)
        draft = self._made_from.with_name(f".{self._made_from.name}.{uuid.uuid4().hex}.part")
        draft.write_text(digest, encoding="utf-8")
        draft.replace(self._made_from)

    @property
    def _made_from(self) -> Path:
        return self.root / "state" / "made_from"

    @contextmanager
    def locked(self, name: str, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
        """Hold a lock of the whole machine; it ends with the process, however that ends.

        Args:
            name: of what is locked.
            shared: beside others that hold it so.
            wait: for whoever holds it; otherwise the answer may be no.

        Yields:
            Whether it is held.
        """
        path = self.root / "state" / "locks" / f"{name}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True
