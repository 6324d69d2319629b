"""The snapshot archive: content-addressed files and a manifest that says what each is and where it came from.

Two roots: an embedded one in the checkout, read only, and one that is written. No release is ever overwritten; a file
with all figures of a known one, and more besides, is the same release and takes its place (``extends``). What
does not belong here: parsing (``raw``), and whether two files hold the same figures (``operations.intake``).
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from klimat_pipeline.errors import SnapshotError
from klimat_pipeline.input_items import Item
from klimat_pipeline.settings import Settings

_RELEASE_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REQUIRED = ("release_id", "source_id", "substance", "file_name", "retrieved_at", "sha256", "size_bytes")
_OPTIONAL = ("url", "report_date", "etag", "last_modified", "last_year", "extends")
_NUMBERS = ("size_bytes", "last_year")
#: HTTP validators: they are for the next request and say nothing about the content.
_NO_RESULT = ("etag", "last_modified")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One archived file and what is known about it.

    ``last_year`` is the last year that it holds, ``extends`` the hash of the narrower file whose place it takes.
    """

    release_id: str
    source_id: str
    substance: str
    url: str | None
    file_name: str
    retrieved_at: datetime
    sha256: str
    size_bytes: int
    report_date: str | None
    etag: str | None
    last_modified: str | None
    path: Path
    embedded: bool
    last_year: int | None = None
    extends: str | None = None

    @property
    def released_on(self) -> str:
        """Date that orders releases of one last year.

        The report's own; else the day on which the source gave it; of a file that somebody added by hand, which says
        nothing of its age, the year after its last one.
        """
        if self.report_date is None and self.url is None and self.last_year is not None:
            return f"{self.last_year + 1}"
        return self.report_date or f"{self.retrieved_at:%Y-%m-%d}"

    @property
    def order(self) -> tuple[int, str, datetime, str]:
        """What orders the releases of a substance: one that ends earlier is older, whenever it came."""
        # Entries of before the last year was noted: a report of a year ends two years before it.
        last = self.last_year or int(self.released_on[:4]) - 2
        return (last, self.released_on, self.retrieved_at, self.release_id)

    @property
    def item(self) -> Item:
        """The file as an input of a run."""
        return Item(
            "snapshot", self.release_id, f"{self.report_date or ''} {self.retrieved_at.isoformat()}", self.sha256
        )


class Archive:
    """The files of all sources.

    Args:
        embedded_dir: archive in the checkout, never written.
        written_dir: archive that new files go to.
        suffix: ending of its files.
    """

    def __init__(self, embedded_dir: Path, written_dir: Path, suffix: str = ".xlsx") -> None:
        self.embedded_dir = embedded_dir
        self.written_dir = written_dir
        self.suffix = suffix

    def snapshots(self) -> list[Snapshot]:
        """All snapshots, by substance and age.

        Raises:
            SnapshotError: a manifest is damaged; the message names file, entry and field.
        """
        seen: dict[str, tuple[Snapshot, str]] = {}
        for root, embedded in ((self.embedded_dir, True), (self.written_dir, False)):
            for where, entry in _numbered(root):
                snapshot = _snapshot(entry, root, where, self.suffix, embedded=embedded)
                first, place = seen.setdefault(snapshot.release_id, (snapshot, where))
                if snapshot.extends == first.sha256:
                    seen[snapshot.release_id] = (snapshot, where)
                    continue
                # A release that was fetched here and later came with the checkout is one release: the embedded one.
                is_same = first.sha256 == snapshot.sha256 and first.embedded != embedded
                if first is not snapshot and not is_same:
                    raise SnapshotError(
                        f"{where}: field release_id is {snapshot.release_id!r}, which already names {place}. Remove "
                        "one of the two entries."
                    )
        return sorted(
            (snapshot for snapshot, _ in seen.values()),
            key=lambda s: (s.substance, s.order),
        )

    def add(
        self,
        content: bytes,
        *,
        source_id: str,
        substance: str,
        report_date: str | None,
        retrieved_at: datetime,
        file_name: str,
        url: str | None = None,
        release_id: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        last_year: int | None = None,
        extends: str | None = None,
    ) -> tuple[Snapshot, bool]:
        """Add a file; the same bytes twice add nothing.

        Returns:
            The snapshot, and whether it is new.

        Raises:
            SnapshotError: the release id or report date is malformed, the id already names other bytes, or the archive
                cannot be written.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        by_hand = url is None and last_year is not None
        day = report_date or (f"to-{last_year}" if by_hand else f"{retrieved_at.astimezone(UTC):%Y-%m-%d}")
        derived = "-".join((source_id, substance, day, sha256[:8])).lower()
        entry = {
            "release_id": release_id or re.sub(r"[^a-z0-9-]+", "-", derived),
            "source_id": source_id,
            "substance": substance,
            "url": url,
            # For people to recognise the file by; never used as a path.
            "file_name": re.split(r"[\\/]", file_name)[-1],
            "retrieved_at": retrieved_at.isoformat(timespec="seconds"),
            "sha256": sha256,
            "size_bytes": len(content),
            "report_date": report_date,
            "etag": etag,
            "last_modified": last_modified,
            "last_year": last_year,
            "extends": extends,
        }
        new = _snapshot(entry, self.written_dir, f"{file_name} cannot enter the archive", self.suffix, embedded=False)
        entry["retrieved_at"] = new.retrieved_at.isoformat(timespec="seconds")
        with self._locked():
            known = self.snapshots()
            for snapshot in known:
                if snapshot.sha256 == sha256:
                    return snapshot, False
            if any(snapshot.release_id == new.release_id and snapshot.sha256 != extends for snapshot in known):
                raise SnapshotError(
                    f"release {new.release_id} is in the archive with other bytes. History is never overwritten: give "
                    "another --release-id."
                )
            # The file first: an entry without its file would stop every refresh, a file without an entry does no harm.
            write_whole(new.path, content)
            _write_manifest(self.written_dir, [*_entries(self.written_dir), entry])
            return new, True

    def remove(self, release_id: str) -> Snapshot:
        """Remove a release and its file from the written archive.

        Raises:
            SnapshotError: there is no such release, or it is embedded.
        """
        with self._locked():
            by_id = {snapshot.release_id: snapshot for snapshot in self.snapshots()}
            if release_id not in by_id:
                raise SnapshotError(f"no release {release_id} in the archive; 'klimat snapshot list' shows them.")
            snapshot = by_id[release_id]
            if snapshot.embedded:
                raise SnapshotError(f"release {release_id} is embedded in the checkout and stays.")
            entries = _entries(self.written_dir)
            kept = [entry for entry in entries if entry["release_id"] != release_id]
            _write_manifest(self.written_dir, kept)
            for gone in {entry["sha256"] for entry in entries} - {entry["sha256"] for entry in kept}:
                snapshot.path.with_stem(gone).unlink(missing_ok=True)
            return snapshot

    def read(self, snapshot: Snapshot) -> bytes:
        """The file of a snapshot, verified.

        Raises:
            SnapshotError: it is missing, or its bytes are not those that were archived.
        """
        if snapshot.embedded:
            advice = "Restore it: git checkout brings the embedded files back."
        else:
            advice = "Restore it, or remove the release and add it again."
        root = self.embedded_dir if snapshot.embedded else self.written_dir
        if not snapshot.path.resolve().is_relative_to(root.resolve()):
            raise SnapshotError(f"{snapshot.release_id}: {snapshot.path} leads out of the archive {root}. {advice}")
        try:
            content = snapshot.path.read_bytes()
        except OSError as error:
            raise SnapshotError(
                f"{snapshot.release_id}: {snapshot.path} cannot be read ({error.strerror}), expected "
                f"{snapshot.size_bytes} bytes. {advice}"
            ) from None
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != snapshot.sha256 or len(content) != snapshot.size_bytes:
            raise SnapshotError(
                f"{snapshot.release_id}: {snapshot.path} has {len(content)} bytes with sha256 {sha256[:12]}…, expected "
                f"{snapshot.size_bytes} with {snapshot.sha256[:12]}…. It was changed or damaged. {advice}"
            )
        return content

    def digest(self) -> str:
        """Hash of everything in the manifests that determines results; asking a source again does not change it."""
        names = [name for name in (*_REQUIRED, *_OPTIONAL) if name not in _NO_RESULT]
        lines = [[str(getattr(snapshot, name)) for name in names] for snapshot in self.snapshots()]
        return hashlib.sha256(json.dumps(lines).encode()).hexdigest()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one writer in at a time, and turn errors of the disk into one that a user understands."""
        try:
            self.written_dir.mkdir(parents=True, exist_ok=True)
            with (self.written_dir / ".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise SnapshotError(
                f"{error.filename or self.written_dir}: the archive cannot be written ({error.strerror}); the manifest "
                "is unchanged. Is the disk full, or does the folder belong to somebody else?"
            ) from None


def _entries(root: Path) -> list[dict[str, Any]]:
    manifest = root / "manifest.json"
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError) as error:
        raise SnapshotError(f"{manifest}: cannot be read ({error}). Restore it from a backup.") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SnapshotError(f"{manifest}: expected a list of entries. Restore it from a backup.")
    return entries


def _numbered(root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Entries, each with words for its place in the manifest."""
    for number, entry in enumerate(_entries(root), start=1):
        yield f"{root / 'manifest.json'}, entry {number}", entry


def _snapshot(entry: dict[str, Any], root: Path, where: str, suffix: str, *, embedded: bool) -> Snapshot:
    """An entry as a snapshot, after a check of every field."""

    def refuse(name: str, expected: str) -> SnapshotError:
        return SnapshotError(f"{where}: field {name} is {entry[name]!r}, expected {expected}.")

    for name in _REQUIRED:
        if entry.get(name) in (None, ""):
            raise SnapshotError(f"{where}: field {name} is missing.")
    if unknown := sorted(set(entry) - {*_REQUIRED, *_OPTIONAL}):
        raise SnapshotError(f"{where}: unknown field {unknown[0]}.")
    for name, value in entry.items():
        if name not in _NUMBERS and not isinstance(value, str) and not (value is None and name in _OPTIONAL):
            raise refuse(name, "a text")
    if type(entry["size_bytes"]) is not int or entry["size_bytes"] < 1:
        raise refuse("size_bytes", "a whole number above zero")
    if entry.get("last_year") is not None and type(entry["last_year"]) is not int:
        raise refuse("last_year", "a year")
    if not _RELEASE_ID.fullmatch(entry["release_id"]):
        raise refuse("release_id", "lower-case letters, digits and hyphens")
    # The name of the file follows from it, so this is also what keeps paths inside the archive.
    if not _SHA256.fullmatch(entry["sha256"]):
        raise refuse("sha256", "64 hexadecimal digits")
    if entry.get("report_date") is not None and not _is_date(entry["report_date"]):
        raise refuse("report_date", "a date as 2025, 2025-06 or 2025-06-10")
    retrieved_at = _moment(entry["retrieved_at"])
    if retrieved_at is None:
        raise refuse("retrieved_at", "a time with its zone, as 2025-06-10T05:15:00+00:00")
    values: dict[str, Any] = {name: entry.get(name) for name in (*_REQUIRED, *_OPTIONAL)} | {
        "retrieved_at": retrieved_at
    }
    return Snapshot(**values, path=root / "files" / f"{entry['sha256']}{suffix}", embedded=embedded)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return _DATE.fullmatch(text) is not None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _write_manifest(root: Path, entries: list[dict[str, Any]]) -> None:
    ordered = sorted(entries, key=lambda entry: (entry["substance"], entry["release_id"]))
    write_whole(root / "manifest.json", (json.dumps(ordered, indent=2, ensure_ascii=False) + "\n").encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, even if the machine stops."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        # A power cut would lose the new name while the folder itself is not on the disk.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        draft.unlink(missing_ok=True)


def archive_of(settings: Settings) -> Archive:
    """The snapshot archive of these settings."""
    return Archive(settings.embedded_snapshots_dir, settings.snapshots_dir)
