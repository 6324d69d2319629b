"""Residents per municipality and year: of all municipalities from SCB, and what their folders add.

What a folder says goes before what was fetched (``klimat population fetch``), and that before the shipped table. What
does not belong here: which year's residents a figure is divided by (``residents``).
"""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.municipality import municipality_folders
from klimat_pipeline.configuration.read_local import read_local
from klimat_pipeline.raw.scb import read_residents
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.scb import scb_tables
from klimat_pipeline.sources.series import POPULATION, newest, series_archive

_KEY = ["municipality_code", "year"]


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
    both = pd.concat([own, reference.population.astype(own.dtypes.to_dict())], ignore_index=True)
    return both.drop_duplicates(_KEY).sort_values(_KEY, ignore_index=True)


def with_fetched(reference: Reference, settings: Settings) -> Reference:
    """The reference tables, with the newest residents that were fetched in the place of the shipped ones.

    Raises:
        SnapshotError: a snapshot is missing or damaged.
        SourceError: a snapshot no longer fits ``scb_tables.csv``.
    """
    tables, archive = scb_tables(settings.reference_dir, POPULATION), series_archive(settings, POPULATION)
    rows = [
        {
            "municipality_code": code,
            "year": year,
            "population": persons,
            "source": f"{table.source}; snapshot {release}",
        }
        for name, snapshot in newest(settings, POPULATION).items()
        if (table := tables.get(name)) is not None
        for release in [snapshot.release_id]
        for code, own in read_residents(archive.read(snapshot), snapshot.file_name, table)[1].items()
        if code in reference.municipality_by_code
        for year, persons in own.items()
    ]
    if not rows:
        return reference
    both = pd.concat([pd.DataFrame(rows), reference.population], ignore_index=True)
    return replace(reference, population=both.drop_duplicates(_KEY))
