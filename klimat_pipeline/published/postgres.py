"""PostgreSQL: rows keyed by publication, and a one-row pointer whose update is the commit point.

Updating the pointer never waits for readers, nor readers for it. What does not belong here:
the rows' tables (``postgres_store``), the views (``postgres_views``), errors and waiting (``postgres_connection``).
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import SecretStr

from klimat_pipeline.contracts.model import Table
from klimat_pipeline.errors import PublishError
from klimat_pipeline.published.postgres_connection import connect, in_clear_words, retried
from klimat_pipeline.published.postgres_store import (
    copy_rows,
    create_store,
    delete_publications,
    drop_empty_tables,
    stored,
    value_counts,
)
from klimat_pipeline.published.postgres_views import VIEWS, bring_views_up_to_date, view_of

if TYPE_CHECKING:
    from psycopg import sql

    from klimat_pipeline.published.candidate import Candidate
    from klimat_pipeline.published.postgres_connection import Connection

#: Key of the publishers' advisory lock; any number does, as long as it stays the same.
_LOCK_KEY = 0x6B6C696D6174


class PostgresTarget:
    """The views in the schema ``klimat`` of one database."""

    name = "postgresql"
    may_refuse = True
    location = f"schema {VIEWS}"

    def __init__(self, url: SecretStr, keep: int, contracts: Mapping[str, Table]) -> None:
        self._url = url
        self._keep = keep
        self._contracts = dict(contracts)
        self._connection: Connection | None = None
        self._unfinished = False

    def shown(self) -> str | None:
        """The publication that the pointer names, None when there is none or a view is missing.

        Raises:
            PublishError: the database does not answer.
        """
        if self._connection is not None:
            with in_clear_words(self._url):
                return _shown(self._connection, list(self._contracts))
        with in_clear_words(self._url), connect(self._url) as connection:
            return _shown(connection, list(self._contracts))

    def open(self) -> None:
        """Connect, take the publishers' lock and remove what a killed publisher staged."""
        self._connection = connect(self._url)
        with in_clear_words(self._url):
            # The session's lock: the server frees it when the connection ends, however it ends.
            if self._connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK_KEY,)).fetchone() != (True,):
                raise PublishError(
                    "another publish to this database is running. Nothing was changed; try again when it has ended"
                )
            if self._connection.execute("SELECT to_regclass('klimat_store.pointer')").fetchone() != (None,):
                _delete_unfinished(self._connection)

    def try_out(self) -> None:
        """Make the tables and change the pointer, and take all of it back: rights, drift and room show now."""
        connection = self._connected()

        def without_trace() -> None:
            with connection.transaction(force_rollback=True):
                create_store(connection, self._contracts)
                connection.execute("DELETE FROM klimat_store.pointer")

        with in_clear_words(self._url):
            retried(connection, without_trace)

    def stage(self, candidate: "Candidate") -> None:
        """Copy the rows in, where no view shows them, and audit them by SQL before they are committed."""
        connection = self._connected()
        with in_clear_words(self._url):
            retried(connection, lambda: create_store(connection, self._contracts))
            with connection.transaction():
                connection.execute(
                    "INSERT INTO klimat_store.publications VALUES (%s, NULL) "
                    "ON CONFLICT (publication_id) DO UPDATE SET published_at = NULL",
                    (candidate.publication_id,),
                )
                for name, contract in self._contracts.items():
                    source = stored(name, contract)
                    _replace_rows(connection, name, contract, source, candidate)
                    _audit(connection, name, contract, source, candidate)
            self._unfinished = True

    def switch(self, candidate: "Candidate") -> None:
        """Point at the staged rows, with the views that their columns need, in one transaction."""
        connection = self._connected()

        def point() -> None:
            bring_views_up_to_date(connection, self._contracts)
            values = (candidate.publication_id, candidate.published_at)
            update = "UPDATE klimat_store.pointer SET publication_id = %s, published_at = %s"
            if connection.execute(update, values).rowcount == 0:
                connection.execute("INSERT INTO klimat_store.pointer VALUES (%s, %s)", values)
            connection.execute(
                "UPDATE klimat_store.publications SET published_at = %s WHERE publication_id = %s", values[::-1]
            )
            # Through the views: this is what readers get once it is committed.
            for name, contract in self._contracts.items():
                _audit(connection, name, contract, view_of(name), candidate)

        with in_clear_words(self._url):
            retried(connection, point)
        self._unfinished = False

    def tidy(self) -> list[str]:
        """Delete publications beyond the last few, never the shown one."""
        connection = self._connected()

        def delete() -> None:
            rows = connection.execute(
                "SELECT publication_id FROM klimat_store.publications "
                "WHERE publication_id NOT IN (SELECT publication_id FROM klimat_store.pointer) "
                "ORDER BY published_at DESC NULLS LAST, publication_id OFFSET %s",
                (self._keep - 1,),
            ).fetchall()
            delete_publications(connection, [publication_id for (publication_id,) in rows])
            drop_empty_tables(connection, self._contracts)

        with in_clear_words(self._url):
            retried(connection, delete)
        return []

    def close(self) -> None:
        """Delete what was staged and not shown, and disconnect."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        # Whatever goes wrong now, the next publisher deletes it; the error that led here matters more.
        with suppress(PublishError), in_clear_words(self._url):
            if self._unfinished and not connection.closed:
                _delete_unfinished(connection)
            # The server notices a moment later that somebody has hung up, and the next publish may begin at once.
            connection.execute("SELECT pg_advisory_unlock_all()")
        connection.close()

    def _connected(self) -> "Connection":
        if self._connection is None:
            raise RuntimeError("open the target first")
        return self._connection


def _shown(connection: "Connection", names: list[str]) -> str | None:
    if connection.execute("SELECT to_regclass('klimat_store.pointer')").fetchone() == (None,):
        return None
    found = connection.execute(
        "SELECT publication_id FROM klimat_store.pointer "
        "WHERE %s = (SELECT count(*) FROM pg_views WHERE schemaname = 'klimat' AND viewname = ANY(%s))",
        (len(names), names),
    ).fetchone()
    return None if found is None else str(found[0])


def _delete_unfinished(connection: "Connection") -> None:
    """Delete publications that were staged and never shown."""
    with connection.transaction():
        rows = connection.execute(
            "SELECT publication_id FROM klimat_store.publications WHERE published_at IS NULL "
            "AND publication_id NOT IN (SELECT publication_id FROM klimat_store.pointer)"
        ).fetchall()
        delete_publications(connection, [publication_id for (publication_id,) in rows])


def _replace_rows(
    connection: "Connection", name: str, contract: Table, source: "sql.Identifier", candidate: "Candidate"
) -> None:
    from psycopg import sql

    # A publication that was shown before and is shown again: its rows may still be there.
    connection.execute(sql.SQL("DELETE FROM {} WHERE publication_id = %s").format(source), (candidate.publication_id,))
    copy_rows(connection, source, contract, candidate.tables[name])
    # Without it the planner knows nothing of the new publication when its first readers come.
    connection.execute(sql.SQL("ANALYZE {}").format(source))


def _audit(
    connection: "Connection", name: str, contract: Table, source: "sql.Identifier", candidate: "Candidate"
) -> None:
    found = value_counts(connection, source, contract, candidate.publication_id)
    if found != candidate.value_counts(name):
        raise PublishError(
            f"PostgreSQL: {name} holds {found} rows and values a column, expected {candidate.value_counts(name)}. "
            "The last good version stays"
        )
