"""The CSV files of a municipality's folder that its inventory is made from; each may be absent.

What belongs here: their form, and names that exist nowhere. What does not: conversion of units (``clean``), and sums
(``inventory``).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from klimat_pipeline.configuration.actions import ACTIONS
from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.configuration.municipality import municipality_folders
from klimat_pipeline.configuration.targets_and_gap import COUNCIL
from klimat_pipeline.errors import ConfigurationError, ProblemsError

_CODE = r"[a-z][a-z0-9_]*"
_YEAR = CsvColumn("year", kind="integer", minimum=1900, maximum=2200)
_QUALITY = CsvColumn("data_quality", allowed=("high", "medium", "low"), nullable=True)
_KEYS = CsvColumn("notation_key", allowed=("NO", "NE", "IE", "C"), nullable=True)
_NOTE = CsvColumn("note", nullable=True)

#: Columns and key of every file.
FILES: Mapping[str, tuple[tuple[CsvColumn, ...], tuple[str, ...]]] = {
    "energy_use": (
        (
            _YEAR,
            CsvColumn("energy_user", pattern=_CODE),
            CsvColumn("carrier", pattern=_CODE),
            CsvColumn("energy_mwh", kind="number", minimum=0),
            _QUALITY,
            CsvColumn("source"),
        ),
        ("year", "energy_user", "carrier"),
    ),
    "factors": (
        (
            CsvColumn("carrier", pattern=_CODE),
            _YEAR,
            CsvColumn("method", allowed=("location", "market"), nullable=True),
            CsvColumn("gas", pattern=_CODE),
            CsvColumn("value", kind="number", minimum=0),
            CsvColumn("unit", pattern=r"\S+/\S+"),
            CsvColumn("gwp_set", allowed=("AR4", "AR5", "AR6", "none", "not stated")),
            CsvColumn("printed_value", kind="number", minimum=0, nullable=True),
            _QUALITY,
            CsvColumn("source"),
            _NOTE,
        ),
        ("carrier", "year", "method", "gas"),
    ),
    "scope3": (
        (
            _YEAR,
            CsvColumn("line", pattern=_CODE),
            CsvColumn("emissions_t_co2e", kind="number", minimum=0, nullable=True),
            _KEYS,
            CsvColumn("gwp_set", allowed=("AR4", "AR5", "AR6", "not stated"), nullable=True),
            _QUALITY,
            CsvColumn("source"),
            _NOTE,
        ),
        ("year", "line"),
    ),
    "published_inventory": (
        (
            CsvColumn("table"),
            CsvColumn("line", pattern=_CODE),
            CsvColumn("scope", allowed=("1", "2", "3", "1+2", "1+2+3", "memo")),
            _YEAR,
            CsvColumn("value_t_co2e", kind="number", nullable=True),
            _KEYS,
            CsvColumn("of_lines", pattern=rf"{_CODE}( {_CODE})*", nullable=True),
            CsvColumn("carrier", pattern=_CODE, nullable=True),
            CsvColumn("source"),
            _NOTE,
        ),
        ("table", "line", "scope", "year"),
    ),
    "activity": (
        (
            _YEAR,
            CsvColumn("organisation_unit", pattern=_CODE),
            CsvColumn("activity_id", pattern=_CODE),
            CsvColumn("scope", allowed=("1", "2", "3")),
            CsvColumn("scope3_category", kind="integer", minimum=1, maximum=15, nullable=True),
            CsvColumn("category", pattern=_CODE),
            CsvColumn("carrier", pattern=_CODE, nullable=True),
            CsvColumn("amount", kind="number", minimum=0, nullable=True),
            CsvColumn("unit", nullable=True),
            CsvColumn("gas", pattern=_CODE, nullable=True),
            _KEYS,
            CsvColumn("supplier_unit", pattern=_CODE, nullable=True),
            _QUALITY,
            CsvColumn("uncertainty_pct", kind="number", minimum=0, nullable=True),
            CsvColumn("source"),
            _NOTE,
        ),
        ("year", "organisation_unit", "activity_id"),
    ),
    "areas": (
        (
            CsvColumn("definition_id", pattern=_CODE),
            CsvColumn("definition_text"),
            CsvColumn("area_id", pattern=_CODE),
            CsvColumn("of_lines", pattern=rf"{_CODE}( {_CODE})*"),
            CsvColumn("gas_basis", allowed=("GHG", "fossil")),
            CsvColumn("source"),
        ),
        ("definition_id", "area_id"),
    ),
    "actions": ACTIONS,
    **COUNCIL,
}
TOTAL = "total"
#: Begins the source of every row that was made up to show the form.
EXAMPLE = "INVENTED EXAMPLE: "


def load_table(
    name: str,
    municipalities_dir: Path,
    *,
    lines: Collection[str] = (),
    users: Collection[str] = (),
    examples: bool = False,
    also: Callable[[Mapping[str, Any]], Iterable[str]] | None = None,
) -> list[dict[str, Any]]:
    """Rows of a file from every folder that has it.

    Args:
        name: one of ``FILES``.
        municipalities_dir: ``data/municipalities``.
        lines: lines of the inventory.
        users: users of energy.
        examples: whether to add the invented rows of ``<name>.example.csv``, their source saying so.
        also: further problems of a row, as ``column <name>: <problem>``.

    Returns:
        The rows, with ``municipality_code`` and ``shown`` (file and line) added.

    Raises:
        ProblemsError: everything that is wrong in all files, with file, line, column and value.
    """
    columns, key = FILES[name]
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for folder in municipality_folders(municipalities_dir, []):
        first: dict[tuple[Any, ...], str] = {}
        for path in (folder / f"{name}.csv", *([folder / f"{name}.example.csv"] if examples else [])):
            if not path.is_file():
                continue
            shown = f"{municipalities_dir.name}/{folder.name}/{path.name}"
            try:
                at: list[int] = []
                own = read_csv(path, columns=columns, base=municipalities_dir, key=key, lines=at)
            except ConfigurationError as error:
                problems += error.problems
                continue
            invented = EXAMPLE if path.name.endswith(".example.csv") else ""
            for number, row in zip(at, own, strict=True):
                found = (*_strange(name, row, lines, users), *(also(row) if also else ()))
                problems += [f"{shown}:{number}: {problem}" for problem in found]
                identity, place = tuple(row[column] for column in key), f"{shown}:{number}"
                if first.setdefault(identity, place) != place:
                    problems.append(f"{place}: {', '.join(map(str, identity))} stands in {first[identity]} already")
                row["source"] = invented + row["source"]
                rows.append({"municipality_code": folder.name[:4], "shown": place, **row})
    if problems:
        raise ProblemsError(problems)
    return rows


def _strange(name: str, row: Mapping[str, Any], lines: Collection[str], users: Collection[str]) -> list[str]:
    """What the form alone does not tell."""
    found = []
    if name == "energy_use" and row["energy_user"] not in users:
        found.append(f"column energy_user: expected one of {', '.join(users)}, found {row['energy_user']!r}")
    if name in ("published_inventory", "areas", "scope3"):
        named = (row.get("of_lines") or row.get("line") or "").split()
        unknown = [line for line in named if line not in lines and line != TOTAL]
        if unknown:
            column = "of_lines" if row.get("of_lines") else "line"
            found.append(f"column {column}: expected lines among {', '.join(lines)}, found {' '.join(unknown)!r}")
    if name == "scope3" and (row["emissions_t_co2e"] is None) == (row["notation_key"] is None):
        found.append("column emissions_t_co2e: expected a number or a notation key (NO, NE, IE, C), one of the two")
    if name == "scope3" and row["emissions_t_co2e"] is not None and row["gwp_set"] is None:
        found.append("column gwp_set: expected AR4, AR5, AR6 or 'not stated' beside a number, found ''")
    if name == "published_inventory" and (row["value_t_co2e"] is None) == (row["notation_key"] is None):
        found.append(
            f"column value_t_co2e: expected a number or a notation key, not {'both' if row['notation_key'] else 'none'}"
        )
    if name == "factors" and row["gas"] == "co2e" and row["gwp_set"] == "none":
        found.append("column gwp_set: expected AR4, AR5, AR6 or 'not stated' for a factor in co2e, found 'none'")
    return found
