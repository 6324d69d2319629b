"""Figures of frozen reports as a table, to hold today's against."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.configuration.frozen import load_frozen
from klimat_pipeline.contracts import table


def clean_frozen_reports(municipalities_dir: Path) -> pd.DataFrame:
    """``clean/frozen_reports`` from every municipality's frozen reports."""
    contract = table("clean/frozen_reports")
    frame = pd.DataFrame(load_frozen(municipalities_dir), columns=contract.column_names)
    numbers = {column.name: "float64" for column in contract.columns if column.kind == "number"}
    return frame.astype(numbers | {"year": "int64"}).sort_values(list(contract.primary_key)).reset_index(drop=True)
