"""PostgreSQL: who may read. The role ``klimat_reader`` sees what is published and nothing else.

May be run again at any time. What does not belong here: how rights survive a publication (``postgres_mart``,
``postgres_views``).
"""

from typing import TYPE_CHECKING

from pydantic import SecretStr

from klimat_pipeline.errors import PublishServiceError
from klimat_pipeline.published.postgres_connection import connect, in_clear_words
from klimat_pipeline.published.postgres_mart import SHOWN, VERSIONED
from klimat_pipeline.published.postgres_views import VIEWS

if TYPE_CHECKING:
    from psycopg.sql import Composed

    from klimat_pipeline.published.postgres_connection import Connection

READER = "klimat_reader"
#: Of a session of the reader: how long a statement and an idle transaction may last, what it may do, where it looks.
LIMITS = {
    "statement_timeout": "5min",
    "idle_in_transaction_session_timeout": "1min",
    "default_transaction_read_only": "on",
    "search_path": f"{SHOWN}, {VIEWS}",
}


def prepare_database(url: SecretStr) -> list[str]:
    """Make the schemas, and the reader with its rights and limits; say what was done.

    Raises:
        PublishError: the database does not answer, or the role of the URL may not do so.
    """
    with in_clear_words(url), connect(url) as connection, connection.transaction():
        return [_reader(connection), *_schemas(connection)]


def _reader(connection: "Connection") -> str:
    """Make the role and its limits, as far as they are not there: only that takes the right to make roles."""
    from psycopg import errors, sql

    reader = sql.Identifier(READER)
    there = connection.execute("SELECT rolconfig FROM pg_roles WHERE rolname = %s", (READER,)).fetchone()
    kept = set((there and there[0]) or ())
    limits = [_limit(name, value) for name, value in LIMITS.items() if f"{name}={value}" not in kept]
    try:
        if there is None:
            # Without a password nobody can log in with one: the administrator gives it, and no file holds it.
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(reader))
        for limit in limits:
            connection.execute(limit)
    except errors.InsufficientPrivilege:
        me = connection.info.user
        if there is not None:
            # Since PostgreSQL 16 CREATEROLE alone does not reach roles that somebody else has made.
            said = "; ".join(limit.as_string(connection) for limit in limits)
            raise PublishServiceError(
                f"PostgreSQL: the role {READER} is somebody else's, whose limits the account {me} may not set. Its "
                f"administrator does: {said}; then klimat db init again"
            ) from None
        raise PublishServiceError(
            f"PostgreSQL: the account {me} may not make the role {READER}. Its administrator lends the right "
            f'for once: ALTER ROLE "{me}" CREATEROLE; then klimat db init again; then ALTER ROLE "{me}" NOCREATEROLE'
        ) from None
    return (
        f"role {READER}: {'was there' if there else 'made, without a password'}; {LIMITS['statement_timeout']} a query"
    )


def _limit(name: str, value: str) -> "Composed":
    from psycopg import sql

    parts = value.split(", ")
    setting = sql.SQL(", ").join(map(sql.Identifier, parts)) if len(parts) > 1 else sql.Literal(value)
    return sql.SQL("ALTER ROLE {} SET {} = {}").format(sql.Identifier(READER), sql.Identifier(name), setting)


def _schemas(connection: "Connection") -> list[str]:
    from psycopg import sql

    reader, done = sql.Identifier(READER), []
    versions = connection.execute("SELECT nspname::text FROM pg_namespace WHERE nspname ~ %s", (VERSIONED,)).fetchall()
    for name in (VIEWS, SHOWN, *sorted(version for (version,) in versions)):
        schema = sql.Identifier(name)
        if connection.execute("SELECT to_regnamespace(%s)", (name,)).fetchone() == (None,):
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, reader))
        connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(schema, reader))
        done.append(f"schema {name}: {READER} may read it")
    connection.execute(
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT SELECT ON TABLES TO {}").format(
            sql.Identifier(VIEWS), reader
        )
    )
    return done
