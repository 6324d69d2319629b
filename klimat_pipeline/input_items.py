"""What a run is made from, item by item: rooms that have inputs offer a function ``inputs(settings)`` of these.

What does not belong here: which inputs there are (each room's own), and joining them (``operations.inputs``).
"""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the manifest: kind, name, value and, for files, their hash."""

    kind: str
    name: str
    value: str | None = None
    sha256: str | None = None

    def __str__(self) -> str:
        return "\t".join((self.kind, self.name, self.value or "", self.sha256 or ""))


def file_hashes(folder: Path, endings: tuple[str, ...]) -> list[tuple[str, str]]:
    """Name below the folder and SHA-256 of every file with one of the endings, by name.

    Every step of a run asks for it, so a file that has not changed is read once a process.
    """
    found = []
    for root, _, names in os.walk(folder):
        below = os.path.relpath(root, folder).replace(os.sep, "/")
        for name in names:
            if name.endswith(endings):
                path = os.path.join(root, name)  # noqa: PTH118 - a Path for each of 300 files costs more than its stat
                stat = os.stat(path)  # noqa: PTH116
                stamp = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
                found.append((name if below == "." else f"{below}/{name}", _sha256(path, *stamp)))
    return sorted(found)


@lru_cache(maxsize=4096)
def _sha256(path: str, *stamp: int) -> str:
    del stamp
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
