"""The snapshot archive: content-addressed files and a manifest that says what each is and where it came from.

Two roots: an embedded one in the checkout, read only, and one that is written. Nothing is parsed here, and no release
is ever overwritten.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from klimat_pipeline.errors import SnapshotError

_RELEASE_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REQUIRED = ("release_id", "source_id", "substance", "file_name", "retrieved_at", "sha256", "size_bytes")
_OPTIONAL = ("url", "report_date", "etag", "last_modified")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One archived file and what is known of it."""

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

    @property
    def released_on(self) -> str:
        """Date that orders releases: the report's, else the day of retrieval."""
        return self.report_date or f"{self.retrieved_at:%Y-%m-%d}"


class Archive:
    """The files of all sources.

    Args:
        embedded_dir: archive in the checkout, never written.
        written_dir: archive that new files go to.
    """

    def __init__(self, embedded_dir: Path, written_dir: Path) -> None:
        self.embedded_dir = embedded_dir
        self.written_dir = written_dir

    def snapshots(self) -> list[Snapshot]:
        """All snapshots, by substance and age.

        Raises:
            SnapshotError: a manifest is damaged; the message names file, entry and field.
        """
        found = [*_read(self.embedded_dir, embedded=True), *_read(self.written_dir, embedded=False)]
        seen: dict[str, Snapshot] = {}
        for snapshot in found:
            if snapshot.release_id in seen:
                raise SnapshotError(
                    f"release {snapshot.release_id} stands twice in the archive ({snapshot.path.parent.parent} and "
                    f"{seen[snapshot.release_id].path.parent.parent}). Remove one of the entries."
                )
            seen[snapshot.release_id] = snapshot
        return sorted(found, key=lambda s: (s.substance, s.released_on, s.retrieved_at, s.release_id))

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
    ) -> tuple[Snapshot, bool]:
        """Take a file; the same bytes twice add nothing.

        Returns:
            The snapshot, and whether it is new.

        Raises:
            SnapshotError: the release id or report date is malformed, or the id already names other bytes.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        if report_date is not None and not _DATE.fullmatch(report_date):
            raise SnapshotError(f"report date {report_date!r}: expected 2025, 2025-06 or 2025-06-10.")
        date = report_date or f"{retrieved_at.astimezone(UTC):%Y-%m-%d}"
        derived = "-".join((source_id, substance, date, sha256[:8])).lower()
        name = release_id or re.sub(r"[^a-z0-9-]+", "-", derived)
        if not _RELEASE_ID.fullmatch(name):
            raise SnapshotError(f"release id {name!r}: expected lower-case letters, digits and hyphens.")
        with self._locked():
            known = self.snapshots()
            for snapshot in known:
                if snapshot.sha256 == sha256:
                    return snapshot, False
            if any(snapshot.release_id == name for snapshot in known):
                raise SnapshotError(
                    f"release {name} is in the archive with other bytes. History is never overwritten: give another "
                    "--release-id."
                )
            target = self.written_dir / "files" / f"{sha256}.xlsx"
            write_whole(target, content)
            entry = {
                "release_id": name,
                "source_id": source_id,
                "substance": substance,
                "url": url,
                "file_name": Path(file_name).name,
                "retrieved_at": retrieved_at.astimezone(UTC).isoformat(timespec="seconds"),
                "sha256": sha256,
                "size_bytes": len(content),
                "report_date": report_date,
                "etag": etag,
                "last_modified": last_modified,
            }
            _write_manifest(self.written_dir, [*_entries(self.written_dir), entry])
            return _snapshot(entry, self.written_dir, embedded=False), True

    def remove(self, release_id: str) -> Snapshot:
        """Take a release out of the written archive, its file too.

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
            kept = [entry for entry in _entries(self.written_dir) if entry["release_id"] != release_id]
            _write_manifest(self.written_dir, kept)
            snapshot.path.unlink(missing_ok=True)
            return snapshot

    def read(self, snapshot: Snapshot) -> bytes:
        """The file of a snapshot, verified.

        Raises:
            SnapshotError: it is missing, or its bytes are not those that were archived.
        """
        try:
            content = snapshot.path.read_bytes()
        except OSError as error:
            raise SnapshotError(
                f"{snapshot.release_id}: {snapshot.path} cannot be read ({error.strerror}). Restore it, or remove the "
                "release and add it again."
            ) from None
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != snapshot.sha256:
            raise SnapshotError(
                f"{snapshot.release_id}: {snapshot.path} has {len(content)} bytes with sha256 {sha256[:12]}…, expected "
                f"{snapshot.size_bytes} with {snapshot.sha256[:12]}…. It was changed or damaged: restore it, or remove "
                "the release and add it again."
            )
        return content

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.written_dir.mkdir(parents=True, exist_ok=True)
        with (self.written_dir / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _entries(root: Path) -> list[dict[str, Any]]:
    manifest = root / "manifest.json"
    if not manifest.is_file():
        return []
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SnapshotError(f"{manifest}: cannot be read ({error}). Restore it from a backup.") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SnapshotError(f"{manifest}: expected a list of entries. Restore it from a backup.")
    return entries


def _read(root: Path, *, embedded: bool) -> list[Snapshot]:
    return [_snapshot(entry, root, embedded=embedded, number=i) for i, entry in enumerate(_entries(root), start=1)]


def _snapshot(entry: dict[str, Any], root: Path, *, embedded: bool, number: int = 0) -> Snapshot:
    where = f"{root / 'manifest.json'}, entry {number}"
    for name in _REQUIRED:
        if entry.get(name) in (None, ""):
            raise SnapshotError(f"{where}: field {name} is missing.")
    if unknown := sorted(set(entry) - {*_REQUIRED, *_OPTIONAL}):
        raise SnapshotError(f"{where}: unknown field {unknown[0]}.")
    if not _SHA256.fullmatch(str(entry["sha256"])):
        raise SnapshotError(f"{where}: field sha256 is {entry['sha256']!r}, expected 64 hexadecimal digits.")
    try:
        retrieved_at = datetime.fromisoformat(str(entry["retrieved_at"])).astimezone(UTC)
    except ValueError:
        raise SnapshotError(f"{where}: field retrieved_at is {entry['retrieved_at']!r}, expected a time.") from None
    values = {name: entry.get(name) for name in (*_REQUIRED, *_OPTIONAL)} | {"retrieved_at": retrieved_at}
    return Snapshot(**values, path=root / "files" / f"{entry['sha256']}.xlsx", embedded=embedded)


def _write_manifest(root: Path, entries: list[dict[str, Any]]) -> None:
    ordered = sorted(entries, key=lambda entry: (entry["substance"], entry["release_id"]))
    write_whole(root / "manifest.json", (json.dumps(ordered, indent=2, ensure_ascii=False) + "\n").encode())


def write_whole(path: Path, content: bytes) -> None:
    """Whole or not at all, also when the machine stops."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
