"""``clean/municipalities``: every municipality with its county, from ``data/reference/municipalities.csv``."""

import pandas as pd

from klimat_pipeline.clean.reference import Reference


def clean_municipalities(reference: Reference) -> pd.DataFrame:
    """The municipalities of the reference tables."""
    return reference.municipalities
