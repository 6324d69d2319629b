"""Dagster's history of runs, below the data folder, and how a run of this process writes it.

What does not belong here: what a run does (``refresh``), what it is made of (``defs``).
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, RLock, Thread
from typing import TYPE_CHECKING, Any

from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

#: Seconds after which what was written is there for other processes, and the database free for them to write.
_WAIT_S = 0.1
#: What Dagster asks its database again for every event.
_ASKED = ("has_table", "_has_asset_key_col_on_connection")


def prepared_home(settings: Settings) -> Path:
    """Dagster's home below the data folder, with the shipped ``dagster.yaml`` in it."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    shipped = settings.config_dir / "dagster" / "dagster.yaml"
    if shipped.is_file() and shipped.parent != home:
        shutil.copyfile(shipped, home / "dagster.yaml")
    return home


def instance(settings: Settings) -> "dg.DagsterInstance":
    """Dagster's history of runs."""
    import dagster as dg

    home = prepared_home(settings)
    os.environ["DAGSTER_HOME"] = str(home)
    return dg.DagsterInstance.from_config(str(home))


@contextmanager
def held_open(history: "dg.DagsterInstance") -> "Iterator[None]":
    """Let Dagster's SQLite history keep its connections, and what it writes in a tenth of a second be one transaction.

    It opens and closes the database for every event: no statement is ever found compiled, the columns of a table are
    asked for again and again, and a thousand commits cost more than what a refresh of one municipality computes. Where
    the history is another database, or Dagster no longer works this way, nothing happens.
    """
    storage: Any = history.event_log_storage
    if type(storage).__name__ != "SqliteEventLogStorage" or not hasattr(storage, "_connect"):
        yield
        return
    held = _Held(storage)
    storage._connect = held.connection
    for name in _ASKED:
        if hasattr(storage, name):
            setattr(storage, name, _once(getattr(storage, name)))
    try:
        yield
    finally:
        for name in ("_connect", *_ASKED):
            storage.__dict__.pop(name, None)
        held.close()


def _once(asked: "Callable[..., bool]") -> "Callable[..., bool]":
    """Ask whether a table or column is there until it is; connections are all to the same database."""
    there: set[object] = set()

    def known(*arguments: object) -> bool:
        if arguments[-1] not in there and asked(*arguments):
            there.add(arguments[-1])
        return arguments[-1] in there

    return known


class _Held:
    """Connections to the databases of a history, by name; a thread ends their transactions in time."""

    def __init__(self, storage: Any) -> None:
        self._storage, self._make = storage, storage._connect
        self._open: dict[str, Any] = {}
        self._engines: list[Any] = []
        self._lock, self._ends = RLock(), Event()
        self._thread = Thread(target=self._commit_in_time, daemon=True)
        self._thread.start()

    @contextmanager
    def connection(self, shard: str) -> "Iterator[Any]":
        """In the place of ``SqliteEventLogStorage._connect``: a connection in a transaction."""
        with self._lock:
            if shard not in self._open:
                self._open[shard] = self._opened(shard)
            connection = self._open[shard]
            if not connection.in_transaction():
                connection.begin()
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise

    def _opened(self, shard: str) -> Any:
        from sqlalchemy import create_engine

        with self._make(shard):  # makes the tables of a new one
            pass
        # The thread that commits is another one; the lock keeps them apart.
        engine = create_engine(
            self._storage.conn_string_for_shard(shard), connect_args={"timeout": 30, "check_same_thread": False}
        )
        self._engines.append(engine)
        connection = engine.connect()
        # In a write-ahead log nothing is damaged by not waiting for the disk; a power cut takes the last moments.
        connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        connection.commit()
        return connection

    def _commit(self) -> None:
        with self._lock:
            for connection in self._open.values():
                if connection.in_transaction():
                    connection.commit()

    def _commit_in_time(self) -> None:
        while not self._ends.wait(_WAIT_S):
            self._commit()

    def close(self) -> None:
        """End the last transactions and let go of the databases."""
        self._ends.set()
        self._thread.join()
        self._commit()
        for connection in self._open.values():
            connection.close()
        for engine in self._engines:
            engine.dispose()
