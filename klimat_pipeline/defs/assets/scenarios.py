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
    "indicators/targets",
    "indicators/coherence",
    reads={
        "indicators/targets": (
            "indicators/sectors",
            "spend/indicators",
            "clean/targets",
            "clean/construction",
            "clean/meals",
            "clean/consumption",
        ),
        "indicators/coherence": ("indicators/sectors", "corrected/emissions"),
    },
    sectors="indicators/sectors",
    emissions="corrected/emissions",
    targets="clean/targets",
    construction="clean/construction",
    meals="clean/meals",
    consumption="clean/consumption",
    purchases="spend/indicators",
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
    from klimat_pipeline.indicators.coherence import target_coherence
    from klimat_pipeline.indicators.targets import target_status

    frames = {
        "indicators/targets": target_status(sectors, targets, construction, meals, purchases, consumption),
        "indicators/coherence": target_coherence(sectors, emissions),
    }
    return Made(frames, {"indicators/sectors": sectors})


#: What a neutrality balance is made from, under the municipality's own key and under every other.
_BALANCED_FROM = (
    "scenarios/gap",
    "scenarios/facility_claims",
    "indicators/coherence",
    "clean/published_gap",
    "clean/actions",
    "clean/sinks",
    "clean/neutrality",
    "inventory/territory",
)


@step(
    "gap_and_neutrality",
    "scenarios/gap",
    "scenarios/facility_claims",
    "scenarios/neutrality",
    "scenarios/allocation_keys",
    kinds={"scenarios/gap": ("pandas", "vega")},
    reads={
        "scenarios/gap": (
            "clean/published_gap",
            "clean/actions",
            "inventory/territory",
            "indicators/coherence",
            "corrected/corrections",
        ),
        "scenarios/facility_claims": ("clean/facilities", "clean/neutrality"),
        "scenarios/neutrality": _BALANCED_FROM,
        "scenarios/allocation_keys": _BALANCED_FROM,
    },
    whole=("facilities", "rules"),  # plants are shared
    published_gap="clean/published_gap",
    actions="clean/actions",
    territory="inventory/territory",
    coherence="indicators/coherence",
    corrections="corrected/corrections",
    sinks="clean/sinks",
    facilities="clean/facilities",
    rules="clean/neutrality",
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
    from klimat_pipeline.scenarios.allocation_keys import neutrality_by_allocation_key
    from klimat_pipeline.scenarios.facility_claims import facility_claims
    from klimat_pipeline.scenarios.gap import gap_table
    from klimat_pipeline.scenarios.neutrality import cases, neutrality_balance

    gap = gap_table(published_gap, actions, territory, coherence, corrections, project.reference.sector_lines)
    claims = facility_claims(facilities, rules)
    balanced = cases(gap, published_gap, actions, coherence, territory)
    frames = {
        "scenarios/gap": gap,
        "scenarios/facility_claims": claims,
        "scenarios/neutrality": neutrality_balance(balanced, sinks, claims, rules),
        "scenarios/allocation_keys": neutrality_by_allocation_key(balanced, sinks, claims, rules),
    }
    plots = {"scenarios/gap": pictures(project, "from emissions to what is left", gap_waterfalls(gap))}
    return Made(frames, {"clean/sinks": sinks}, plots=plots)
