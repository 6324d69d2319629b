"""Contracts of the stage ``quality``: the findings of the checks."""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

DATA_QUALITY = Table(
    key="quality/data_quality",
    description="What every check found, passed or not: the value, the threshold, the first keys at fault, the likely "
    "cause, and who acknowledges it.",
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
        col("municipality_codes"),
        col("message"),
        col("message_sv"),
        col("likely_cause"),
        col("acknowledgement"),
    ),
    primary_key=("table_name", "check_name", "finding_no"),
    topic="quality",
    telling=("table_name", "check_name", "severity", "outcome", "message"),
)

TABLES = (DATA_QUALITY,)
