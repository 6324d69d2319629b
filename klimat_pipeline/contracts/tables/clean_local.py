"""Contracts of the stage ``clean``, tables of a municipality's folder: what a municipality gives of itself.

What does not belong here: plans, plants and sinks (``clean_plans``), the columns of the files that people edit
(``configuration.local_tables``).
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

EMISSION_FACTORS = Table(
    key="clean/emission_factors",
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

ACTIVITY_DATA = Table(
    key="clean/activity_data",
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

TERRITORIAL_SCOPE3 = Table(
    key="clean/territorial_scope3",
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

PUBLISHED_INVENTORY = Table(
    key="clean/published_inventory",
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

CONTRACT_AREAS = Table(
    key="clean/contract_areas",
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

CONSTRUCTION_PROJECTS = Table(
    key="clean/construction_projects",
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

SERVED_MEALS = Table(
    key="clean/served_meals",
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

ETS_INSTALLATIONS = Table(
    key="clean/ets_installations",
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

REPORTED_LAND_USE = Table(
    key="clean/reported_land_use",
    description="Emissions less removals of land use, of the nation or of other areas, from data/municipalities/_all.",
    columns=(col("area_code"), col("year"), col("land_use_t_co2e"), col("source"), col("note")),
    primary_key=("area_code", "year"),
)

TABLES = (
    ENERGY_USE,
    EMISSION_FACTORS,
    ACTIVITY_DATA,
    TERRITORIAL_SCOPE3,
    PUBLISHED_INVENTORY,
    CONTRACT_AREAS,
    CONSTRUCTION_PROJECTS,
    SERVED_MEALS,
    DEGREE_DAYS,
    ETS_INSTALLATIONS,
    REPORTED_LAND_USE,
)
