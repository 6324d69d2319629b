"""Assets of the stage ``inventory``."""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked, wired


@dg.asset(
    **wired(
        "inventory/territory",
        subsectors="corrected/subsectors",
        corrections="corrected/corrections",
        releases="clean/releases",
        energy_use="clean/energy_use",
        factors="clean/factors",
        scope3="clean/scope3",
    )
)
def territory(
    context: dg.AssetExecutionContext,
    project: Project,
    subsectors: pd.DataFrame,
    corrections: pd.DataFrame,
    releases: pd.DataFrame,
    energy_use: pd.DataFrame,
    factors: pd.DataFrame,
    scope3: pd.DataFrame,
):
    from klimat_pipeline.inventory.territory import territory_inventory

    frame = territory_inventory(subsectors, corrections, releases, energy_use, factors, scope3, project.reference)
    return checked(context, frame, {"corrected/subsectors": subsectors, "clean/energy_use": energy_use})


@dg.asset(
    **wired(
        "inventory/reconciliation",
        kinds=("pandas", "vega"),
        territory="inventory/territory",
        printed="clean/printed_inventory",
        corrections="corrected/corrections",
        releases="clean/releases",
    )
)
def reconciliation(
    context: dg.AssetExecutionContext,
    project: Project,
    territory: pd.DataFrame,
    printed: pd.DataFrame,
    corrections: pd.DataFrame,
    releases: pd.DataFrame,
):
    from klimat_pipeline.indicators.plots import as_markdown_image, inventory_beside_print
    from klimat_pipeline.inventory.reconciliation import inventory_reconciliation

    frame = inventory_reconciliation(territory, printed, corrections, releases, project.reference)
    plots = {
        f"plot {code}": dg.MetadataValue.md(as_markdown_image(chart))
        for code, chart in inventory_beside_print(frame).items()
    }
    return checked(context, frame, {}, plots)


@dg.asset(**wired("inventory/organisation", activity="clean/activity", factors="clean/factors"))
def organisation(context: dg.AssetExecutionContext, project: Project, activity: pd.DataFrame, factors: pd.DataFrame):
    from klimat_pipeline.inventory.organisation import organisation_inventory

    return checked(context, organisation_inventory(activity, factors, project.reference, project.gwp_sets))
