"""``datapackage.json``: the published tables as a Frictionless Data Package, generated from the contracts.

It passes ``frictionless validate``. What does not belong here: a description of any column (``contracts``).
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from klimat_pipeline import __version__
from klimat_pipeline.contracts.model import Column, Table
from klimat_pipeline.published.files import sha256_of

Form = Literal["parquet", "csv"]
#: How readers say that a value is missing: of Parquet, where an empty text is a value, and of CSV, where it is not.
MISSING = {"parquet": ["nan", "NaT", "None", "<NA>"], "csv": [""]}
_MEDIA_TYPES = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}
_SMHI = {"title": "SMHI: Nationella emissionsdatabasen", "path": "https://nationellaemissionsdatabasen.smhi.se"}
_SCB = {"title": "SCB: kommunkoder, folkmängd, prisindex", "path": "https://www.scb.se"}
_FIGARO = {"title": "FIGARO monetary emission factors, Ecodex", "path": "https://doi.org/10.5281/zenodo.23157020"}
_SEE_SOURCES = {"name": "see-sources", "title": "The terms of the sources named: see DATA_LICENSES.md"}
_BY_SA = {
    "name": "CC-BY-SA-4.0",
    "title": "Creative Commons Attribution-ShareAlike 4.0: what rests on the spend factors",
    "path": "https://creativecommons.org/licenses/by-sa/4.0/",
}
FILE_NAME = "datapackage.json"


def write_datapackage(
    directory: Path,
    publication_id: str,
    published_at: datetime,
    contracts: Mapping[str, Table],
    form: Form = "parquet",
) -> Path:
    """Describe the files of a directory, with their sizes and hashes."""
    package = {
        "profile": "data-package",
        "name": "klimat",
        "id": publication_id,
        "version": __version__,
        "created": published_at.isoformat(timespec="seconds"),
        "title": "Municipal climate accounts",
        "description": "Every table carries the publication_id of this package. Read several tables from one "
        "directory of that name, never through 'latest' one after the other.",
        # Terms are the sources' own: what may be done with a figure follows from where it comes from.
        "licenses": [_SEE_SOURCES],
        "sources": [_SMHI, _SCB, _FIGARO],
        "resources": [_resource(directory, name, contract, form) for name, contract in contracts.items()],
    }
    path = directory / FILE_NAME
    path.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def undated(directory: Path) -> dict[str, Any] | None:
    """The description without the time of publication, which is no part of what was published; None without one."""
    try:
        package: dict[str, Any] = json.loads((directory / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {name: value for name, value in package.items() if name != "created"}


def described_publication(directory: Path) -> str | None:
    """The publication that a directory holds whole, None when a file is missing or has other bytes than described."""
    try:
        package = json.loads((directory / FILE_NAME).read_text(encoding="utf-8"))
        for resource in package["resources"]:
            # Publications of before have the size under the name that the standard keeps for text files.
            size = resource["fileSize"] if "fileSize" in resource else resource["bytes"]
            path = directory / Path(resource["path"]).name
            if path.stat().st_size != size or resource["hash"] != _hash_of(path):
                return None
        return str(package["id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _hash_of(path: Path) -> str:
    return f"sha256:{sha256_of(path)}"


def _resource(directory: Path, name: str, contract: Table, form: Form) -> dict[str, Any]:
    path = directory / f"{name}.{form}"
    is_spend = contract.topic == "spend"
    return {
        "profile": "data-resource",
        "name": name,
        "path": path.name,
        "description": contract.description,
        "format": form,
        "mediatype": _MEDIA_TYPES[form],
        # Not "bytes": the standard's reader of Parquet counts none, and would find every file wrong.
        "fileSize": path.stat().st_size,
        "hash": _hash_of(path),
        "licenses": [_BY_SA if is_spend else _SEE_SOURCES],
        "sources": [_FIGARO, _SCB] if is_spend else [_SMHI, _SCB],
        "schema": {
            "fields": [_field(column, form) for column in contract.columns],
            "missingValues": MISSING[form],
            "primaryKey": list(contract.primary_key),
            "foreignKeys": [
                {"fields": [column], "reference": {"resource": of, "fields": [key]}}
                for column, of, key in contract.foreign_keys
            ],
        },
    }


def _field(column: Column, form: Form) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    # CSV does not tell an empty text from none.
    if not column.nullable and not (form == "csv" and column.kind == "string"):
        constraints["required"] = True
    if column.pattern is not None:
        constraints["pattern"] = column.pattern
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    if column.maximum is not None:
        constraints["maximum"] = column.maximum
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    field: dict[str, Any] = {"name": column.name, "type": column.kind, "description": column.description}
    if column.unit:
        field["unit"] = column.unit
    if constraints:
        field["constraints"] = constraints
    return field
