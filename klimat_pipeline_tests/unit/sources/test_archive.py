"""The archive keeps what it was given, under one name, for ever; and says in words what is wrong with it."""

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.errors import SnapshotError
from klimat_pipeline.sources.archive import Archive, Snapshot, write_whole
from klimat_pipeline.sources.state import read_states, record_check

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
CONTENT = b"PK\x03\x04 one"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "embedded", tmp_path / "fetched")


def add(archive: Archive, content: bytes = CONTENT, **changed: Any) -> tuple[Snapshot, bool]:
    values: dict[str, Any] = {
        "source_id": "smhi",
        "substance": "GGT",
        "report_date": "2026-06-10",
        "retrieved_at": NOON,
        "file_name": "ggt.xlsx",
    }
    return archive.add(content, **(values | changed))


def embed(archive: Archive, content: bytes = CONTENT, **changed: Any) -> Snapshot:
    """Put a release into the embedded root, as a maintainer does."""
    snapshot, _ = add(Archive(archive.written_dir / "none", archive.embedded_dir), content, **changed)
    return replace(snapshot, embedded=True)


def manifest(root: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((root / "manifest.json").read_text(encoding="utf-8"))
    return entries


def failure(action: Any, *args: Any, **values: Any) -> str:
    with pytest.raises(SnapshotError) as caught:
        action(*args, **values)
    return str(caught.value)


def test_an_empty_archive_is_no_fault(archive: Archive) -> None:
    assert archive.snapshots() == []
    assert not archive.written_dir.exists()


def test_what_is_added_is_found_and_read(archive: Archive) -> None:
    url = "https://example.org/?sub=GGT"
    added, is_new = add(archive, url=url, etag='"v1"', last_modified="Wed, 10 Jun 2026 05:15:00 GMT")
    assert is_new
    assert archive.snapshots() == [added]
    assert added == Snapshot(
        release_id=f"smhi-ggt-2026-06-10-{SHA256[:8]}",
        source_id="smhi",
        substance="GGT",
        url=url,
        file_name="ggt.xlsx",
        retrieved_at=NOON,
        sha256=SHA256,
        size_bytes=len(CONTENT),
        report_date="2026-06-10",
        etag='"v1"',
        last_modified="Wed, 10 Jun 2026 05:15:00 GMT",
        path=archive.written_dir / "files" / f"{SHA256}.xlsx",
        embedded=False,
    )
    assert archive.read(added) == CONTENT


def test_manifest_is_for_people_too(archive: Archive) -> None:
    add(archive, b"2", substance="NOx", file_name="kväveoxider.xlsx")
    add(archive, b"1", substance="GGT")
    text = (archive.written_dir / "manifest.json").read_text(encoding="utf-8")
    assert text.startswith('[\n  {\n    "release_id": "smhi-ggt-2026-06-10-')
    assert '"file_name": "kväveoxider.xlsx"' in text
    assert '"retrieved_at": "2026-06-10T12:00:00+00:00"' in text
    assert text.endswith("]\n")
    assert [entry["substance"] for entry in manifest(archive.written_dir)] == ["GGT", "NOx"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "smhi-ggt-2026-06-10-"),
        ({"report_date": None}, "smhi-ggt-2026-06-10-"),
        ({"report_date": "2025"}, "smhi-ggt-2025-"),
        ({"source_id": "City_Grid", "substance": "PM2.5", "report_date": "2026-06"}, "city-grid-pm2-5-2026-06-"),
        # A minute past midnight in Stockholm is the day before in UTC.
        (
            {
                "report_date": None,
                "retrieved_at": datetime(2026, 6, 11, 0, 1, tzinfo=timezone(timedelta(hours=2))),
            },
            "smhi-ggt-2026-06-10-",
        ),
    ],
)
def test_derived_release_ids(archive: Archive, changed: dict[str, Any], expected: str) -> None:
    snapshot, _ = add(archive, **changed)
    assert snapshot.release_id == expected + SHA256[:8]
    assert snapshot.retrieved_at.utcoffset() == timedelta(0)


def test_the_same_bytes_add_nothing(archive: Archive) -> None:
    first, _ = add(archive)
    before = (archive.written_dir / "manifest.json").read_bytes()
    again, is_new = add(archive, retrieved_at=NOON + timedelta(days=40), release_id="another-name", etag='"v2"')
    assert (again, is_new) == (first, False)
    assert (archive.written_dir / "manifest.json").read_bytes() == before


def test_the_same_bytes_as_embedded_add_nothing(archive: Archive) -> None:
    embedded = embed(archive)
    assert add(archive) == (embedded, False)
    assert archive.snapshots() == [embedded]
    assert not (archive.written_dir / "manifest.json").exists()


def test_a_reissue_on_the_same_day_is_a_release_of_its_own(archive: Archive) -> None:
    first, _ = add(archive)
    second, is_new = add(archive, b"PK\x03\x04 two")
    assert is_new and second.release_id != first.release_id
    assert archive.read(first) == CONTENT


def test_history_is_never_overwritten(archive: Archive) -> None:
    first, _ = add(archive, release_id="smhi-ggt-2026")
    message = failure(add, archive, b"other", release_id="smhi-ggt-2026")
    assert "smhi-ggt-2026 is in the archive with other bytes" in message
    assert "History is never overwritten" in message
    embed(archive, b"third", release_id="smhi-ggt-2025")
    assert "never overwritten" in failure(add, archive, b"other", release_id="smhi-ggt-2025")
    assert archive.read(first) == CONTENT
    assert len(list((archive.written_dir / "files").iterdir())) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"release_id": "Smhi"}, "release_id"),
        ({"release_id": "../up"}, "release_id"),
        ({"release_id": "-a"}, "release_id"),
        ({"report_date": "10/6 2026"}, "report_date"),
        ({"report_date": "2026-13"}, "report_date"),
        ({"report_date": "2026-02-30"}, "report_date"),
        ({"retrieved_at": datetime(2026, 6, 10)}, "retrieved_at"),
        ({"substance": ""}, "substance"),
        ({"file_name": "folder/"}, "file_name"),
        ({"content": b""}, "size_bytes"),
    ],
)
def test_what_would_damage_the_manifest_never_enters(archive: Archive, changed: dict[str, Any], field: str) -> None:
    message = failure(add, archive, **changed)
    assert f"field {field} is" in message
    assert archive.snapshots() == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", r"C:\Users\a\passwd", "passwd"])
def test_file_names_are_shown_and_never_paths(archive: Archive, name: str) -> None:
    snapshot, _ = add(archive, file_name=name)
    assert snapshot.file_name == "passwd"
    assert snapshot.path == archive.written_dir / "files" / f"{SHA256}.xlsx"


def test_order_is_by_substance_and_age(archive: Archive) -> None:
    add(archive, b"1", substance="NOx", report_date="2024")
    add(archive, b"2", report_date="2026-06-10")
    add(archive, b"3", report_date="2025")
    add(archive, b"4", report_date=None, retrieved_at=datetime(2025, 12, 1, tzinfo=UTC))
    embed(archive, b"5", report_date="2026-06")
    assert [archive.read(snapshot) for snapshot in archive.snapshots()] == [b"3", b"4", b"5", b"2", b"1"]


def test_remove(archive: Archive) -> None:
    first, _ = add(archive)
    second, _ = add(archive, b"two")
    assert archive.remove(first.release_id) == first
    assert archive.snapshots() == [second]
    assert not first.path.exists() and second.path.exists()
    assert "no release" in failure(archive.remove, first.release_id)
    assert add(archive) == (first, True)


def test_embedded_releases_stay(archive: Archive) -> None:
    embedded = embed(archive)
    message = failure(archive.remove, embedded.release_id)
    assert f"{embedded.release_id} is embedded in the checkout and stays" in message
    assert archive.read(embedded) == CONTENT


def test_a_fetched_release_that_later_comes_embedded_is_one_release(archive: Archive) -> None:
    add(archive)
    embedded = embed(archive)
    assert archive.snapshots() == [embedded]


def test_one_name_for_two_files_is_a_fault(archive: Archive) -> None:
    add(archive, release_id="smhi-ggt-2026")
    embed(archive, b"other", release_id="smhi-ggt-2026")
    message = failure(archive.snapshots)
    assert f"{archive.written_dir / 'manifest.json'}, entry 1: field release_id is 'smhi-ggt-2026'" in message
    assert f"already names {archive.embedded_dir / 'manifest.json'}, entry 1" in message


def test_an_entry_twice_in_one_manifest_is_a_fault(archive: Archive) -> None:
    add(archive)
    path = archive.written_dir / "manifest.json"
    path.write_text(json.dumps(manifest(archive.written_dir) * 2), encoding="utf-8")
    assert f"{path}, entry 2: field release_id is" in failure(archive.snapshots)


def test_changed_file(archive: Archive) -> None:
    snapshot, _ = add(archive)
    snapshot.path.write_bytes(b"PK\x03\x04 0ne!")
    message = failure(archive.read, snapshot)
    assert str(snapshot.path) in message and snapshot.release_id in message
    assert "has 9 bytes" in message and f"expected 8 with {SHA256[:12]}" in message
    assert "remove the release and add it again" in message


def test_wrong_size_in_the_manifest(archive: Archive) -> None:
    add(archive)
    edit(archive.written_dir, size_bytes=7)
    assert "has 8 bytes" in failure(archive.read, archive.snapshots()[0])


def test_missing_file(archive: Archive) -> None:
    snapshot, _ = add(archive)
    snapshot.path.unlink()
    message = failure(archive.read, snapshot)
    assert f"{snapshot.path} cannot be read (No such file or directory), expected 8 bytes" in message
    embedded = embed(archive, b"other")
    embedded.path.unlink()
    assert "git checkout" in failure(archive.read, embedded)


def test_a_link_out_of_the_archive_is_not_followed(archive: Archive, tmp_path: Path) -> None:
    snapshot, _ = add(archive)
    (tmp_path / "outside").write_bytes(CONTENT)
    snapshot.path.unlink()
    snapshot.path.symlink_to(tmp_path / "outside")
    assert "leads out of the archive" in failure(archive.read, snapshot)


def edit(root: Path, **changed: Any) -> None:
    entries = manifest(root)
    for name, value in changed.items():
        if value is ...:
            del entries[-1][name]
        else:
            entries[-1][name] = value
    (root / "manifest.json").write_text(json.dumps(entries), encoding="utf-8")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"release_id": ...}, "field release_id is missing"),
        ({"sha256": ...}, "field sha256 is missing"),
        ({"substance": ""}, "field substance is missing"),
        ({"checked": "yes"}, "unknown field checked"),
        ({"release_id": "A B"}, "field release_id is 'A B'"),
        ({"sha256": "../../etc/passwd"}, "field sha256 is '../../etc/passwd'"),
        ({"size_bytes": "8"}, "field size_bytes is '8'"),
        ({"size_bytes": True}, "field size_bytes is True"),
        ({"report_date": 2026}, "field report_date is 2026"),
        ({"report_date": "juni"}, "field report_date is 'juni'"),
        ({"retrieved_at": "yesterday"}, "field retrieved_at is 'yesterday'"),
        ({"retrieved_at": "2026-06-10T12:00:00"}, "field retrieved_at is '2026-06-10T12:00:00'"),
        ({"url": ["a"]}, "field url is ['a']"),
    ],
)
def test_damaged_entry_is_named(archive: Archive, changed: dict[str, Any], said: str) -> None:
    add(archive, b"first", substance="CO2")
    add(archive)
    edit(archive.written_dir, **changed)
    assert f"{archive.written_dir / 'manifest.json'}, entry 2: {said}" in failure(archive.snapshots)


@pytest.mark.parametrize("text", ["", "[{", '{"release_id": "a"}', '["a"]', "\udcff"])
def test_damaged_manifest_is_named_and_left_alone(archive: Archive, text: str) -> None:
    archive.written_dir.mkdir()
    path = archive.written_dir / "manifest.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert failure(archive.snapshots).startswith(f"{path}: ")
    assert str(path) in failure(add, archive)
    assert path.read_bytes() == text.encode("utf-8", "surrogateescape")


def test_optional_fields_may_be_left_out(archive: Archive) -> None:
    add(archive)
    edit(archive.written_dir, url=..., report_date=..., etag=..., last_modified=...)
    (snapshot,) = archive.snapshots()
    assert (snapshot.url, snapshot.report_date, snapshot.released_on) == (None, None, "2026-06-10")


def test_digest_follows_what_determines_results(archive: Archive) -> None:
    empty = archive.digest()
    snapshot, _ = add(archive, url="https://example.org/a", etag='"v1"')
    first = archive.digest()
    assert len(first) == 64 and first != empty
    edit(archive.written_dir, etag='"v2"', last_modified="Wed, 10 Jun 2026 05:15:00 GMT")
    record_check(archive.written_dir, "GGT", etag='"v2"')
    assert archive.digest() == first
    for name, value in {
        "release_id": "another",
        "substance": "CO2",
        "report_date": "2026-06",
        "retrieved_at": "2026-06-10T12:00:01+00:00",
        "url": "https://example.org/b",
    }.items():
        kept = manifest(archive.written_dir)[0][name]
        edit(archive.written_dir, **{name: value})
        assert archive.digest() != first, name
        edit(archive.written_dir, **{name: kept})
    assert archive.digest() == first
    archive.remove(snapshot.release_id)
    assert archive.digest() == empty


def test_digest_does_not_depend_on_the_place_or_the_order(archive: Archive, tmp_path: Path) -> None:
    add(archive, b"1", substance="CO2")
    add(archive, b"2")
    other = Archive(tmp_path / "e", tmp_path / "f")
    add(other, b"2")
    add(other, b"1", substance="CO2")
    assert other.digest() == archive.digest()


def test_writers_at_the_same_time_lose_nothing(archive: Archive) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add(Archive(archive.embedded_dir, archive.written_dir), b"%d" % n), range(40)))
    found = archive.snapshots()
    assert sorted(int(archive.read(snapshot)) for snapshot in found) == list(range(40))


def test_a_stop_before_the_manifest_leaves_the_archive_as_it_was(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = add(archive)

    def full(path: Path, content: bytes) -> None:
        if path.name == "manifest.json":
            raise OSError(28, "No space left on device", str(path))
        write_whole(path, content)

    monkeypatch.setattr("klimat_pipeline.sources.archive.write_whole", full)
    message = failure(add, archive, b"two")
    assert "cannot be written (No space left on device)" in message and "manifest is unchanged" in message
    monkeypatch.undo()
    assert archive.snapshots() == [first]
    assert add(archive, b"two")[1]


def test_write_whole_leaves_the_old_file_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a" / "file"
    write_whole(path, b"old")

    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    message = failure(add, Archive(tmp_path / "embedded", tmp_path / "file" / "fetched"))
    assert "the archive cannot be written (Not a directory)" in message


def test_state_of_a_source_is_remembered(tmp_path: Path) -> None:
    assert read_states(tmp_path) == {}
    record_check(tmp_path, "GGT", sha256=SHA256, etag='"v1"', now=NOON)
    record_check(tmp_path, "GGT", error="status 500", now=NOON + timedelta(days=3, hours=1))
    state = read_states(tmp_path)["GGT"]
    assert state.first_checked_at == state.last_success_at == "2026-06-10T12:00:00+00:00"
    assert state.last_checked_at == "2026-06-13T13:00:00+00:00"
    assert (state.last_error, state.etag, state.silent_days) == ("status 500", '"v1"', 3)
    answered = record_check(tmp_path, "GGT", now=NOON + timedelta(days=4))
    assert (answered.last_error, answered.silent_days, answered.etag) == (None, None, '"v1"')


def test_source_that_never_answered_is_silent_since_it_was_first_asked(tmp_path: Path) -> None:
    record_check(tmp_path, "CO2", error="down", now=NOON)
    state = record_check(tmp_path, "CO2", error="down", now=NOON + timedelta(days=2))
    assert (state.last_success_at, state.silent_days) == (None, 2)


@pytest.mark.parametrize("text", ["{", "[]", '{"GGT": {"unknown": 1}}'])
def test_damaged_state_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "sources.json").write_text(text, encoding="utf-8")
    assert "sources.json: damaged" in failure(read_states, tmp_path)
