"""Assets about targets, gap and neutrality: two steps, since each table takes milliseconds.

The stage ``indicators`` has its own file; where its targets stand and whether they fit together is here, beside what
they lead to.
"""

import pandas as pd

from klimat_pipeline.defs.asset_factory import step
from klimat_pipeline.defs.pages import pictures
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made


@step(
    "targets",
    "indicators/target_status",
    "indicators/target_coherence",
    reads={
        "indicators/target_status": (
            "indicators/sector_indicators",
            "spend/spend_indicators",
            "clean/targets",
            "clean/construction_projects",
            "clean/served_meals",
            "clean/consumption_emissions",
        ),
        "indicators/target_coherence": ("indicators/sector_indicators", "corrected/emissions"),
    },
    sectors="indicators/sector_indicators",
    emissions="corrected/emissions",
    targets="clean/targets",
    construction="clean/construction_projects",
    meals="clean/served_meals",
    consumption="clean/consumption_emissions",
    purchases="spend/spend_indicators",
)
def targets_step(
    project: Project,
    sectors: pd.DataFrame,
    emissions: pd.DataFrame,
    targets: pd.DataFrame,
    construction: pd.DataFrame,
    meals: pd.DataFrame,
    consumption: pd.DataFrame,
    purchases: pd.DataFrame,
) -> Made:
    """Where the targets stand, and whether the sub-targets imply the total."""
    from klimat_pipeline.indicators.target_coherence import target_coherence
    from klimat_pipeline.indicators.target_status import target_status

    frames = {
        "indicators/target_status": target_status(sectors, targets, construction, meals, purchases, consumption),
        "indicators/target_coherence": target_coherence(sectors, emissions),
    }
    return Made(frames, {"indicators/sector_indicators": sectors})


#: What a neutrality balance is made from, under the municipality's own key and under every other.
_BALANCED_FROM = (
    "scenarios/gap_table",
    "scenarios/facility_claims",
    "indicators/target_coherence",
    "clean/published_gap",
    "clean/climate_actions",
    "clean/carbon_sinks",
    "clean/neutrality_rules",
    "inventory/inventory_territory",
)


@step(
    "gap_and_neutrality",
    "scenarios/gap_table",
    "scenarios/facility_claims",
    "scenarios/neutrality_balance",
    "scenarios/neutrality_by_allocation_key",
    kinds={"scenarios/gap_table": ("pandas", "vega")},
    reads={
        "scenarios/gap_table": (
            "clean/published_gap",
            "clean/climate_actions",
            "inventory/inventory_territory",
            "indicators/target_coherence",
            "corrected/corrections",
        ),
        "scenarios/facility_claims": ("clean/capture_facilities", "clean/neutrality_rules"),
        "scenarios/neutrality_balance": _BALANCED_FROM,
        "scenarios/neutrality_by_allocation_key": _BALANCED_FROM,
    },
    whole=("facilities", "rules"),  # plants are shared
    published_gap="clean/published_gap",
    actions="clean/climate_actions",
    territory="inventory/inventory_territory",
    coherence="indicators/target_coherence",
    corrections="corrected/corrections",
    sinks="clean/carbon_sinks",
    facilities="clean/capture_facilities",
    rules="clean/neutrality_rules",
)
def gap_and_neutrality(
    project: Project,
    published_gap: pd.DataFrame,
    actions: pd.DataFrame,
    territory: pd.DataFrame,
    coherence: pd.DataFrame,
    corrections: pd.DataFrame,
    sinks: pd.DataFrame,
    facilities: pd.DataFrame,
    rules: pd.DataFrame,
) -> Made:
    """What is missing, whose the shared captures are, and what neutralises the rest."""
    from klimat_pipeline.charts.gap import gap_waterfalls
    from klimat_pipeline.scenarios.facility_claims import facility_claims
    from klimat_pipeline.scenarios.gap_table import gap_table
    from klimat_pipeline.scenarios.neutrality_balance import cases, neutrality_balance
    from klimat_pipeline.scenarios.neutrality_by_allocation_key import neutrality_by_allocation_key

    gap = gap_table(published_gap, actions, territory, coherence, corrections, project.reference.sector_lines)
    claims = facility_claims(facilities, rules)
    balanced = cases(gap, published_gap, actions, coherence, territory)
    frames = {
        "scenarios/gap_table": gap,
        "scenarios/facility_claims": claims,
        "scenarios/neutrality_balance": neutrality_balance(balanced, sinks, claims, rules),
        "scenarios/neutrality_by_allocation_key": neutrality_by_allocation_key(balanced, sinks, claims, rules),
    }
    plots = {"scenarios/gap_table": pictures(project, "from emissions to what is left", gap_waterfalls(gap))}
    return Made(frames, {"clean/carbon_sinks": sinks}, plots=plots)
