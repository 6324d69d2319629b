"""Publishing under kills, a full disk, two publishers, a database that is down: whole old or whole new."""

import errno
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from klimat_pipeline.contracts import Table
from klimat_pipeline.errors import PublishError
from klimat_pipeline.published import files, parquet, postgres, postgres_store, sqlite
from klimat_pipeline.published.publication import current_publications, publish
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.postgres import database_url, postgres_server
from klimat_pipeline_tests.support.publishers import CONTRACTS, Publishers, rows_of
from klimat_pipeline_tests.support.readers import Seen, seen_everywhere
from klimat_pipeline_tests.support.tables import example_tables
from klimat_pipeline_tests.unit.published.examples import NOW

__all__ = ["database_url", "postgres_server"]

IDS = [f"pub-{number:016x}" for number in range(4)]
KILLS = 6
#: Reads of everything that a publisher lives for at most.
READS = 4
#: Nothing takes as long: it turns what would hang into a failure.
HANGS_S = 120
#: Changes of names in one publish to the files: three directories made, the hash and the file replaced, the version
#: renamed, its link made and replaced, the old version renamed and removed.
STEPS = 10


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    url: SecretStr = request.getfixturevalue("database_url")
    return Settings(data_dir=tmp_path, database_url=url, keep_publications=3)


@pytest.fixture
def files_only(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=None, keep_publications=3)


def _publish(settings: Settings, publication_id: str, rows: int = 5) -> None:
    tables = example_tables(publication_id, rows, CONTRACTS)
    publish(tables, publication_id=publication_id, settings=settings, now=NOW, contracts=CONTRACTS)


def _whole(settings: Settings, publication_id: str, rows: int = 5) -> None:
    """Every target shows every table of one publication, and no staged file is left."""
    expected: Seen = dict.fromkeys(CONTRACTS, (frozenset({publication_id}), rows))
    assert all(seen == expected for seen in seen_everywhere(settings, CONTRACTS).values())
    assert _leftovers(settings) == []
    if settings.database_url is not None:
        with psycopg.connect(settings.database_url.get_secret_value()) as connection:
            unfinished = "SELECT count(*) FROM klimat_store.publications WHERE published_at IS NULL"
            assert connection.execute(unfinished).fetchone() == (0,)


def _leftovers(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.published_dir.rglob(".staging*"))


# -- killed at any moment (42) --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def publishers() -> Iterator[Publishers]:
    with Publishers() as started:
        yield started


def _versions(ids: list[str]) -> list[Seen]:
    return [dict.fromkeys(CONTRACTS, (frozenset({name}), rows_of(number))) for number, name in enumerate(ids)]


def test_a_reader_sees_whole_versions_while_publishers_are_killed(settings: Settings, publishers: Publishers) -> None:
    whole = _versions(IDS)
    _publish(settings, IDS[0], rows_of(0))
    stop, read_once = threading.Event(), threading.Semaphore(0)
    wrong: list[tuple[str, Any]] = []

    def read() -> None:
        while not stop.is_set():
            try:
                for target, seen in seen_everywhere(settings, CONTRACTS).items():
                    if seen not in whole:
                        wrong.append((target, seen))
            except Exception as error:
                wrong.append(("failed", error))
            read_once.release()

    chance = random.Random(1283)
    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(KILLS):
            publisher = publishers.start(settings, IDS, first=number)
            if number % 3 == 0:
                # Some live long enough to get anything done.
                publishers.published()
            # The others live for so many reads from now, which take longer on a busy machine, as publishing does.
            while read_once.acquire(blocking=False):
                pass
            for _ in range(chance.randint(0, READS)):
                assert read_once.acquire(timeout=HANGS_S)
            os.kill(publisher, signal.SIGKILL)
            code, _ = publishers.ended()
            assert code == -signal.SIGKILL, "the publisher ended by itself"
    finally:
        stop.set()
        reader.join()
    assert wrong == []
    _noticed(settings)
    # What the last one left behind does not hinder the next, and is gone after it.
    _publish(settings, "pub-00000000000000ff")
    _whole(settings, "pub-00000000000000ff")


def _noticed(settings: Settings) -> None:
    """Wait until the server has noticed that a killed publisher is gone: until then its lock is held."""
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url.get_secret_value(), autocommit=True) as connection:
        connection.execute(f"SET lock_timeout TO '{HANGS_S}s'")
        connection.execute("SELECT pg_advisory_lock(%s)", (postgres._LOCK_KEY,))
        connection.execute("SELECT pg_advisory_unlock_all()")


@pytest.mark.parametrize("moment", range(1, STEPS + 2))
def test_killed_at_every_change_of_a_name(files_only: Settings, publishers: Publishers, moment: int) -> None:
    # With one version kept, publishing renames and removes the old one too.
    keep_one = files_only.model_copy(update={"keep_publications": 1})
    old, new = _versions(IDS[:2])
    _publish(keep_one, IDS[0], rows_of(0))
    publishers.start(keep_one, IDS[:2], first=1, for_ever=False, die_at=moment)
    code, published = publishers.ended()
    assert (code, published) in [(-signal.SIGKILL, 0), (0, 1)]
    for seen in seen_everywhere(keep_one, CONTRACTS).values():
        assert seen in ([old, new] if code else [new])
    # The last moment comes after the end: every step before it was tried.
    assert (code == 0) == (moment > STEPS)
    _publish(keep_one, IDS[2])
    _whole(keep_one, IDS[2])


# -- two at once (43) -----------------------------------------------------------------------------------------


def test_the_second_publisher_of_the_files_leaves_at_once(files_only: Settings) -> None:
    _publish(files_only, IDS[0])
    with (
        files.exclusive_lock(files_only.published_dir),
        pytest.raises(PublishError, match="another publish is running"),
    ):
        _publish(files_only, IDS[1])
    _whole(files_only, IDS[0])
    _publish(files_only, IDS[1])
    _whole(files_only, IDS[1])


def test_the_second_publisher_of_the_database_leaves_at_once(settings: Settings, tmp_path: Path) -> None:
    _publish(settings, IDS[0])
    url = settings.database_url
    assert url is not None
    # Another machine: the same database, other files.
    other = Settings(data_dir=tmp_path / "other", database_url=url)
    with psycopg.connect(url.get_secret_value(), autocommit=True) as running:
        running.execute("SELECT pg_advisory_lock(%s)", (postgres._LOCK_KEY,))
        with pytest.raises(PublishError, match="another publish to this database is running"):
            _publish(other, IDS[1])
        running.execute("SELECT pg_advisory_unlock_all()")
    _whole(settings, IDS[0])
    assert list(other.published_dir.glob("*.sqlite")) == []
    _publish(other, IDS[1])
    _whole(other, IDS[1])


def test_of_two_publishers_one_publishes(files_only: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    both_are_here = threading.Event()
    stage = sqlite.SqliteTarget.stage

    def slow_stage(self: sqlite.SqliteTarget, candidate: Any) -> None:
        assert both_are_here.wait(HANGS_S)
        stage(self, candidate)

    monkeypatch.setattr(sqlite.SqliteTarget, "stage", slow_stage)
    failures: list[str] = []

    def run(publication_id: str) -> None:
        try:
            _publish(files_only, publication_id)
        except PublishError as error:
            failures.append(str(error))
            both_are_here.set()

    threads = [threading.Thread(target=run, args=(name,)) for name in IDS[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failures) == 1
    assert "another publish is running" in failures[0]
    shown = current_publications(files_only, contracts=CONTRACTS)["sqlite"]
    assert shown is not None
    _whole(files_only, shown)


# -- disk full (44) -------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that holds a few small publications."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None or os.geteuid() != 0:
        pytest.skip("needs the right to mount a small file system")
    directory = tmp_path / "small"
    directory.mkdir()
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(directory)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"needs the right to mount a small file system: {done.stderr.strip()}")
    yield directory
    # Lazily: an error that pytest still keeps may hold a file of it open.
    subprocess.run([umount, "-l", str(directory)], check=True)


def test_a_disk_too_small_is_refused_before_anything_is_written(small_disk: Path) -> None:
    settings = Settings(data_dir=small_disk, database_url=None)
    _publish(settings, IDS[0])
    (small_disk / "filler").write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 200 * 1024))
    with pytest.raises(PublishError, match=r"not enough disk space in .* bytes free, .* wanted"):
        _publish(settings, IDS[1], rows=500)
    _whole(settings, IDS[0])


@pytest.mark.parametrize("left_kb", [600, 400, 200])
def test_a_disk_that_fills_while_writing_leaves_the_last_good_version(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, left_kb: int
) -> None:
    settings = Settings(data_dir=small_disk, database_url=None)
    _publish(settings, IDS[0])
    # Somebody else fills the disk after the look at it; how much the first publication took grows with its tables.
    filler = shutil.disk_usage(small_disk).free - left_kb * 1024
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10**12))
    (small_disk / "filler").write_bytes(b"\0" * filler)
    with pytest.raises(PublishError, match=r"(disk is full|No space left|disk I/O error)"):
        _publish(settings, IDS[1], rows=1000)
    _whole(settings, IDS[0])
    (small_disk / "filler").unlink()
    _publish(settings, IDS[1])
    _whole(settings, IDS[1])


@pytest.mark.parametrize(
    ("where", "name", "error"),
    [
        (sqlite, "_insert", sqlite3.OperationalError("database or disk is full")),
        (sqlite, "sync", OSError(errno.EIO, "Input/output error")),
        (pq, "write_table", OSError(errno.ENOSPC, "No space left on device")),
        (parquet, "sync", OSError(errno.ENOSPC, "No space left on device")),
        (postgres, "copy_rows", psycopg.errors.DiskFull("could not extend file")),
    ],
)
def test_an_error_while_writing_leaves_the_last_good_version(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, error: Exception
) -> None:
    _publish(settings, IDS[0])

    def fail(*arguments: Any, **options: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(where, name, fail)
        with pytest.raises(PublishError, match="(The last good version|What is published) stays"):
            _publish(settings, IDS[1])
    _whole(settings, IDS[0])
    _publish(settings, IDS[1])
    _whole(settings, IDS[1])


# -- audits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "name", "position"), [(sqlite, "_as_stored", 0), (postgres, "copy_rows", 3), (pq, "write_table", 0)]
)
def test_a_row_lost_on_the_way_is_noticed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, position: int
) -> None:
    _publish(settings, IDS[0])
    write = getattr(where, name)

    def lose_a_row(*arguments: Any, **options: Any) -> Any:
        given = list(arguments)
        given[position] = given[position].slice(1)
        return write(*given, **options)

    monkeypatch.setattr(where, name, lose_a_row)
    with pytest.raises(PublishError, match=r"expected \(5, 5|does not give back what was written"):
        _publish(settings, IDS[1])
    _whole(settings, IDS[0])


def test_a_damaged_sqlite_file_is_noticed(files_only: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _publish(files_only, IDS[0], rows=500)
    read_only = sqlite._read_only

    def damaged(path: Path) -> sqlite3.Connection:
        if path.name.startswith(".staging"):
            content = bytearray(path.read_bytes())
            # The last page, away from the header and the schema.
            content[-4096:] = b"\xff" * 4096
            path.write_bytes(content)
        return read_only(path)

    monkeypatch.setattr(sqlite, "_read_only", damaged)
    with pytest.raises(PublishError, match=r"damaged|malformed"):
        _publish(files_only, IDS[1], rows=500)
    _whole(files_only, IDS[0], rows=500)


# -- the database (45) and between the targets ----------------------------------------------------------------


def test_without_its_database_nothing_is_published(files_only: Settings) -> None:
    _publish(files_only, IDS[0])
    down = files_only.model_copy(update={"database_url": SecretStr("postgresql://someone:s3cret@127.0.0.1:1/klimat")})
    with pytest.raises(PublishError, match="PostgreSQL: ") as caught:
        _publish(down, IDS[1])
    assert "s3cret" not in str(caught.value)
    _whole(files_only, IDS[0])


def test_a_connection_lost_while_writing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _publish(settings, IDS[0])
    copy_rows, url = postgres_store.copy_rows, settings.database_url
    assert url is not None

    def cut(connection: Any, into: Any, contract: Table, *arguments: Any) -> None:
        copy_rows(connection, into, contract, *arguments)
        if contract.name == "releases":
            with psycopg.connect(url.get_secret_value(), autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))

    with monkeypatch.context() as patch:
        patch.setattr(postgres, "copy_rows", cut)
        with pytest.raises(PublishError, match="PostgreSQL: "):
            _publish(settings, IDS[1])
    _whole(settings, IDS[0])
    _publish(settings, IDS[1])
    _whole(settings, IDS[1])


@pytest.mark.parametrize("target", [sqlite.SqliteTarget, parquet.ParquetTarget])
def test_an_error_between_two_targets_is_told_and_mended_by_publishing_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, target: Any
) -> None:
    _publish(settings, IDS[0])

    def fail(self: Any, candidate: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(target, "switch", fail)
        with pytest.raises(PublishError, match=rf"^{target.name}: .*postgresql.* shows? {IDS[1]} already"):
            _publish(settings, IDS[1])
    shown = current_publications(settings, contracts=CONTRACTS)
    assert shown["postgresql"] == IDS[1]
    assert shown[target.name] == IDS[0]
    assert _leftovers(settings) == []
    _publish(settings, IDS[1])
    _whole(settings, IDS[1])


def test_older_versions_that_cannot_be_removed_are_only_a_remark(
    files_only: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Any) -> list[str]:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(parquet.ParquetTarget, "tidy", fail)
    tables = example_tables(IDS[0], contracts=CONTRACTS)
    report = publish(tables, publication_id=IDS[0], settings=files_only, now=NOW, contracts=CONTRACTS)
    assert len(report.remarks) == 1
    assert report.remarks[0].startswith("parquet: older publications could not be removed")
    _whole(files_only, IDS[0])
