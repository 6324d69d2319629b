"""Freeze a report: read its published figures and write them into the municipality's folder.

What does not belong here: the form of the file (``configuration.frozen``), and comparing with it (``quality``).
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from klimat_pipeline.configuration.frozen import Figure, FrozenReport, write_frozen
from klimat_pipeline.configuration.municipality import municipality_folders
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.settings import Settings

_FIGURES = """
SELECT target_id, year, emissions_t_co2e, baseline_t_co2e, change_pct, basis, release_id, publication_id
FROM sector_indicators
WHERE municipality_code = :municipality AND target_kind = 'contract' AND emissions_t_co2e IS NOT NULL
  AND (release_id = :release OR (:release IS NULL AND is_headline))
ORDER BY target_id, year
"""


def freeze_report(settings: Settings, name: str, municipality: str, release: str | None) -> tuple[Path, int]:
    """Keep the figures of a municipality's targets on one release.

    Args:
        settings: where the published tables and the folders are.
        name: name of the report.
        municipality: its code.
        release: its release, by default the municipality's headline.

    Returns:
        The file, and how many figures it holds.

    Raises:
        ConfigurationError: nothing is published, the municipality has no folder, or the name is taken.
    """
    folders = [f for f in municipality_folders(settings.municipalities_dir, []) if f.name[:4] == municipality]
    if not folders:
        raise ConfigurationError(f"{municipality} has no folder; 'klimat municipality add' writes one.")
    database = settings.published_dir / "klimat.sqlite"
    if not database.is_file():
        raise ConfigurationError("nothing is published yet: run klimat refresh first.")
    wanted = {"municipality": municipality, "release": release}
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute(_FIGURES, wanted).fetchall()
    if not rows:
        raise ConfigurationError(f"no published figures of {municipality}'s targets on release {release or 'current'}.")
    report = FrozenReport(
        name=name,
        release_id=rows[0][6],
        frozen_on=datetime.now(UTC).date(),
        publication_id=rows[0][7],
        figures=[
            Figure(target_id=r[0], year=r[1], emissions_t_co2e=r[2], baseline_t_co2e=r[3], change_pct=r[4], basis=r[5])
            for r in rows
        ],
    )
    return write_frozen(folders[0], report), len(rows)
