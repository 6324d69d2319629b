"""The published tables, read as any other reader would: rows by table and column names of the contracts.

What does not belong here: the archive's files (``workbook``), and what a figure is made from (``shared``).
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from klimat_pipeline.contracts import PUBLISHED, Table
from klimat_pipeline.contracts.sql import checked_identifier
from klimat_pipeline.errors import ConfigurationError, PublishError
from klimat_pipeline.explanations.keys import ambiguous, choice, nearest, typed
from klimat_pipeline.explanations.tree import Scalar
from klimat_pipeline.settings import Settings

Row = dict[str, Any]

#: Columns that hold the release of a row; where a row compares two, the later one says whether it is current.
_RELEASE = ("release_id", "release_id_to")


@contextmanager
def opened(settings: Settings) -> "Iterator[Database]":
    """The published SQLite file.

    Raises:
        PublishError: nothing has been published yet, or it cannot be read.
    """
    path = settings.published_dir / "klimat.sqlite"
    if not path.is_file():
        raise PublishError(f"{path} does not exist: nothing has been published yet. Run 'klimat refresh'.")
    try:
        # immutable: a published file is replaced, never written to; the open one stays whole.
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            yield Database(connection)
    except sqlite3.Error as error:
        raise PublishError(f"{path} cannot be read ({error}). Run 'klimat refresh --force'.") from None


class Database:
    """The published tables, read by table and column names of the contracts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._columns: dict[str, list[str]] = {}

    @property
    def published(self) -> Row:
        """What the file says of itself: ``publication_id`` and ``published_at``."""
        return dict(self._connection.execute("SELECT publication_id, published_at FROM publication").fetchone())

    def rows(self, table: str, **where: Scalar) -> list[Row]:
        """Rows whose columns have these values; none where the publication has no such table."""
        columns = self.columns(table)
        if not columns or not set(where) <= set(columns):
            return []
        shown = ", ".join(map(_quoted, columns))
        terms = " AND ".join(f"{_quoted(name)} = ?" for name in where) or "1"
        found = self._connection.execute(
            f"SELECT {shown} FROM {_quoted(table)} WHERE {terms}",  # noqa: S608 - names of the contracts only
            list(where.values()),
        )
        return [dict(row) for row in found]

    def first(self, table: str, **where: Scalar) -> Row:
        """The first such row; an empty one where there is none."""
        found = self.rows(table, **where)
        return found[0] if found else {}

    def columns(self, table: str) -> list[str]:
        """Columns of the contract that the file has; it may have been published by an older version."""
        if table not in self._columns:
            contract = PUBLISHED.get(table)
            held = {name for (name,) in self._connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}
            self._columns[table] = [name for name in contract.column_names if name in held] if contract else []
        return self._columns[table]

    def only(self, contract: Table, key: Mapping[str, str]) -> tuple[Row, str | None]:
        """The one row with the key, and a note on its release, where the table has releases.

        Raises:
            ConfigurationError: a column or value is unknown, or several rows or none have the key.
            PublishError: the table was published by another version.
        """
        table = contract.name
        where = {name: typed(contract, name, value) for name, value in key.items()}
        missing = [name for name in contract.column_names if name not in self.columns(table)]
        if missing:
            raise PublishError(
                f"the published table {table} has no column {missing[0]}: another version has written it. Run 'klimat "
                "refresh'."
            )
        found = self.rows(table, **where)
        if not found:
            raise ConfigurationError(self._why_nothing(contract, where))
        release = next((name for name in _RELEASE if name in contract.column_names), None)
        asked = any(name.startswith("release_id") for name in where)
        if release is not None and not asked:
            found = self._current(found, release) or found
        if len(found) > 1:
            raise ConfigurationError(ambiguous(contract, where, found))
        row = found[0]
        if release is None:
            return row, None
        if self._current(found, release):
            return row, "the current one" + ("" if asked else ", taken because none was asked for")
        return row, "not the current one" + ("" if asked else "; taken because only it has such a row")

    def _current(self, rows: Sequence[Row], release: str) -> list[Row]:
        """Those of the headline series, else those of a current release, as their columns or the emissions say."""
        if any(row.get("is_headline") for row in rows):
            return [row for row in rows if row["is_headline"]]
        if rows and "is_current_release" in rows[0]:
            return [row for row in rows if row["is_current_release"]]
        places = {row.get("municipality_code") for row in rows}
        current = {place: self._current_releases(place) for place in places}
        return [row for row in rows if row[release] in current[row.get("municipality_code")]]

    def _current_releases(self, municipality: str | None) -> set[str]:
        if municipality is None:
            return {row["release_id"] for row in self.rows("releases", is_current=1)}
        held = self.rows("emissions", municipality_code=municipality, is_current_release=1)
        return {row["release_id"] for row in held}

    def _why_nothing(self, contract: Table, where: Mapping[str, Scalar]) -> str:
        table = contract.name
        for name, value in where.items():
            if not self.rows(table, **{name: value}):
                known = self._values(table, name, {})
                return f"{name}={value}: table {table} has no such value{nearest(str(value), known)}; {choice(known)}."
        for name, value in where.items():
            known = self._values(table, name, {n: v for n, v in where.items() if n != name})
            if known:
                others = " ".join(f"{n}={v}" for n, v in where.items() if n != name)
                return f"{name}={value}: table {table} has no such row with {others}; {choice(known)}."
        return f"table {table} has no row with {' '.join(f'{n}={v}' for n, v in where.items())}."

    def _values(self, table: str, name: str, where: Mapping[str, Scalar]) -> list[str]:
        terms = " AND ".join(f"{_quoted(n)} = ?" for n in where) or "1"
        found = self._connection.execute(
            f"SELECT DISTINCT {_quoted(name)} FROM {_quoted(table)} "  # noqa: S608 - names of the contracts only
            f"WHERE {terms} AND {_quoted(name)} IS NOT NULL ORDER BY 1",
            list(where.values()),
        )
        return [str(value) for (value,) in found]


def _quoted(name: str) -> str:
    return f'"{checked_identifier(name)}"'
