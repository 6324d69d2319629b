"""``datapackage.json``: the published tables as a Frictionless Data Package, generated from the contracts.

It holds no time, so that the same publication is described by the same bytes. What does not belong here: a
description of any column (``contracts``).
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from klimat_pipeline.contracts.model import Column, Table

FILE_NAME = "datapackage.json"


def write_datapackage(directory: Path, publication_id: str, contracts: Mapping[str, Table]) -> Path:
    """Describe the Parquet files of a directory, with their sizes and hashes."""
    package = {
        "profile": "data-package",
        "name": "klimat",
        "id": publication_id,
        "title": "Municipal climate accounts",
        "description": "Every table carries the publication_id of this package. Read several tables from one "
        "directory of that name, never through 'latest' one after the other.",
        # Terms are the sources' own: what may be done with a figure follows from where it comes from.
        "licenses": [{"name": "see-sources", "title": "The terms of the sources that the tables name"}],
        "sources": [{"title": "The sources named in the tables, first of all in 'releases'"}],
        "resources": [_resource(directory, name, contract) for name, contract in contracts.items()],
    }
    path = directory / FILE_NAME
    path.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def described_publication(directory: Path) -> str | None:
    """The publication that a directory holds whole, None when a file is missing or not of its size."""
    try:
        package = json.loads((directory / FILE_NAME).read_text(encoding="utf-8"))
        for resource in package["resources"]:
            if (directory / Path(resource["path"]).name).stat().st_size != resource["bytes"]:
                return None
        return str(package["id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _resource(directory: Path, name: str, contract: Table) -> dict[str, Any]:
    path = directory / f"{name}.parquet"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "profile": "data-resource",
        "name": name,
        "path": path.name,
        "description": contract.description,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest}",
        "schema": {
            "fields": [_field(column) for column in contract.columns],
            "primaryKey": list(contract.primary_key),
        },
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if not column.nullable:
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
