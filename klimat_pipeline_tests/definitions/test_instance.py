"""Dagster's event log with its databases kept open: nothing is lost, nobody is kept from it, nothing stays open."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.test_utils import create_run_for_test

from klimat_pipeline.defs.instance import KeptOpenEventLogStorage, instance
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.dagster_home import empty_home, settle
from klimat_pipeline_tests.support.failed_job import only_the_fault_is_an_error

__all__ = ["empty_home"]
KEY = dg.AssetKey(["spend", "scope"])
PLAIN = "telemetry: {enabled: false}\n"
NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed in /proc only")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", "")  # set by what is tested, and taken back here
    return tmp_path / "dagster"


@pytest.fixture
def opened(empty_home: Path, tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    settle(empty_home, tmp_path)
    with instance(Settings(data_dir=tmp_path)) as made:
        yield made


def materialise(to: dg.DagsterInstance, value: int) -> None:
    to.report_runless_asset_event(dg.AssetMaterialization(KEY, metadata={"value": value}))


def seen(by: dg.DagsterInstance) -> list[int]:
    found = by.fetch_materializations(KEY, limit=1000).records
    return [record.asset_materialization.metadata["value"].value for record in found]


def apart(code: str, home: Path) -> str:
    """What a process of its own prints that finds the instance as Dagster's own programs do."""
    start = "import dagster as dg\nhistory = dg.DagsterInstance.get()\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code],
        env={**os.environ, "DAGSTER_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


VALUES = """
import json
records = history.fetch_materializations(dg.AssetKey(["spend", "scope"]), limit=1000).records
print(json.dumps([record.asset_materialization.metadata["value"].value for record in records]))
"""


def open_databases(home: Path) -> list[str]:
    """Names of the databases of events that this process holds open."""
    files = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            files.add(str(link.readlink()))
        except OSError:  # closed meanwhile
            continue
    return sorted(
        Path(file).stem for file in files if file.startswith(f"{home}/history/runs/") and file.endswith(".db")
    )


def test_the_shipped_configuration_names_it(home: Path, tmp_path: Path) -> None:
    """In a home that is made here and now."""
    with instance(Settings(data_dir=tmp_path)) as opened:
        assert isinstance(opened.event_log_storage, KeptOpenEventLogStorage)
    done = subprocess.run(
        [sys.executable, "-m", "dagster", "instance", "info"],
        env={**os.environ, "DAGSTER_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "KeptOpenEventLogStorage" in done.stdout


def test_events_are_there_after_the_end(opened: dg.DagsterInstance, tmp_path: Path) -> None:
    materialise(opened, 1)
    opened.dispose()
    with instance(Settings(data_dir=tmp_path)) as again:
        assert seen(again) == [1]
    materialise(opened, 2)  # and it can be used again
    assert seen(opened) == [2, 1]


def test_of_a_failed_run_only_the_fault_is_an_error(opened: dg.DagsterInstance) -> None:
    only_the_fault_is_an_error(opened)


def test_another_process_reads_and_writes_meanwhile(opened: dg.DagsterInstance, home: Path) -> None:
    materialise(opened, 1)
    materialise(opened, 2)
    writes = 'history.report_runless_asset_event(dg.AssetMaterialization(["spend", "scope"], metadata={"value": 3}))\n'
    assert json.loads(apart(writes + VALUES, home)) == [3, 2, 1]
    materialise(opened, 4)
    assert seen(opened) == [4, 3, 2, 1]


def test_a_folder_of_dagsters_own_storage_goes_on_and_back(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / "dagster.yaml").write_text(PLAIN, encoding="utf-8")
    with dg.DagsterInstance.from_config(str(home)) as plain:
        assert type(plain.event_log_storage) is SqliteEventLogStorage
        materialise(plain, 1)
        with instance(Settings(data_dir=tmp_path)) as now:
            assert seen(now) == [1]
            materialise(now, 2)
            assert seen(plain) == [2, 1], "a webserver that was started before"
        materialise(plain, 3)
        assert seen(plain) == [3, 2, 1]


def test_a_failed_write_is_raised_and_takes_no_other_with_it(opened: dg.DagsterInstance, tmp_path: Path) -> None:
    materialise(opened, 1)
    with pytest.raises(ZeroDivisionError), opened.event_log_storage.index_connection() as connection:
        connection.exec_driver_sql("DELETE FROM event_logs")
        raise ZeroDivisionError
    materialise(opened, 2)
    with instance(Settings(data_dir=tmp_path)) as other:
        assert seen(other) == [2, 1]


def test_a_killed_process_loses_nothing(opened: dg.DagsterInstance, home: Path) -> None:
    ends = """
import os, signal
for value in range(20):
    history.report_runless_asset_event(dg.AssetMaterialization(["spend", "scope"], metadata={"value": value}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    with pytest.raises(AssertionError):
        apart(ends, home)
    assert seen(opened) == list(range(19, -1, -1))


def test_threads_take_turns(opened: dg.DagsterInstance) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda value: materialise(opened, value), range(40)))
    assert sorted(seen(opened)) == list(range(40))


def test_who_follows_a_run_hears_of_it_while_it_is_written(opened: dg.DagsterInstance, tmp_path: Path) -> None:
    """The UI does: Dagster watches the run's file, and a write-ahead log leaves that as it is."""
    run = create_run_for_test(opened)
    opened.report_engine_event("first", run)
    heard, messages = Event(), []

    def hear(entry: dg.EventLogEntry, _cursor: str) -> None:
        messages.append(entry.user_message or entry.message)
        if "second" in messages:
            heard.set()

    with instance(Settings(data_dir=tmp_path)) as other:
        other.watch_event_logs(run.run_id, None, hear)
        opened.report_engine_event("second", run)
        assert heard.wait(60), messages
        other.end_watch_event_logs(run.run_id, hear)


@NEEDS_PROC
def test_a_deleted_run_is_let_go(opened: dg.DagsterInstance, home: Path) -> None:
    run = create_run_for_test(opened)
    opened.report_engine_event("something", run)
    assert run.run_id in open_databases(home)
    opened.delete_run(run.run_id)
    assert run.run_id not in open_databases(home)
    assert opened.all_logs(run.run_id) == []


@NEEDS_PROC
def test_few_runs_are_kept_open(opened: dg.DagsterInstance, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klimat_pipeline.defs.instance.KEPT", 2)
    runs = [create_run_for_test(opened) for _ in range(4)]
    for run in runs:
        opened.report_engine_event("something", run)
    materialise(opened, 1)
    assert len(open_databases(home)) == 2
    assert "index" in open_databases(home)
    assert [len(opened.all_logs(run.run_id)) for run in runs] == [1] * len(runs)
    opened.dispose()
    assert open_databases(home) == []


@NEEDS_PROC
def test_a_wiped_history_begins_anew(opened: dg.DagsterInstance, home: Path) -> None:
    materialise(opened, 1)
    opened.event_log_storage.wipe()
    assert open_databases(home) in ([], ["index"])
    assert seen(opened) == []
    materialise(opened, 2)
    assert seen(opened) == [2]


def test_a_history_that_somebody_else_wiped_begins_anew(opened: dg.DagsterInstance, tmp_path: Path) -> None:
    run = create_run_for_test(opened)
    opened.report_engine_event("something", run)
    materialise(opened, 1)
    with instance(Settings(data_dir=tmp_path)) as other:
        other.event_log_storage.wipe()
        other.report_engine_event("something else", run)
        assert seen(opened) == []
        assert [entry.message for entry in opened.all_logs(run.run_id)] == ["something else"]


def test_a_forked_child_opens_its_own(home: Path, opened: dg.DagsterInstance) -> None:
    materialise(opened, 1)
    forks = """
import os
def write(value):
    history.report_runless_asset_event(dg.AssetMaterialization(["spend", "scope"], metadata={"value": value}))
write(2)
child = os.fork()
if child == 0:
    write(3)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
write(4)
"""
    if hasattr(os, "fork"):
        apart(forks, home)
        assert seen(opened) == [4, 3, 2, 1]


def test_the_module_that_dagsters_programs_load_brings_no_wiring() -> None:
    code = (
        "import sys, klimat_pipeline.defs.instance; print([n for n in sys.modules if n.startswith('klimat_pipeline')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == str(["klimat_pipeline", "klimat_pipeline.defs", "klimat_pipeline.defs.instance"])
