"""Construction projects beside the reference value of their kind, from the ``construction.csv`` of the folders."""

from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.assumptions import BASES
from klimat_pipeline.clean.local import local_frame, local_rows
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.configuration.targets_and_gap import construction_problems

#: ``data/reference/construction_references.csv``: reference values, each with its system boundary.
_REFERENCES = (
    CsvColumn("reference_set", pattern=r"[a-z][a-z0-9_]*"),
    CsvColumn("building_kind"),
    CsvColumn("system_boundary"),
    CsvColumn("reference_kg_per_m2", kind="number", minimum=1e-9),
    CsvColumn("basis", allowed=BASES),
    CsvColumn("source"),
)


def construction_references(reference_dir: Path) -> list[dict[str, Any]]:
    """Reference values with their system boundary, basis and source.

    Raises:
        ConfigurationError: the file is missing or does not fit.
    """
    path = reference_dir / "construction_references.csv"
    return read_csv(path, columns=_REFERENCES, base=reference_dir, key=("reference_set",))


def clean_construction(municipalities_dir: Path, reference_dir: Path, reference: Reference) -> pd.DataFrame:
    """``clean/construction`` from every ``construction.csv``, each project with its reference value.

    Raises:
        ProblemsError: faults of the files; among them a project whose system boundary is not its reference's.
    """
    known = {row["reference_set"]: row for row in construction_references(reference_dir)}
    boundaries = {name: row["system_boundary"] for name, row in known.items()}
    rows = local_rows(
        "construction", municipalities_dir, reference, also=lambda row: construction_problems(row, boundaries)
    )
    for row in rows:
        row["project_name"] = row["name"]
        row["reference_kg_per_m2"] = known[row["reference_set"]]["reference_kg_per_m2"]
    return local_frame("clean/construction", rows)
