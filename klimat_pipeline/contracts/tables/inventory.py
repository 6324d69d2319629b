"""Contracts of the stage ``inventory``: territory and organisation by line and scope, and the municipality's own print.

The two inventories, territory and organisation, are never added together: each table has one boundary, and its
contract allows no other.
"""

from klimat_pipeline.contracts.code_lists import GWP_SETS_SUMMED, SUMMED_SCOPES
from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

_PARTS = "corrected/subsector_emissions"
_USE = "clean/energy_use"
_PRINT = "clean/published_inventory"

INVENTORY_TERRITORY = Table(
    key="inventory/inventory_territory",
    description="Territorial inventory (GPC) per line, scope, source item and method. The total leaves out the memo "
    "rows (grid-supplied energy): scope 2 holds that energy already. Never add it to an organisation's inventory.",
    columns=(
        col("boundary").use(f"{_PARTS}.municipality_code", allowed=("territory",)),
        col("release_id").use(f"{_PARTS}.release_id"),
        col("is_current_release").use(f"{_PARTS}.is_current_release"),
        col("municipality_code").use(f"{_PARTS}.municipality_code"),
        col("year").use(f"{_PARTS}.year"),
        col("line").use(f"{_PARTS}.sector_code", f"{_PARTS}.subsector_code"),
        col("gpc_sector").use(f"{_PARTS}.sector_code", f"{_PARTS}.subsector_code"),
        col("gpc_ref").use(f"{_PARTS}.sector_code", f"{_PARTS}.subsector_code"),
        col("crf_code").use(f"{_PARTS}.sector_code", f"{_PARTS}.subsector_code", nullable=True),
        col("scope").use(f"{_PARTS}.sector_code"),
        col("item").use(f"{_PARTS}.sector_code", f"{_USE}.energy_user", f"{_USE}.carrier"),
        col("carrier").use(f"{_USE}.carrier", nullable=True),
        col("method").use("clean/emission_factors.method"),
        col("is_memo").use(f"{_PARTS}.sector_code"),
        col("emissions_reported_t_co2e").use(f"{_PARTS}.emissions_reported_t_co2e", minimum=None),
        col("emissions_t_co2e").use(
            f"{_PARTS}.emissions_t_co2e",
            f"{_USE}.energy_mwh",
            "clean/emission_factors.factor_value",
            "clean/territorial_scope3.emissions_t_co2e",
            minimum=None,
        ),
        col("biogenic_co2_t").use("clean/emission_factors.factor_value", f"{_USE}.energy_mwh"),
        col("notation_key").use(f"{_PARTS}.emissions_t_co2e", f"{_USE}.energy_mwh"),
        col("data_quality").use("corrected/corrections.data_quality_grade"),
        col("gwp_set").use(f"{_PARTS}.gwp_set", "clean/emission_factors.gwp_set", allowed=GWP_SETS_SUMMED),
        col("correction_ids").use(f"{_PARTS}.correction_ids"),
        col("note").use("clean/emission_factors.note"),
    ),
    primary_key=("release_id", "municipality_code", "year", "line", "scope", "item", "method"),
    topic="inventory",
)

INVENTORY_RECONCILIATION = Table(
    key="inventory/inventory_reconciliation",
    description="The municipality's own published inventory beside ours, line by line; every difference with its "
    "causes, whose parts sum to it.",
    columns=(
        col("municipality_code").use(f"{_PRINT}.municipality_code"),
        col("release_id").use("inventory/inventory_territory.release_id"),
        col("is_current_release").use("inventory/inventory_territory.is_current_release"),
        col("print_table").use(f"{_PRINT}.print_table"),
        col("line").use(f"{_PRINT}.print_line"),
        col("scope").use(f"{_PRINT}.scopes", allowed=tuple(SUMMED_SCOPES)),
        col("year").use(f"{_PRINT}.year"),
        col("published_t").use(f"{_PRINT}.published_t"),
        col("computed_t").use("inventory/inventory_territory.emissions_t_co2e"),
        col("difference_t").use("inventory/inventory_territory.emissions_t_co2e", f"{_PRINT}.published_t"),
        col("difference_cause").use("inventory/inventory_territory.emissions_t_co2e", f"{_PRINT}.published_t"),
        col("part_t").use("inventory/inventory_territory.emissions_t_co2e", f"{_PRINT}.published_t"),
        col("note").use(f"{_PRINT}.note"),
    ),
    primary_key=("release_id", "municipality_code", "print_table", "line", "scope", "year", "difference_cause"),
    topic="inventory",
)

_LINES = "inventory/inventory_territory"
GPC_INVENTORY = Table(
    key="inventory/gpc_inventory",
    description="The territorial inventory in the GPC's own form: reference numbers, scopes, and the totals BASIC, "
    "BASIC+ and territorial; scope 2 by location. It holds the same tonnes as inventory_territory, whose lines and "
    "totals are those of the contract: never add the two. Municipalities with a folder.",
    columns=(
        *(
            col(name).use(f"{_LINES}.{name}")
            for name in ("release_id", "is_current_release", "municipality_code", "year")
        ),
        col("gpc_ref").use(f"{_LINES}.gpc_ref", nullable=False),
        col("gpc_name_en").use(f"{_LINES}.gpc_ref"),
        col("gpc_sector").use(f"{_LINES}.gpc_ref", nullable=True),
        col("scope").use(f"{_LINES}.gpc_ref", allowed=tuple(SUMMED_SCOPES)),
        col("gpc_level").use(f"{_LINES}.gpc_ref"),
        col("is_total").use(f"{_LINES}.gpc_ref"),
        col("emissions_t_co2e").use(f"{_LINES}.emissions_t_co2e", minimum=None),
        col("notation_key").use(f"{_LINES}.notation_key"),
        col("gwp_set").use(f"{_LINES}.gwp_set", allowed=GWP_SETS_SUMMED),
        col("note").use(f"{_LINES}.note"),
    ),
    primary_key=("release_id", "municipality_code", "year", "gpc_ref"),
    topic="inventory",
)

_ACTIVITY = "clean/activity_data"

INVENTORY_ORGANISATION = Table(
    key="inventory/inventory_organisation",
    description="The municipal group's inventory (GHG Protocol, operational control), activity by activity. Rows of "
    "the two scope 2 methods are alternatives; eliminated rows are shown and in no total. Never add it to a "
    "territory's inventory.",
    columns=(
        col("boundary").use(f"{_ACTIVITY}.organisation_unit", allowed=("organisation",)),
        col("municipality_code").use(f"{_ACTIVITY}.municipality_code"),
        col("year").use(f"{_ACTIVITY}.year"),
        col("organisation_unit").use(f"{_ACTIVITY}.organisation_unit"),
        col("activity_id").use(f"{_ACTIVITY}.activity_id"),
        col("category").use(f"{_ACTIVITY}.category"),
        col("scope").use(f"{_ACTIVITY}.scope"),
        col("scope3_category").use(f"{_ACTIVITY}.scope3_category"),
        col("method").use(f"{_ACTIVITY}.scope", "clean/emission_factors.method"),
        col("carrier").use(f"{_ACTIVITY}.carrier", nullable=True),
        col("amount").use(f"{_ACTIVITY}.amount"),
        col("amount_unit").use(f"{_ACTIVITY}.amount_unit"),
        col("t_co2e_per_unit").use(
            f"{_ACTIVITY}.carrier", f"{_ACTIVITY}.gas", "clean/emission_factors.factor_t_per_unit"
        ),
        col("emissions_t_co2e").use(
            f"{_ACTIVITY}.amount", f"{_ACTIVITY}.gas", "clean/emission_factors.factor_t_per_unit"
        ),
        col("biogenic_co2_t").use(
            f"{_ACTIVITY}.amount", f"{_ACTIVITY}.gas", "clean/emission_factors.factor_t_per_unit"
        ),
        col("notation_key").use(f"{_ACTIVITY}.notation_key"),
        col("is_eliminated").use(f"{_ACTIVITY}.supplier_unit", f"{_ACTIVITY}.organisation_unit", f"{_ACTIVITY}.scope"),
        col("data_quality").use(f"{_ACTIVITY}.data_quality", "clean/emission_factors.data_quality"),
        col("uncertainty_pct").use(f"{_ACTIVITY}.uncertainty_pct"),
        col("gwp_set").use("clean/emission_factors.gwp_set", allowed=GWP_SETS_SUMMED),
        col("source").use(f"{_ACTIVITY}.source", "clean/emission_factors.source"),
        col("note").use(f"{_ACTIVITY}.note", "clean/emission_factors.note"),
    ),
    primary_key=("municipality_code", "year", "organisation_unit", "activity_id", "method"),
    topic="inventory",
)

TABLES = (INVENTORY_TERRITORY, INVENTORY_RECONCILIATION, GPC_INVENTORY, INVENTORY_ORGANISATION)
