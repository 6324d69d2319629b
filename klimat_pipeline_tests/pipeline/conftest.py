"""Fixtures of the pipeline tier: a real PostgreSQL, and refreshes that several files look at."""

from collections.abc import Callable, Iterator

import pytest

from klimat_pipeline_tests.pipeline.commands import kept_workers
from klimat_pipeline_tests.support.default_refresh import default_refresh, hostile_ledger, small_refresh, with_examples
from klimat_pipeline_tests.support.lund import lines, lines_before, lund
from klimat_pipeline_tests.support.postgres import postgres_server

__all__ = [
    "default_refresh",
    "hostile_ledger",
    "lines",
    "lines_before",
    "lund",
    "postgres_server",
    "small_refresh",
    "with_examples",
]

PASSWORD = "hemligt-4711-ord"


@pytest.fixture(scope="package", autouse=True)
def prepared() -> Iterator[None]:
    """Workers for all runs inside this process: each would start its own, and import what checks contracts again."""
    from klimat_pipeline.quality import pool

    with pool.workers(kept_workers()):
        yield


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest, postgres_server: str) -> Iterator[str]:
    """URL, with a password in it, of a database of the file's own.

    The server trusts everybody on its socket: the password is there to be looked for where it must not be.
    """
    import psycopg

    name = f"klimat_{request.module.__name__.rsplit('.', 1)[-1]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    url = postgres_server.replace("/postgres?", f"/{name}?")
    head, _, rest = url.partition("://")
    user, _, where = rest.partition("@")
    yield f"{head}://{user.split(':')[0]}:{PASSWORD}@{where}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def ask_database(database: str) -> Callable[[str], list[tuple[object, ...]]]:
    """Ask the published tables in PostgreSQL."""
    import psycopg

    def ask(query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(database) as connection:
            return connection.execute(query).fetchall()

    return ask
