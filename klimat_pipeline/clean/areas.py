"""The areas that municipalities' contracts speak of, as sets of inventory lines."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame, local_rows
from klimat_pipeline.clean.reference import Reference


def clean_areas(municipalities_dir: Path, reference: Reference) -> pd.DataFrame:
    """``clean/areas`` from every ``areas.csv``."""
    rows = local_rows("areas", municipalities_dir, reference)
    return local_frame("clean/areas", [{**row, "target_gas_basis": row["gas_basis"]} for row in rows])
