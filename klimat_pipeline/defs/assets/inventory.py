"""Assets of the stage ``inventory``."""

import pandas as pd

from klimat_pipeline.defs.asset_factory import step
from klimat_pipeline.defs.pages import pictures
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made


@step(
    "inventories",
    "inventory/territory",
    "inventory/organisation",
    "inventory/reconciliation",
    "inventory/gpc",
    kinds={"inventory/reconciliation": ("pandas", "vega")},
    reads={
        "inventory/territory": (
            "corrected/subsectors",
            "corrected/corrections",
            "clean/releases",
            "clean/energy_use",
            "clean/factors",
            "clean/scope3",
        ),
        "inventory/organisation": ("clean/activity", "clean/factors"),
        "inventory/gpc": ("inventory/territory",),
        "inventory/reconciliation": (
            "inventory/territory",
            "clean/printed_inventory",
            "corrected/corrections",
            "clean/releases",
        ),
    },
    whole=("activity", "factors"),  # a ledger's purchases are replaced by it, whoever they are for
    subsectors="corrected/subsectors",
    corrections="corrected/corrections",
    releases="clean/releases",
    energy_use="clean/energy_use",
    factors="clean/factors",
    scope3="clean/scope3",
    activity="clean/activity",
    printed="clean/printed_inventory",
)
def inventories(
    project: Project,
    subsectors: pd.DataFrame,
    corrections: pd.DataFrame,
    releases: pd.DataFrame,
    energy_use: pd.DataFrame,
    factors: pd.DataFrame,
    scope3: pd.DataFrame,
    activity: pd.DataFrame,
    printed: pd.DataFrame,
) -> Made:
    """The two inventories, each by itself, and the territory beside what the city printed."""
    from klimat_pipeline.charts.indicators import inventory_beside_print
    from klimat_pipeline.inventory.gpc import gpc_inventory
    from klimat_pipeline.inventory.organisation import organisation_inventory
    from klimat_pipeline.inventory.reconciliation import inventory_reconciliation
    from klimat_pipeline.inventory.territory import territory_inventory

    reference = project.reference
    territory = territory_inventory(
        *(subsectors, corrections, releases, energy_use, factors, scope3, reference),
        memo_lines=project.memo_lines,
        with_folders=project.with_folders,
    )
    reconciliation = inventory_reconciliation(territory, printed, corrections, releases, reference)
    frames = {
        "inventory/territory": territory,
        "inventory/organisation": organisation_inventory(activity, factors, reference, project.gwp_sets),
        "inventory/reconciliation": reconciliation,
        "inventory/gpc": gpc_inventory(territory, reference, project.with_folders),
    }
    names = dict(zip(reference.inventory_lines["line"], reference.inventory_lines["line_name_en"], strict=True))
    picture = pictures(project, "inventory, printed and computed", inventory_beside_print(reconciliation, names))
    plots = {"inventory/territory": picture, "inventory/reconciliation": picture}
    inputs = {"corrected/subsectors": subsectors, "clean/energy_use": energy_use}
    return Made(frames, inputs, plots=plots)
