"""Residents per municipality and year, from what the municipalities' folders give with their source."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.municipality import load_population
from klimat_pipeline.contracts import table


def clean_population(municipalities_dir: Path, reference: Reference) -> pd.DataFrame:
    """``clean/population`` from every ``population.csv``."""
    contract = table("clean/population")
    rows = load_population(municipalities_dir, known_codes=reference.municipality_by_code)
    frame = pd.DataFrame(rows, columns=contract.column_names).astype({"year": "int64", "population": "int64"})
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)
