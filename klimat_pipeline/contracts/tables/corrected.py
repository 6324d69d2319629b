"""Contracts of the stage ``corrected``: reported and corrected figures side by side, and the corrections."""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

_CLEAN = "clean/reported_emissions"

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
        col("emissions_t_co2e").use(
            f"{_CLEAN}.emissions_reported_t_co2e", "corrected/corrections.after_t", minimum=None
        ),
        col("emissions_reported_t").use(f"{_CLEAN}.emissions_reported_t"),
        col("emissions_t").use(f"{_CLEAN}.emissions_reported_t", "corrected/corrections.after_t", minimum=None),
        col("unit").use(f"{_CLEAN}.unit"),
        col("gwp_set").use(f"{_CLEAN}.gwp_set"),
        col("correction_ids").use("corrected/corrections.correction_id"),
        col("level_ids").use("corrected/corrections.level_ids"),
    ),
    primary_key=("release_id", "municipality_code", "sector_code", "year"),
    telling=(
        "municipality_code",
        "sector_code",
        "year",
        "emissions_reported_t_co2e",
        "emissions_t_co2e",
        "correction_ids",
    ),
)

CORRECTIONS = Table(
    key="corrected/corrections",
    description="Every application of a local correction, per release, cell and year: before, after, effect, and how "
    "far the national figure has moved since it was decided.",
    columns=(
        col("correction_id"),
        col("release_id").use(f"{_CLEAN}.release_id"),
        col("is_current_release").use(f"{_CLEAN}.is_current_release"),
        col("municipality_code").use(f"{_CLEAN}.municipality_code"),
        col("sector_code").use(f"{_CLEAN}.sector_code"),
        col("subsector_code").use("clean/reported_subsectors.subsector_code", nullable=True),
        col("substance").use(f"{_CLEAN}.substance"),
        col("year").use(f"{_CLEAN}.year"),
        col("side"),
        col("correction_status"),
        col("application_no"),
        col("action"),
        col("before_t").use(f"{_CLEAN}.emissions_reported_t"),
        col("after_t").use(f"{_CLEAN}.emissions_reported_t"),
        col("effect_t").use(f"{_CLEAN}.emissions_reported_t"),
        col("base_release_id"),
        col("base_then_t"),
        col("base_now_t").use(f"{_CLEAN}.emissions_reported_t"),
        col("drift_pct").use(f"{_CLEAN}.emissions_reported_t"),
        col("is_drifted").use(f"{_CLEAN}.emissions_reported_t"),
        col("is_sector_conserved"),
        col("is_county_conserved"),
        col("is_nation_conserved"),
        col("baseline_treatment"),
        col("data_quality_grade"),
        col("uncertainty_pct"),
        col("reason"),
        col("source"),
        col("decided_by"),
        col("decided_on"),
        col("note"),
        col("level_ids"),
    ),
    primary_key=("correction_id", "release_id", "municipality_code", "sector_code", "year", "side"),
    topic="corrections",
)

CORRECTION_RESIDUALS = Table(
    key="corrected/correction_residuals",
    description="Tonnes that corrections do not conserve, stated per area and sector: what a county or the nation "
    "would have to gain or lose for its printed total to agree with the corrected municipalities.",
    columns=(
        col("release_id").use("corrected/corrections.release_id"),
        col("area_code").use("corrected/corrections.municipality_code"),
        col("area_level").use("corrected/corrections.municipality_code", allowed=("nation", "county")),
        col("sector_code").use("corrected/corrections.sector_code"),
        col("substance").use("corrected/corrections.substance"),
        col("year").use("corrected/corrections.year"),
        col("residual_t").use("corrected/corrections.effect_t"),
        col("correction_ids").use("corrected/corrections.correction_id"),
    ),
    primary_key=("release_id", "area_code", "sector_code", "year"),
    topic="corrections",
)

CORRECTIONS_LEAVE_ONE_OUT = Table(
    key="corrected/corrections_leave_one_out",
    description="Each correction left out in turn: the municipality's total with all corrections and without this one.",
    columns=(
        col("correction_id").use("corrected/corrections.correction_id"),
        col("release_id").use("corrected/corrections.release_id"),
        col("municipality_code").use("corrected/corrections.municipality_code"),
        col("substance").use("corrected/corrections.substance"),
        col("year").use("corrected/corrections.year"),
        col("with_all_t").use("corrected/emissions.emissions_t"),
        col("without_t").use("corrected/emissions.emissions_t"),
        col("effect_t").use("corrected/emissions.emissions_t", nullable=False, additive="no"),
    ),
    primary_key=("correction_id", "release_id", "municipality_code", "year"),
    topic="corrections",
)

_PARTS = "clean/reported_subsectors"

SUBSECTOR_EMISSIONS = Table(
    key="corrected/subsector_emissions",
    description="Emissions per municipality, subsector and year: as reported, and after local corrections. A sector's "
    "own correction stands in its row 'not_split', which makes the subsectors sum to the corrected sector.",
    columns=(
        *(
            col(name).use(f"{_PARTS}.{name}")
            for name in (
                "release_id",
                "is_current_release",
                "municipality_code",
                "sector_code",
                "subsector_code",
                "subsector_name_sv",
                "subsector_name_en",
                "substance",
                "year",
            )
        ),
        *(
            col(name).use(f"{_PARTS}.{name}", minimum=None)
            for name in ("emissions_reported_t", "emissions_reported_t_co2e")
        ),
        *(
            col(name).use(f"{_PARTS}.{of}", "corrected/corrections.effect_t", minimum=None)
            for name, of in (
                ("emissions_t", "emissions_reported_t"),
                ("emissions_t_co2e", "emissions_reported_t_co2e"),
            )
        ),
        col("unit").use(f"{_PARTS}.unit"),
        col("gwp_set").use(f"{_PARTS}.gwp_set"),
        col("correction_ids").use("corrected/corrections.correction_id"),
        *(col(name).use(f"{_PARTS}.{name}", nullable=True) for name in ("sheet", "source_row", "source_column")),
    ),
    primary_key=("release_id", "municipality_code", "sector_code", "subsector_code", "year"),
)

TABLES = (CORRECTIONS, EMISSIONS, SUBSECTOR_EMISSIONS, CORRECTION_RESIDUALS, CORRECTIONS_LEAVE_ONE_OUT)
