"""The archive among processes that write at once or are killed, and under names that try to leave it (row 51)."""

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from klimat_pipeline.errors import SnapshotError
from klimat_pipeline.sources.archive import Archive, Snapshot

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)

#: Adds files named on the command line; ``stop`` says before which file's arrival the process is killed.
WRITER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from klimat_pipeline.sources import archive as module

root, stop, *contents = sys.argv[1:]
whole, replace = module.write_whole, Path.replace

def killed():
    os.kill(os.getpid(), signal.SIGKILL)

def write_whole(path, content):
    if stop == "before manifest" and path.name == "manifest.json":
        killed()
    whole(path, content)
    if stop == "after manifest" and path.name == "manifest.json":
        killed()

def replace_or_stop(self, target):
    if stop == "within file" or (stop == "within manifest" and Path(target).name == "manifest.json"):
        killed()
    return replace(self, target)

module.write_whole, Path.replace = write_whole, replace_or_stop
archive = module.Archive(Path(root, "embedded"), Path(root, "fetched"))
print("ready", flush=True)
sys.stdin.readline()
for content in contents:
    archive.add(content.encode(), source_id="smhi", substance="GGT", report_date="2026-06-10",
                retrieved_at=datetime(2026, 6, 10, 12, tzinfo=UTC), file_name=content)
"""


def writer(root: Path, stop: str, *contents: str) -> "subprocess.Popen[str]":
    """A process that is ready to add and waits for a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root), stop, *contents],
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def add(archive: Archive, content: bytes, file_name: str = "ggt.xlsx", release_id: str | None = None) -> Snapshot:
    snapshot, _ = archive.add(
        content,
        source_id="smhi",
        substance="GGT",
        report_date="2026-06-10",
        retrieved_at=NOON,
        file_name=file_name,
        release_id=release_id,
    )
    return snapshot


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "embedded", tmp_path / "fetched")


def test_processes_that_add_at_once_lose_nothing(archive: Archive, tmp_path: Path) -> None:
    names = [[f"{process}-{n}" for n in range(12)] + ["everybody's"] for process in range(3)]
    processes = [writer(tmp_path, "", *each) for each in names]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    found = [archive.read(snapshot).decode() for snapshot in archive.snapshots()]
    assert sorted(found) == sorted({name for each in names for name in each})
    assert len(list((archive.written_dir / "files").iterdir())) == 37  # three times twelve, and one in common


@pytest.mark.parametrize(
    ("stop", "arrived"),
    [("within file", False), ("before manifest", False), ("within manifest", False), ("after manifest", True)],
)
def test_a_killed_writer_leaves_the_old_state_or_the_new(
    archive: Archive, tmp_path: Path, stop: str, arrived: bool
) -> None:
    old = add(archive, b"old")
    before = (archive.written_dir / "manifest.json").read_bytes()
    process = writer(tmp_path, stop, "new")
    process.communicate("\n", timeout=60)
    assert process.returncode == -signal.SIGKILL
    if arrived:
        assert [archive.read(snapshot) for snapshot in archive.snapshots()] == [b"new", b"old"]
    else:
        assert archive.snapshots() == [old]
        assert (archive.written_dir / "manifest.json").read_bytes() == before
    # Its lock died with it, and what it left behind is in nobody's way.
    new = add(archive, b"new")
    assert {archive.read(snapshot) for snapshot in archive.snapshots()} == {b"old", b"new"}
    archive.remove(new.release_id)
    assert archive.snapshots() == [old]


def everything(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


@pytest.mark.parametrize("name", ["../../x", "/x", "a/../../../x", "..\\..\\x", "C:\\x"])
def test_51_file_name_never_leads_out(tmp_path: Path, name: str) -> None:
    archive = Archive(tmp_path / "a" / "b" / "embedded", tmp_path / "a" / "b" / "fetched")
    snapshot = add(archive, b"content", file_name=name)
    assert snapshot.file_name == "x"
    files = "a/b/fetched/files"
    # By hand: sha256 of "content".
    stored = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
    assert everything(tmp_path) == {
        "a", "a/b", "a/b/fetched", "a/b/fetched/.lock", "a/b/fetched/manifest.json", files, f"{files}/{stored}.xlsx"
    }  # fmt: skip


@pytest.mark.parametrize("name", ["../../x", "/x", "a/b", "a.b", ".."])
def test_51_release_id_is_no_path(archive: Archive, tmp_path: Path, name: str) -> None:
    with pytest.raises(SnapshotError, match="field release_id is"):
        add(archive, b"content", release_id=name)
    with pytest.raises(SnapshotError, match="no release"):
        archive.remove(name)
    assert everything(tmp_path) <= {"fetched", "fetched/.lock"}


@pytest.mark.parametrize("sha256", ["../../x", "/x", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_51_hash_in_the_manifest_is_no_path(archive: Archive, tmp_path: Path, sha256: str) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"kept")
    add(archive, b"content")
    path = archive.written_dir / "manifest.json"
    (entry,) = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps([entry | {"sha256": sha256}]), encoding="utf-8")
    for action in (archive.snapshots, lambda: archive.remove(entry["release_id"])):
        with pytest.raises(SnapshotError, match="entry 1: field sha256 is"):
            action()
    assert (tmp_path / "x.xlsx").read_bytes() == b"kept"


def test_nested_beyond_measure(archive: Archive) -> None:
    archive.written_dir.mkdir()
    (archive.written_dir / "manifest.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(SnapshotError, match=r"manifest\.json: cannot be read"):
        archive.snapshots()
