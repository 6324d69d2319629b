"""Contracts of the stage ``clean``, what a municipality plans: actions, gap tables, sinks, plants, rules of neutrality.

What does not belong here: what it gives of its emissions (``clean_local``).
"""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

CLIMATE_ACTIONS = Table(
    key="clean/climate_actions",
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

CARBON_SINKS = Table(
    key="clean/carbon_sinks",
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

CAPTURE_FACILITIES = Table(
    key="clean/capture_facilities",
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

NEUTRALITY_RULES = Table(
    key="clean/neutrality_rules",
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

TABLES = (CLIMATE_ACTIONS, CARBON_SINKS, PUBLISHED_GAP, CAPTURE_FACILITIES, NEUTRALITY_RULES)
