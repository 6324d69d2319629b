"""Dagster's history over many nights: bounded, and free of runs whose process is gone."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import StepMaterializationData
from dagster._core.launcher import WorkerStatus
from dagster._core.test_utils import create_run_for_test

from klimat_pipeline.defs.history import tidy
from klimat_pipeline.defs.instance import instance
from klimat_pipeline.defs.lost_runs import PROCESS, WatchedRunLauncher, free_lost_runs, this_process
from klimat_pipeline.errors import DiskError
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.dagster_home import empty_home, settle

__all__ = ["empty_home"]
PUBLISHED = [dg.AssetKey(["published", name]) for name in ("one", "two")]


@pytest.fixture
def settings(empty_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")  # set by what is tested, and taken back here
    settle(empty_home, tmp_path)
    return Settings(data_dir=tmp_path, keep_runs=3)


@pytest.fixture
def history(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with instance(settings) as made:
        yield made


def night(history: dg.DagsterInstance, *, computed: bool = True) -> str:
    """What a night leaves: a run with an event of many bytes, or confirmations without a run."""
    run_id = ""
    if computed:
        run = create_run_for_test(history, status=dg.DagsterRunStatus.SUCCESS, tags={"night": "yes"})
        history.report_engine_event("x" * 200_000, run)
        Path(history.storage_directory(), run.run_id, "compute_logs").mkdir(parents=True)
        run_id = run.run_id
    for key in PUBLISHED:
        history.report_runless_asset_event(dg.AssetMaterialization(key, metadata={"text": "y" * 20_000}))
    return run_id


def size(home: Path) -> int:
    return sum(path.stat().st_size for path in home.rglob("*") if path.is_file())


def test_the_home_is_as_large_after_many_nights_as_after_a_few(history: dg.DagsterInstance, settings: Settings) -> None:
    home, sizes, nights = settings.dagster_home, [], []
    for number in range(1, 25):
        nights.append(night(history))
        night(history, computed=False)
        tidy(history, settings)
        if number % 6 == 0:
            sizes.append(size(home))
    assert max(sizes[1:]) < sizes[1] * 1.25, sizes
    assert [run.run_id for run in history.get_runs()] == nights[:-4:-1]
    assert {path.stem for path in home.glob("history/runs/*.db")} == {"index", "", *nights[-3:]} - {""} | {".db"}
    assert {path.name for path in (home / "storage").iterdir()} == set(nights[-3:])
    for key in PUBLISHED:
        assert len(history.fetch_materializations(key, limit=1000).records) == settings.keep_runs
    with closing(sqlite3.connect(home / "history" / "runs.db")) as database:
        assert database.execute("SELECT count(DISTINCT run_id) FROM run_tags").fetchone() == (3,)


def test_assets_under_names_of_an_earlier_version_leave_the_catalogue(
    history: dg.DagsterInstance, settings: Settings
) -> None:
    for name in ("clean/frozen", "clean/frozen_reports", "sources/inputs", "somebody/else"):
        history.report_runless_asset_event(dg.AssetMaterialization(name.split("/")))
    assert tidy(history, settings) == "2 renamed assets"
    assert {key.to_user_string() for key in history.all_asset_keys()} == {"clean/frozen_reports", "somebody/else"}
    assert tidy(history, settings) == ""


def test_what_is_older_than_the_limit_goes_and_what_goes_on_stays(
    history: dg.DagsterInstance, settings: Settings
) -> None:
    night(history)
    running = create_run_for_test(history, status=dg.DagsterRunStatus.STARTED)
    assert tidy(history, settings) == ""
    later = datetime.now(UTC) + timedelta(days=settings.run_retention_days + 1)
    assert tidy(history, settings, now=later).startswith("1 runs")
    assert [run.run_id for run in history.get_runs()] == [running.run_id]


def test_the_run_that_made_what_is_published_stays(history: dg.DagsterInstance, settings: Settings) -> None:
    """Nights without news do not wash away what the pages of the tables show."""
    made = create_run_for_test(history, status=dg.DagsterRunStatus.SUCCESS)
    shown = dg.AssetMaterialization(["published", "run_manifest"], metadata={"preview": "rows"})
    history.report_dagster_event(
        dg.DagsterEvent(
            dg.DagsterEventType.ASSET_MATERIALIZATION.value, "job", event_specific_data=StepMaterializationData(shown)
        ),
        made.run_id,
    )
    for _ in range(5):
        night(history)
    tidy(history, settings)
    assert len(history.get_runs()) == settings.keep_runs + 1
    assert history.get_run_by_id(made.run_id) is not None


def test_files_that_an_earlier_version_left_are_removed(history: dg.DagsterInstance, settings: Settings) -> None:
    left = settings.dagster_home / "history" / "runs" / "0b0e1f9e-0000-4000-8000-000000000000.db"
    left.write_bytes(b"\0" * 4096)
    assert tidy(history, settings) == "1 files of deleted runs"
    assert not left.exists()


def killed_process() -> dict[str, str]:
    """The tag of a run whose process was killed."""
    code = (
        "from klimat_pipeline.defs.lost_runs import this_process, PROCESS; import os, signal; "
        "print(this_process()[PROCESS], flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return {PROCESS: done.stdout.strip()}


def test_the_next_start_of_anything_frees_a_killed_run(history: dg.DagsterInstance, settings: Settings) -> None:
    tags = {
        "killed": killed_process(),
        "mine": this_process(),
        "elsewhere": {PROCESS: f"not-{socket.gethostname()} 1 1.00"},
        "another of that number": {PROCESS: f"{socket.gethostname()} {os.getpid()} 1.00"},
        "unknown": {},
    }
    runs = {
        name: create_run_for_test(history, status=dg.DagsterRunStatus.STARTED, tags=tag) for name, tag in tags.items()
    }
    with instance(settings) as again:
        status = {name: again.get_run_by_id(run.run_id).status for name, run in runs.items()}
    gone = {"killed", "another of that number"}
    assert {name for name, one in status.items() if one == dg.DagsterRunStatus.FAILURE} == gone
    assert free_lost_runs(history) == []
    launcher = history.run_launcher
    assert isinstance(launcher, WatchedRunLauncher) and launcher.supports_check_run_worker_health
    assert launcher.check_run_worker_health(runs["killed"]).status == WorkerStatus.FAILED
    for name in tags.keys() - gone:
        assert launcher.check_run_worker_health(runs[name]).status == WorkerStatus.RUNNING


@pytest.mark.parametrize("name", ["history/runs.db", "history/runs/index.db", "schedules/schedules.db"])
def test_garbage_in_a_database_of_the_history_is_one_sentence(settings: Settings, name: str) -> None:
    (settings.dagster_home / name).write_bytes(b"garbage" * 1000)
    with pytest.raises(DiskError, match=r"history of runs.*file is not a database.*klimat restore") as stopped:
        instance(settings)
    assert stopped.value.exit_code == 74
