"""SQLite: one fresh file, put in the place of the last one by a single rename.

A file that nobody has seen needs no transactions and no journal, and a reader that has the old file open keeps it
whole. Physical tables rather than views, booleans as 0/1 and times as text, because that is what ODBC clients read
without guessing. What is the same in all rows, the publication, is stored once: as the default of a column that is
added when the rows are there. Beside the file stands its hash, named by the publication, so that a byte that a disk
changes is noticed. What does not belong here: when the file is switched (``publication``).
"""

import sqlite3
import uuid
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.contracts.sql import checked_identifier
from klimat_pipeline.errors import PublishError
from klimat_pipeline.published.files import STAGING, remove, sha256_of, sync, try_writing

if TYPE_CHECKING:
    import pyarrow as pa

    from klimat_pipeline.published.candidate import Candidate

#: Bytes of a page: with the usual 4,096 a hundredth more is left empty.
_PAGE_SIZE = 8192
_PUBLICATION_ID = "publication_id"


class SqliteTarget:
    """One file, such as ``klimat.sqlite``."""

    name = "sqlite"
    may_refuse = False

    def __init__(self, directory: Path, file_name: str = "klimat.sqlite", name: str = name) -> None:
        self.name = name
        self._path = directory / file_name
        # A unique name: where a file system's locks do not reach other hosts, two publishers still do not collide.
        self._staged = directory / f"{STAGING}-{uuid.uuid4().hex}-{file_name}"
        self._switched_to: str | None = None

    @property
    def location(self) -> str:
        """Path of the file."""
        return str(self._path)

    def shown(self) -> str | None:
        """The publication of the file; None when there is none, or not the bytes that were audited and switched."""
        try:
            with closing(_read_only(self._path)) as connection:
                ((found,),) = connection.execute("SELECT publication_id FROM publication").fetchall()
            written = self._hash_file(str(found)).read_text(encoding="ascii")
            return str(found) if written == self._hash_line(self._path) else None
        except (sqlite3.Error, OSError, ValueError):
            return None

    def open(self) -> None:
        """Remove what a killed publisher left: under the publishers' lock it cannot belong to one that still runs."""
        remove(*self._path.parent.glob(f"{STAGING}-*-{self._path.name}*"))

    def try_out(self) -> None:
        """Write into the folder."""
        try_writing(self._path.parent)

    def stage(self, candidate: "Candidate") -> None:
        """Write the new file beside the shown one, and audit it."""
        loose = self._staged.with_name(f"{self._staged.name}-loose")
        with closing(sqlite3.connect(loose)) as connection:
            connection.execute(f"PRAGMA page_size={_PAGE_SIZE}")
            after = _create_tables(connection, candidate)
            connection.execute(
                "INSERT INTO publication VALUES (?, ?)",
                (candidate.publication_id, _as_text(candidate.published_at)),
            )
            connection.commit()
        _insert(loose, candidate)
        with closing(sqlite3.connect(loose, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            for statement in after:
                connection.execute(statement)
            connection.execute("VACUUM INTO ?", (str(self._staged),))  # rows that come one by one leave pages half full
        remove(loose)
        with closing(_read_only(self._staged)) as connection:
            _audit(connection, candidate)
        self._staged.chmod(0o444)
        sync(self._staged)

    def switch(self, candidate: "Candidate") -> None:
        """Show the staged file: the rename is the commit point, and the hash lies there before it."""
        hashed = self._staged.with_name(f"{self._staged.name}-hash")
        hashed.write_text(self._hash_line(self._staged), encoding="ascii")
        sync(hashed)
        hashed.replace(self._hash_file(candidate.publication_id))
        self._staged.replace(self._path)
        sync(self._path.parent)
        self._switched_to = candidate.publication_id

    def tidy(self) -> list[str]:
        """Remove the hashes of files that the rename has removed."""
        if self._switched_to is not None:
            present = self._hash_file(self._switched_to)
            remove(*(path for path in self._path.parent.glob(self._hash_file("*").name) if path != present))
        return []

    def close(self) -> None:
        """Remove a staged file that was not shown."""
        remove(*self._staged.parent.glob(f"{self._staged.name}*"))

    def _hash_file(self, publication_id: str) -> Path:
        """The file that holds the hash of a publication's file."""
        return self._path.with_name(f"{self._path.name}.{publication_id}.sha256")

    def _hash_line(self, path: Path) -> str:
        """What stands in it; ``sha256sum --check`` reads it."""
        return f"{sha256_of(path)}  {self._path.name}\n"


def _read_only(path: Path) -> sqlite3.Connection:
    # immutable: no lock files and no look at a journal; a published file is replaced, never written to.
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _create_tables(connection: sqlite3.Connection, candidate: "Candidate") -> list[str]:
    """Create the tables; give back what makes them whole when the rows are there: indexes, and the publication."""
    import sqlalchemy as sa
    from sqlalchemy.dialects import sqlite
    from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

    from klimat_pipeline.contracts.sql import sql_table

    metadata = sa.MetaData()
    for name, contract in candidate.contracts.items():
        *columns, last = contract.columns
        if last.name != _PUBLICATION_ID:
            raise PublishError(f"the last column of table {name} is {last.name}, expected {_PUBLICATION_ID}")
        sql_table(replace(contract, columns=tuple(columns)), metadata, name=name)
    shown = sa.Column(_PUBLICATION_ID, sa.Text(), nullable=False, server_default=candidate.publication_id)
    adding = str(CreateColumn(shown).compile(dialect=sqlite.dialect()))
    after = [f"ALTER TABLE {_quoted(name)} ADD COLUMN {adding}" for name in metadata.tables]
    sa.Table(
        "publication",
        metadata,
        sa.Column(_PUBLICATION_ID, sa.Text(), primary_key=True),
        sa.Column("published_at", sa.DateTime(), nullable=False),
    )
    for table in metadata.tables.values():
        # A table with a rowid would hold its composite key of texts twice: in its rows and in an index.
        table.dialect_options["sqlite"]["with_rowid"] = False
        connection.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
    indexes = [index for table in metadata.tables.values() for index in table.indexes]
    return after + sorted(str(CreateIndex(index).compile(dialect=sqlite.dialect())) for index in indexes)


def _insert(path: Path, candidate: "Candidate") -> None:
    """Write all rows through Arrow's own driver: Python's makes an object of every value first."""
    import adbc_driver_manager
    from adbc_driver_sqlite.dbapi import connect

    try:
        with connect(str(path), autocommit=True) as connection, connection.cursor() as cursor:
            # Nobody sees the file before it is whole and synced: no journal, no sync on the way.
            for statement in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "BEGIN"):
                cursor.execute(statement).fetchall()
            for name, table in candidate.tables.items():
                cursor.adbc_ingest(name, _as_stored(table.drop_columns(_PUBLICATION_ID)), mode="append")
            cursor.execute("COMMIT").fetchall()
    except adbc_driver_manager.Error as error:
        raise sqlite3.OperationalError(str(error)) from error


def _as_stored(table: "pa.Table") -> "pa.Table":
    """Booleans as 0/1, times as text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for column in table.columns:
        if pa.types.is_boolean(column.type):
            columns.append(column.cast(pa.int8()))
        elif pa.types.is_timestamp(column.type):
            columns.append(pc.replace_substring(column.cast(pa.string()), " ", "T"))
        else:
            columns.append(column)
    return pa.table(columns, names=table.column_names)


def _as_text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _audit(connection: sqlite3.Connection, candidate: "Candidate") -> None:
    verdict = connection.execute("PRAGMA integrity_check").fetchall()
    if verdict != [("ok",)]:
        raise PublishError(f"SQLite finds the new file damaged: {verdict[0][0]}. The last good version stays")
    orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise PublishError(f"SQLite finds rows without the row that they refer to: {orphans[:3]}")
    for name, contract in candidate.contracts.items():
        columns = connection.execute("SELECT name FROM pragma_table_info(?)", (name,)).fetchall()
        if [column for (column,) in columns] != contract.column_names:
            raise PublishError(f"SQLite table {name} has the columns {columns}, expected {contract.column_names}")
        counts = ", ".join(f"count({_quoted(column)})" for column in contract.column_names)
        *found, strangers = connection.execute(
            f"SELECT count(*), {counts}, total({_PUBLICATION_ID} <> ?) FROM {_quoted(name)}",  # noqa: S608 - checked
            (candidate.publication_id,),
        ).fetchone()
        if tuple(found) != candidate.value_counts(name):
            raise PublishError(
                f"SQLite table {name} holds {found} rows and values a column, expected {candidate.value_counts(name)}"
            )
        if strangers:
            raise PublishError(f"SQLite table {name} holds {strangers:.0f} rows of another publication")


def _quoted(name: str) -> str:
    return f'"{checked_identifier(name)}"'
