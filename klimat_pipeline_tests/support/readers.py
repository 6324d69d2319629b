"""Reads published tables the way that readers do; every answer is publication ids and rows by table."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq

from klimat_pipeline.settings import Settings

Seen = dict[str, tuple[frozenset[str], int]]


def seen_in_sqlite(settings: Settings, names: Iterable[str]) -> Seen:
    with closing(sqlite3.connect(f"file:{settings.published_dir}/klimat.sqlite?mode=ro", uri=True)) as connection:
        return {name: _seen(connection.execute(f"SELECT publication_id FROM {name}").fetchall()) for name in names}


def seen_in_parquet(settings: Settings, names: Iterable[str]) -> Seen:
    # As the documentation says: resolve the link once, then stay.
    directory: Path = (settings.published_dir / "parquet" / "latest").resolve(strict=True)
    seen = {}
    for name in names:
        table = pq.read_table(directory / f"{name}.parquet", columns=["publication_id"], partitioning=None)
        seen[name] = _seen([(value,) for value in table["publication_id"].to_pylist()])
    return seen


def seen_in_postgres(settings: Settings, names: Iterable[str]) -> Seen:
    import psycopg

    assert settings.database_url is not None
    with psycopg.connect(settings.database_url.get_secret_value()) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return {
            name: _seen(connection.execute(f"SELECT publication_id FROM klimat.{name}").fetchall()) for name in names
        }


def _seen(rows: list[tuple[str]]) -> tuple[frozenset[str], int]:
    return frozenset(publication_id for (publication_id,) in rows), len(rows)


def seen_everywhere(settings: Settings, names: Iterable[str]) -> dict[str, Seen]:
    names = list(names)
    seen = {"sqlite": seen_in_sqlite(settings, names), "parquet": seen_in_parquet(settings, names)}
    if settings.database_url is not None:
        seen["postgresql"] = seen_in_postgres(settings, names)
    return seen
