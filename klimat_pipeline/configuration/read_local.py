"""Rows of the CSV files of municipalities' folders, each file read by its line in the registry (``local_tables``).

What belongs here: which folders have a file, what stands twice, and all problems told together. What does not: the form
of one file (``csv_file``), and what a row must be beyond its form (``clean``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from klimat_pipeline.configuration.csv_file import read_csv
from klimat_pipeline.configuration.local_tables import EXAMPLE, EXAMPLE_ENDING, LOCAL_TABLES, MUNICIPALITY, LocalTable
from klimat_pipeline.configuration.municipality import EVERYBODY, municipality_folders
from klimat_pipeline.errors import ConfigurationError, ProblemsError


def read_local(
    name: str,
    municipalities_dir: Path,
    *,
    examples: bool = False,
    also: Callable[[Mapping[str, Any]], Iterable[str]] | None = None,
    across: Callable[[list[dict[str, Any]], list[dict[str, Any]]], Iterable[str]] | None = None,
    besides: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """Rows of a file from every folder that has it.

    Args:
        name: one of ``LOCAL_TABLES``.
        municipalities_dir: ``data/municipalities``.
        examples: whether to add the invented rows, their source saying so, where the file has any.
        also: further problems of a row, as ``column <name>: <problem>``.
        across: further problems that show only in all rows together: is given them, and those that could not be read
            but may be referred to.
        besides: problems that were found before, to be told together with these.

    Returns:
        The rows, with ``municipality_code`` and ``shown`` (file and line) added.

    Raises:
        ProblemsError: everything that is wrong in all files, with file, line, column and value.
    """
    local = LOCAL_TABLES[name]
    rows: list[dict[str, Any]] = []
    broken: list[dict[str, Any]] = []
    problems: list[str] = []
    for folder in _folders(local, municipalities_dir):
        first: dict[tuple[Any, ...], str] = {}
        code = folder.name[:4]
        # A file that names the municipality names that of its folder.
        own_code = {} if local.for_all else {MUNICIPALITY: (code,)}
        columns = [replace(c, allowed=own_code.get(c.name, c.allowed)) for c in local.columns]
        for file in local.file_names if examples else local.file_names[:1]:
            path = folder / file
            if not path.is_file():
                continue
            shown = f"{municipalities_dir.name}/{folder.name}/{file}"
            try:
                at: list[int] = []
                form: dict[str, Any] = {"columns": columns, "base": municipalities_dir, "key": local.key}
                faulty: list[dict[str, Any]] = []
                own = read_csv(path, **form, lines=at, problems=problems, faulty=faulty)
                broken += [{MUNICIPALITY: code, **cells} for cells in faulty]
            except ConfigurationError as error:
                problems += error.problems
                continue
            invented = EXAMPLE if file.endswith(EXAMPLE_ENDING) else ""
            for number, cells in zip(at, own, strict=True):
                row = {MUNICIPALITY: code, "shown": f"{shown}:{number}", **cells}
                problems += [f"{row['shown']}: {problem}" for problem in (also(row) if also else ())]
                identity, place = tuple(row[column] for column in local.key), f"{shown}:{number}"
                # Twice in one file is told by its reader.
                if not first.setdefault(identity, place).startswith(f"{shown}:"):
                    problems.append(f"{place}: {', '.join(map(str, identity))} stands in {first[identity]} already")
                row["source"] = invented + row["source"]
                rows.append(row)
    if problems := [*problems, *(across(rows, broken) if across else ()), *besides]:
        raise ProblemsError(problems)
    return rows


def read_together(
    names: Iterable[str], municipalities_dir: Path, *, examples: bool = False
) -> list[list[dict[str, Any]]]:
    """Rows of several files that belong together.

    Raises:
        ProblemsError: everything that is wrong in any of them.
    """
    found, problems = [], []
    for name in names:
        try:
            found.append(read_local(name, municipalities_dir, examples=examples))
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return found


def _folders(local: LocalTable, municipalities_dir: Path) -> Iterator[Path]:
    return iter([municipalities_dir / EVERYBODY]) if local.for_all else municipality_folders(municipalities_dir, [])
