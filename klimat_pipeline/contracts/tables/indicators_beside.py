"""Contracts of the stage ``indicators``: targets, and what stands beside the sectors: gases, energy, groups, land use.

What does not belong here: sectors and scopes themselves (``indicators``).
"""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

_EMISSIONS = "corrected/emissions.emissions_t_co2e"
_REPORTED = "corrected/emissions.emissions_reported_t_co2e"
_TARGETS = "clean/targets"
_SECTORS = "indicators/sector_indicators"
_FIGURE = (
    f"{_SECTORS}.emissions_reported_t_co2e",
    f"{_SECTORS}.emissions_corrected_t_co2e",
    "clean/construction_projects.impact_kg_per_m2",
    "clean/served_meals.emissions_kg_co2e",
    "spend/spend_indicators.spend_indicator_value",
)
_GOAL = (*_FIGURE, f"{_TARGETS}.target_pct")

TARGET_STATUS = Table(
    key="indicators/target_status",
    description="How far every target of a municipality's own contract is, of whatever kind, along three paths: gap "
    "now, cumulative excess since the baseline, budget, and when the present trend would reach it.",
    columns=(
        col("municipality_code").use(f"{_TARGETS}.municipality_code"),
        col("target_id").use(f"{_TARGETS}.target_id"),
        col("release_id").use(f"{_SECTORS}.release_id"),
        col("is_current_release").use(f"{_SECTORS}.is_current_release"),
        col("year").use(f"{_SECTORS}.year"),
        col("path").use(f"{_TARGETS}.target_pct"),
        col("is_latest_year").use(f"{_SECTORS}.is_latest_year"),
        col("target_name_sv").use(f"{_TARGETS}.target_name_sv"),
        col("target_name_en").use(f"{_TARGETS}.target_name_en"),
        col("boundary").use(f"{_TARGETS}.boundary"),
        col("target_measure").use(f"{_TARGETS}.target_measure"),
        col("target_unit").use(f"{_TARGETS}.target_measure"),
        col("target_gas_basis").use(f"{_TARGETS}.target_gas_basis"),
        col("gas_basis").use(f"{_SECTORS}.gas_basis", nullable=True),
        col("gwp_set").use(f"{_SECTORS}.gwp_set", "clean/served_meals.gwp_set", nullable=True),
        col("basis").use(f"{_SECTORS}.basis"),
        col("baseline_year").use(f"{_TARGETS}.baseline_year"),
        col("baseline_value").use(*_FIGURE, "clean/construction_projects.reference_kg_per_m2"),
        col("target_year").use(f"{_TARGETS}.target_year"),
        col("target_pct").use(f"{_TARGETS}.target_pct"),
        col("target_value").use(*_GOAL, f"{_TARGETS}.target_level"),
        col("current_value").use(*_FIGURE),
        col("change_pct").use(*_FIGURE),
        col("path_value").use(*_GOAL, f"{_TARGETS}.interim_targets", f"{_TARGETS}.budget_t"),
        col("gap_value").use(*_GOAL),
        col("series_basis").use(f"{_SECTORS}.basis"),
        col("cumulative_excess_t").use(*_GOAL),
        col("interpolated_years").use(f"{_SECTORS}.year"),
        col("interpolated_count").use(f"{_SECTORS}.year"),
        col("budget_t").use(f"{_TARGETS}.budget_t", *_GOAL),
        col("budget_rule").use(f"{_TARGETS}.budget_t"),
        col("budget_used_t").use(*_FIGURE),
        col("budget_left_t").use(*_GOAL),
        col("budget_exhausted_year").use(*_GOAL),
        col("trend_from_year").use(f"{_SECTORS}.trend_from_year"),
        col("trend_reaches_year").use(*_GOAL),
        col("trend_reaches_without_last_year").use(*_GOAL),
        col("next_interim_year").use(f"{_TARGETS}.interim_targets"),
        col("next_interim_value").use(f"{_TARGETS}.interim_targets", *_FIGURE),
        col("status").use(*_GOAL),
        col("note").use(f"{_TARGETS}.note"),
    ),
    primary_key=("municipality_code", "target_id", "release_id", "year", "path"),
    topic="targets",
)

_LEVEL = (f"{_SECTORS}.target_t_co2e", f"{_SECTORS}.sector_codes")
_PLAN = (*_LEVEL, _EMISSIONS)

TARGET_COHERENCE = Table(
    key="indicators/target_coherence",
    description="Whether a municipality's sub-targets, with their different baselines, imply its total target: levels, "
    "what no target covers, shortfall or room, and what would close the plan.",
    columns=(
        col("municipality_code").use(f"{_SECTORS}.municipality_code"),
        col("release_id").use(f"{_SECTORS}.release_id"),
        col("coherence_item").use(f"{_SECTORS}.target_id", "corrected/emissions.sector_code"),
        col("is_current_release").use(f"{_SECTORS}.is_current_release"),
        col("coherence_kind").use(f"{_SECTORS}.sector_codes", f"{_SECTORS}.target_pct"),
        col("year").use(f"{_SECTORS}.year"),
        col("sector_codes").use(f"{_SECTORS}.sector_codes"),
        col("target_gas_basis").use(f"{_SECTORS}.target_gas_basis"),
        col("gwp_set").use(f"{_SECTORS}.gwp_set"),
        col("basis").use(f"{_SECTORS}.basis", nullable=False),
        col("baseline_year").use(f"{_SECTORS}.baseline_year"),
        col("baseline_t_co2e").use(f"{_SECTORS}.baseline_t_co2e", f"{_SECTORS}.baseline_reported_t_co2e", minimum=None),
        col("target_year").use(f"{_SECTORS}.target_year"),
        col("target_pct").use(f"{_SECTORS}.target_pct"),
        col("target_t_co2e").use(f"{_SECTORS}.target_t_co2e"),
        col("emissions_t_co2e").use(_EMISSIONS, _REPORTED, additive="no", minimum=None),
        col("levels_sum_t").use(*_LEVEL),
        col("uncovered_t").use(*_PLAN),
        col("implied_t").use(*_PLAN),
        col("shortfall_t").use(*_PLAN),
        col("closing_pct").use(*_PLAN),
        col("closing_since_baseline_pct").use(*_PLAN),
        col("room_at_total_pct_t").use(*_PLAN),
        col("note").use(f"{_SECTORS}.note"),
    ),
    primary_key=("municipality_code", "release_id", "coherence_item", "coherence_kind"),
    topic="targets",
)

GASES = Table(
    key="indicators/gases",
    description="All greenhouse gases of a main sector divided by gas, as reported: where workbooks of single "
    "substances stand beside that of all gases. The rows of a sector and year sum to its figure.",
    columns=(
        col("municipality_code").use("corrected/emissions.municipality_code"),
        col("sector_code").use("corrected/emissions.sector_code"),
        col("release_id").use("corrected/emissions.release_id"),
        col("is_current_release").use("corrected/emissions.is_current_release"),
        col("year").use("corrected/emissions.year"),
        col("greenhouse_gas").use("corrected/emissions.substance"),
        col("gas_t").use("corrected/emissions.emissions_reported_t"),
        col("emissions_t_co2e").use(_REPORTED, minimum=None, nullable=False),
        col("gwp_set").use("corrected/emissions.gwp_set"),
        col("gas_release_ids").use("clean/releases.release_id"),
        col("note"),
    ),
    primary_key=("municipality_code", "sector_code", "release_id", "year", "greenhouse_gas"),
)

_SUBSECTORS = "corrected/subsector_emissions.emissions_reported_t_co2e"
_WEATHER = ("clean/degree_days.degree_days", "clean/degree_days.normal_degree_days")
_FOLLOWED = f"{_SECTORS}.emissions_t_co2e"

ENERGY_TARGETS = Table(
    key="indicators/energy_targets",
    description="Targets for energy as they are meant, where a release's subsectors allow, and in normal weather, "
    "where degree days are given. Beside sector_indicators, whose figures stay the official ones.",
    columns=(
        col("municipality_code").use(f"{_SECTORS}.municipality_code"),
        col("target_id").use(f"{_SECTORS}.target_id"),
        col("release_id").use(f"{_SECTORS}.release_id"),
        col("is_current_release").use(f"{_SECTORS}.is_current_release"),
        col("year").use(f"{_SECTORS}.year"),
        col("energy_basis").use("corrected/subsector_emissions.subsector_code", "clean/targets.subsector_codes"),
        col("subsector_codes").use("clean/targets.subsector_codes"),
        col("basis").use(f"{_SECTORS}.basis"),
        col("gwp_set").use(f"{_SECTORS}.gwp_set"),
        col("baseline_year").use(f"{_SECTORS}.baseline_year"),
        col("emissions_t_co2e").use(_FOLLOWED, _SUBSECTORS, additive="no", minimum=None),
        col("baseline_t_co2e").use(_FOLLOWED, _SUBSECTORS, minimum=None),
        col("change_pct").use(_FOLLOWED, _SUBSECTORS),
        col("target_year").use(f"{_SECTORS}.target_year"),
        col("target_pct").use(f"{_SECTORS}.target_pct"),
        col("target_t_co2e").use(_FOLLOWED, _SUBSECTORS),
        col("degree_days").use(_WEATHER[0]),
        col("normal_degree_days").use(_WEATHER[1]),
        col("weather_dependent_pct").use("clean/degree_days.weather_dependent_pct"),
        col("emissions_normalised_t_co2e").use(_FOLLOWED, *_WEATHER, minimum=None),
        col("change_normalised_pct").use(_FOLLOWED, *_WEATHER),
        col("note").use("clean/targets.note"),
    ),
    primary_key=("municipality_code", "target_id", "release_id", "year"),
    topic="targets",
)

GROUP_COMPARISON = Table(
    key="indicators/group_comparison",
    description="Municipalities beside the others of the groups that municipality.yaml names: places and median.",
    columns=(
        col("municipality_code").use("indicators/municipality_comparison.municipality_code"),
        col("release_id").use("indicators/municipality_comparison.release_id"),
        col("is_current_release").use("indicators/municipality_comparison.is_current_release"),
        col("comparison_group"),
        *(
            col(name).use(f"indicators/municipality_comparison.{name}")
            for name in ("target_id", "indicator", "indicator_text", "basis", "year", "indicator_value")
        ),
        col("indicator_unit").use("indicators/municipality_comparison.indicator_unit"),
        *(
            col(name).use("indicators/municipality_comparison.indicator_value")
            for name in ("rank", "compared", "lowest_value", "median_value", "highest_value", "to_median")
        ),
    ),
    primary_key=("municipality_code", "release_id", "comparison_group", "target_id", "indicator"),
    topic="comparison",
)

LAND_USE = Table(
    key="indicators/land_use",
    description="Land use beside the total of the same area and year, which it is never part of.",
    columns=(
        col("area_code").use("clean/reported_land_use.area_code"),
        col("area_level").use("clean/area_totals.area_level"),
        col("area_name").use("clean/area_totals.area_name"),
        col("release_id").use("clean/area_totals.release_id"),
        col("year").use("clean/reported_land_use.year"),
        col("emissions_reported_t_co2e").use(
            "clean/area_totals.emissions_reported_t_co2e", minimum=None, additive="no", nullable=False
        ),
        col("land_use_t_co2e").use("clean/reported_land_use.land_use_t_co2e"),
        col("source").use("clean/reported_land_use.source"),
        col("note").use("clean/reported_land_use.note"),
    ),
    primary_key=("area_code", "release_id", "year"),
)

TRADED_EMISSIONS = Table(
    key="indicators/traded_emissions",
    description="Main sectors divided into emissions under the EU Emissions Trading System and others, as reported; "
    "of municipalities and years whose installations are given.",
    columns=(
        col("municipality_code").use("corrected/emissions.municipality_code"),
        col("sector_code").use("corrected/emissions.sector_code"),
        col("release_id").use("corrected/emissions.release_id"),
        col("is_current_release").use("corrected/emissions.is_current_release"),
        col("year").use("corrected/emissions.year"),
        col("gwp_set").use("corrected/emissions.gwp_set"),
        col("emissions_reported_t_co2e").use(_REPORTED),
        col("installations").use("clean/ets_installations.installation_name"),
        col("traded_t_co2e").use("clean/ets_installations.installation_t"),
        col("other_t_co2e").use(_REPORTED, "clean/ets_installations.installation_t"),
        col("note"),
    ),
    primary_key=("municipality_code", "sector_code", "release_id", "year"),
)

TABLES = (
    TARGET_STATUS,
    TARGET_COHERENCE,
    GASES,
    ENERGY_TARGETS,
    GROUP_COMPARISON,
    LAND_USE,
    TRADED_EMISSIONS,
)
