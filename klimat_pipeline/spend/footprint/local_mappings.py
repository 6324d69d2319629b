"""What a municipality says of its own purchases: accounts, suppliers, contracts, what replaces spend.

Reading only. What does not belong here: what a mapping decides (``classification``, ``spend_replaced``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.configuration.local_tables import LOCAL_TABLES
from klimat_pipeline.configuration.municipality import municipality_folders
from klimat_pipeline.configuration.yaml_file import shown_path
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.spend.footprint.mappings import unknown_categories

#: What ``klimat ledger unmapped`` lists besides, so that a person sees what to fill in.
_LISTED = ("account_text", "account", "ledger_lines", "spend_sek")
#: Whose rows a list is of; its rows are those of the folder's municipality, unless it is a list of several.
_WHOSE = CsvColumn("municipality_code", nullable=True, is_optional=True)
#: The files in the order of ``LocalMappings``. A listed row that nobody has filled in says nothing.
_FILES = (
    *("spend_accounts", "spend_suppliers", "spend_replacements", "spend_supplier_figures", "spend_contracts"),
    "suppliers",
)


@dataclass(frozen=True, slots=True)
class LocalMappings:
    """The files of all municipalities, each with ``municipality_code``."""

    accounts: pd.DataFrame
    suppliers: pd.DataFrame
    replacements: pd.DataFrame
    supplier_figures: pd.DataFrame
    contracts: pd.DataFrame
    industries: pd.DataFrame


def load_local_mappings(
    municipalities_dir: Path, category_names: Mapping[str, str], faulty: dict[str, list[str]] | None = None
) -> LocalMappings:
    """Read the files of every municipality.

    Args:
        municipalities_dir: ``data/municipalities``.
        category_names: the categories by what they are called (``SpendReference.category_names``).
        faulty: is given what is wrong by municipality, which is then left out; without it, all faults stop.

    Raises:
        ProblemsError: everything that is wrong in all files, with file, line, column and value.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _FILES}
    problems: dict[str, list[str]] = {}
    for folder in municipality_folders(municipalities_dir, []):
        own, wrong = _of_folder(folder, category_names)
        if wrong:
            problems[folder.name[:4]] = wrong
            continue
        for name in _FILES:
            rows[name] += own[name]
    if faulty is not None:
        faulty |= {code: [*faulty.get(code, []), *wrong] for code, wrong in problems.items()}
    elif problems:
        raise ProblemsError([problem for wrong in problems.values() for problem in wrong])
    return LocalMappings(*(_frame(name, rows[name]) for name in _FILES))


def _of_folder(folder: Path, category_names: Mapping[str, str]) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """The rows of a municipality's files, and what is wrong with them."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _FILES}
    problems: list[str] = []
    code = folder.name[:4]
    for name in _FILES:
        form = LOCAL_TABLES[name]
        path = folder / f"{name}.csv"
        # A shell empties the file that it is to write before the command reads it.
        if not path.is_file() or not path.stat().st_size:
            continue
        shown, lines = shown_path(path, folder.parent), list[int]()
        try:
            found = read_csv(
                path,
                columns=(*form.columns, _WHOSE),
                base=folder.parent,
                key=form.key,
                ignored=_LISTED,
                lines=lines,
                from_spreadsheet=True,
            )
        except ConfigurationError as error:
            problems += error.problems
            continue
        place = dict(zip(map(id, found), lines, strict=True))
        listed = {row["municipality_code"] for row in found} - {None}
        if len(listed) > 1:
            problems.append(
                f"{shown}: column municipality_code: a list of several municipalities "
                f"({', '.join(sorted(listed))}); keep the rows of {code} (klimat ledger unmapped -m {code})"
            )
        if name in ("spend_accounts", "spend_suppliers"):
            found = [row for row in found if row["category"] or row.get("is_wholesaler") == "true"]
            problems += [
                f"{shown}:{place[id(row)]}: {row[form.key[0]]}: a category needs a reason"
                for row in found
                if not row["reason"]
            ]
        for row in found:
            if row.get("category"):
                where = f"{shown}:{place[id(row)]}"
                problems += unknown_categories([row["category"]], category_names, where)
        rows[name] = [{**row, "municipality_code": code} for row in found]
    problems += [
        f"{code} spend_contracts.csv: {row['contract_id']}: give a CPV code or a category, not both"
        for row in rows["spend_contracts"]
        if bool(row["cpv"]) == bool(row["category"])
    ]
    problems += [
        f"{code} spend_replacements.csv: {row['replacement_id']}: year_to {row['year_to']} is before year_from "
        f"{row['year_from']}"
        for row in rows["spend_replacements"]
        if row["year_to"] < row["year_from"]
    ]
    return rows, problems


def no_local_mappings() -> LocalMappings:
    """No municipality has said anything."""
    return LocalMappings(*(_frame(name, []) for name in _FILES))


def _frame(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["municipality_code", *(column.name for column in LOCAL_TABLES[name].columns)])
