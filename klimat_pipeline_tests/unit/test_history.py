"""Dagster's history while a run of this process writes it: nobody else is kept from it, and nothing is lost."""

import sqlite3
import time
from pathlib import Path

import dagster as dg
import pytest

from klimat_pipeline.history import held_open, instance
from klimat_pipeline.settings import Settings

KEY = dg.AssetKey(["spend", "scope"])


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    monkeypatch.setenv("DAGSTER_HOME", "")  # set by what is tested, and taken back here
    return instance(Settings(data_dir=tmp_path))


def materialise(history: dg.DagsterInstance, value: int) -> None:
    history.report_runless_asset_event(dg.AssetMaterialization(KEY, metadata={"value": value}))


def seen(history: dg.DagsterInstance) -> list[int]:
    found = history.fetch_materializations(KEY, limit=100).records
    return [record.asset_materialization.metadata["value"].value for record in found]


def until(condition: "object", seconds: float = 20.0) -> bool:
    """Whether something comes true in a time that no machine needs."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_what_is_written_is_read_at_once_here_and_soon_elsewhere(history: dg.DagsterInstance, tmp_path: Path) -> None:
    other = instance(Settings(data_dir=tmp_path))
    with held_open(history):
        materialise(history, 1)
        materialise(history, 2)
        assert seen(history) == [2, 1]
        assert until(lambda: seen(other) == [2, 1])


def test_others_may_write_meanwhile(history: dg.DagsterInstance, tmp_path: Path) -> None:
    """A step may take minutes without an event: the database is free long before."""
    other = instance(Settings(data_dir=tmp_path))
    with held_open(history):
        materialise(history, 1)
        materialise(other, 2)
        materialise(history, 3)
    assert sorted(seen(other)) == [1, 2, 3]


def test_nothing_is_left_behind(history: dg.DagsterInstance, tmp_path: Path) -> None:
    storage = history.event_log_storage
    before = dict(storage.__dict__)
    with held_open(history):
        assert "_connect" in storage.__dict__
        materialise(history, 1)
    assert set(storage.__dict__) == set(before)
    assert seen(history) == [1]
    (index,) = tmp_path.rglob("index.db")
    with sqlite3.connect(index, timeout=0) as alone:
        alone.execute("BEGIN EXCLUSIVE")


def test_a_failed_write_is_raised_and_leaves_the_history_usable(history: dg.DagsterInstance) -> None:
    with held_open(history):
        materialise(history, 1)
        assert until(lambda: not history.event_log_storage._connect.__self__._open["index"].in_transaction())
        with (
            pytest.raises(ZeroDivisionError),
            history.event_log_storage.index_connection(),
        ):
            raise ZeroDivisionError
        materialise(history, 2)
    assert seen(history) == [2, 1]


def test_another_storage_is_left_alone() -> None:
    with dg.DagsterInstance.ephemeral() as memory, held_open(memory):
        assert "_connect" not in memory.event_log_storage.__dict__
