"""Contracts of the stage ``clean``, tables of a municipality's folder: what a municipality gives of itself.

What does not belong here: their columns in the files that people edit (``configuration.local_tables``).
"""

from klimat_pipeline.contracts.code_lists import GWP_SETS_STATED, NOTATION_KEYS
from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

#: Of a row that somebody has written: one key, and a set of potentials or none said.
_ONE_KEY = col("notation_key").use(pattern=None, allowed=NOTATION_KEYS)
_GWP_STATED = col("gwp_set").use(allowed=GWP_SETS_STATED)

ENERGY_USE = Table(
    key="clean/energy_use",
    description="Grid-supplied energy used inside the municipality, per user and carrier, from its own folder.",
    columns=(
        col("municipality_code"),
        col("year"),
        col("energy_user"),
        col("carrier"),
        col("energy_mwh"),
        col("line"),
        col("gpc_ref"),
        col("crf_code"),
        col("data_quality"),
        col("source"),
    ),
    primary_key=("municipality_code", "year", "energy_user", "carrier"),
    topic="inventory",
)

FACTORS = Table(
    key="clean/factors",
    description="Emission factors that a municipality gives in its own folder, per carrier, year, method and gas.",
    columns=(
        col("municipality_code"),
        col("carrier"),
        col("year"),
        col("method"),
        col("gas"),
        col("factor_value"),
        col("factor_unit"),
        col("factor_t_per_unit"),
        col("per_unit"),
        col("gwp_set"),
        col("printed_value"),
        col("data_quality"),
        col("source"),
        col("note"),
    ),
    primary_key=("municipality_code", "carrier", "year", "method", "gas"),
    topic="inventory",
)

ACTIVITY = Table(
    key="clean/activity",
    description="What the municipal group did, unit by unit: fuel burnt, energy bought, distance travelled, in "
    "canonical units; from the municipality's own folder.",
    columns=(
        col("municipality_code"),
        col("year"),
        col("organisation_unit"),
        col("activity_id"),
        col("scope"),
        col("scope3_category"),
        col("category"),
        col("carrier").use(nullable=True),
        col("amount"),
        col("amount_unit"),
        col("gas").use(nullable=True),
        _ONE_KEY,
        col("supplier_unit"),
        col("data_quality"),
        col("uncertainty_pct"),
        col("source"),
        col("note"),
    ),
    primary_key=("municipality_code", "year", "organisation_unit", "activity_id"),
    topic="inventory",
)

SCOPE3 = Table(
    key="clean/scope3",
    description="Scope 3 of a territory where the municipality knows it, per line, from its own folder.",
    columns=(
        col("municipality_code"),
        col("year"),
        col("line"),
        col("emissions_t_co2e"),
        _ONE_KEY,
        _GWP_STATED.use(nullable=True),
        col("data_quality"),
        col("source"),
        col("note"),
    ),
    primary_key=("municipality_code", "year", "line"),
    topic="inventory",
)

PRINTED_INVENTORY = Table(
    key="clean/printed_inventory",
    description="The inventory that the municipality has published itself, as printed, its errors included. For "
    "comparison only.",
    columns=(
        col("municipality_code"),
        col("print_table"),
        col("print_line"),
        col("scopes"),
        col("year"),
        col("published_t"),
        _ONE_KEY,
        col("printed_share_pct"),
        col("also_printed_year"),
        col("of_lines"),
        col("carrier").use(nullable=True),
        col("rounding_t"),
        col("source"),
        col("note"),
    ),
    primary_key=("municipality_code", "print_table", "print_line", "scopes", "year"),
    topic="inventory",
)

AREA_DEFINITIONS = Table(
    key="clean/areas",
    description="Areas that a municipality's contract speaks of, as sets of inventory lines; one row per area.",
    columns=(
        col("municipality_code"),
        col("definition_id"),
        col("definition_text"),
        col("area_id"),
        col("of_lines"),
        col("target_gas_basis").use(nullable=False),
        col("source"),
    ),
    primary_key=("municipality_code", "definition_id", "area_id"),
    topic="inventory",
)

ACTIONS = Table(
    key="clean/actions",
    description="What a municipality does or plans against its emissions: effect with its range, time, cost, who pays, "
    "and how it acts together with others; from its own folder.",
    columns=(
        col("municipality_code"),
        col("action_id"),
        col("line"),
        col("carrier").use(nullable=True),
        col("name_sv"),
        col("name_en"),
        col("effect_t_per_year"),
        col("effect_low_t"),
        col("effect_high_t"),
        col("start_year"),
        col("ramp_years"),
        col("lifetime_years"),
        col("cost_msek"),
        col("annual_cost_msek"),
        col("price_year"),
        col("share_municipal"),
        col("share_regional"),
        col("share_national"),
        col("share_private"),
        col("share_eu"),
        col("lead"),
        col("action_status"),
        col("other_benefits"),
        col("interacts_with"),
        col("interaction_rule"),
        col("sized_on_t"),
        col("is_metered"),
        col("source"),
        col("note"),
    ),
    primary_key=("municipality_code", "action_id"),
    topic="targets",
)

CONSTRUCTION = Table(
    key="clean/construction",
    description="Construction projects of a municipality: climate impact per gross area beside the reference value of "
    "the same system boundary; from its own folder.",
    columns=(
        col("municipality_code"),
        col("project_id"),
        col("year"),
        col("project_name"),
        col("gross_area_m2"),
        col("impact_kg_per_m2"),
        col("reference_set"),
        col("reference_kg_per_m2"),
        col("system_boundary"),
        col("source"),
        col("note"),
    ),
    primary_key=("municipality_code", "project_id"),
    topic="targets",
)

MEALS = Table(
    key="clean/meals",
    description="Food that the municipality serves, and its emissions, per year; from its own folder.",
    columns=(
        col("municipality_code"),
        col("year"),
        col("food_kg"),
        col("portions"),
        col("emissions_kg_co2e"),
        _GWP_STATED,
        col("source"),
        col("note"),
    ),
    primary_key=("municipality_code", "year"),
    topic="targets",
)

DEGREE_DAYS = Table(
    key="clean/degree_days",
    description="Heating degree days of a municipality's years and of a normal one, and how much of the emissions from "
    "heating follows them; from its own folder.",
    columns=(
        col("municipality_code"),
        col("year"),
        *(col(name).use(nullable=False) for name in ("degree_days", "normal_degree_days", "weather_dependent_pct")),
        col("source"),
        col("note"),
    ),
    primary_key=("municipality_code", "year"),
    topic="targets",
)

INSTALLATIONS = Table(
    key="clean/installations",
    description="Installations under the EU Emissions Trading System, with their verified emissions; from the "
    "municipality's own folder.",
    columns=(
        col("municipality_code"),
        col("installation_name"),
        col("year"),
        col("installation_t"),
        col("sector_code"),
        col("source"),
        col("note"),
    ),
    primary_key=("municipality_code", "installation_name", "year"),
)

LAND_USE = Table(
    key="clean/land_use",
    description="Emissions less removals of land use, of the nation or of other areas, from data/municipalities/_all.",
    columns=(col("area_code"), col("year"), col("land_use_t_co2e"), col("source"), col("note")),
    primary_key=("area_code", "year"),
)

SINKS = Table(
    key="clean/sinks",
    description="Carbon sinks and captures that a municipality counts on, as printed: yearly fluxes, positive for what "
    "leaves the air; from its own folder.",
    columns=(
        col("municipality_code"),
        col("sink_id"),
        col("name_sv"),
        col("name_en"),
        col("sink_kind"),
        col("potential_t_per_ha"),
        col("extent_ha"),
        col("sink_t_per_year"),
        col("from_year"),
        col("to_year"),
        col("permanence"),
        col("additionality"),
        col("is_in_gross"),
        col("certificates_sold_t").use(nullable=True),
        col("facility_id").use(nullable=True),
        col("gross_line"),
        col("source"),
        col("note"),
    ),
    primary_key=("municipality_code", "sink_id"),
    topic="targets",
)

PUBLISHED_GAP = Table(
    key="clean/published_gap",
    description="Gap table (Climate City Contract, A-2.1) as the municipality prints it, its errors included; target "
    "and actions also in one form for all layouts.",
    columns=(
        col("municipality_code"),
        col("line"),
        col("scopes"),
        col("of_lines"),
        col("carrier").use(nullable=True),
        col("baseline_year").use(nullable=False),
        col("baseline_t"),
        col("target_year").use(nullable=False),
        col("target_t"),
        col("target_pct").use(maximum=None),
        col("target_id").use(nullable=True),
        col("target_base_year"),
        col("applied_pct"),
        col("also_printed_year"),
        col("latest_year").use(nullable=True),
        col("latest_t"),
        col("other_plans_t"),
        col("printed_gap_t"),
        col("actions_t").use(minimum=None),
        col("printed_residual_t"),
        col("printed_target_t"),
        col("printed_actions_t"),
        col("printed_plans_t"),
        col("target_column"),
        col("residual_column"),
        col("actions_column"),
        col("plans_column"),
        col("rounding_t"),
        col("source"),
        col("note"),
    ),
    primary_key=("municipality_code", "line", "scopes"),
    topic="targets",
)

FACILITIES = Table(
    key="clean/facilities",
    description="Plants with carbon capture that several municipalities share: physical tonnes, certificates sold, and "
    "the share of each municipality under each allocation key.",
    columns=(
        col("facility_id"),
        col("year"),
        col("allocation_key"),
        col("municipality_code"),
        col("facility_name"),
        col("captured_fossil_t"),
        col("captured_biogenic_t"),
        col("sold_fossil_t"),
        col("sold_biogenic_t"),
        col("gross_line"),
        col("share_fraction"),
        col("source"),
        col("note"),
    ),
    primary_key=("facility_id", "year", "allocation_key", "municipality_code"),
    topic="targets",
)

NEUTRALITY = Table(
    key="clean/neutrality",
    description="Rules of climate neutrality that apply to each municipality: one harmonised method, deviations named.",
    columns=(
        col("municipality_code"),
        col("min_reduction_pct"),
        col("cap_pct"),
        col("counts_not_stated_additionality"),
        col("permanence_counted"),
        col("allocation_key"),
        col("neutrality_method"),
        col("deviations"),
        col("source"),
    ),
    primary_key=("municipality_code",),
    topic="targets",
)

TABLES = (
    ENERGY_USE,
    FACTORS,
    ACTIVITY,
    SCOPE3,
    PRINTED_INVENTORY,
    AREA_DEFINITIONS,
    ACTIONS,
    CONSTRUCTION,
    MEALS,
    DEGREE_DAYS,
    INSTALLATIONS,
    LAND_USE,
    SINKS,
    PUBLISHED_GAP,
    FACILITIES,
    NEUTRALITY,
)
