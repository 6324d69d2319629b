"""The mart read as ``docs/bi.md`` says: a reader finds one publication, and then opens a connection a table.

Each client is one way to do so with what people use. What does not belong here: what is published meanwhile (``beside``).
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from klimat_pipeline.settings import Settings

#: Publication ids and the number of rows of a table.
Seen = tuple[frozenset[str], int]
#: A reader's publication, and how it reads a table of it.
Reader = tuple[str, Callable[[str], Seen]]
Client = Callable[[Settings], AbstractContextManager[Reader]]


def url_of(settings: Settings) -> str:
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()


# -- PostgreSQL: ask for the publication, read the schema of its name ---------------------------------------------------


def _seen(values: list[Any]) -> Seen:
    return frozenset(map(str, values)), len(values)


def by_cursor(connect: Callable[[], Any], table: str) -> Seen:
    """Whatever Python calls a connection to a database (PEP 249)."""
    with closing(connect()) as connection:
        return _seen([row[0] for row in connection.cursor().execute(f"SELECT publication_id FROM {table}").fetchall()])


def by_pandas(url: str) -> Callable[[str], Seen]:
    import pandas as pd
    import sqlalchemy as sa

    engine = sa.create_engine(url, poolclass=sa.NullPool)  # every read opens a connection
    return lambda table: _seen(pd.read_sql(f"SELECT * FROM {table}", engine)["publication_id"].tolist())


@contextmanager
def postgres(settings: Settings, read: Callable[[str], Seen]) -> Iterator[Reader]:
    ((publication,), _) = read("klimat_mart.publication")
    yield publication, lambda table: read(f"klimat_mart_{publication.removeprefix('pub-')}.{table}")


@contextmanager
def psycopg_client(settings: Settings) -> Iterator[Reader]:
    import psycopg

    with postgres(settings, partial(by_cursor, partial(psycopg.connect, url_of(settings)))) as reader:
        yield reader


@contextmanager
def sqlalchemy_client(settings: Settings) -> Iterator[Reader]:
    url = url_of(settings).replace("postgresql://", "postgresql+psycopg://")
    with postgres(settings, by_pandas(url)) as reader:
        yield reader


# -- SQLite: copy the file, or keep one connection ----------------------------------------------------------------------


@contextmanager
def copied(settings: Settings) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copy(settings.published_dir / "klimat_mart.sqlite", folder))


@contextmanager
def sqlite_copy(settings: Settings) -> Iterator[Reader]:
    with copied(settings) as path:
        read = partial(by_cursor, partial(sqlite3.connect, path))
        ((publication,), _) = read("publication")
        yield publication, read


@contextmanager
def sqlite_pandas(settings: Settings) -> Iterator[Reader]:
    with copied(settings) as path:
        read = by_pandas(f"sqlite:///{path}")
        ((publication,), _) = read("publication")
        yield publication, read


@contextmanager
def sqlite_one_connection(settings: Settings) -> Iterator[Reader]:
    with closing(sqlite3.connect(f"file:{settings.published_dir}/klimat_mart.sqlite?mode=ro", uri=True)) as connection:

        def read(table: str) -> Seen:
            return _seen([row[0] for row in connection.execute(f"SELECT publication_id FROM {table}").fetchall()])

        ((publication,), _) = read("publication")
        yield publication, read


# -- Parquet: resolve the link once -------------------------------------------------------------------------------------


def _parquet(settings: Settings) -> Path:
    return (settings.published_dir / "parquet" / "mart" / "latest").resolve(strict=True)


@contextmanager
def pandas_client(settings: Settings) -> Iterator[Reader]:
    import pandas as pd

    folder = _parquet(settings)
    yield folder.name, lambda name: _seen(pd.read_parquet(folder / f"{name}.parquet")["publication_id"].tolist())


@contextmanager
def duckdb_client(settings: Settings) -> Iterator[Reader]:
    import duckdb

    folder = _parquet(settings)
    with duckdb.connect() as connection:

        def read(name: str) -> Seen:
            found = connection.execute("SELECT publication_id FROM read_parquet(?)", [f"{folder}/{name}.parquet"])
            return _seen([row[0] for row in found.fetchall()])

        yield folder.name, read


@contextmanager
def polars_client(settings: Settings) -> Iterator[Reader]:
    import polars as pl

    folder = _parquet(settings)
    yield folder.name, lambda name: _seen(pl.read_parquet(folder / f"{name}.parquet")["publication_id"].to_list())


#: By where they read, so that every place is read all the time.
CLIENTS: dict[str, dict[str, Client]] = {
    "PostgreSQL": {"psycopg": psycopg_client, "SQLAlchemy and pandas": sqlalchemy_client},
    "SQLite": {
        "a copy": sqlite_copy,
        "SQLAlchemy and pandas on a copy": sqlite_pandas,
        "one connection": sqlite_one_connection,
    },
    "Parquet": {"pandas": pandas_client, "DuckDB": duckdb_client, "Polars": polars_client},
}
