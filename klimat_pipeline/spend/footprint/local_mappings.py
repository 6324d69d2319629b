"""What a municipality says of its own purchases: accounts, suppliers, contracts, what replaces spend. Reading only."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.configuration.municipality import municipality_folders
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.spend.footprint.mappings import CODE, unknown_categories

_ACCOUNT = r"\d{1,10}"
_YEAR = {"kind": "integer", "minimum": 1900, "maximum": 2200}
#: A legal person's organisation number: the third digit is two or more. No personal identity number gets in here.
_LEGAL = r"\d{2}[2-9]\d{7}"

#: What ``klimat ledger unmapped`` lists besides, so that a person sees what to fill in.
_LISTED = ("municipality_code", "account_text", "account", "ledger_lines", "spend_sek")
#: Columns and key of every file; each may be absent. A listed row that nobody has filled in says nothing.
FILES: Mapping[str, tuple[tuple[CsvColumn, ...], tuple[str, ...]]] = {
    "spend_accounts": (
        (
            CsvColumn("account_prefix", pattern=_ACCOUNT),
            CsvColumn("category", pattern=CODE, nullable=True),
            CsvColumn("reason", nullable=True),
        ),
        ("account_prefix",),
    ),
    "spend_suppliers": (
        (
            CsvColumn("supplier_id", pattern=_LEGAL),
            CsvColumn("category", pattern=CODE, nullable=True),
            CsvColumn("is_wholesaler", allowed=("true", "false")),
            CsvColumn("reason", nullable=True),
        ),
        ("supplier_id",),
    ),
    "spend_replacements": (
        (
            CsvColumn("replacement_id", pattern=CODE),
            CsvColumn("account_prefix", pattern=_ACCOUNT),
            CsvColumn("unit", nullable=True),
            CsvColumn("year_from", **_YEAR),  # type: ignore[arg-type]
            CsvColumn("year_to", **_YEAR),  # type: ignore[arg-type]
            CsvColumn("activity_ids", pattern=rf"{CODE}( {CODE})*"),
            CsvColumn("reason"),
        ),
        ("replacement_id", "account_prefix", "unit"),
    ),
    "spend_supplier_figures": (
        (
            CsvColumn("supplier_id", pattern=_LEGAL),
            CsvColumn("year", **_YEAR),  # type: ignore[arg-type]
            CsvColumn("account_prefix", pattern=_ACCOUNT, nullable=True),
            CsvColumn("emissions_kg_co2e", kind="number", minimum=0),
            CsvColumn("gwp_set", allowed=("AR4", "AR5", "AR6", "not stated")),
            CsvColumn("source"),
        ),
        ("supplier_id", "year", "account_prefix"),
    ),
    "spend_contracts": (
        (
            CsvColumn("contract_id"),
            CsvColumn("cpv", pattern=r"\d{2,8}(-\d)?", nullable=True),
            CsvColumn("category", pattern=CODE, nullable=True),
            CsvColumn("reason"),
        ),
        ("contract_id",),
    ),
}


@dataclass(frozen=True, slots=True)
class LocalMappings:
    """The files of all municipalities, each with ``municipality_code``."""

    accounts: pd.DataFrame
    suppliers: pd.DataFrame
    replacements: pd.DataFrame
    supplier_figures: pd.DataFrame
    contracts: pd.DataFrame


def load_local_mappings(municipalities_dir: Path, category_codes: tuple[str, ...]) -> LocalMappings:
    """Read the files of every municipality.

    Raises:
        ProblemsError: everything that is wrong in all files, with file, line, column and value.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in FILES}
    problems: list[str] = []
    for folder in municipality_folders(municipalities_dir, []):
        for name, (columns, key) in FILES.items():
            path = folder / f"{name}.csv"
            if not path.is_file():
                continue
            try:
                found = read_csv(path, columns=columns, base=municipalities_dir, key=key, ignored=_LISTED)
            except ConfigurationError as error:
                problems += error.problems
                continue
            if name in ("spend_accounts", "spend_suppliers"):
                found = [row for row in found if row["category"] or row.get("is_wholesaler") == "true"]
                problems += [
                    f"{folder.name}/{name}.csv: {row[key[0]]}: a category needs a reason"
                    for row in found
                    if not row["reason"]
                ]
            named = [row["category"] for row in found if row.get("category")]
            problems += unknown_categories(named, category_codes, f"{folder.name}/{name}.csv")
            rows[name] += [{"municipality_code": folder.name[:4], **row} for row in found]
    problems += [
        f"{row['municipality_code']} spend_contracts.csv: {row['contract_id']}: give a CPV code or a category, not both"
        for row in rows["spend_contracts"]
        if bool(row["cpv"]) == bool(row["category"])
    ]
    problems += [
        f"{row['municipality_code']} spend_replacements.csv: {row['replacement_id']}: year_to {row['year_to']} is "
        f"before year_from {row['year_from']}"
        for row in rows["spend_replacements"]
        if row["year_to"] < row["year_from"]
    ]
    if problems:
        raise ProblemsError(problems)
    return LocalMappings(*(_frame(name, rows[name]) for name in FILES))


def no_local_mappings() -> LocalMappings:
    """No municipality has said anything."""
    return LocalMappings(*(_frame(name, []) for name in FILES))


def _frame(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["municipality_code", *(column.name for column in FILES[name][0])])
