"""Assets about targets, gap and neutrality: two steps, since each table takes milliseconds.

The stage ``indicators`` has its own file; where its targets stand and whether they fit together is here, beside what
they lead to.
"""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked, wired_together


def _inputs(**keys: str) -> dict[str, dg.AssetIn]:
    return {name: dg.AssetIn(key=dg.AssetKey(key.split("/"))) for name, key in keys.items()}


@dg.multi_asset(
    name="targets",
    **wired_together("indicators/targets", "indicators/coherence", kinds=("pandas",)),
    ins=_inputs(
        sectors="indicators/sectors",
        emissions="corrected/emissions",
        targets="clean/targets",
        construction="clean/construction",
        meals="clean/meals",
    ),
)
def targets_step(
    context: dg.AssetExecutionContext,
    project: Project,
    sectors: pd.DataFrame,
    emissions: pd.DataFrame,
    targets: pd.DataFrame,
    construction: pd.DataFrame,
    meals: pd.DataFrame,
):
    """Where the targets stand, and whether the sub-targets imply the total."""
    from klimat_pipeline.indicators.coherence import target_coherence
    from klimat_pipeline.indicators.targets import target_status

    status = target_status(sectors, targets, construction, meals)
    yield checked(context, status, {"indicators/sectors": sectors}, key="indicators/targets")
    yield checked(context, target_coherence(sectors, emissions), key="indicators/coherence")


_GAP, _CLAIMS = dg.AssetKey(["scenarios", "gap"]), dg.AssetKey(["scenarios", "claims"])


@dg.multi_asset(
    name="gap_and_neutrality",
    **wired_together("scenarios/gap", "scenarios/claims", "scenarios/neutrality", kinds=("pandas", "vega")),
    ins=_inputs(
        published_gap="clean/published_gap",
        actions="clean/actions",
        territory="inventory/territory",
        coherence="indicators/coherence",
        sinks="clean/sinks",
        facilities="clean/facilities",
        rules="clean/neutrality",
    ),
    internal_asset_deps={
        "scenarios_gap": {
            dg.AssetKey(key.split("/"))
            for key in ("clean/published_gap", "clean/actions", "inventory/territory", "indicators/coherence")
        },
        "scenarios_claims": {dg.AssetKey(["clean", "facilities"]), dg.AssetKey(["clean", "neutrality"])},
        "scenarios_neutrality": {
            *(dg.AssetKey(key.split("/")) for key in ("indicators/coherence", "clean/sinks", "clean/neutrality")),
            _GAP,
            _CLAIMS,
        },
    },
)
def gap_and_neutrality(
    context: dg.AssetExecutionContext,
    project: Project,
    published_gap: pd.DataFrame,
    actions: pd.DataFrame,
    territory: pd.DataFrame,
    coherence: pd.DataFrame,
    sinks: pd.DataFrame,
    facilities: pd.DataFrame,
    rules: pd.DataFrame,
):
    """What is missing, whose the shared captures are, and what neutralises the rest."""
    from klimat_pipeline.indicators.plots import as_markdown_image
    from klimat_pipeline.scenarios.claims import facility_claims
    from klimat_pipeline.scenarios.gap import gap_table
    from klimat_pipeline.scenarios.neutrality import neutrality_balance
    from klimat_pipeline.scenarios.plots import gap_waterfalls

    gap = gap_table(published_gap, actions, territory, coherence, project.reference.sector_lines)
    plots = {
        f"plot {code}": dg.MetadataValue.md(as_markdown_image(chart)) for code, chart in gap_waterfalls(gap).items()
    }
    claims = facility_claims(facilities, rules)
    balance = neutrality_balance(gap, coherence, sinks, claims, rules)
    yield checked(context, gap, None, plots, key="scenarios/gap")
    yield checked(context, claims, key="scenarios/claims")
    yield checked(context, balance, {"clean/sinks": sinks, "scenarios/claims": claims}, key="scenarios/neutrality")
