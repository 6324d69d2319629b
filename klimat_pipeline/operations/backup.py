"""A copy of everything that cannot be computed again, and bringing it back, also into another folder.

Snapshots, configuration, published files, how refreshes ended, and Dagster's history; each file with its hash. Tables
between stages are made again by a refresh; a database is published to again from the files. What does not belong here:
which publications are kept (``published``).
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path

from klimat_pipeline import __version__
from klimat_pipeline.errors import ConfigurationError, DiskError
from klimat_pipeline.settings import Settings

_MANIFEST = "backup.json"
#: Parts below the data folder, and below the folder of configuration.
_WRITTEN = ("published", "status", "dagster")
_CONFIGURATION = ("municipalities", "reference")


def back_up(settings: Settings, to: Path) -> int:
    """Copy everything into a folder that is empty or not there yet.

    Returns:
        How many files it holds.

    Raises:
        ConfigurationError: the folder holds something.
    """
    to = to.expanduser().resolve()
    if to.exists() and any(to.iterdir()):
        raise ConfigurationError(f"{to}: is not empty. Name a new folder for each backup.")
    to.mkdir(parents=True, exist_ok=True)
    for part in _parts(settings.written_dir):
        _copy(settings.written_dir / part, to / "data" / part)
    for part in _CONFIGURATION:
        _copy(settings.config_dir / part, to / "configuration" / part)
    hashes = {path.relative_to(to).as_posix(): _sha256(path) for path in _files(to)}
    told = {"version": __version__, "made_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "sha256": hashes}
    (to / _MANIFEST).write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    return len(hashes)


def restore(settings: Settings, source: Path, *, configuration: bool = False) -> list[str]:
    """Bring a backup back; what lies in its place is moved aside, not deleted.

    Args:
        settings: where to.
        source: folder of a backup.
        configuration: bring municipalities and reference tables back too.

    Returns:
        Folders that were moved aside.

    Raises:
        ConfigurationError: it is no backup.
        DiskError: a file of it is missing or damaged, or there is no room; nothing was changed.
    """
    _refuse_damage(source)
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    places = [(source / "data", settings.written_dir, part) for part in _parts(source / "data")]
    if configuration:
        places += [(source / "configuration", settings.config_dir, part) for part in _CONFIGURATION]
    drafts = {root: root / f".restoring-{stamp}" for _, root, _ in places}
    try:
        for came_from, root, part in places:
            _copy(came_from / part, drafts[root] / part)
        # Only now that all is there do readers lose sight of what they had, and only for two changes of a name.
        aside = [kept for _, root, part in places if (kept := _exchanged(root, part, drafts[root], stamp))]
    finally:
        for draft in drafts.values():
            shutil.rmtree(draft, ignore_errors=True)
    _publish_to_database(settings)
    return aside


def _exchanged(root: Path, part: str, draft: Path, stamp: str) -> str:
    """Put a part in its place; where the one that lay there lies now, or nothing if there was none.

    Aside is a folder of its own: beside the snapshots it would be one more source.
    """
    there, kept = root / part, root / f"before-restore-{stamp}" / part
    was_there = there.exists() and any(there.iterdir())
    if was_there:
        kept.parent.mkdir(parents=True, exist_ok=True)
        there.rename(kept)
    if (draft / part).exists():
        there.parent.mkdir(parents=True, exist_ok=True)
        (draft / part).replace(there)  # an empty folder gives way
    return str(kept) if was_there else ""


def _parts(data: Path) -> list[str]:
    """Parts of a data folder; what a checkout carries embedded is none."""
    fetched = [f"snapshots/{folder.name}" for folder in sorted((data / "snapshots").glob("*/"))]
    return [*(part for part in fetched if not part.startswith("snapshots/embedded")), *_WRITTEN]


def _publish_to_database(settings: Settings) -> None:
    """Show in the database what the files show."""
    latest = settings.published_dir / "parquet" / "latest"
    if settings.database_url is None or not latest.exists():
        return
    import pyarrow.parquet as pq

    from klimat_pipeline.contracts import MART, PUBLISHED
    from klimat_pipeline.published.parquet import last_mart
    from klimat_pipeline.published.publication import publish

    folder = latest.resolve()
    tables = {name: pq.read_table(folder / f"{name}.parquet", partitioning=None) for name in PUBLISHED}
    mart = last_mart(settings.published_dir, MART)
    whole = mart if len(mart) == len(MART) else None
    publish(tables, publication_id=folder.name, settings=settings, now=datetime.now(UTC), mart=whole)


def _refuse_damage(source: Path) -> None:
    try:
        hashes = json.loads((source / _MANIFEST).read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError):
        raise ConfigurationError(f"{source}: is no backup; it has no sound {_MANIFEST}.") from None
    for name, expected in hashes.items():
        path = source / name
        if not path.resolve().is_relative_to(source.resolve()) or not path.is_file() or _sha256(path) != expected:
            raise DiskError(f"{path}: missing or damaged. Nothing was changed; use another backup.")


def _copy(source: Path, to: Path) -> None:
    """Copy a folder, links as links; databases through SQLite, which others may be writing to."""
    if not source.is_dir():
        return
    shutil.copytree(source, to, symlinks=True, ignore=shutil.ignore_patterns("*.db", "*.db-wal", "*.db-shm", ".lock"))
    for path in source.rglob("*.db"):
        with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(to / path.relative_to(source))) as copy:
            try:
                live.backup(copy)
            except sqlite3.DatabaseError as error:
                raise DiskError(
                    f"{path}: cannot be copied to {to} ({error}). Make room there; where the file itself is damaged, "
                    "move it away: Dagster's history begins anew."
                ) from None


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
