"""Two published folders with their marts, value for value: the proof that a change of the code has moved no number.

Reads nothing but the folders (Parquet files and their ``datapackage.json``), so that it can compare what any version
of the code has published. Tables and columns that were renamed since are compared under today's names (``renames``).
Only these rules leave anything out, or show it without counting it:

* The publication's and the run's ids hash the code; so does the manifest's row of the code.
* The data dictionary, the manifest and the contract's findings restate contracts and inputs and hold no figure, and
  two tables of the mart tell of each publication when it was made. They are compared and shown, and a difference does
  not count.
* A mart that does not lie beside both folders.
* A finding's sentences are wording, so they are shown and do not count; what it found is in other columns.

What does not belong here: the comparison of two tables (``differences``), and how it is shown (``cli.same``).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.published.datapackage import FILE_NAME, described_publication
from klimat_pipeline.published.differences import Difference, differences
from klimat_pipeline.published.renames import Renames

#: Columns that hash the code.
LEFT_OUT_COLUMNS = ("publication_id", "run_id")
#: Rows that hash the code: table, column, value.
LEFT_OUT_ROWS = {"run_manifest": ("item_kind", "code")}
#: Tables that describe the publication, or those before it.
DESCRIPTIONS = ("data_dictionary", "run_manifest", "fact_quality", "fact_refresh")
#: Rows that describe the publication: table, column, value.
DESCRIBING_ROWS = {"data_quality": ("kind", "contract")}
#: Columns of sentences that the code words.
WORDING = {"data_quality": ("message", "message_sv", "likely_cause")}
#: The folder of marts beside publications.
_MART = "mart"
#: Columns that name a table, and the column beside it that names one of the table's columns.
_NAMES_TABLE, _NAMES_COLUMN = "table_name", "column_name"
#: A column that names the columns (``stage/name.column``) that a value comes from, separated by spaces.
_NAMES_SOURCES = "derived_from"

#: The same rules for the terminal, one a line.
LEFT_OUT = (
    f"left out: columns {' and '.join(LEFT_OUT_COLUMNS)}, and the row of the code in run_manifest (they hash the code)",
    f"compared, but apart: {', '.join(DESCRIPTIONS)}, the contract's findings and the sentences in data_quality "
    "(they describe, and hold no figure)",
    "the mart is compared where it lies beside both",
)


@dataclass(frozen=True, slots=True)
class Published:
    """A published folder.

    Attributes:
        directory: where it lies.
        publication_id: what it says it is.
        keys: the columns that identify a row, by table, under the names that they have there.
        mart: of the same publication, where it lies beside it.
        municipality: whose rows alone are looked at, with those that are about no municipality; empty for all.
    """

    directory: Path
    publication_id: str
    keys: Mapping[str, tuple[str, ...]]
    mart: "Published | None" = None
    municipality: str = ""

    def table(self, name: str) -> pa.Table:
        rows = pq.read_table(self.directory / f"{name}.parquet", partitioning=None)
        if not self.municipality or "municipality_code" not in rows.column_names:
            return rows
        whose = rows["municipality_code"]
        return rows.filter(pc.or_(pc.is_null(whose), pc.fill_null(pc.equal(whose, self.municipality), False)))


@dataclass(frozen=True, slots=True)
class ComparedTable:
    """A table of two publications.

    Attributes:
        name: what it is called in the later publication (today's name, if it is not there), and which part of it.
        called: what it is called in the earlier and the later publication; None where it is not there.
        declared_new: whether ``renames.csv`` says that it is new.
        difference: what differs; None where one of the publications has no such table.
        renamed_columns: (earlier, later) names that differ.
        declared_columns: new columns that ``renames.csv`` says are new.
        reworded: the same difference for sentences alone.
        describes: whether it describes the publication: a difference is shown and does not count.
    """

    name: str
    called: tuple[str | None, str | None]
    difference: Difference | None = None
    declared_new: bool = False
    renamed_columns: tuple[tuple[str, str], ...] = ()
    declared_columns: tuple[str, ...] = ()
    reworded: Difference | None = None
    describes: bool = False

    @property
    def same(self) -> bool:
        """Whether it is in both publications, every value the same."""
        return self.difference.same if self.difference is not None else self.declared_new


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two publications, table by table; tables that only the earlier one has come last."""

    before: Published
    after: Published
    tables: tuple[ComparedTable, ...]

    @property
    def same(self) -> bool:
        """Whether no table differs, not counting those that describe the publication."""
        return all(table.same for table in self.tables if not table.describes)


def read_folder(directory: Path, municipality: str = "") -> Published:
    """A published folder by its ``datapackage.json``.

    Args:
        directory: the folder.
        municipality: whose rows alone are looked at. Then the mart beside it is not, since its dimensions hold what
            facts of all have.

    Raises:
        ConfigurationError: it is not one, or one of its files is missing or has another size.
    """
    publication_id = described_publication(directory)
    if publication_id is None:
        raise ConfigurationError(
            f"{directory} holds no whole publication: expected {FILE_NAME} and every Parquet file that it names, of "
            "the size that it says. Give a folder such as data/published/parquet/latest."
        )
    mart = directory.parent / _MART / directory.name
    is_beside = not municipality and described_publication(mart) == publication_id
    return Published(
        directory,
        publication_id,
        _keys(directory),
        Published(mart, publication_id, _keys(mart)) if is_beside else None,
        municipality,
    )


def _keys(directory: Path) -> dict[str, tuple[str, ...]]:
    package = json.loads((directory / FILE_NAME).read_text(encoding="utf-8"))
    return {entry["name"]: tuple(entry["schema"]["primaryKey"]) for entry in package["resources"]}


def compare_folders(before: Published, after: Published, renames: Renames) -> Comparison:
    """Compare every table of two publications, in both directions; the mart's too where both have one."""
    tables = _compared_tables(before, after, renames)
    if before.mart and after.mart:
        tables += _compared_tables(before.mart, after.mart, renames)
    return Comparison(before, after, tuple(tables))


def _compared_tables(before: Published, after: Published, renames: Renames) -> list[ComparedTable]:
    earlier, later = ({renames.table(name, folder.keys): name for name in folder.keys} for folder in (before, after))
    tables: list[ComparedTable] = []
    for name in [*later, *(name for name in earlier if name not in later)]:
        called = earlier.get(name), later.get(name)
        if called[0] is None or called[1] is None:
            new = name in renames.new_tables and called[0] is None
            tables.append(ComparedTable(called[1] or name, called, declared_new=new, describes=name in DESCRIPTIONS))
        else:
            tables += _compared(name, (before, called[0]), (after, called[1]), renames)
    return tables


def _compared(
    name: str, before: tuple[Published, str], after: tuple[Published, str], renames: Renames
) -> Iterator[ComparedTable]:
    """A table that both have; in two parts where some of its rows describe the publication."""
    called = before[1], after[1]
    (old, old_key, old_names), (now, key, new_names) = (_today(name, *side, renames) for side in (before, after))
    declared = tuple(
        new_names[column]
        for column in now.column_names
        if column not in old.column_names and (name, column) in renames.new_columns
    )
    renamed = tuple(
        (old_names[column], new_names[column])
        for column in now.column_names
        if column in old_names and old_names[column] != new_names[column]
    )
    # Whoever reads the differences looks them up in the later publication: its names are shown.
    old, now = (table.rename_columns(_all(new_names, table.column_names)) for table in (old, now))
    keys = [tuple(_all(new_names, columns)) for columns in dict.fromkeys((key, old_key))]
    now = now.drop_columns(list(declared))
    wording = [column for column in WORDING.get(name, ()) if column in old.column_names and column in now.column_names]
    for part, (ours, theirs), describes in _parts(name, old, now):
        reworded = None
        if wording:
            texts = [*dict.fromkeys((*keys[0], *wording))]
            if set(texts) <= set(ours.column_names) & set(theirs.column_names):
                reworded = differences(ours.select(texts), theirs.select(texts), keys)
        yield ComparedTable(
            called[1] + part,
            called,
            differences(ours.drop_columns(wording), theirs.drop_columns(wording), keys),
            renamed_columns=renamed,
            declared_columns=declared,
            reworded=reworded,
            describes=describes,
        )


def _parts(name: str, before: pa.Table, after: pa.Table) -> Iterator[tuple[str, tuple[pa.Table, pa.Table], bool]]:
    """For every part of a table: suffix of its name, both versions, whether it describes the publication."""
    if name in LEFT_OUT_ROWS:
        before, after = (_rows(table, *LEFT_OUT_ROWS[name], those=False) for table in (before, after))
    if name not in DESCRIBING_ROWS:
        yield "", (before, after), name in DESCRIPTIONS
        return
    column, value = DESCRIBING_ROWS[name]
    for those, part in ((False, ""), (True, f", {column} {value}")):
        yield part, (_rows(before, column, value, those=those), _rows(after, column, value, those=those)), those


def _rows(table: pa.Table, column: str, value: str, *, those: bool) -> pa.Table:
    """The rows that hold a value in a column, or all others; without the column, none hold it."""
    if column not in table.column_names:
        return table.slice(0, 0) if those else table
    found = pc.fill_null(pc.equal(table[column], value), False)
    return table.filter(found if those else pc.invert(found))


def _today(
    name: str, folder: Published, called: str, renames: Renames
) -> tuple[pa.Table, tuple[str, ...], dict[str, str]]:
    """A table under today's names without the columns left out, its key, and its columns' names in the publication."""
    table = folder.table(called)
    table = table.drop_columns([column for column in LEFT_OUT_COLUMNS if column in table.column_names])
    names = renames.columns_of(name, table.column_names)
    key = tuple(names[column] for column in folder.keys[called] if column in names)
    return (
        _with_todays_values(name, table.rename_columns([names[column] for column in table.column_names]), renames),
        key,
        {new: old for old, new in names.items()},
    )


def _with_todays_values(name: str, table: pa.Table, renames: Renames) -> pa.Table:
    """The table with today's names where its values are names of tables or columns."""
    if _NAMES_TABLE in table.column_names and _NAMES_COLUMN in table.column_names:
        tables = table[_NAMES_TABLE].to_pylist()
        columns = table[_NAMES_COLUMN].to_pylist()
        whose: dict[Any, list[Any]] = {}
        for each, column in zip(tables, columns, strict=True):
            whose.setdefault(each, []).append(column)
        today = {each: renames.columns_of(renames.table(each), names) for each, names in whose.items()}
        renamed = [today[each][column] for each, column in zip(tables, columns, strict=True)]
        table = _exchanged(table, _NAMES_COLUMN, renamed)
    for column in [_NAMES_TABLE, *(["item_name"] if name == "run_manifest" else [])]:
        if column in table.column_names and pa.types.is_string(table.schema.field(column).type):
            values = table[column].unique().to_pylist()
            if any(value in renames.tables for value in values):
                names = [value and renames.table(value, values) for value in table[column].to_pylist()]
                table = _exchanged(table, column, names)
    if _NAMES_SOURCES in table.column_names:
        keys = renames.keys()
        table = _exchanged(table, _NAMES_SOURCES, [_sources(text, keys) for text in table[_NAMES_SOURCES].to_pylist()])
    return table


def _sources(text: str | None, keys: Mapping[str, str]) -> str | None:
    if text is None:
        return None
    parted = (source.rpartition(".") for source in text.split())
    return " ".join(f"{keys.get(key, key)}.{column}" for key, _, column in parted)


def _all(names: Mapping[str, str], columns: Iterable[str]) -> list[str]:
    """The columns' other names, except where another column has that name already."""
    columns = list(columns)
    return [column if names.get(column) in columns else names.get(column, column) for column in columns]


def _exchanged(table: pa.Table, column: str, values: list[Any]) -> pa.Table:
    place = table.column_names.index(column)
    return table.set_column(place, column, pa.array(values, table.schema.field(column).type))
