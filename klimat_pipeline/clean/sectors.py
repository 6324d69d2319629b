"""``clean/sectors``: the main sectors in the source's order, from ``data/reference/sectors.csv``."""

import pandas as pd

from klimat_pipeline.clean.reference import Reference


def clean_sectors(reference: Reference) -> pd.DataFrame:
    """The main sectors of the reference tables."""
    return reference.sectors
