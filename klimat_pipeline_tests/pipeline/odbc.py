"""The mart through ODBC, as Power BI, Qlik and Excel read it: ``make odbc``.

Needs the drivers (``apt-get install unixodbc odbc-postgresql libsqliteodbc``), so it is no part of ``make test``: it does
not run by itself where they are missing, and fails there when it is called.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyodbc
import pytest
from pydantic import SecretStr

from klimat_pipeline.contracts import MART, PUBLISHED
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.beside import Stage, read_beside
from klimat_pipeline_tests.support.postgres import database_url, postgres_server
from klimat_pipeline_tests.support.recipes import Client, Reader, by_cursor, copied, postgres, url_of
from klimat_pipeline_tests.support.stars import STARTED, small_star
from klimat_pipeline_tests.support.tables import example_tables

__all__ = ["database_url", "postgres_server"]
FIRST = f"pub-{0:016x}"
Connect = Callable[[], Any]


@pytest.fixture
def stage(tmp_path: Path, database_url: SecretStr) -> Stage:
    settings = Settings(data_dir=tmp_path, database_url=database_url)
    detailed = example_tables(FIRST, contracts={"targets": PUBLISHED["targets"]})
    return Stage(settings, detailed, small_star(FIRST))


def to_postgres(settings: Settings) -> Connect:
    url = urlsplit(url_of(settings))
    (host,) = parse_qs(url.query)["host"]
    words = {
        "Driver": "{PostgreSQL Unicode}",
        "Servername": host,
        "Database": url.path.removeprefix("/"),
        "Username": url.username,
        "BoolsAsChar": 0,
    }
    return partial(pyodbc.connect, ";".join(f"{name}={value}" for name, value in words.items()))


def to_sqlite(path: Path) -> Connect:
    return partial(pyodbc.connect, f"Driver=SQLite3;Database={path};ReadOnly=1")


@pytest.fixture(params=["PostgreSQL", "SQLite"])
def connect(request: pytest.FixtureRequest, stage: Stage) -> Connect:
    stage.publish(0)
    if request.param == "SQLite":
        return to_sqlite(stage.settings.published_dir / "klimat_mart.sqlite")
    return to_postgres(stage.settings)


def schema_of(seen: Any) -> str | None:
    return "klimat_mart" if seen.getinfo(pyodbc.SQL_DBMS_NAME) == "PostgreSQL" else None


def test_odbc_sees_every_primary_and_foreign_key(connect: Connect) -> None:
    seen = connect()
    schema = schema_of(seen)
    for name, contract in MART.items():
        keys = seen.cursor().primaryKeys(name, schema=schema).fetchall()
        assert {key.column_name for key in keys} == set(contract.primary_key), name
        foreign = seen.cursor().foreignKeys(foreignTable=name, foreignSchema=schema).fetchall()
        found = {(key.fkcolumn_name, key.pktable_name, key.pkcolumn_name) for key in foreign}
        assert found == set(contract.foreign_keys), name


def test_booleans_whole_numbers_and_times_arrive_as_such(connect: Connect) -> None:
    seen = connect()
    prefix = f"{schema_of(seen)}." if schema_of(seen) else ""
    query = (
        f"SELECT is_latest, y.year, switched_at FROM {prefix}dim_year AS y, {prefix}fact_refresh WHERE y.year = 2024"
    )
    ((is_latest, year, switched),) = seen.cursor().execute(query).fetchall()
    assert (is_latest, year) == (True, 2024)
    assert type(is_latest) is bool
    ((published,),) = seen.cursor().execute(f"SELECT published_at FROM {prefix}publication").fetchall()
    assert isinstance(published, datetime)
    # A driver gives no zone: psqlODBC gives the session's time, which is this machine's.
    assert switched in (STARTED.replace(tzinfo=None), STARTED.astimezone().replace(tzinfo=None))


@contextmanager
def on_postgres(settings: Settings) -> Iterator[Reader]:
    with postgres(settings, partial(by_cursor, to_postgres(settings))) as reader:
        yield reader


@contextmanager
def on_sqlite(settings: Settings) -> Iterator[Reader]:
    with copied(settings) as path:
        read = partial(by_cursor, to_sqlite(path))
        ((publication,), _) = read("publication")
        yield publication, read


def test_whole_publications_while_publishing_goes_on(stage: Stage) -> None:
    clients: dict[str, dict[str, Client]] = {"PostgreSQL": {"ODBC": on_postgres}, "SQLite": {"ODBC": on_sqlite}}
    with ThreadPoolExecutor(len(clients)) as pool:
        found = read_beside(stage, clients, pool, publishes=6)
    assert {name: seen.faults for name, seen in found.items() if seen.faults} == {}
    assert all(len(seen.publications) > 1 for seen in found.values())
