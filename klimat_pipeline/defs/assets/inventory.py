"""Assets of the stage ``inventory``."""

import pandas as pd

from klimat_pipeline.defs.asset_factory import step
from klimat_pipeline.defs.pages import pictures
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made


@step(
    "inventories",
    "inventory/inventory_territory",
    "inventory/inventory_organisation",
    "inventory/inventory_reconciliation",
    "inventory/gpc_inventory",
    kinds={"inventory/inventory_reconciliation": ("pandas", "vega")},
    reads={
        "inventory/inventory_territory": (
            "corrected/subsector_emissions",
            "corrected/corrections",
            "clean/releases",
            "clean/energy_use",
            "clean/emission_factors",
            "clean/territorial_scope3",
        ),
        "inventory/inventory_organisation": ("clean/activity_data", "clean/emission_factors"),
        "inventory/gpc_inventory": ("inventory/inventory_territory",),
        "inventory/inventory_reconciliation": (
            "inventory/inventory_territory",
            "clean/published_inventory",
            "corrected/corrections",
            "clean/releases",
        ),
    },
    whole=("activity", "factors"),  # a ledger's purchases are replaced by it, whoever they are for
    subsectors="corrected/subsector_emissions",
    corrections="corrected/corrections",
    releases="clean/releases",
    energy_use="clean/energy_use",
    factors="clean/emission_factors",
    scope3="clean/territorial_scope3",
    activity="clean/activity_data",
    printed="clean/published_inventory",
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
    from klimat_pipeline.inventory.gpc_inventory import gpc_inventory
    from klimat_pipeline.inventory.inventory_organisation import organisation_inventory
    from klimat_pipeline.inventory.inventory_reconciliation import inventory_reconciliation
    from klimat_pipeline.inventory.inventory_territory import territory_inventory

    reference = project.reference
    territory = territory_inventory(
        *(subsectors, corrections, releases, energy_use, factors, scope3, reference),
        memo_lines=project.memo_lines,
        with_folders=project.with_folders,
    )
    reconciliation = inventory_reconciliation(territory, printed, corrections, releases, reference)
    frames = {
        "inventory/inventory_territory": territory,
        "inventory/inventory_organisation": organisation_inventory(activity, factors, reference, project.gwp_sets),
        "inventory/inventory_reconciliation": reconciliation,
        "inventory/gpc_inventory": gpc_inventory(territory, reference, project.with_folders),
    }
    names = dict(zip(reference.inventory_lines["line"], reference.inventory_lines["line_name_en"], strict=True))
    picture = pictures(project, "inventory, printed and computed", inventory_beside_print(reconciliation, names))
    plots = {"inventory/inventory_territory": picture, "inventory/inventory_reconciliation": picture}
    inputs = {"corrected/subsector_emissions": subsectors, "clean/energy_use": energy_use}
    return Made(frames, inputs, plots=plots)
