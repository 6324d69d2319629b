"""Contracts of the stage ``quality``: what the checks found."""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

FINDINGS = Table(
    key="quality/findings",
    description="What every check found, passed or not: the value, the threshold, the first keys at fault and what to "
    "suspect.",
    columns=(
        col("table_name"),
        col("check_name"),
        col("finding_no"),
        col("kind"),
        col("severity"),
        col("outcome"),
        col("passed"),
        col("observed"),
        col("threshold"),
        col("offending_count"),
        col("offending_keys"),
        col("message"),
        col("suspicion"),
    ),
    primary_key=("table_name", "check_name", "finding_no"),
    topic="quality",
)

TABLES = (FINDINGS,)
