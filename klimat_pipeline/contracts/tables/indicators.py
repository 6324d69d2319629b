"""Contracts of the stage ``indicators``: one table a family of indicators."""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

_EMISSIONS = "corrected/emissions.emissions_t_co2e"
_TARGETS = "clean/targets"

SECTORS = Table(
    key="indicators/sectors",
    description="Per municipality, target and year: emissions, change since the baseline, where the target and the "
    "straight line to it stand, trend and status.",
    columns=(
        col("municipality_code").use("corrected/emissions.municipality_code"),
        col("target_id").use(f"{_TARGETS}.target_id"),
        col("release_id").use("corrected/emissions.release_id"),
        col("is_current_release").use("corrected/emissions.is_current_release"),
        col("year").use("corrected/emissions.year"),
        col("is_latest_year").use("corrected/emissions.year"),
        col("target_name_sv").use(f"{_TARGETS}.target_name_sv"),
        col("target_name_en").use(f"{_TARGETS}.target_name_en"),
        col("target_kind").use(f"{_TARGETS}.target_kind"),
        col("sector_codes").use(f"{_TARGETS}.sector_codes"),
        col("boundary").use(f"{_TARGETS}.boundary"),
        col("substance").use("corrected/emissions.substance"),
        col("gas_basis").use("clean/releases.gas_basis"),
        col("target_gas_basis").use(f"{_TARGETS}.target_gas_basis"),
        col("gwp_set").use("corrected/emissions.gwp_set"),
        col("emissions_t_co2e").use(_EMISSIONS, additive="no"),
        col("baseline_year").use(f"{_TARGETS}.baseline_year"),
        col("baseline_t_co2e").use(_EMISSIONS, f"{_TARGETS}.baseline_year"),
        col("change_t_co2e").use(_EMISSIONS, f"{_TARGETS}.baseline_year"),
        col("change_pct").use(_EMISSIONS, f"{_TARGETS}.baseline_year"),
        col("target_pct").use(f"{_TARGETS}.target_pct"),
        col("target_year").use(f"{_TARGETS}.target_year"),
        col("target_t_co2e").use(_EMISSIONS, f"{_TARGETS}.target_pct"),
        col("target_path_t_co2e").use(_EMISSIONS, f"{_TARGETS}.target_pct", f"{_TARGETS}.target_year"),
        col("gap_t_co2e").use(_EMISSIONS, f"{_TARGETS}.target_pct", f"{_TARGETS}.target_year"),
        col("required_t_co2e_per_year").use(_EMISSIONS, f"{_TARGETS}.target_pct", f"{_TARGETS}.target_year"),
        col("required_pct_per_year").use(_EMISSIONS, f"{_TARGETS}.target_pct", f"{_TARGETS}.target_year"),
        col("trend_from_year").use(f"{_TARGETS}.trend_from_year"),
        col("trend_compound_pct_per_year").use(_EMISSIONS, f"{_TARGETS}.trend_from_year"),
        col("trend_t_co2e_per_year").use(_EMISSIONS, f"{_TARGETS}.trend_from_year"),
        col("projected_t_co2e").use(_EMISSIONS, f"{_TARGETS}.trend_from_year", f"{_TARGETS}.target_year"),
        col("projected_without_last_t_co2e").use(_EMISSIONS, f"{_TARGETS}.trend_from_year", f"{_TARGETS}.target_year"),
        col("share_of_total_pct").use(_EMISSIONS),
        col("population").use("clean/population.population", nullable=True),
        col("emissions_per_resident_t_co2e").use(_EMISSIONS, "clean/population.population"),
        col("status").use(_EMISSIONS, f"{_TARGETS}.target_pct", f"{_TARGETS}.target_year"),
        col("note"),
    ),
    primary_key=("municipality_code", "target_id", "release_id", "year"),
    topic="targets",
)

TABLES = (SECTORS,)
