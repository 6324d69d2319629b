"""Contracts of the stage ``corrected``: reported and locally corrected figures side by side."""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

_CLEAN = "clean/emissions"

EMISSIONS = Table(
    key="corrected/emissions",
    description="Emissions per municipality, main sector and year: as reported, and after local corrections.",
    columns=(
        col("release_id").use(f"{_CLEAN}.release_id"),
        col("is_current_release").use(f"{_CLEAN}.is_current_release"),
        col("municipality_code").use(f"{_CLEAN}.municipality_code"),
        col("sector_code").use(f"{_CLEAN}.sector_code"),
        col("substance").use(f"{_CLEAN}.substance"),
        col("year").use(f"{_CLEAN}.year"),
        col("emissions_reported_t_co2e").use(f"{_CLEAN}.emissions_reported_t_co2e"),
        col("emissions_t_co2e").use(f"{_CLEAN}.emissions_reported_t_co2e"),
        col("emissions_reported_t").use(f"{_CLEAN}.emissions_reported_t"),
        col("emissions_t").use(f"{_CLEAN}.emissions_reported_t"),
        col("unit").use(f"{_CLEAN}.unit"),
        col("gwp_set").use(f"{_CLEAN}.gwp_set"),
        col("correction_ids"),
    ),
    primary_key=("release_id", "municipality_code", "sector_code", "year"),
)

TABLES = (EMISSIONS,)
