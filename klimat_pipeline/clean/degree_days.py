"""Heating degree days, from the ``degree_days.csv`` of municipalities' folders."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.read_local import read_local


def clean_degree_days(municipalities_dir: Path, _reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/degree_days`` from every ``degree_days.csv``."""
    return local_frame("clean/degree_days", read_local("degree_days", municipalities_dir, examples=examples))
