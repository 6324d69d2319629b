"""One run at a time: in a folder, in a bucket, for a database; free when its holder dies."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from klimat_pipeline.errors import DiskError, RunLockError
from klimat_pipeline.operations import bucket_lock, run_lock
from klimat_pipeline.operations.bucket_lock import BucketLock
from klimat_pipeline.operations.locks import Holder
from klimat_pipeline.operations.run_lock import only_run
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.postgres import database_url, postgres_server

__all__ = ["database_url", "postgres_server"]

ME = Holder.of_this_process("a test")

#: Holds the lock, says so, and goes on until its input ends.
HOLDS = """
import sys
from klimat_pipeline.operations.run_lock import only_run
from klimat_pipeline.settings import load_settings
with only_run(load_settings(), "another klimat refresh", run="4711", wait_s=0):
    print("held", flush=True)
    sys.stdin.read()
"""


class Other:
    """A run in another process."""

    def __init__(self, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDS],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "held\n"

    def __enter__(self) -> "Other":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url=None)


def refused(settings: Settings) -> str:
    with pytest.raises(RunLockError) as caught, only_run(settings, "mine", wait_s=0):
        pass
    return str(caught.value)


def test_the_other_leaves_with_an_exit_code_of_its_own_saying_for_whom_it_waited(settings: Settings) -> None:
    with Other(KLIMAT_DATA_DIR=str(settings.written_dir)) as other:
        message = refused(settings)
    assert "another klimat refresh (run 4711," in message
    assert f"process {other.process.pid}, since 20" in message
    assert "waited 0 s (--wait, KLIMAT_WAIT_S). Nothing was read or changed" in message
    assert RunLockError.exit_code == 75


def test_it_waits_and_says_for_whom_and_how_long(settings: Settings) -> None:
    heard: list[str] = []

    with Other(KLIMAT_DATA_DIR=str(settings.written_dir)) as other:

        def tell(text: str) -> None:
            heard.append(text)
            other.process.communicate()  # now the other ends

        with only_run(settings, "mine", wait_s=600, tell=tell):
            pass
    assert heard[0].startswith("waiting for another klimat refresh (run 4711, ")
    assert heard[0].endswith(f"who has {settings.written_dir}: 0 s of at most 600 s")


def test_it_is_free_when_its_holder_is_killed(settings: Settings) -> None:
    with Other(KLIMAT_DATA_DIR=str(settings.written_dir)) as other:
        other.kill()
        with only_run(settings, "mine", wait_s=0):
            pass


def test_a_run_that_is_started_by_who_holds_it_waits_for_nobody(settings: Settings) -> None:
    with only_run(settings, "klimat refresh", wait_s=0):
        with only_run(settings, "its run", wait_s=0):
            pass
        code = f"import sys; sys.argv = []\n{HOLDS}"
        environment = {**os.environ, "KLIMAT_DATA_DIR": str(settings.written_dir)}
        held = subprocess.run([sys.executable, "-c", code], env=environment, stdin=subprocess.DEVNULL, check=False)
        assert held.returncode != 0, "the inner one ended, the outer one holds on"


def test_two_runs_of_one_process_are_two_runs(settings: Settings) -> None:
    with only_run(settings, "mine", wait_s=0), ThreadPoolExecutor(1) as pool:
        assert "mine (" in pool.submit(refused, settings).result()


def test_backfills_go_on_beside_each_other_and_beside_nothing_else(settings: Settings) -> None:
    def beside() -> bool:
        with only_run(settings, "backfill two", wait_s=0, reads_ledgers_only=True):
            return True

    with only_run(settings, "backfill one", wait_s=0, reads_ledgers_only=True), ThreadPoolExecutor(1) as pool:
        assert pool.submit(beside).result()
        assert "backfill" in pool.submit(refused, settings).result()


def test_tables_in_another_folder_are_held_too(tmp_path: Path) -> None:
    shared = {"tables_url": str(tmp_path / "tables"), "database_url": None}
    with Other(KLIMAT_DATA_DIR=str(tmp_path / "one"), KLIMAT_TABLES_URL=str(tmp_path / "tables")):
        assert str(tmp_path / "tables") in refused(Settings(data_dir=tmp_path / "two", **shared))


def test_hosts_that_share_a_database_run_one_after_the_other(tmp_path: Path, database_url: SecretStr) -> None:
    here = Settings(data_dir=tmp_path / "here", database_url=database_url)
    there = {"KLIMAT_DATA_DIR": str(tmp_path / "there"), "KLIMAT_DATABASE_URL": database_url.get_secret_value()}
    with Other(**there) as other:
        assert "klimat: another klimat refresh (from " in refused(here)
        other.kill()
        with only_run(here, "mine", wait_s=60):
            run_lock.refuse_if_lost()


def test_a_run_whose_connection_was_closed_publishes_nothing(tmp_path: Path, database_url: SecretStr) -> None:
    import psycopg

    here = Settings(data_dir=tmp_path / "here", database_url=database_url)
    with only_run(here, "mine", wait_s=0):
        with psycopg.connect(database_url.get_secret_value(), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'klimat: mine'"
            )
        with pytest.raises(RunLockError, match="was closed: another run may have begun. Nothing was published"):
            run_lock.refuse_if_lost()


def test_what_killed_writers_left_is_removed_by_who_holds_it(settings: Settings) -> None:
    dead = settings.intermediate_dir / "clean" / ".targets.parquet.0123.part"
    dead.parent.mkdir(parents=True)
    dead.touch()
    with only_run(settings, "mine", wait_s=0):
        assert not dead.exists()


def test_a_data_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(DiskError, match="KLIMAT_DATA_DIR names another"),
        only_run(Settings(data_dir=tmp_path / "file"), "x"),
    ):
        pass


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({"klimat/started_by": "klimat refresh", "dagster/schedule_name": "x"}, "klimat refresh"),
        ({"dagster/schedule_name": "nightly_refresh"}, "schedule nightly_refresh"),
        ({"dagster/backfill": "abc"}, "backfill abc"),
        ({".dagster/from_ui": "true"}, "the Dagster UI"),
        ({}, "a dagster command"),
    ],
)
def test_who_started_a_run(tags: dict[str, str], who: str) -> None:
    assert run_lock.started_by(tags) == who


# --- the lease in a bucket


class Clock:
    """A clock of the test's own."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(bucket_lock, "time", made)
    return made


@pytest.fixture
def bucket(request: pytest.FixtureRequest) -> str:
    return f"memory://run-lock-{request.node.name}"


def silent(bucket: str) -> BucketLock:
    """A lock whose holder shows no sign of life within a test."""
    return BucketLock(bucket, lease_s=60, renew_s=3600)


def test_a_bucket_is_held_by_one(bucket: str, clock: Clock) -> None:
    first, second = silent(bucket), silent(bucket)
    assert first.acquire(ME)
    assert not second.acquire(ME)
    assert second.holder().startswith("a test (")
    first.release()
    assert second.acquire(ME)
    second.release()


def test_a_silent_holder_is_taken_over_after_its_lease_and_publishes_nothing(bucket: str, clock: Clock) -> None:
    first, second = silent(bucket), silent(bucket)
    assert first.acquire(ME)
    assert not second.acquire(ME)
    clock.now += 59
    assert not second.acquire(ME)
    clock.now += 2
    assert second.acquire(ME)
    with pytest.raises(RunLockError, match="could not be renewed for 60 s and a test"):
        first.refuse_if_lost()
    second.refuse_if_lost()
    first.release()
    second.refuse_if_lost()
    second.release()


def test_a_sign_of_life_keeps_it(bucket: str, clock: Clock) -> None:
    first, second = BucketLock(bucket, lease_s=60, renew_s=0.01), silent(bucket)
    assert first.acquire(ME)
    for _ in range(5):
        assert not second.acquire(ME)
        before = second._seen[0]
        while second._highest()[1] == before:  # until it beats again; a beat that never comes hangs the test
            pass
        clock.now += 59
    first.release()
    assert second.acquire(ME)
    second.release()


def test_two_who_take_over_at_once_do_not_both_get_it(bucket: str, clock: Clock) -> None:
    """One looks, the other takes it, uses it and lets go, a third goes on; then the first acts on what it saw."""
    late, quick, third = silent(bucket), silent(bucket), silent(bucket)
    seen = late._highest
    late._highest = lambda: (0, b"")  # type: ignore[method-assign]
    assert quick.acquire(ME)
    quick.release()
    assert third.acquire(ME)
    late_looked_before = late._highest
    answers = [late_looked_before(), None]

    def first_then_true() -> tuple[int, bytes]:
        return answers.pop(0) or seen()

    late._highest = first_then_true  # type: ignore[method-assign]
    assert not late.acquire(ME)
    third.refuse_if_lost()
    third.release()


def test_the_row_does_not_grow_without_end(bucket: str, clock: Clock) -> None:
    for _ in range(30):
        lock = silent(bucket)
        assert lock.acquire(ME)
        lock.release()
    assert len(silent(bucket)._file_system.ls(silent(bucket)._folder.path, detail=False)) == 1


def test_runs_whose_tables_lie_in_a_bucket_hold_it(tmp_path: Path, bucket: str) -> None:
    here, there = (Settings(data_dir=tmp_path / name, tables_url=bucket, database_url=None) for name in ("a", "b"))
    with ExitStack() as stack:
        other = silent(bucket)
        assert other.acquire(ME)
        stack.callback(other.release)
        assert bucket in refused(here)
    with only_run(there, "mine", wait_s=0):
        run_lock.refuse_if_lost()
