"""Food that municipalities serve, and its emissions, from the ``meals.csv`` of their folders."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.read_local import read_local


def clean_served_meals(municipalities_dir: Path, _reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/served_meals`` from every ``meals.csv``."""
    return local_frame("clean/served_meals", read_local("meals", municipalities_dir, examples=examples))
