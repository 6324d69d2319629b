"""Construction projects beside the reference value of their kind, from the ``construction.csv`` of the folders."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.read_local import read_local
from klimat_pipeline.configuration.targets_and_gap import construction_problems


def clean_construction_projects(
    municipalities_dir: Path, reference: Reference, *, examples: bool = False
) -> pd.DataFrame:
    """``clean/construction_projects`` from every ``construction.csv``, each project with its reference value.

    Raises:
        ProblemsError: faults of the files; among them a project whose system boundary is not its reference's.
    """
    known = reference.construction_references.set_index("reference_set")
    boundaries = known["system_boundary"].to_dict()
    rows = read_local(
        "construction", municipalities_dir, examples=examples, also=lambda row: construction_problems(row, boundaries)
    )
    for row in rows:
        row["project_name"] = row["name"]
        row["reference_kg_per_m2"] = known.at[row["reference_set"], "reference_kg_per_m2"]
    return local_frame("clean/construction_projects", rows)
