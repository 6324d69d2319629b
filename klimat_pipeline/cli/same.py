"""``klimat same``: whether two publications are the same, value for value.

What belongs here: which folders are meant, and how the comparison is shown. What does not: the comparison
(``published/same``).
"""

import json as json_module
import math
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klimat_pipeline.cli.terminal import out

if TYPE_CHECKING:
    from rich.console import RenderableType

    from klimat_pipeline.published.differences import Difference, Key, MovedColumn
    from klimat_pipeline.published.same import ComparedTable, Comparison
    from klimat_pipeline.settings import Settings

#: Where a publication may be below the folder that was named: there, or below a folder of versions, of published
#: tables or of data.
_BELOW = ("", "latest", "parquet/latest", "published/parquet/latest")


def same(
    before: Annotated[
        str,
        typer.Argument(help="Published Parquet folder, or id of a publication that is kept.", show_default=False),
    ],
    after: Annotated[str, typer.Argument(help="The later one; by default what is published now.")] = "latest",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare two publications value for value, renamed tables under their new names; exit code 1 if any differs."""
    from klimat_pipeline.published.renames import load_renames
    from klimat_pipeline.published.same import compare_folders, read_folder
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    found = compare_folders(
        read_folder(folder_of(settings, before)), read_folder(folder_of(settings, after)), load_renames()
    )
    if json:
        sys.stdout.write(json_module.dumps(as_json(found), ensure_ascii=False, indent=2) + "\n")
    else:
        out.print(shown(found))
    if not found.same:
        raise typer.Exit(1)


def folder_of(settings: "Settings", name: str) -> Path:
    """The folder that a path or a publication's id means.

    Raises:
        ConfigurationError: neither a folder nor a kept publication.
    """
    from klimat_pipeline.errors import ConfigurationError
    from klimat_pipeline.published.datapackage import FILE_NAME

    kept = settings.published_dir / "parquet"
    # A plain name is a publication's first: a folder "latest" that happens to lie here would hide it.
    if (kept / name / FILE_NAME).is_file() and Path(name).name == name:
        return (kept / name).resolve()
    for below in _BELOW:
        if (Path(name) / below / FILE_NAME).is_file():
            return (Path(name) / below).resolve()
    versions = ", ".join(sorted(path.name for path in kept.glob("*") if path.is_dir() and path.name[0] != "."))
    raise ConfigurationError(
        f"{name} is neither a folder with a publication nor one that is kept; kept in {kept} are {versions or 'none'}."
    )


def shown(found: "Comparison") -> "RenderableType":
    """One row per table, then what differs, then the verdict."""
    from rich import box
    from rich.console import Group
    from rich.table import Table as RichTable
    from rich.text import Text

    from klimat_pipeline.published.same import LEFT_OUT

    listed = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    listed.add_column("table", overflow="fold")
    for name in ("rows", "columns"):
        listed.add_column(name, justify="right", no_wrap=True)
    listed.add_column("result", overflow="fold")
    lines: list[Text] = []
    for table in found.tables:
        lines_of = list(said(table))
        style = "dim" if table.same else "yellow" if table.describes else "red"
        difference = table.difference
        listed.add_row(
            table.name,
            f"{difference.rows:,}" if difference else "",
            str(difference.columns) if difference else "",
            Text(result(table), style=style),
        )
        if lines_of:
            lines.append(Text(table.name + (" (describes, does not count)" if table.describes else ""), style="bold"))
            lines += [Text(f"  {line}") for line in lines_of]
    differ = sum(not table.same for table in found.tables if not table.describes)
    apart = [table.name for table in found.tables if table.describes and not table.same]
    verdict = (
        Text("the same: no published value has moved", style="green")
        if found.same
        else Text(f"not the same: {_count(differ, 'table')} with differences", style="red")
    )
    also = [Text(f"what describes the publication differs: {'; '.join(apart)}", style="yellow")] if apart else []
    # With their folders: the same code and inputs give the same id twice.
    sides = (("before", found.before), ("after ", found.after))
    heads = [Text(f"{side} {folder.publication_id} {folder.directory}") for side, folder in sides]
    return Group(*heads, listed, *lines, *(Text(line, style="dim") for line in LEFT_OUT), *also, verdict)


def as_json(found: "Comparison") -> dict[str, Any]:
    """The whole comparison as plain values; dates, and numbers that JSON cannot express, become texts."""
    tables = [
        {**asdict(table), "same": table.same, "values_moved": table.difference.values_moved if table.difference else 0}
        for table in found.tables
    ]
    sides = {
        side: {"publication_id": folder.publication_id, "directory": str(folder.directory)}
        for side, folder in (("before", found.before), ("after", found.after))
    }
    plain: dict[str, Any] = _plain({"same": found.same, **sides, "tables": tables})
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def result(table: "ComparedTable") -> str:
    """The verdict on a table in a few words."""
    difference = table.difference
    if difference is None:
        if table.declared_new:
            return "new, as renames.csv says"
        return "missing" if table.called[1] is None else "new"
    if difference.without_key:
        return "cannot be compared"
    counts = (
        (difference.values_moved, "value", "moved"),
        (difference.missing_rows, "row", "missing"),
        (difference.new_rows, "row", "new"),
        (len(difference.missing_columns), "column", "missing"),
        (len(difference.new_columns), "column", "new"),
        (len(difference.types), "column", "of another type"),
    )
    return ", ".join(f"{_count(count, what)} {how}" for count, what, how in counts if count) or "same"


def said(table: "ComparedTable") -> Iterator[str]:
    """The differences of a table, one a line; nothing where all is the same."""
    before, after = table.called
    if before and after and before != after:
        yield f"was called {before}, now {after}"
    for old, new in table.renamed_columns:
        yield f"column {new} was called {old}"
    for name in table.declared_columns:
        yield f"column {name} is new, as renames.csv says"
    if table.difference is None:
        return
    yield from _different(table.difference)
    if table.reworded is not None and not table.reworded.same:
        for column in table.reworded.moved:
            yield f"remark: {_count(column.moved, 'sentence')} of {column.name} reworded"
            yield from _examples(column)


def _different(difference: "Difference") -> Iterator[str]:
    if difference.without_key:
        yield difference.without_key
    for names, what in ((difference.missing_columns, "missing"), (difference.new_columns, "new")):
        if names:
            yield f"columns {what}: {', '.join(names)}"
    for text in difference.types:
        yield f"another type: {text}"
    for count, keys, what in (
        (difference.missing_rows, difference.missing_keys, "missing"),
        (difference.new_rows, difference.new_keys, "new"),
    ):
        if count:
            yield f"{_count(count, 'row')} {what}" + (", the first of them" if count > len(keys) else "")
            yield from (f"  {_key(key)}" for key in keys)
    for column in difference.moved:
        largest = ""
        if column.largest_absolute is not None:
            share = "" if column.largest_relative is None else f" ({column.largest_relative * 100:.3g} %)"
            largest = f", the largest difference {column.largest_absolute:.6g}{share}"
        yield f"{column.name}: {_count(column.moved, 'value')} moved{largest}"
        yield from _examples(column)
    if difference.reordered:
        yield "remark: the rows stand in another order"
    if difference.columns_reordered:
        yield "remark: the columns stand in another order"


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _examples(column: "MovedColumn") -> Iterator[str]:
    for each in column.examples:
        yield f"  {_key(each.key)}: {_value(each.before)} became {_value(each.after)}"


def _key(key: "Key") -> str:
    return " ".join(f"{name}={'null' if value is None else value}" for name, value in key.items())


def _value(value: Any) -> str:
    """A value in at most one line; texts in quotation marks, so that the text 'null' is no missing value."""
    return "null" if value is None else shorten(repr(value) if isinstance(value, str) else str(value), 70)
