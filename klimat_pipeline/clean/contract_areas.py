"""The areas that municipalities' contracts speak of, as sets of inventory lines."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import line_problems, local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.read_local import read_local


def clean_contract_areas(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/contract_areas`` from every ``areas.csv``."""
    lines = reference.lines
    rows = read_local("areas", municipalities_dir, examples=examples, also=lambda row: line_problems(row, lines))
    return local_frame("clean/contract_areas", [{**row, "target_gas_basis": row["gas_basis"]} for row in rows])
