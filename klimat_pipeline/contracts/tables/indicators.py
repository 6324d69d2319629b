"""Contracts of the stage ``indicators``: sectors, scopes, and what is derived from them.

What does not belong here: targets and what stands beside the sectors (``indicators_beside``).
"""

from klimat_pipeline.contracts.code_lists import GWP_SETS_SUMMED, SUMMED_SCOPES
from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

_EMISSIONS = "corrected/emissions.emissions_t_co2e"
_REPORTED = "corrected/emissions.emissions_reported_t_co2e"
_LEVELS = "corrected/emissions.level_ids"
_EITHER = (_EMISSIONS, _REPORTED)
_TARGETS = "clean/targets"
_PATH = (f"{_TARGETS}.target_pct", f"{_TARGETS}.target_year", f"{_TARGETS}.interim_targets")

SECTOR_INDICATORS = Table(
    key="indicators/sector_indicators",
    description="Per municipality, target and year: emissions, change since the baseline, the target and the "
    "straight line to it, trend and status.",
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
        col("basis").use(_LEVELS),
        col("emissions_t_co2e").use(*_EITHER, additive="no", minimum=None),
        col("emissions_reported_t_co2e").use(_REPORTED, additive="no"),
        col("emissions_corrected_t_co2e").use(_EMISSIONS),
        col("change_reported_pct").use(_REPORTED, f"{_TARGETS}.baseline_year"),
        col("nation_change_pct").use("clean/area_totals.emissions_reported_t_co2e", f"{_TARGETS}.baseline_year"),
        col("correction_ids").use("corrected/emissions.correction_ids"),
        col("baseline_year").use(f"{_TARGETS}.baseline_year"),
        col("baseline_t_co2e").use(*_EITHER, f"{_TARGETS}.baseline_year", minimum=None),
        col("baseline_reported_t_co2e").use(_REPORTED, f"{_TARGETS}.baseline_year"),
        col("change_t_co2e").use(_EMISSIONS, f"{_TARGETS}.baseline_year"),
        col("change_pct").use(_EMISSIONS, f"{_TARGETS}.baseline_year"),
        col("target_pct").use(f"{_TARGETS}.target_pct"),
        col("target_year").use(f"{_TARGETS}.target_year"),
        col("interim_targets").use(f"{_TARGETS}.interim_targets"),
        col("target_t_co2e").use(_EMISSIONS, f"{_TARGETS}.target_pct"),
        col("target_path_t_co2e").use(_EMISSIONS, *_PATH),
        col("gap_t_co2e").use(_EMISSIONS, *_PATH),
        col("required_t_co2e_per_year").use(_EMISSIONS, f"{_TARGETS}.target_pct", f"{_TARGETS}.target_year"),
        col("required_pct_per_year").use(_EMISSIONS, f"{_TARGETS}.target_pct", f"{_TARGETS}.target_year"),
        col("trend_from_year").use(f"{_TARGETS}.trend_from_year"),
        col("trend_basis").use(_LEVELS),
        col("trend_compound_pct_per_year").use(_EMISSIONS, f"{_TARGETS}.trend_from_year"),
        col("trend_t_co2e_per_year").use(_EMISSIONS, f"{_TARGETS}.trend_from_year"),
        col("projected_t_co2e").use(_EMISSIONS, f"{_TARGETS}.trend_from_year", f"{_TARGETS}.target_year"),
        col("projected_without_last_t_co2e").use(_EMISSIONS, f"{_TARGETS}.trend_from_year", f"{_TARGETS}.target_year"),
        col("share_of_total_pct").use(_EMISSIONS),
        col("population").use("clean/population.population", nullable=True),
        col("population_year").use("clean/population.year"),
        col("emissions_per_resident_t_co2e").use(_EMISSIONS, "clean/population.population"),
        col("status").use(_EMISSIONS, *_PATH),
        col("quality_class_national").use("clean/sectors.quality_class_national"),
        col("quality_class_geography").use("clean/sectors.quality_class_geography"),
        col("note"),
    ),
    primary_key=("municipality_code", "target_id", "release_id", "year"),
    topic="targets",
    telling=(
        "municipality_code",
        "target_id",
        "year",
        "emissions_t_co2e",
        "change_pct",
        "target_pct",
        "gap_t_co2e",
        "status",
    ),
)

RELEASE_REVISIONS = Table(
    key="indicators/release_revisions",
    description="How each release rewrites history against the one before it of the same substance: changed figures, "
    "new years, dropped years, reissues. Only what differs; sector 'total' sums the municipality.",
    columns=(
        col("municipality_code").use("corrected/emissions.municipality_code"),
        col("sector_code").use("corrected/emissions.sector_code"),
        col("substance").use("corrected/emissions.substance"),
        col("year").use("corrected/emissions.year"),
        col("release_id_from").use("clean/releases.release_id"),
        col("release_id_to").use("clean/releases.release_id"),
        col("from_t_co2e").use("corrected/emissions.emissions_reported_t_co2e"),
        col("to_t_co2e").use("corrected/emissions.emissions_reported_t_co2e"),
        col("revision_t_co2e").use("corrected/emissions.emissions_reported_t_co2e"),
        col("revision_pct").use("corrected/emissions.emissions_reported_t_co2e"),
        col("kind").use("clean/releases.years", allowed=("revised", "new_year", "dropped_year", "reissue")),
    ),
    primary_key=("municipality_code", "sector_code", "year", "release_id_from", "release_id_to"),
    topic="provenance",
)

INDICATOR_CHANGE_EXPLAINED = Table(
    key="indicators/indicator_change_explained",
    description="Why an indicator's newest figure differs between two releases: revised history, new years, changed "
    "corrections, changed configuration; the parts sum to the whole.",
    columns=(
        col("municipality_code").use("indicators/sector_indicators.municipality_code"),
        col("target_id").use("indicators/sector_indicators.target_id"),
        col("measure"),
        col("release_id_from").use("clean/releases.release_id"),
        col("release_id_to").use("clean/releases.release_id"),
        col("year_from").use("clean/releases.last_year"),
        col("year_to").use("clean/releases.last_year"),
        col("cause"),
        col("part").use("corrected/emissions.emissions_t_co2e", "corrected/emissions.emissions_reported_t_co2e"),
        col("value_from").use(
            "indicators/sector_indicators.emissions_t_co2e", "indicators/sector_indicators.change_pct"
        ),
        col("value_to").use("indicators/sector_indicators.emissions_t_co2e", "indicators/sector_indicators.change_pct"),
    ),
    primary_key=("municipality_code", "target_id", "measure", "release_id_from", "release_id_to", "cause"),
    topic="provenance",
)

BASE_YEAR_REVIEW = Table(
    key="indicators/base_year_review",
    description="Baseline of every target per release, reported and corrected, and whether a revision or correction "
    "moved it so far that a recalculation has to be approved (the GHG Protocol's rule).",
    columns=(
        col("municipality_code").use("indicators/sector_indicators.municipality_code"),
        col("target_id").use("indicators/sector_indicators.target_id"),
        col("release_id").use("indicators/sector_indicators.release_id"),
        col("baseline_year").use("indicators/sector_indicators.baseline_year", nullable=False),
        col("base_reported_t_co2e").use("corrected/emissions.emissions_reported_t_co2e"),
        col("base_corrected_t_co2e").use("corrected/emissions.emissions_t_co2e"),
        col("basis").use(_LEVELS),
        col("base_before_t_co2e").use(*_EITHER),
        col("correction_pct").use("corrected/emissions.emissions_t_co2e"),
        col("base_revision_pct").use(*_EITHER),
        col("threshold_pct"),
        col("needs_approval").use("corrected/emissions.emissions_t_co2e"),
        col("approved_by"),
        col("approved_on"),
        col("note"),
    ),
    primary_key=("municipality_code", "target_id", "release_id"),
    topic="provenance",
)

_TERRITORY = "inventory/inventory_territory"
#: Category 0 is the whole scope: part of a key, so never missing.
_WHOLE = {"nullable": False, "minimum": 0}

_OF_LINES = (
    f"{_TERRITORY}.emissions_t_co2e",
    "inventory/inventory_organisation.emissions_t_co2e",
    "spend/spend_scope3.footprint_t_co2e",
    "clean/published_inventory.published_t",
)
_BOTH_OF_LINES = (f"{_TERRITORY}.emissions_t_co2e", f"{_TERRITORY}.emissions_reported_t_co2e")

SCOPE_INDICATORS = Table(
    key="indicators/scope_indicators",
    description="Emissions per scope and sums of scopes, with the change since the baseline. A sum over scopes exists "
    "only for years that have all of them. Boundaries and methods are alternatives and never added.",
    columns=(
        col("boundary").use(f"{_TERRITORY}.boundary", allowed=("territory", "organisation")),
        col("municipality_code").use(f"{_TERRITORY}.municipality_code"),
        col("release_id").use(f"{_TERRITORY}.release_id"),
        col("is_current_release").use(f"{_TERRITORY}.is_current_release"),
        col("scope").use(f"{_TERRITORY}.scope", allowed=tuple(SUMMED_SCOPES)),
        col("is_total").use(f"{_TERRITORY}.scope"),
        col("scope3_category").use(f"{_TERRITORY}.scope", "inventory/inventory_organisation.scope3_category", **_WHOLE),
        col("method").use(f"{_TERRITORY}.method"),
        col("scope2_basis").use(f"{_TERRITORY}.item", "clean/published_inventory.published_t"),
        col("year").use(f"{_TERRITORY}.year"),
        col("basis").use(f"{_TERRITORY}.correction_ids", "corrected/corrections.level_ids", nullable=False),
        col("emissions_t_co2e").use(*_OF_LINES, f"{_TERRITORY}.emissions_reported_t_co2e", minimum=None),
        col("emissions_reported_t_co2e").use(*_OF_LINES[1:], f"{_TERRITORY}.emissions_reported_t_co2e", minimum=None),
        col("emissions_corrected_t_co2e").use(*_OF_LINES),
        col("baseline_year").use("clean/targets.baseline_year"),
        col("baseline_t_co2e").use(*_BOTH_OF_LINES, "clean/targets.baseline_year", minimum=None),
        col("change_pct").use(*_BOTH_OF_LINES, "clean/targets.baseline_year"),
        col("share_pct").use(f"{_TERRITORY}.emissions_t_co2e"),
        col("notation_key").use(f"{_TERRITORY}.notation_key"),
        col("lines_estimated").use(f"{_TERRITORY}.emissions_t_co2e"),
        col("lines_not_estimated").use(f"{_TERRITORY}.notation_key", nullable=True),
        col("gas_basis").use("clean/releases.gas_basis"),
        col("gwp_set").use(f"{_TERRITORY}.gwp_set", allowed=GWP_SETS_SUMMED),
    ),
    primary_key=(
        "boundary",
        "municipality_code",
        "release_id",
        "scope",
        "scope3_category",
        "method",
        "scope2_basis",
        "year",
    ),
    topic="inventory",
)

AREA_SHARES = Table(
    key="indicators/area_shares",
    description="Share of the areas that the municipality's contract names, under each definition and on reported, "
    "corrected and printed figures. Scope 1, grid-supplied energy included.",
    columns=(
        col("municipality_code").use("clean/contract_areas.municipality_code"),
        col("release_id").use(f"{_TERRITORY}.release_id"),
        col("is_current_release").use(f"{_TERRITORY}.is_current_release"),
        col("definition_id").use("clean/contract_areas.definition_id"),
        col("definition_text").use("clean/contract_areas.definition_text"),
        col("area_id").use("clean/contract_areas.area_id"),
        col("of_lines").use("clean/contract_areas.of_lines"),
        col("figure_basis").use(f"{_TERRITORY}.emissions_t_co2e"),
        col("gas_basis").use("clean/releases.gas_basis"),
        col("year").use(f"{_TERRITORY}.year"),
        col("emissions_t_co2e").use(
            f"{_TERRITORY}.emissions_t_co2e",
            f"{_TERRITORY}.emissions_reported_t_co2e",
            "clean/published_inventory.published_t",
            minimum=None,
            additive="no",  # the areas stand beside their total, and overlap
        ),
        col("total_t_co2e").use(f"{_TERRITORY}.emissions_t_co2e"),
        col("share_pct").use(f"{_TERRITORY}.emissions_t_co2e"),
    ),
    primary_key=("municipality_code", "release_id", "definition_id", "area_id", "figure_basis", "year"),
    topic="inventory",
)

PROVENANCE = Table(
    key="indicators/provenance",
    description="Where every published indicator comes from: workbook cells, rows of the municipality's own files, "
    "corrections. The file's hash stands in releases, once a release; klimat explain prints formula and tree of one.",
    columns=(
        col("table_name").use(
            "indicators/sector_indicators.target_id", allowed=("sector_indicators", "scope_indicators", "area_shares")
        ),
        col("municipality_code").use(
            "indicators/sector_indicators.municipality_code", f"{_TERRITORY}.municipality_code"
        ),
        col("indicator_id").use(
            "indicators/sector_indicators.target_id",
            "indicators/scope_indicators.scope",
            "indicators/area_shares.area_id",
        ),
        col("release_id").use("indicators/sector_indicators.release_id", "indicators/scope_indicators.release_id"),
        col("year").use("indicators/sector_indicators.year", "indicators/scope_indicators.year"),
        col("sheet").use("clean/reported_emissions.sheet"),
        col("source_cells").use("clean/reported_emissions.source_row", "clean/reported_subsectors.source_row"),
        col("baseline_cells").use("clean/reported_emissions.source_row", "clean/reported_subsectors.source_row"),
        col("source_sum_t").use(
            "clean/reported_emissions.emissions_reported_t",
            "clean/reported_subsectors.emissions_reported_t",
            minimum=None,
        ),
        col("local_rows").use(
            f"{_TERRITORY}.item",
            "inventory/inventory_organisation.activity_id",
            "spend/spend_scope3.scope3_category",
            "clean/published_inventory.print_line",
        ),
        col("correction_ids").use("corrected/corrections.correction_id", f"{_TERRITORY}.correction_ids"),
    ),
    primary_key=("table_name", "municipality_code", "indicator_id", "release_id", "year"),
    topic="provenance",
)

# -- comparison between municipalities -------------------------------------------------------------------------------
_COMPARED = (_REPORTED, "clean/population.population")

MUNICIPALITY_COMPARISON = Table(
    key="indicators/municipality_comparison",
    description="Every municipality with data side by side on one method: rank, quartiles and similar municipalities, "
    "for the newest year. It holds both conventions of yearly change, each named.",
    columns=(
        col("municipality_code").use("corrected/emissions.municipality_code"),
        col("release_id").use("corrected/emissions.release_id"),
        col("is_current_release").use("corrected/emissions.is_current_release"),
        col("target_id").use("corrected/emissions.sector_code"),
        col("indicator"),
        col("indicator_text"),
        col("basis").use(_REPORTED, nullable=False, allowed=("reported",)),
        col("year").use("corrected/emissions.year"),
        col("indicator_value").use(*_COMPARED),
        col("interpolated_years").use("corrected/emissions.year"),
        col("indicator_unit"),
        *(
            col(name).use(*_COMPARED)
            for name in (
                "rank",
                "compared",
                "rank_text",
                "lowest_value",
                "q25_value",
                "median_value",
                "q75_value",
                "highest_value",
                "similar_codes",
                "similar_median_value",
            )
        ),
        col("county_rank").use(*_COMPARED, "clean/municipalities.county_code"),
        col("county_compared").use(*_COMPARED, "clean/municipalities.county_code"),
        col("group_code").use("clean/municipalities.group_code"),
        col("group_rank").use(*_COMPARED, "clean/municipalities.group_code"),
        col("group_compared").use(*_COMPARED, "clean/municipalities.group_code"),
        col("nation_value").use("clean/area_totals.emissions_reported_t_co2e"),
        col("to_median").use(*_COMPARED),
    ),
    primary_key=("municipality_code", "release_id", "target_id", "indicator"),
    topic="comparison",
)

TABLES = (
    SECTOR_INDICATORS,
    RELEASE_REVISIONS,
    INDICATOR_CHANGE_EXPLAINED,
    BASE_YEAR_REVIEW,
    PROVENANCE,
    SCOPE_INDICATORS,
    AREA_SHARES,
    MUNICIPALITY_COMPARISON,
)
