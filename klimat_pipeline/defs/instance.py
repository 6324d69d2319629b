"""Dagster's instance below the data folder: where it is, how it is opened, and the storage of its events.

``dagster.yaml`` names the storage, so the webserver, the daemon and every run worker load this module: it imports
nothing but Dagster. What does not belong here: definitions (the other files), events in PostgreSQL
(``postgres_history``).
"""

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._core.instance import RUNLESS_RUN_ID
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from dagster._core.events.log import EventLogEntry
    from dagster._serdes import ConfigurableClassData
    from sqlalchemy.engine import Connection, Engine

    from klimat_pipeline.settings import Settings

#: Ends the message of each step downstream of one that failed; it lists them all, and as an error it is red.
_NOT_EXECUTED = "Not executing."
#: Databases that one process keeps open: the index, the run that it writes, and a few that the UI shows.
KEPT = 8


def instance(settings: "Settings") -> dg.DagsterInstance:
    """The Dagster instance with the history of runs; those whose process is gone are freed first.

    Raises:
        KlimatError: the history cannot be opened; the message says why.
    """
    from klimat_pipeline.defs.lost_runs import free_lost_runs
    from klimat_pipeline.errors import ConfigurationError, DiskError, ServiceError
    from klimat_pipeline.operations.home import prepare_home

    home, _ = prepare_home(settings)
    for variable, is_set, library, of, extra in (
        ("KLIMAT_DAGSTER_DATABASE_URL", settings.history_url, "dagster_postgres", "PostgreSQL", "dagster-postgres"),
        ("KLIMAT_CELERY_URL", settings.workers_url, "dagster_celery", "Celery", "distributed"),
    ):
        if is_set and find_spec(library) is None:
            raise ConfigurationError(
                f"{variable} is set, but Dagster's library for {of} is not installed: install klimat_pipeline[{extra}]."
            )
    os.environ["DAGSTER_HOME"] = str(home)
    try:
        opened = dg.DagsterInstance.from_config(str(home))
        opened.event_log_storage.get_maximum_record_id()  # opened only now
        free_lost_runs(opened)
    except Exception as error:
        if not isinstance(error, DBAPIError) and not type(error).__module__.startswith("dagster_postgres"):
            raise
        in_files = settings.dagster_database_url is None
        place = f"in {home} is" if in_files else "in the database of KLIMAT_DAGSTER_DATABASE_URL is"
        remedy = (
            "Move the folder history away (the history begins anew), or bring it back with klimat restore."
            if in_files
            else "Is the server there, and may the account write?"
        )
        # Of a server's answer only the kind: it may quote parts of the address.
        told = f"{type(error).__name__}: {getattr(error, 'orig', '')}" if in_files else type(error).__name__
        kind = DiskError if in_files else ServiceError
        raise kind(
            f"Dagster's history of runs {place} not to be used ({told}). The published tables are untouched. {remedy}"
        ) from None
    return opened


def as_shown(event: "EventLogEntry") -> "EventLogEntry":
    """An event as it is stored: that a step is not executed is no error of its own, and would hide the one before."""
    if event.dagster_event is None and event.user_message.endswith(_NOT_EXECUTED):
        return event._replace(level=logging.DEBUG)
    return event


class KeptOpenEventLogStorage(SqliteEventLogStorage):
    """Dagster's event log in SQLite, in the same files, with its databases kept open between events.

    For every event, Dagster's own class opens a database, asks it which tables it has and closes it again, and closing
    makes SQLite copy its write-ahead log and wait for the disk: a thousand events cost more than all that a refresh of
    one municipality computes. Here too every event is a transaction of its own, which other processes see at once.

    Args:
        home: Dagster's home; the databases are where Dagster's default puts them.
        inst_data: what Dagster keeps of the configuration.
    """

    def __init__(self, home: str, inst_data: "ConfigurableClassData | None" = None) -> None:
        self._open = _OpenDatabases()
        self._there: set[str] = set()
        super().__init__(str(Path(home).expanduser() / "history" / "runs"), inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {"home": dg.StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: "ConfigurableClassData | None", config_value: Mapping[str, Any]
    ) -> "KeptOpenEventLogStorage":
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager["Connection"]:
        """A transaction in a run's database; it is committed at the end, or rolled back."""
        return self._transaction(run_id or RUNLESS_RUN_ID)

    def index_connection(self) -> AbstractContextManager["Connection"]:
        """A transaction in the database that all runs share."""
        return self._transaction(INDEX_SHARD_NAME)

    def store_event(self, event: "EventLogEntry") -> None:
        """Store an event (``as_shown``)."""
        super().store_event(as_shown(event))
        # ``watch`` looks at the time of the run's file, which writing to a write-ahead log does not change.
        with suppress(OSError):
            os.utime(self.path_for_shard(event.run_id))

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table (``_stays``)."""
        return self._stays(f"table {table_name}", lambda: super(KeptOpenEventLogStorage, self).has_table(table_name))

    def has_secondary_index(self, name: str) -> bool:
        """Whether a migration of the index is done (``_stays``)."""
        return self._stays(f"migration {name}", lambda: super(KeptOpenEventLogStorage, self).has_secondary_index(name))

    def _stays(self, what: str, is_there: Callable[[], bool]) -> bool:
        """Whether something is there; once there it stays, and Dagster asks at every event."""
        if what not in self._there and is_there():
            self._there.add(what)
        return what in self._there

    def delete_events(self, run_id: str) -> None:
        """Delete a run's events, and the file that held them: Dagster's own class leaves it, empty and as large."""
        super().delete_events(run_id)
        with self._open.held():
            self._open.close(run_id)
            self._initialized_dbs.discard(run_id)
            for ending in ("", "-wal", "-shm"):
                Path(self.path_for_shard(run_id) + ending).unlink(missing_ok=True)

    def wipe(self) -> None:
        with self._open.held():
            self._open.close_all()  # before their files go
            super().wipe()

    def dispose(self) -> None:
        super().dispose()
        with self._open.held():
            self._open.close_all()

    @contextmanager
    def _transaction(self, shard: str) -> "Iterator[Connection]":
        with self._open.held():
            engine = self._open.get(shard)
            if engine is None:
                # The first connection is Dagster's own: it makes the tables where there are none.
                with super().run_connection(shard):
                    pass
                engine = self._open.keep(shard, Path(self.path_for_shard(shard)), self.conn_string_for_shard(shard))
            with engine.begin() as connection:
                yield connection


class _OpenDatabases:
    """Engines of SQLite databases by name, the ``KEPT`` used last; each holds one connection."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.RLock()
        self._engines: OrderedDict[str, tuple[Engine, Path, object]] = OrderedDict()
        self._process = os.getpid()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other threads from using them meanwhile: threads take turns, as in Dagster's own storage."""
        if self._process != os.getpid():
            # After a fork, the child may neither use nor close the parent's SQLite connections.
            self._of_the_parent = self._engines
            self._begin()
        with self._lock:
            yield

    def get(self, name: str) -> "Engine | None":
        """The engine of a database that is open, if the file is still the one that was opened."""
        if name not in self._engines:
            return None
        engine, path, opened = self._engines[name]
        if _identity(path) != opened:  # another process has wiped the history
            self.close(name)
            return None
        self._engines.move_to_end(name)
        return engine

    def keep(self, name: str, path: Path, url: str) -> "Engine":
        """Open a database, and close the least recently used one where there are too many."""
        engine = create_engine(url, pool_size=1, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
        event.listen(engine, "connect", _without_waiting_for_the_disk)
        self._engines[name] = engine, path, _identity(path)
        while len(self._engines) > KEPT:
            self.close(next(iter(self._engines)))
        return engine

    def close(self, name: str) -> None:
        if name in self._engines:
            engine, _, _ = self._engines.pop(name)
            engine.dispose()

    def close_all(self) -> None:
        for name in list(self._engines):
            self.close(name)


def _identity(path: Path) -> object:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
    """Do not wait for the disk: this never damages a write-ahead log, but a power cut may lose the last events."""
    if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
        connection.execute("PRAGMA synchronous=NORMAL")
