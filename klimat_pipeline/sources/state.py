"""When each source was last asked, and whether it answered, from which its staleness follows.

What does not belong here: the manifest (``archive``), which determines results; asking a source again does not.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from klimat_pipeline.errors import SnapshotError

_FILE = "sources.json"


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known about a source's substance.

    Attributes:
        first_checked_at: first time that it was asked, ISO 8601.
        last_checked_at: last time.
        last_success_at: last time that it answered, with a file or "not modified".
        last_error: what happened at the last try, None when it answered.
        etag: validator of the last file received.
        last_modified: validator of the last file received.
        sha256: hash of the last file received, which the validators belong to.
    """

    first_checked_at: str
    last_checked_at: str
    last_success_at: str | None = None
    last_error: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None

    @property
    def silent_days(self) -> int | None:
        """Whole days between the last answer and the last failed try; None when the last try was answered.

        A source that never answered counts from the first try.
        """
        if self.last_error is None:
            return None
        since = datetime.fromisoformat(self.last_success_at or self.first_checked_at)
        return max(0, (datetime.fromisoformat(self.last_checked_at) - since).days)


def read_states(root: Path) -> dict[str, SourceState]:
    """States by substance; none where nothing was ever asked.

    Raises:
        SnapshotError: the file is damaged.
    """
    path = root / _FILE
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        return {key: _checked(SourceState(**value)) for key, value in read.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise SnapshotError(
            f"{path}: damaged ({error}). Delete it: it only remembers when sources were asked."
        ) from None


def _checked(state: SourceState) -> SourceState:
    for name, value in asdict(state).items():
        if value is not None and not isinstance(value, str):
            raise ValueError(f"field {name} is {value!r}, expected a text")
    for name in ("first_checked_at", "last_checked_at", "last_success_at"):
        value = getattr(state, name)
        is_optional = name == "last_success_at"
        if not (is_optional and value is None) and datetime.fromisoformat(value).tzinfo is None:
            raise ValueError(f"field {name} is {value!r}, expected a time with its zone")
    return state


def record_check(
    root: Path,
    substance: str,
    *,
    error: str | None = None,
    sha256: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    now: datetime | None = None,
) -> SourceState:
    """Remember that a source was asked now, and how it answered.

    Args:
        root: folder of the written archive.
        substance: what was asked for.
        error: what went wrong, if it did.
        sha256: hash of the file received; None without a file, as with "not modified".
        etag: validator of that file.
        last_modified: validator of that file.
        now: when it was asked, by default now.

    Raises:
        SnapshotError: the file of states is damaged or cannot be written.
    """
    from klimat_pipeline.sources.archive import write_whole

    stamp = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    states = read_states(root)
    state = states.get(substance) or SourceState(stamp, stamp)
    state = replace(state, last_checked_at=stamp, last_error=error)
    if error is None:
        state = replace(state, last_success_at=stamp)
    if sha256 is not None:
        state = replace(state, sha256=sha256, etag=etag, last_modified=last_modified)
    states[substance] = state
    text = json.dumps({key: asdict(value) for key, value in sorted(states.items())}, indent=2) + "\n"
    try:
        write_whole(root / _FILE, text.encode())
    except OSError as problem:
        raise SnapshotError(f"{root / _FILE}: cannot be written ({problem.strerror}). Is the disk full?") from None
    return state
