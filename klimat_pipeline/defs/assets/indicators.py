"""Assets of the stage ``indicators``."""

import pandas as pd

from klimat_pipeline.defs.asset_factory import step
from klimat_pipeline.defs.pages import pictures
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made


@step(
    "national_indicators",
    "indicators/sector_indicators",
    "indicators/release_revisions",
    "indicators/indicator_change_explained",
    "indicators/base_year_review",
    "indicators/gases",
    "indicators/energy_targets",
    "indicators/land_use",
    "indicators/traded_emissions",
    kinds={"indicators/sector_indicators": ("pandas", "vega"), "indicators/base_year_review": ("pandas", "yaml")},
    reads={
        "indicators/sector_indicators": (
            "corrected/emissions",
            "clean/targets",
            "clean/population",
            "clean/releases",
            "clean/sectors",
            "clean/area_totals",
            "clean/frozen_reports",
        ),
        "indicators/release_revisions": ("corrected/emissions", "clean/releases"),
        "indicators/gases": ("corrected/emissions", "clean/releases"),
        "indicators/energy_targets": (
            "indicators/sector_indicators",
            "corrected/subsector_emissions",
            "clean/targets",
            "clean/degree_days",
        ),
        "indicators/land_use": ("clean/reported_land_use", "clean/area_totals"),
        "indicators/traded_emissions": ("corrected/emissions", "clean/ets_installations"),
        "indicators/indicator_change_explained": (
            "corrected/emissions",
            "clean/targets",
            "indicators/sector_indicators",
            "clean/releases",
        ),
        "indicators/base_year_review": (
            "corrected/emissions",
            "clean/targets",
            "indicators/sector_indicators",
            "clean/releases",
        ),
    },
    emissions="corrected/emissions",
    targets="clean/targets",
    population="clean/population",
    releases="clean/releases",
    sectors="clean/sectors",
    area_totals="clean/area_totals",
    subsectors="corrected/subsector_emissions",
    degree_days="clean/degree_days",
    land_use_given="clean/reported_land_use",
    installations="clean/ets_installations",
    frozen="clean/frozen_reports",
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
    from klimat_pipeline.indicators.base_year_review import base_year_review
    from klimat_pipeline.indicators.energy_targets import energy_targets
    from klimat_pipeline.indicators.gases import gases
    from klimat_pipeline.indicators.indicator_change_explained import indicator_changes
    from klimat_pipeline.indicators.land_use import land_use
    from klimat_pipeline.indicators.release_revisions import release_revisions
    from klimat_pipeline.indicators.sector_indicators import sector_indicators
    from klimat_pipeline.indicators.traded_emissions import traded_emissions

    indicators = sector_indicators(emissions, targets, population, releases, sectors, area_totals)
    approved, limit = project.base_year_rules
    approved = project.chosen(approved)
    frames = {
        "indicators/sector_indicators": indicators,
        "indicators/release_revisions": release_revisions(emissions, releases),
        "indicators/indicator_change_explained": indicator_changes(emissions, targets, indicators, releases),
        "indicators/base_year_review": base_year_review(
            emissions, targets, indicators, releases, approved, threshold_pct=limit
        ),
        "indicators/gases": gases(emissions, releases, project.reference),
        "indicators/energy_targets": energy_targets(indicators, subsectors, targets, degree_days),
        "indicators/land_use": land_use(land_use_given, area_totals),
        "indicators/traded_emissions": traded_emissions(emissions, installations),
    }
    inputs = {
        "corrected/emissions": emissions,
        "clean/targets": targets,
        "clean/frozen_reports": frozen,
        "clean/ets_installations": installations,
        "clean/reported_land_use": land_use_given,
        "configuration/approvals": approved,
    }
    plots = {
        "indicators/sector_indicators": pictures(
            project, "emissions against target", emissions_against_target(indicators)
        ),
    }
    return Made(frames, inputs, plots=plots)


@step(
    "scope_figures",
    "indicators/scope_indicators",
    "indicators/area_shares",
    "indicators/provenance",
    reads={
        "indicators/scope_indicators": (
            "inventory/inventory_territory",
            "inventory/inventory_organisation",
            "spend/spend_scope3",
            "clean/published_inventory",
            "corrected/corrections",
            "clean/targets",
            "clean/releases",
        ),
        "indicators/area_shares": (
            "inventory/inventory_territory",
            "clean/published_inventory",
            "clean/contract_areas",
            "clean/releases",
        ),
        "indicators/provenance": (
            "indicators/sector_indicators",
            "indicators/scope_indicators",
            "indicators/area_shares",
            "clean/reported_emissions",
            "clean/reported_subsectors",
            "clean/published_inventory",
            "inventory/inventory_territory",
            "inventory/inventory_organisation",
            "spend/spend_scope3",
        ),
    },
    sectors="indicators/sector_indicators",
    emissions="clean/reported_emissions",
    subsectors="clean/reported_subsectors",
    territory="inventory/inventory_territory",
    organisation="inventory/inventory_organisation",
    purchases="spend/spend_scope3",
    printed="clean/published_inventory",
    corrections="corrected/corrections",
    targets="clean/targets",
    areas="clean/contract_areas",
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
    from klimat_pipeline.indicators.area_shares import area_shares
    from klimat_pipeline.indicators.provenance import provenance
    from klimat_pipeline.indicators.purchases import with_purchases
    from klimat_pipeline.indicators.scope_indicators import scope_indicators

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
    frames = {"indicators/scope_indicators": scopes, "indicators/area_shares": shares, "indicators/provenance": traced}
    inputs = {
        "indicators/sector_indicators": sectors,
        "inventory/inventory_territory": territory,
        "inventory/inventory_organisation": organisation,
    }
    return Made(frames, inputs)
