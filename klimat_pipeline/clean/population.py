"""Residents per municipality and year: of all municipalities from the reference table, and what their folders add."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.local_tables import read_local
from klimat_pipeline.configuration.municipality import municipality_folders


def clean_population(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/population`` from the reference table and every ``population.csv``, which goes before it."""
    strangers = [
        f"{municipalities_dir.name}/{folder.name}: no municipality has the code {folder.name[:4]!r}"
        for folder in municipality_folders(municipalities_dir, [])
        if (folder / "population.csv").is_file() and folder.name[:4] not in reference.municipality_by_code
    ]
    own = local_frame(
        "clean/population", read_local("population", municipalities_dir, examples=examples, besides=strangers)
    )
    key = ["municipality_code", "year"]
    both = pd.concat([own, reference.population.astype(own.dtypes.to_dict())], ignore_index=True)
    return both.drop_duplicates(key).sort_values(key, ignore_index=True)
