"""Contracts of the stage ``raw``: the source's own words and numbers, each with its cell."""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

_SHEET = "sources/smhi_snapshots.sha256"

SMHI_EMISSIONS = Table(
    key="raw/smhi_emissions",
    description="Every figure of the national workbooks, one row per cell, totals included, nothing renamed.",
    columns=(
        col("release_id").use("sources/smhi_snapshots.release_id"),
        col("sheet").use(_SHEET),
        col("source_row").use(_SHEET),
        col("source_column").use(_SHEET),
        col("main_sector_sv").use(_SHEET),
        col("subsector_sv").use(_SHEET),
        col("county_sv").use(_SHEET),
        col("municipality_sv").use(_SHEET),
        col("substance").use(_SHEET),
        col("unit_sv").use(_SHEET),
        col("year").use(_SHEET),
        col("value").use(_SHEET),
    ),
    primary_key=("release_id", "source_row", "source_column"),
)

TABLES = (SMHI_EMISSIONS,)
