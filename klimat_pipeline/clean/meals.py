"""Food that municipalities serve, and its emissions, from the ``meals.csv`` of their folders."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame, local_rows
from klimat_pipeline.clean.reference import Reference


def clean_meals(municipalities_dir: Path, reference: Reference) -> pd.DataFrame:
    """``clean/meals`` from every ``meals.csv``."""
    return local_frame("clean/meals", local_rows("meals", municipalities_dir, reference))
