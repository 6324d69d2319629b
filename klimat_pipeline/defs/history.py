"""What keeps Dagster's history bounded: Dagster deletes ticks by itself (``dagster.yaml``), but no run and no event.

Every refresh of the command begins with it, and a schedule does it every morning.
SQLite's files are made smaller too; PostgreSQL reuses the room by itself. What does not belong here: the job
(``housekeeping``), publications and snapshots, which have limits of their own (``published``, ``sources``).
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import sqlalchemy as sa
from dagster._core.instance import RUNLESS_RUN_ID
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    AssetEventTagsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.runs.schema import RunsTable, RunTagsTable
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage

from klimat_pipeline.published.renames import load_renames

if TYPE_CHECKING:
    from klimat_pipeline.settings import Settings

_DONE = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
#: Made by every run that publishes.
_PUBLISHED = dg.AssetKey(["published", "run_manifest"])
#: Part of an SQLite file that may be unused before it is written anew.
_UNUSED = 0.2


def tidy(history: dg.DagsterInstance, settings: "Settings", now: datetime | None = None) -> str:
    """Delete finished runs beyond the limits, events of assets beyond them, and what is left of deleted runs.

    Args:
        history: Dagster's instance.
        settings: how many runs are kept, and for how long.
        now: the present time.

    Returns:
        What was deleted, in words; empty where there was nothing.
    """
    before = (now or datetime.now(UTC)) - timedelta(days=settings.run_retention_days)
    done = history.get_run_records(dg.RunsFilter(statuses=_DONE))  # the newest first
    shown = _shown(history)
    old = [
        record.dagster_run.run_id
        for number, record in enumerate(done)
        if (number >= settings.keep_runs or record.create_timestamp < before) and record.dagster_run.run_id not in shown
    ]
    for run_id in old:
        history.delete_run(run_id)
        history.compute_log_manager.delete_logs(prefix=[run_id])
    events = _forget_runs(history, old) + _delete_runless_events(history, settings.keep_runs)
    assets = _forget_renamed_assets(history)
    litter = _remove_litter(history)
    _shrink(Path(history.root_directory))
    found = {"runs": len(old), "events": events, "renamed assets": assets, "files of deleted runs": litter}
    return ", ".join(f"{number} {what}" for what, number in found.items() if number)


def _shown(history: dg.DagsterInstance) -> set[str]:
    """The run that made what is published: the pages of all tables show what it told of them."""
    made = history.get_latest_materialization_event(_PUBLISHED)
    return {made.run_id} if made else set()


def _forget_runs(history: dg.DagsterInstance, run_ids: list[str]) -> int:
    """Delete what Dagster leaves of a deleted run: its checks, its tags."""
    runs, events = history.run_storage, history.event_log_storage
    if not run_ids:
        return 0
    if isinstance(runs, SqlRunStorage):
        with runs.connect() as connection:
            connection.execute(
                sa.delete(RunTagsTable).where(RunTagsTable.c.run_id.not_in(sa.select(RunsTable.c.run_id)))
            )
    if not isinstance(events, SqlEventLogStorage):
        return 0
    with events.index_connection() as connection:
        checks = AssetCheckExecutionsTable
        return int(connection.execute(sa.delete(checks).where(checks.c.run_id.in_(run_ids))).rowcount)


def _forget_renamed_assets(history: dg.DagsterInstance) -> int:
    """Assets under the names of an earlier version: the catalogue would show them beside those of today for ever."""
    renamed = load_renames().keys()
    gone = [key for key in history.all_asset_keys() if key.to_user_string() in renamed]
    if gone:
        history.wipe_assets(gone)
    return len(gone)


def _delete_runless_events(history: dg.DagsterInstance, keep: int) -> int:
    """Of the events without a run, as unchanged nights leave them, keep the newest few of every asset."""
    storage = history.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):
        return 0
    logs, deleted = SqlEventLogStorageTable, 0
    age = sa.func.row_number().over(
        partition_by=(logs.c.asset_key, logs.c.dagster_event_type), order_by=logs.c.id.desc()
    )
    ranked = sa.select(logs.c.id, age.label("age")).where(logs.c.run_id == RUNLESS_RUN_ID).subquery()
    beyond = sa.select(ranked.c.id).where(ranked.c.age > keep)
    # In SQLite the same events stand in two files, under numbers of their own.
    for open_, has_tags in ((storage.index_connection, True), (lambda: storage.run_connection(RUNLESS_RUN_ID), False)):
        with open_() as connection:
            ids = [number for (number,) in connection.execute(beyond)]
            if has_tags:
                connection.execute(sa.delete(AssetEventTagsTable).where(AssetEventTagsTable.c.event_id.in_(ids)))
            connection.execute(sa.delete(logs).where(logs.c.id.in_(ids)))
            deleted = max(deleted, len(ids))
    return deleted


def _remove_litter(history: dg.DagsterInstance) -> int:
    """Remove databases of runs that are no more, as earlier versions left them."""
    storage = history.event_log_storage
    if not isinstance(storage, SqliteEventLogStorage):
        return 0
    mine = {INDEX_SHARD_NAME, RUNLESS_RUN_ID}
    known = {run.run_id for run in history.get_runs()} | mine
    lost = [name for name in storage.get_all_run_ids() if name not in known]
    for run_id in lost:
        for ending in ("", "-wal", "-shm"):
            Path(storage.path_for_shard(run_id) + ending).unlink(missing_ok=True)
    return len(lost)


def _shrink(home: Path) -> None:
    """Write SQLite's files anew that have become emptier; one that somebody else is using has its turn later."""
    for path in (*home.glob("history/*.db"), *home.glob("history/runs/index.db"), *home.glob("history/runs/.db"),
                 *home.glob("schedules/*.db")):  # fmt: skip
        try:
            with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
                unused, pages = (
                    connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count")
                )
                if unused > pages * _UNUSED:
                    connection.execute("VACUUM")
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:
            continue
