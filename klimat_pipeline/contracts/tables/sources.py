"""Contracts of the stage ``sources``: the files in the archive."""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

SMHI_SNAPSHOTS = Table(
    key="sources/smhi_snapshots",
    description="Workbooks of SMHI's national emission database in the snapshot archive, one row per release.",
    columns=(
        col("release_id"),
        col("source_id"),
        col("substance"),
        col("url"),
        col("file_name"),
        col("retrieved_at"),
        col("sha256"),
        col("size_bytes"),
        col("report_date"),
        col("stale_days"),
    ),
    primary_key=("release_id",),
    topic="provenance",
)

TABLES = (SMHI_SNAPSHOTS,)
