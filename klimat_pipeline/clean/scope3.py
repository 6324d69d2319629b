"""Scope 3 of territories, from what the folders give with their source."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame, local_rows
from klimat_pipeline.clean.reference import Reference


def clean_scope3(municipalities_dir: Path, reference: Reference) -> pd.DataFrame:
    """``clean/scope3`` from every ``scope3.csv``."""
    return local_frame("clean/scope3", local_rows("scope3", municipalities_dir, reference))
