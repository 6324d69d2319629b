"""Contracts of the stage ``clean``: codes, canonical units, long form; totals in tables of their own.

What does not belong here: tables of a municipality's folder (``clean_local``).
"""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

_RAW = "raw/smhi_emissions"
_SNAPSHOTS = "sources/smhi_snapshots"

RELEASES = Table(
    key="clean/releases",
    description="Releases of the national emission database, side by side; the newest of a substance is current.",
    columns=(
        col("release_id").use(f"{_SNAPSHOTS}.release_id"),
        col("source_id").use(f"{_SNAPSHOTS}.source_id"),
        col("source"),
        col("substance").use(f"{_SNAPSHOTS}.substance"),
        col("report_date").use(f"{_SNAPSHOTS}.report_date"),
        col("retrieved_at").use(f"{_SNAPSHOTS}.retrieved_at"),
        col("sha256").use(f"{_SNAPSHOTS}.sha256"),
        col("url").use(f"{_SNAPSHOTS}.url"),
        col("first_year").use(f"{_RAW}.year"),
        col("last_year").use(f"{_RAW}.year"),
        col("years").use(f"{_RAW}.year"),
        col("unit").use(f"{_RAW}.unit_sv"),
        col("gas_basis").use(f"{_RAW}.substance", nullable=True),
        col("gwp_set").use(f"{_RAW}.substance"),
        col("municipalities").use(f"{_RAW}.municipality_sv"),
        col("coverage").use(f"{_RAW}.municipality_sv"),
        col("is_current").use(f"{_SNAPSHOTS}.report_date", f"{_SNAPSHOTS}.retrieved_at", f"{_RAW}.municipality_sv"),
        col("is_headline").use(
            f"{_RAW}.substance", f"{_RAW}.municipality_sv", f"{_RAW}.year", f"{_SNAPSHOTS}.report_date"
        ),
    ),
    primary_key=("release_id",),
    topic="provenance",
)

MUNICIPALITIES = Table(
    key="clean/municipalities",
    description="Sweden's 290 municipalities, their counties (SCB) and the group of alike ones that SKR puts each in.",
    columns=(
        col("municipality_code"),
        col("municipality_name"),
        col("county_code"),
        col("county_name"),
        col("group_code"),
        col("group_name"),
    ),
    primary_key=("municipality_code",),
    topic="reference",
)

SECTORS = Table(
    key="clean/sectors",
    description="Main sectors of the national emission database.",
    columns=(
        col("sector_code"),
        col("sector_name_sv"),
        col("sector_name_en"),
        col("sector_order"),
        col("quality_class_national"),
        col("quality_class_geography"),
    ),
    primary_key=("sector_code",),
    topic="reference",
)

POPULATION = Table(
    key="clean/population",
    description="Residents per municipality and year, for the years that a source gives.",
    columns=(col("municipality_code"), col("year"), col("population"), col("source")),
    primary_key=("municipality_code", "year"),
    topic="reference",
)

CONSUMPTION_EMISSIONS = Table(
    key="clean/consumption_emissions",
    description="Emissions from what residents consume, wherever in the world they happen: a model's figure per "
    "resident, and times the residents. A boundary of its own: never added to a territory or an organisation.",
    columns=(
        col("municipality_code"),
        col("year"),
        col("boundary").use(allowed=("residents",)),
        col("emissions_per_resident_t_co2e").use(nullable=False),
        col("population").use("clean/population.population", nullable=True),
        col("population_year").use("clean/population.year"),
        col("emissions_t_co2e").use("clean/population.population"),
        col("data_quality").use(nullable=False),
        col("source"),
    ),
    primary_key=("municipality_code", "year"),
    topic="inventory",
)

TARGETS = Table(
    key="clean/targets",
    description="What is followed up per municipality: its own targets, and the same generic ones for all.",
    columns=(
        col("municipality_code"),
        col("target_id"),
        col("target_kind"),
        col("target_name_sv"),
        col("target_name_en"),
        col("sector_codes"),
        col("subsector_codes"),
        col("boundary"),
        col("target_gas_basis"),
        col("baseline_year"),
        col("target_year"),
        col("target_pct"),
        col("trend_from_year"),
        col("source"),
        col("note"),
        col("target_measure"),
        col("spend_indicator"),
        col("target_level"),
        col("interim_targets"),
        col("budget_t"),
        col("plan_from_year"),
    ),
    primary_key=("municipality_code", "target_id", "target_kind"),
    topic="targets",
)

METHOD_ASSUMPTIONS = Table(
    key="clean/method_assumptions",
    description="What the scenarios assume, each with its reason and its basis: check what is 'unverified' before you "
    "decide on figures that depend on it.",
    columns=(
        col("assumption_kind"),
        col("assumption"),
        col("assumption_value"),
        col("assumption_unit"),
        col("assumption_basis"),
        col("note").use(nullable=False),
    ),
    primary_key=("assumption_kind", "assumption"),
    topic="scenarios",
)

FROZEN_REPORTS = Table(
    key="clean/frozen_reports",
    description="Figures of reports that were handed in and frozen under a name; every run is compared with them.",
    columns=(
        col("municipality_code"),
        col("report_name"),
        col("release_id"),
        col("frozen_on"),
        col("target_id"),
        col("year"),
        col("emissions_t_co2e").use(nullable=False, minimum=None, additive="no"),
        col("baseline_t_co2e").use(minimum=None),
        col("change_pct"),
        col("basis"),
    ),
    primary_key=("municipality_code", "report_name", "target_id", "year"),
    topic="targets",
)

_CELL = (
    col("sheet").use(f"{_RAW}.sheet"),
    col("source_row").use(f"{_RAW}.source_row"),
    col("source_column").use(f"{_RAW}.source_column"),
)
_REPORTED = (
    col("emissions_reported_t").use(f"{_RAW}.value", f"{_RAW}.unit_sv"),
    col("emissions_reported_t_co2e").use(f"{_RAW}.value", f"{_RAW}.unit_sv"),
    col("unit").use(f"{_RAW}.unit_sv"),
    col("gwp_set").use(f"{_RAW}.substance"),
)

REPORTED_EMISSIONS = Table(
    key="clean/reported_emissions",
    description="Reported emissions per municipality, main sector and year; no totals inside.",
    columns=(
        col("release_id").use(f"{_RAW}.release_id"),
        col("is_current_release").use("clean/releases.is_current"),
        col("municipality_code").use(f"{_RAW}.municipality_sv", f"{_RAW}.county_sv"),
        col("sector_code").use(f"{_RAW}.main_sector_sv"),
        col("substance").use(f"{_RAW}.substance"),
        col("year").use(f"{_RAW}.year"),
        *_REPORTED,
        *_CELL,
    ),
    primary_key=("release_id", "municipality_code", "sector_code", "year"),
)

REPORTED_SUBSECTORS = Table(
    key="clean/reported_subsectors",
    description="Reported emissions per municipality, subsector and year, with the row 'not_split' that makes them "
    "sum to their sector.",
    columns=(
        col("release_id").use(f"{_RAW}.release_id"),
        col("is_current_release").use("clean/releases.is_current"),
        col("municipality_code").use(f"{_RAW}.municipality_sv", f"{_RAW}.county_sv"),
        col("sector_code").use(f"{_RAW}.main_sector_sv"),
        col("subsector_code").use(f"{_RAW}.subsector_sv"),
        col("subsector_name_sv").use(f"{_RAW}.subsector_sv"),
        col("subsector_name_en").use(f"{_RAW}.subsector_sv"),
        col("substance").use(f"{_RAW}.substance"),
        col("year").use(f"{_RAW}.year"),
        col("emissions_reported_t").use(f"{_RAW}.value", f"{_RAW}.unit_sv", minimum=None),
        col("emissions_reported_t_co2e").use(f"{_RAW}.value", f"{_RAW}.unit_sv", minimum=None),
        col("unit").use(f"{_RAW}.unit_sv"),
        col("gwp_set").use(f"{_RAW}.substance"),
        *(column.use(nullable=True) for column in _CELL),
    ),
    primary_key=("release_id", "municipality_code", "sector_code", "subsector_code", "year"),
)

AREA_TOTALS = Table(
    key="clean/area_totals",
    description="Totals as the source prints them (nation, counties, municipalities) and what the nation holds "
    "beyond its counties. For comparison only: never add them to the emissions.",
    columns=(
        col("release_id").use(f"{_RAW}.release_id"),
        col("area_code").use(f"{_RAW}.county_sv", f"{_RAW}.municipality_sv"),
        col("area_level").use(f"{_RAW}.county_sv", f"{_RAW}.municipality_sv"),
        col("area_name").use(f"{_RAW}.county_sv", f"{_RAW}.municipality_sv"),
        col("municipality_code").use(f"{_RAW}.municipality_sv", nullable=True),
        col("sector_code").use(f"{_RAW}.main_sector_sv"),
        col("substance").use(f"{_RAW}.substance"),
        col("year").use(f"{_RAW}.year"),
        col("emissions_reported_t").use(f"{_RAW}.value", minimum=None, additive="no"),
        col("emissions_reported_t_co2e").use(f"{_RAW}.value", minimum=None, additive="no"),
        col("unit").use(f"{_RAW}.unit_sv"),
        col("gwp_set").use(f"{_RAW}.substance"),
        *(column.use(nullable=True) for column in _CELL),
    ),
    primary_key=("release_id", "area_code", "sector_code", "year"),
)

TABLES = (
    RELEASES,
    MUNICIPALITIES,
    SECTORS,
    POPULATION,
    CONSUMPTION_EMISSIONS,
    TARGETS,
    METHOD_ASSUMPTIONS,
    FROZEN_REPORTS,
    REPORTED_EMISSIONS,
    REPORTED_SUBSECTORS,
    AREA_TOTALS,
)
