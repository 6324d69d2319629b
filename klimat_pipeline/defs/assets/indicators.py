"""Assets of the stage ``indicators``."""

import pandas as pd

from klimat_pipeline.defs.asset_factory import step
from klimat_pipeline.defs.pages import pictures
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made


@step(
    "national_indicators",
    "indicators/sectors",
    "indicators/revisions",
    "indicators/changes",
    "indicators/base_years",
    "indicators/gases",
    "indicators/energy",
    "indicators/land_use",
    "indicators/traded",
    kinds={"indicators/sectors": ("pandas", "vega"), "indicators/base_years": ("pandas", "yaml")},
    reads={
        "indicators/sectors": (
            "corrected/emissions",
            "clean/targets",
            "clean/population",
            "clean/releases",
            "clean/sectors",
            "clean/area_totals",
            "clean/frozen",
        ),
        "indicators/revisions": ("corrected/emissions", "clean/releases"),
        "indicators/gases": ("corrected/emissions", "clean/releases"),
        "indicators/energy": ("indicators/sectors", "corrected/subsectors", "clean/targets", "clean/degree_days"),
        "indicators/land_use": ("clean/land_use", "clean/area_totals"),
        "indicators/traded": ("corrected/emissions", "clean/installations"),
        "indicators/changes": ("corrected/emissions", "clean/targets", "indicators/sectors", "clean/releases"),
        "indicators/base_years": ("corrected/emissions", "clean/targets", "indicators/sectors", "clean/releases"),
    },
    emissions="corrected/emissions",
    targets="clean/targets",
    population="clean/population",
    releases="clean/releases",
    sectors="clean/sectors",
    area_totals="clean/area_totals",
    subsectors="corrected/subsectors",
    degree_days="clean/degree_days",
    land_use_given="clean/land_use",
    installations="clean/installations",
    frozen="clean/frozen",
)
def national_indicators(
    project: Project,
    emissions: pd.DataFrame,
    targets: pd.DataFrame,
    population: pd.DataFrame,
    releases: pd.DataFrame,
    sectors: pd.DataFrame,
    area_totals: pd.DataFrame,
    subsectors: pd.DataFrame,
    degree_days: pd.DataFrame,
    land_use_given: pd.DataFrame,
    installations: pd.DataFrame,
    frozen: pd.DataFrame,
) -> Made:
    """Sectors against their targets, and what changed between releases."""
    from klimat_pipeline.charts.indicators import emissions_against_target
    from klimat_pipeline.indicators.base_years import base_year_review
    from klimat_pipeline.indicators.changes import indicator_changes
    from klimat_pipeline.indicators.energy import energy_targets
    from klimat_pipeline.indicators.gases import gases
    from klimat_pipeline.indicators.land_use import land_use
    from klimat_pipeline.indicators.revisions import release_revisions
    from klimat_pipeline.indicators.sectors import sector_indicators
    from klimat_pipeline.indicators.traded import traded_emissions

    indicators = sector_indicators(emissions, targets, population, releases, sectors, area_totals)
    approved, limit = project.base_year_rules
    approved = project.chosen(approved)
    frames = {
        "indicators/sectors": indicators,
        "indicators/revisions": release_revisions(emissions, releases),
        "indicators/changes": indicator_changes(emissions, targets, indicators, releases),
        "indicators/base_years": base_year_review(
            emissions, targets, indicators, releases, approved, threshold_pct=limit
        ),
        "indicators/gases": gases(emissions, releases, project.reference),
        "indicators/energy": energy_targets(indicators, subsectors, targets, degree_days),
        "indicators/land_use": land_use(land_use_given, area_totals),
        "indicators/traded": traded_emissions(emissions, installations),
    }
    inputs = {
        "corrected/emissions": emissions,
        "clean/targets": targets,
        "clean/frozen": frozen,
        "clean/installations": installations,
        "clean/land_use": land_use_given,
        "configuration/approvals": approved,
    }
    plots = {
        "indicators/sectors": pictures(project, "emissions against target", emissions_against_target(indicators)),
    }
    return Made(frames, inputs, plots=plots)


@step(
    "scope_figures",
    "indicators/scopes",
    "indicators/areas",
    "indicators/provenance",
    reads={
        "indicators/scopes": (
            "inventory/territory",
            "inventory/organisation",
            "spend/scope3",
            "clean/printed_inventory",
            "corrected/corrections",
            "clean/targets",
            "clean/releases",
        ),
        "indicators/areas": ("inventory/territory", "clean/printed_inventory", "clean/areas", "clean/releases"),
        "indicators/provenance": (
            "indicators/sectors",
            "indicators/scopes",
            "indicators/areas",
            "clean/emissions",
            "clean/subsectors",
            "clean/printed_inventory",
            "inventory/territory",
            "inventory/organisation",
            "spend/scope3",
        ),
    },
    sectors="indicators/sectors",
    emissions="clean/emissions",
    subsectors="clean/subsectors",
    territory="inventory/territory",
    organisation="inventory/organisation",
    purchases="spend/scope3",
    printed="clean/printed_inventory",
    corrections="corrected/corrections",
    targets="clean/targets",
    areas="clean/areas",
    releases="clean/releases",
)
def scope_figures(
    project: Project,
    sectors: pd.DataFrame,
    emissions: pd.DataFrame,
    subsectors: pd.DataFrame,
    territory: pd.DataFrame,
    organisation: pd.DataFrame,
    purchases: pd.DataFrame,
    printed: pd.DataFrame,
    corrections: pd.DataFrame,
    targets: pd.DataFrame,
    areas: pd.DataFrame,
    releases: pd.DataFrame,
) -> Made:
    """Both inventories by scope, the share of the areas that the contract names, and where all indicators come from."""
    from klimat_pipeline.indicators.areas import area_shares
    from klimat_pipeline.indicators.provenance import provenance
    from klimat_pipeline.indicators.purchases import with_purchases
    from klimat_pipeline.indicators.scopes import scope_indicators

    organisation = with_purchases(organisation, purchases)
    scopes = scope_indicators(
        *(territory, organisation, printed, corrections, targets, releases),
        base_years=project.organisation_base_years,
        with_folders=project.with_folders,
    )
    shares = area_shares(territory, printed, areas, releases)
    traced = provenance(
        sectors,
        scopes,
        shares,
        emissions=emissions,
        subsectors=subsectors,
        territory=territory,
        organisation=organisation,
        printed=printed,
        reference=project.reference,
    )
    frames = {"indicators/scopes": scopes, "indicators/areas": shares, "indicators/provenance": traced}
    inputs = {
        "indicators/sectors": sectors,
        "inventory/territory": territory,
        "inventory/organisation": organisation,
    }
    return Made(frames, inputs)
