"""Files that a later run reads again, each with the hash of its bytes beside it: a damaged one is made anew.

They are typed lines, their groups, the balances of files, and what is known of files' hashes. Parquet has no checksum
of its own that DuckDB looks at: one byte that a disk changes would be another amount. What does not belong here: what
the files hold (``parquet_writer``, ``read_files``, ``found_files``, ``footprint.groups``).
"""

import hashlib
from pathlib import Path


def seal_of(path: Path) -> Path:
    """The file beside a file that holds its hash."""
    return path.with_suffix(".sha256")


def put_in_place(draft: Path, path: Path) -> None:
    """Let a draft become a file with its hash; whoever is killed in between leaves one that is not whole."""
    digest = _digest(draft)
    draft.replace(path)
    draft.write_text(digest, encoding="ascii")
    draft.replace(seal_of(path))


def is_whole(path: Path) -> bool:
    """Whether a file is there with the bytes that were put in place."""
    try:
        return seal_of(path).read_text(encoding="ascii") == _digest(path)
    except (FileNotFoundError, UnicodeDecodeError):
        return False


def remove(path: Path) -> None:
    """Remove a file and its hash."""
    path.unlink(missing_ok=True)
    seal_of(path).unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
