"""Contracts of the stage ``scenarios``: the gap table of the Climate City Contract, and the neutrality balance.

What does not belong here: what is ahead (``scenarios``).
"""

from dataclasses import replace

from klimat_pipeline.contracts.code_lists import GWP_SETS_SUMMED
from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

_PRINT = "clean/published_gap"
_ACTIONS = "clean/climate_actions"
_SINKS = "clean/carbon_sinks"
_RULES = "clean/neutrality_rules"
_PLANTS = "clean/capture_facilities"
_COHERENCE = "indicators/target_coherence"
_TERRITORY = "inventory/inventory_territory.emissions_t_co2e"
_BASE = (f"{_PRINT}.baseline_t", _TERRITORY, f"{_COHERENCE}.baseline_t_co2e")
_GOAL = (f"{_PRINT}.target_t", f"{_PRINT}.target_pct", f"{_COHERENCE}.target_t_co2e")
_LATEST = (f"{_PRINT}.latest_t", _TERRITORY, f"{_COHERENCE}.emissions_t_co2e")
_OTHER = f"{_PRINT}.other_plans_t"
_SAVED = (f"{_PRINT}.actions_t", f"{_ACTIONS}.effect_t_per_year")

GAP_TABLE = Table(
    key="scenarios/gap_table",
    description="Gap table in the seven columns of the Climate City Contract's A-2.1: baseline, target, latest, other "
    "plans, gap, actions, residual. The bases (gap_basis) stand beside each other and are never added. A line is one "
    "of the print on the bases 'printed' and 'computed', a target or a sector that none covers on the basis 'targets'; "
    "'total' sums the lines outside the memo.",
    columns=(
        col("municipality_code").use(f"{_PRINT}.municipality_code"),
        col("release_id").use(f"{_COHERENCE}.release_id"),
        col("gap_basis").use(f"{_PRINT}.source"),
        col("line").use(
            f"{_PRINT}.line",
            f"{_COHERENCE}.coherence_item",
        ),
        col("is_current_release").use(f"{_COHERENCE}.is_current_release"),
        col("scopes").use(f"{_PRINT}.scopes"),
        col("is_memo").use(f"{_PRINT}.scopes"),
        col("is_total").use(f"{_PRINT}.line"),
        col("baseline_year").use(f"{_PRINT}.baseline_year", f"{_COHERENCE}.baseline_year"),
        col("baseline_t").use(*_BASE),
        col("target_year").use(f"{_PRINT}.target_year", f"{_COHERENCE}.target_year", nullable=False),
        col("target_t").use(*_GOAL),
        col("target_pct").use(f"{_PRINT}.applied_pct", f"{_COHERENCE}.target_pct", maximum=None),
        col("target_base_year").use(f"{_PRINT}.target_base_year", f"{_COHERENCE}.baseline_year", nullable=True),
        col("target_base_t").use(*_BASE),
        col("latest_year").use(f"{_PRINT}.latest_year", f"{_COHERENCE}.year"),
        col("latest_t").use(*_LATEST),
        col("other_plans_t").use(_OTHER),
        col("gap_t").use(*_GOAL, *_LATEST, _OTHER),
        col("actions_t").use(*_SAVED),
        col("actions_counted_t").use(*_SAVED, *_LATEST, _OTHER, f"{_ACTIONS}.interaction_rule"),
        col("residual_t").use(
            *_LATEST,
            _OTHER,
            *_SAVED,
            nullable=True,
        ),
        col("printed_gap_t").use(f"{_PRINT}.printed_gap_t"),
        col("printed_residual_t").use(f"{_PRINT}.printed_residual_t"),
        col("gap_off_t").use(f"{_PRINT}.printed_gap_t"),
        col("residual_off_t").use(f"{_PRINT}.printed_residual_t"),
        col("action_ids").use(f"{_ACTIONS}.action_id"),
        col("notation_key").use("inventory/inventory_territory.notation_key"),
        col("basis").use("inventory/inventory_territory.correction_ids", "indicators/target_coherence.basis"),
        col("gwp_set").use("inventory/inventory_territory.gwp_set", allowed=GWP_SETS_SUMMED),
        col("note").use(f"{_PRINT}.note", f"{_ACTIONS}.sized_on_t", f"{_PRINT}.latest_t"),
    ),
    primary_key=("municipality_code", "release_id", "gap_basis", "line"),
    topic="targets",
)

_FLUX = f"{_SINKS}.sink_t_per_year"
_APPLIED = ("scenarios/facility_claims.applied_fossil_t", "scenarios/facility_claims.applied_biogenic_t")
_HELD = ("scenarios/facility_claims.gross_line", _TERRITORY)
_NET = ("scenarios/gap_table.residual_t", f"{_COHERENCE}.emissions_t_co2e", _FLUX)
_RULED = (*_NET, f"{_RULES}.cap_pct", f"{_RULES}.min_reduction_pct")

NEUTRALITY_BALANCE = Table(
    key="scenarios/neutrality_balance",
    description="Neutrality balance: gross emissions, reduction, captured and natural sinks, certificates sold, cap, "
    "residual and net, shown separately. Sinks neutralise at most the cap, and nothing is neutral below the least "
    "reduction.",
    columns=(
        col("municipality_code").use(f"{_RULES}.municipality_code"),
        col("release_id").use("scenarios/gap_table.release_id"),
        col("neutrality_basis").use("scenarios/gap_table.gap_basis"),
        col("year").use("scenarios/gap_table.target_year", f"{_COHERENCE}.year"),
        col("is_current_release").use("scenarios/gap_table.is_current_release"),
        col("baseline_year").use("scenarios/gap_table.baseline_year"),
        col("baseline_t").use("scenarios/gap_table.baseline_t", f"{_COHERENCE}.baseline_t_co2e", nullable=False),
        col("gross_t").use("scenarios/gap_table.residual_t", f"{_COHERENCE}.emissions_t_co2e"),
        col("captured_fossil_t").use(_FLUX, _APPLIED[0]),
        col("captured_fossil_deducted_t").use(
            _FLUX, _APPLIED[0], *_HELD, f"{_SINKS}.is_in_gross", f"{_SINKS}.gross_line"
        ),
        col("residual_t").use(*_NET, *_HELD, nullable=True),
        col("reduction_pct").use(*_NET),
        col("min_reduction_pct").use(f"{_RULES}.min_reduction_pct"),
        col("is_reduction_met").use(*_RULED),
        col("captured_biogenic_t").use(_FLUX, _APPLIED[1]),
        col("biochar_t").use(_FLUX),
        col("natural_sinks_t").use(_FLUX),
        col("certificates_sold_t").use(
            f"{_SINKS}.certificates_sold_t",
            *(f"scenarios/facility_claims.sold_{kind}_t" for kind in ("fossil", "biogenic")),
        ),
        col("excluded_sinks_t").use(_FLUX, f"{_SINKS}.additionality", f"{_SINKS}.permanence"),
        col("eligible_sinks_t").use(_FLUX, f"{_SINKS}.certificates_sold_t", _APPLIED[1]),
        col("eligible_not_stated_t").use(_FLUX, f"{_SINKS}.additionality", f"{_SINKS}.permanence"),
        col("cap_pct").use(f"{_RULES}.cap_pct"),
        col("cap_t").use("scenarios/gap_table.baseline_t", f"{_RULES}.cap_pct"),
        col("counted_sinks_t").use(*_RULED),
        col("net_t").use(*_RULED),
        col("reduction_shortfall_t").use(*_RULED),
        col("sink_shortfall_t").use(*_RULED),
        col("shortfall_t").use(*_RULED),
        col("is_neutral").use(*_RULED),
        col("notation_key").use(f"{_PRINT}.printed_residual_t", pattern=None, allowed=("NE",)),
        col("neutrality_method").use(f"{_RULES}.neutrality_method"),
        col("deviations").use(f"{_RULES}.deviations"),
        col("rules_source").use(f"{_RULES}.source"),
        col("note").use(f"{_SINKS}.note"),
    ),
    primary_key=("municipality_code", "release_id", "neutrality_basis", "year"),
    topic="targets",
)

_PHYSICAL = (f"{_PLANTS}.captured_fossil_t", f"{_PLANTS}.captured_biogenic_t", f"{_PLANTS}.share_fraction")

FACILITY_CLAIMS = Table(
    key="scenarios/facility_claims",
    description="What each municipality may claim of a shared plant's captures under every allocation key, side by "
    "side; over all claims and every key no more than the physical tonnes less certificates sold.",
    columns=(
        col("facility_id").use(f"{_PLANTS}.facility_id"),
        col("year").use(f"{_PLANTS}.year"),
        col("allocation_key").use(f"{_PLANTS}.allocation_key"),
        col("municipality_code").use(f"{_PLANTS}.municipality_code"),
        col("facility_name").use(f"{_PLANTS}.facility_name"),
        *(
            col(name).use(f"{_PLANTS}.{name}")
            for name in ("captured_fossil_t", "captured_biogenic_t", "sold_fossil_t", "sold_biogenic_t", "gross_line")
        ),
        col("share_fraction").use(f"{_PLANTS}.share_fraction"),
        col("claimed_fossil_t").use(*_PHYSICAL, f"{_PLANTS}.sold_fossil_t"),
        col("claimed_biogenic_t").use(*_PHYSICAL, f"{_PLANTS}.sold_biogenic_t"),
        col("is_located").use(f"{_PLANTS}.allocation_key", f"{_PLANTS}.share_fraction"),
        col("is_applied").use(f"{_RULES}.allocation_key"),
        col("applied_fraction").use(f"{_PLANTS}.share_fraction", f"{_RULES}.allocation_key"),
        col("applied_fossil_t").use(*_PHYSICAL, f"{_RULES}.allocation_key"),
        col("applied_biogenic_t").use(*_PHYSICAL, f"{_RULES}.allocation_key"),
        col("source").use(f"{_PLANTS}.source"),
    ),
    primary_key=("facility_id", "year", "allocation_key", "municipality_code"),
    topic="targets",
)

NEUTRALITY_BY_ALLOCATION_KEY = replace(
    NEUTRALITY_BALANCE,
    key="scenarios/neutrality_by_allocation_key",
    description="The neutrality balance of every municipality that shares a plant, under each allocation key side by "
    "side: what the choice of key is worth. Alternatives, never added; is_applied marks the municipality's own key.",
    columns=(
        *NEUTRALITY_BALANCE.columns,
        col("allocation_key").use(f"{_PLANTS}.allocation_key"),
        col("is_applied").use(f"{_RULES}.allocation_key"),
    ),
    primary_key=(*NEUTRALITY_BALANCE.primary_key, "allocation_key"),
)

TABLES = (GAP_TABLE, NEUTRALITY_BALANCE, FACILITY_CLAIMS, NEUTRALITY_BY_ALLOCATION_KEY)
