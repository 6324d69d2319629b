"""PostgreSQL: the mart as physical tables with their keys in the schema ``klimat_mart``, switched all at once.

A publication's tables are loaded in a schema of their own, ``klimat_mart_tables_<id>``, and get keys and indexes there;
the switch renames schemas, which waits for no reader. ``klimat_mart_<id>`` holds views of the same tables for readers
who need one publication over several connections; they stay for as many publications as are kept. Whoever may use the
schema ``klimat_mart`` may read all of its tables, of the next publication too. What does not belong here: roles
(``postgres_roles``).
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import SecretStr

from klimat_pipeline.contracts import MART
from klimat_pipeline.errors import PublishError
from klimat_pipeline.published.postgres_connection import connect, in_clear_words, retried
from klimat_pipeline.published.postgres_store import copy_rows, value_counts

if TYPE_CHECKING:
    import sqlalchemy as sa

    from klimat_pipeline.published.candidate import Candidate
    from klimat_pipeline.published.postgres_connection import Connection

SHOWN = "klimat_mart"
_TABLES = "klimat_mart_tables_"
#: Names of the schemas of views, one a publication, as a regular expression of PostgreSQL.
VERSIONED = "^klimat_mart_[0-9a-f]{16}$"
#: Key of the advisory lock of those who publish the mart.
_LOCK_KEY = 0x6B6C696D6175


class PostgresMartTarget:
    """The schema ``klimat_mart`` of one database."""

    name = "postgresql mart"
    location = f"schema {SHOWN}"
    may_refuse = True

    def __init__(self, url: SecretStr, keep: int) -> None:
        self._url = url
        self._keep = keep
        self._connection: Connection | None = None

    def shown(self) -> str | None:
        """The publication in ``klimat_mart``, None when there is none or a table is missing.

        Raises:
            PublishError: the database does not answer.
        """
        if self._connection is not None:
            with in_clear_words(self._url):
                return _publication_in(self._connection, SHOWN)
        with in_clear_words(self._url), connect(self._url) as connection:
            return _publication_in(connection, SHOWN)

    def open(self) -> None:
        """Connect, take the publishers' lock and remove what a killed publisher staged."""
        self._connection = connect(self._url)
        with in_clear_words(self._url):
            if self._connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK_KEY,)).fetchone() != (True,):
                raise PublishError(
                    "another publish to this database is running. Nothing was changed; try again when it has ended"
                )
            self._drop_unfinished()

    def try_out(self) -> None:
        """Make a schema and take it back: the right to do so shows now."""
        connection = self._connected()
        with in_clear_words(self._url), connection.transaction(force_rollback=True):
            connection.execute("CREATE SCHEMA klimat_mart_tables_try")

    def stage(self, candidate: "Candidate") -> None:
        """Load the tables where no reader looks, then give them keys, indexes and comments."""
        connection = self._connected()
        whose = _hexadecimal(candidate.publication_id)
        with in_clear_words(self._url):
            retried(connection, lambda: _drop(connection, whose))
            with connection.transaction():
                _load(connection, _TABLES + whose, candidate)
                _show_as_views(connection, whose, candidate.tables)

    def switch(self, candidate: "Candidate") -> None:
        """Rename what is shown away and what was staged into its place, with its readers' rights, in one transaction.

        Raises:
            PublishError: ``klimat_mart`` is somebody's own schema.
        """
        from psycopg import sql

        connection = self._connected()
        whose = _hexadecimal(candidate.publication_id)
        staged, shown = sql.Identifier(_TABLES + whose), sql.Identifier(SHOWN)

        def rename() -> None:
            readers = _readers(connection)
            before = _publication_in(connection, SHOWN)
            if before is not None:
                away = sql.Identifier(_TABLES + _hexadecimal(before))
                connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(shown, away))
                connection.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(away))
            elif connection.execute("SELECT to_regnamespace('klimat_mart')").fetchone() != (None,):
                _drop_empty(connection)
            connection.execute(
                sql.SQL("INSERT INTO {}.publication VALUES (%s, %s)").format(staged),
                (candidate.publication_id, candidate.published_at),
            )
            connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(staged, shown))
            for schema in (shown, sql.Identifier(f"{SHOWN}_{whose}")):
                for reader in readers:
                    to = sql.SQL("PUBLIC") if reader is None else sql.Identifier(reader)
                    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, to))
                    connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(schema, to))

        with in_clear_words(self._url):
            retried(connection, rename)

    def tidy(self) -> list[str]:
        """Drop publications beyond the last few; say which ones others have built on."""
        import psycopg

        connection = self._connected()
        remarks = []
        with in_clear_words(self._url):
            kept = sorted(_hidden(connection).items(), key=lambda item: item[1] or "", reverse=True)
            for whose, _ in kept[self._keep - 1 :]:
                try:
                    retried(connection, lambda whose=whose: _drop(connection, whose))  # type: ignore[misc]
                except psycopg.errors.DependentObjectsStillExist as error:
                    remarks.append(
                        f"{self.name}: {SHOWN}_{whose} stays, others build on it: {error.diag.message_detail}"
                    )
        return remarks

    def close(self) -> None:
        """Drop what was staged and not shown, and disconnect."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        # Whatever goes wrong now, the next publisher drops it; the error that led here matters more.
        with suppress(PublishError), in_clear_words(self._url):
            if not connection.closed:
                self._drop_unfinished(connection)
                connection.execute("SELECT pg_advisory_unlock_all()")
        connection.close()

    def _drop_unfinished(self, connection: "Connection | None" = None) -> None:
        connection = connection or self._connected()
        for whose, published_at in _hidden(connection).items():
            if published_at is None:
                retried(connection, lambda whose=whose: _drop(connection, whose))  # type: ignore[misc]

    def _connected(self) -> "Connection":
        if self._connection is None:
            raise RuntimeError("open the target first")
        return self._connection


def _hexadecimal(publication_id: str) -> str:
    return publication_id.removeprefix("pub-")


def _publication_in(connection: "Connection", schema: str) -> str | None:
    from psycopg import sql

    found = connection.execute(
        "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r' "
        "AND relname = ANY(%s)",
        (schema, [*MART, "publication"]),
    ).fetchone()
    if found != (len(MART) + 1,):
        return None
    row = connection.execute(
        sql.SQL("SELECT publication_id FROM {}.publication").format(sql.Identifier(schema))
    ).fetchone()
    return None if row is None else str(row[0])


def _hidden(connection: "Connection") -> dict[str, str | None]:
    """When each publication whose tables are not shown was published, None for those that never were."""
    from psycopg import sql

    schemas = connection.execute(
        "SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^klimat_mart_tables_[0-9a-f]{16}$' ORDER BY nspname"
    ).fetchall()
    found: dict[str, str | None] = {}
    for (schema,) in schemas:
        row = None
        if connection.execute("SELECT to_regclass(%s)", (f"{schema}.publication",)).fetchone() != (None,):
            row = connection.execute(
                sql.SQL("SELECT published_at::text FROM {}.publication").format(sql.Identifier(schema))
            ).fetchone()
        found[schema.removeprefix(_TABLES)] = None if row is None else str(row[0])
    return found


def _load(connection: "Connection", schema: str, candidate: "Candidate") -> None:
    from psycopg import sql
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable, SetColumnComment, SetTableComment

    def run(statement: "sa.schema.DDLElement") -> None:
        dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
        connection.execute(str(statement.compile(dialect=dialect)).encode())

    tables = _sql_tables(schema)
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    for table in tables.values():
        run(CreateTable(table, include_foreign_key_constraints=[]))
        run(SetTableComment(table))
        for column in table.columns:
            run(SetColumnComment(column))
    for name, contract in candidate.contracts.items():
        into = sql.Identifier(schema, name)
        copy_rows(connection, into, contract, candidate.tables[name])
        found = value_counts(connection, into, contract, candidate.publication_id)
        if found != candidate.value_counts(name):
            raise PublishError(f"PostgreSQL: {name} holds {found}, expected {candidate.value_counts(name)}")
    # After the rows, all at once: a key that is checked row by row would take longer than the rows.
    for table in tables.values():
        for constraint in table.foreign_key_constraints:
            run(AddConstraint(constraint))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            run(CreateIndex(index))
    for table in tables.values():
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(schema, table.name)))


def _sql_tables(schema: str) -> "dict[str, sa.Table]":
    import sqlalchemy as sa

    from klimat_pipeline.contracts.sql import sql_table

    metadata = sa.MetaData()
    tables = {name: sql_table(contract, metadata, schema=schema) for name, contract in MART.items()}
    tables["publication"] = sa.Table(
        "publication",
        metadata,
        sa.Column("publication_id", sa.Text(), primary_key=True, comment="What all tables of the schema are of."),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False, comment="When readers got it."),
        schema=schema,
        comment="The publication that the schema holds: when the figures were refreshed.",
    )
    return tables


def _show_as_views(connection: "Connection", whose: str, names: Iterable[str]) -> None:
    from psycopg import sql

    schema = f"{SHOWN}_{whose}"
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    for name in (*names, "publication"):
        connection.execute(
            sql.SQL("CREATE VIEW {} AS SELECT * FROM {}").format(
                sql.Identifier(schema, name), sql.Identifier(_TABLES + whose, name)
            )
        )


def _readers(connection: "Connection") -> list[str | None]:
    """Roles that may use the schema, besides its owner; None for everybody."""
    rows = connection.execute(
        "SELECT DISTINCT CASE acl.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(acl.grantee)::text END "
        "FROM pg_namespace, aclexplode(nspacl) AS acl "
        "WHERE nspname = 'klimat_mart' AND acl.privilege_type = 'USAGE' AND acl.grantee <> nspowner"
    ).fetchall()
    return [role for (role,) in rows]


def _drop_empty(connection: "Connection") -> None:
    """Make room where ``klimat db init`` has made the schema and nothing was published yet."""
    import psycopg

    try:
        with connection.transaction():
            connection.execute("DROP SCHEMA klimat_mart RESTRICT")
    except psycopg.errors.DependentObjectsStillExist:
        raise PublishError(
            f"PostgreSQL: the schema {SHOWN} holds somebody's own tables. The last good version stays; rename the "
            "schema and run the command again"
        ) from None


def _drop(connection: "Connection", whose: str) -> None:
    """Drop a publication that is not shown: our views and tables, and nothing that others have built on them."""
    from psycopg import sql

    for schema, kind in ((f"{SHOWN}_{whose}", "VIEW"), (_TABLES + whose, "TABLE")):
        if connection.execute("SELECT to_regnamespace(%s)", (schema,)).fetchone() == (None,):
            continue
        relations = connection.execute(
            "SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind IN ('r', 'v')",
            (schema,),
        ).fetchall()
        if relations:
            names = sql.SQL(", ").join(sql.Identifier(schema, name) for (name,) in relations)
            connection.execute(sql.SQL("DROP {} {} RESTRICT").format(sql.SQL(kind), names))
        connection.execute(sql.SQL("DROP SCHEMA {} RESTRICT").format(sql.Identifier(schema)))
