"""The rows in PostgreSQL: physical tables in ``klimat_store``, one set of rows for every publication kept.

The name of a physical table ends in a hash of its contract's columns, so that a changed contract gets a table of its
own and the old rows stay readable until their publication goes. What does not belong here: what readers see
(``postgres_views``).
"""

import hashlib
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from klimat_pipeline.contracts.model import Table
from klimat_pipeline.contracts.sql import checked_identifier
from klimat_pipeline.errors import PublishError

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy as sa
    from psycopg import sql

    from klimat_pipeline.published.postgres_connection import Connection

STORE = "klimat_store"

#: What the names of physical tables look like in PostgreSQL's regular expressions.
PHYSICAL = "^[a-z][a-z0-9_]*__[0-9a-f]{8}$"

_CSV_ROWS = 65_536


def physical_name(name: str, contract: Table) -> str:
    """Name of the table that holds the rows of a published table; a change of columns gives another name."""
    shape = repr((contract.primary_key, [(column.name, column.kind, column.nullable) for column in contract.columns]))
    return checked_identifier(f"{name}__{hashlib.sha256(shape.encode()).hexdigest()[:8]}")


def column_types(name: str, contract: Table) -> dict[str, str]:
    """Column names and their types as PostgreSQL writes them, in the contract's order."""
    from sqlalchemy.dialects import postgresql

    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    physical = _physical_table(name, contract)
    types = {column.name: str(column.type.compile(dialect=dialect)).lower() for column in physical.columns}
    return {column: types[column] for column in contract.column_names}


def _physical_table(name: str, contract: Table) -> "sa.Table":
    import sqlalchemy as sa

    from klimat_pipeline.contracts.sql import sql_table

    # The publication first, then the key: the order of the columns is the order of the index.
    key = ("publication_id", *contract.primary_key)
    others = tuple(column for column in contract.columns if column.name not in key)
    arranged = replace(contract, columns=(*(contract.column(column) for column in key), *others), primary_key=key)
    return sql_table(arranged, sa.MetaData(), schema=STORE, name=physical_name(name, contract))


def create_store(connection: "Connection", contracts: dict[str, Table]) -> None:
    """Create what is missing; nothing that is there is changed.

    Raises:
        PublishError: a table is there with other columns than the contract's.
    """
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    # Looked up first, since IF NOT EXISTS needs the right to create even where there is nothing to do.
    if connection.execute("SELECT to_regnamespace('klimat_store')").fetchone() == (None,):
        connection.execute("CREATE SCHEMA klimat_store")
    if connection.execute("SELECT to_regclass('klimat_store.publications')").fetchone() == (None,):
        connection.execute(
            "CREATE TABLE klimat_store.publications (publication_id text PRIMARY KEY, published_at timestamptz)"
        )
        connection.execute(
            "COMMENT ON COLUMN klimat_store.publications.published_at IS 'Missing: staged and never shown.'"
        )
    if connection.execute("SELECT to_regclass('klimat_store.pointer')").fetchone() == (None,):
        connection.execute(
            "CREATE TABLE klimat_store.pointer (publication_id text NOT NULL, published_at timestamptz NOT NULL)"
        )
        connection.execute("CREATE UNIQUE INDEX pointer_has_one_row ON klimat_store.pointer ((true))")
        connection.execute("COMMENT ON TABLE klimat_store.pointer IS 'The one publication that the views show.'")
    for name, contract in contracts.items():
        expected = column_types(name, contract)
        found = _columns(connection, physical_name(name, contract))
        if not found:
            statement = str(
                CreateTable(_physical_table(name, contract)).compile(
                    dialect=postgresql.dialect()  # type: ignore[no-untyped-call]
                )
            )
            connection.execute(statement.encode())
            continue
        drifted = {column: found.get(column) for column, kind in expected.items() if found.get(column) != kind}
        if drifted:
            raise PublishError(
                f"PostgreSQL: {STORE}.{physical_name(name, contract)} was changed by hand: found {drifted}, expected "
                f"{ {column: expected[column] for column in drifted} }. Change it back, or rename it away"
            )


def _columns(connection: "Connection", table: str) -> dict[str, str]:
    return dict(
        connection.execute(
            "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a "
            "JOIN pg_class c ON c.oid = a.attrelid "
            "WHERE c.relnamespace = to_regnamespace('klimat_store') AND c.relname = %s "
            "AND a.attnum > 0 AND NOT a.attisdropped",
            (table,),
        ).fetchall()
    )


def copy_rows(connection: "Connection", into: "sql.Identifier", contract: Table, table: "pa.Table") -> None:
    """Copy rows in; CSV in which every value is quoted keeps missing and empty text apart."""
    from psycopg import sql
    from pyarrow import csv

    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv)").format(
        into, sql.SQL(", ").join(map(sql.Identifier, contract.column_names))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, table.num_rows, _CSV_ROWS):
            buffer = io.BytesIO()
            csv.write_csv(table.slice(start, _CSV_ROWS), buffer, options)
            copy.write(buffer.getbuffer())


def stored(name: str, contract: Table) -> "sql.Identifier":
    """The physical table of a published table, quoted."""
    from psycopg import sql

    return sql.Identifier(STORE, physical_name(name, contract))


def value_counts(
    connection: "Connection", source: "sql.Identifier", contract: Table, publication_id: str
) -> tuple[int, ...]:
    """Rows of a publication, then values present in each column in the contract's order."""
    from psycopg import sql

    counts = sql.SQL(", ").join(sql.SQL("count({})").format(sql.Identifier(name)) for name in contract.column_names)
    found = connection.execute(
        sql.SQL("SELECT count(*), {} FROM {} WHERE publication_id = %s").format(counts, source), (publication_id,)
    ).fetchone()
    return found or ()


def physical_tables(connection: "Connection") -> list[str]:
    """Every physical table, those of former contracts too."""
    rows = connection.execute(
        "SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace('klimat_store') AND relkind = 'r' "
        "AND relname ~ %s ORDER BY relname",
        (PHYSICAL,),
    ).fetchall()
    return [name for (name,) in rows]


def delete_publications(connection: "Connection", publication_ids: list[str]) -> None:
    """Delete rows of publications that no view shows."""
    from psycopg import sql

    if not publication_ids:
        return
    for table in physical_tables(connection):
        connection.execute(
            sql.SQL("DELETE FROM {} WHERE publication_id = ANY(%s)").format(sql.Identifier(STORE, table)),
            (publication_ids,),
        )
    connection.execute("DELETE FROM klimat_store.publications WHERE publication_id = ANY(%s)", (publication_ids,))


def drop_empty_tables(connection: "Connection", contracts: dict[str, Table]) -> None:
    """Drop physical tables of former contracts once their last rows are gone and nothing depends on them."""
    import psycopg
    from psycopg import sql

    current = {physical_name(name, contract) for name, contract in contracts.items()}
    for table in physical_tables(connection):
        identifier = sql.Identifier(STORE, table)
        if table in current or connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(identifier)).fetchone():
            continue
        try:
            with connection.transaction():
                connection.execute(sql.SQL("DROP TABLE {}").format(identifier))
        except psycopg.errors.DependentObjectsStillExist:
            continue
