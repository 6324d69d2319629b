"""Old names of published tables and columns, from ``renames.csv``, so that an old publication can be compared.

A row of the file renames a table (``old_table,,new_table,``) or a column (``old_table,old_column,new_table,
new_column``), or says that a table or column is new (``,,new_table,new_column``), which then counts as no difference.
Keys of assets (``stage/name``) may be renamed there too: the findings of checks name them, and Dagster's history. A row
may be written before its renaming: it applies only where a publication has the old name and not the new one. What does
not belong here: the names of today (``contracts``).
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.contracts import TABLES
from klimat_pipeline.errors import ProblemsError

FILE = Path(__file__).with_name("renames.csv")

_Name = TypeVar("_Name")
_TABLE = r"([a-z][a-z0-9_]*/)*[a-z][a-z0-9_]*"
_COLUMN = r"[a-z][a-z0-9_]*"
_COLUMNS = (
    CsvColumn("old_table", nullable=True, pattern=_TABLE),
    CsvColumn("old_column", nullable=True, pattern=_COLUMN),
    CsvColumn("new_table", pattern=_TABLE),
    CsvColumn("new_column", nullable=True, pattern=_COLUMN),
    CsvColumn("since", pattern=r"\d{4}-\d{2}-\d{2}"),
    CsvColumn("reason"),
)


@dataclass(frozen=True, slots=True)
class Renames:
    """What became of old names; a name may have been renamed several times.

    Attributes:
        tables: new name by old name.
        columns: (table, new column) by (table, old column), the table as it was called at that time.
        new_tables: tables that are new.
        new_columns: (table, column) that are new.
    """

    tables: Mapping[str, str]
    columns: Mapping[tuple[str, str], tuple[str, str]]
    new_tables: frozenset[str] = frozenset()
    new_columns: frozenset[tuple[str, str]] = frozenset()

    def table(self, name: str, held: Container[str] = ()) -> str:
        """Today's name of a table, unless the publication has another table of that name."""
        found = _followed(name, self.tables)
        return name if found != name and found in held else found

    def keys(self) -> dict[str, str]:
        """Today's keys of assets (``stage/name``), by those that no table has any more."""
        return {old: self.table(old) for old in self.tables if "/" in old and old not in TABLES}

    def columns_of(self, table: str, names: Iterable[str]) -> dict[str, str]:
        """Today's names of a table's columns, by the names that they have in a publication.

        Args:
            table: today's name of the table.
            names: the columns that it has.
        """
        names = list(names)
        renamed = {
            old: new for (whose, old), (_, new) in self.columns.items() if _followed(whose, self.tables) == table
        }
        today = {name: _followed(name, renamed) for name in names}
        return {name: name if new in names else new for name, new in today.items()}


@cache
def load_renames(path: Path = FILE) -> Renames:
    """Read the file of renames.

    Raises:
        ConfigurationError: the file cannot be read.
        ProblemsError: rows contradict each other or rename nothing, one line each.
    """
    lines: list[int] = []
    rows = read_csv(path, columns=_COLUMNS, base=path.parent, lines=lines)
    tables: dict[str, str] = {}
    columns: dict[tuple[str, str], tuple[str, str]] = {}
    new_tables, new_columns, problems = set(), set(), []
    for line, row in zip(lines, rows, strict=True):
        old, new = (row["old_table"], row["old_column"]), (row["new_table"], row["new_column"])
        problem = None
        if old == (None, None):
            if new[1]:
                new_columns.add(new)
            else:
                new_tables.add(new[0])
        elif old[0] is None or (old[1] is None) != (new[1] is None):
            problem = "a table is renamed to a table (no columns), a column to a column (both tables and both columns)"
        elif old == new:
            problem = f"{'.'.join(filter(None, old))} is renamed to itself"
        else:
            known: dict[object, object] = columns if old[1] else tables  # type: ignore[assignment]
            was, becomes = (old, new) if old[1] else (old[0], new[0])
            if was in known:
                problem = f"{'.'.join(filter(None, old))} is renamed twice"
            elif becomes in known.values():
                problem = f"two names become {'.'.join(filter(None, new))}"
            known.setdefault(was, becomes)
        if problem:
            problems.append(f"{path.name}:{line}: {problem}")
    if not problems:
        problems = [f"{path.name}: {text}" for text in _circles(tables, columns)]
    if problems:
        raise ProblemsError(problems)
    return Renames(tables, columns, frozenset(new_tables), frozenset(new_columns))


def _circles(tables: Mapping[str, str], columns: Mapping[tuple[str, str], tuple[str, str]]) -> list[str]:
    """Problems: names that are renamed back to themselves, and columns that would move to another table."""
    found = [f"{name} is renamed in a circle" for name in tables if _followed(name, tables) in tables]
    if found:
        return found
    return [
        f"{old[0]}.{old[1]} moves to {new[0]}: a column is renamed within its table only"
        for old, new in columns.items()
        if _followed(old[0], tables) != _followed(new[0], tables)
    ] + [f"{'.'.join(old)} is renamed in a circle" for old in columns if _followed(old, columns) in columns]


def _followed(name: _Name, renamed: Mapping[_Name, _Name]) -> _Name:
    """The last of a name's renamings; in a circle, at most as many as there are renamings."""
    for _ in range(len(renamed)):
        if name not in renamed:
            break
        name = renamed[name]
    return name
