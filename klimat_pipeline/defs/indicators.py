"""Assets of the stage ``indicators``."""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked, wired


@dg.asset(
    **wired(
        "indicators/sectors",
        kinds=("pandas", "vega"),
        emissions="corrected/emissions",
        targets="clean/targets",
        population="clean/population",
        releases="clean/releases",
        frozen="clean/frozen",
    )
)
def sectors(
    context: dg.AssetExecutionContext,
    project: Project,
    emissions: pd.DataFrame,
    targets: pd.DataFrame,
    population: pd.DataFrame,
    releases: pd.DataFrame,
    frozen: pd.DataFrame,
):
    from klimat_pipeline.indicators.plots import as_markdown_image, emissions_against_target
    from klimat_pipeline.indicators.sectors import sector_indicators

    frame = sector_indicators(emissions, targets, population, releases)
    plots = {
        f"plot {code}": dg.MetadataValue.md(as_markdown_image(chart))
        for code, chart in emissions_against_target(frame).items()
    }
    return checked(
        context, frame, {"corrected/emissions": emissions, "clean/targets": targets, "clean/frozen": frozen}, plots
    )


@dg.asset(
    **wired(
        "indicators/provenance",
        indicators="indicators/sectors",
        emissions="clean/emissions",
        releases="clean/releases",
    )
)
def provenance(
    context: dg.AssetExecutionContext,
    project: Project,
    indicators: pd.DataFrame,
    emissions: pd.DataFrame,
    releases: pd.DataFrame,
):
    from klimat_pipeline.indicators.provenance import provenance as trace

    return checked(context, trace(indicators, emissions, releases), {"indicators/sectors": indicators})


@dg.asset(**wired("indicators/revisions", emissions="corrected/emissions", releases="clean/releases"))
def revisions(context: dg.AssetExecutionContext, project: Project, emissions: pd.DataFrame, releases: pd.DataFrame):
    from klimat_pipeline.indicators.revisions import release_revisions

    return checked(context, release_revisions(emissions, releases))


@dg.asset(
    **wired(
        "indicators/changes",
        emissions="corrected/emissions",
        targets="clean/targets",
        indicators="indicators/sectors",
        releases="clean/releases",
    )
)
def changes(
    context: dg.AssetExecutionContext,
    project: Project,
    emissions: pd.DataFrame,
    targets: pd.DataFrame,
    indicators: pd.DataFrame,
    releases: pd.DataFrame,
):
    from klimat_pipeline.indicators.changes import indicator_changes

    return checked(context, indicator_changes(emissions, targets, indicators, releases))


@dg.asset(
    **wired(
        "indicators/base_years",
        kinds=("pandas", "yaml"),
        emissions="corrected/emissions",
        targets="clean/targets",
        indicators="indicators/sectors",
        releases="clean/releases",
    )
)
def base_years(
    context: dg.AssetExecutionContext,
    project: Project,
    emissions: pd.DataFrame,
    targets: pd.DataFrame,
    indicators: pd.DataFrame,
    releases: pd.DataFrame,
):
    from klimat_pipeline.indicators.base_years import base_year_review

    approved, limit = project.base_year_rules
    frame = base_year_review(emissions, targets, indicators, releases, approved, threshold_pct=limit)
    return checked(context, frame, {"configuration/approvals": approved})


@dg.asset(
    **wired(
        "indicators/scopes",
        territory="inventory/territory",
        organisation="inventory/organisation",
        printed="clean/printed_inventory",
        targets="clean/targets",
        releases="clean/releases",
    )
)
def scopes(
    context: dg.AssetExecutionContext,
    project: Project,
    territory: pd.DataFrame,
    organisation: pd.DataFrame,
    printed: pd.DataFrame,
    targets: pd.DataFrame,
    releases: pd.DataFrame,
):
    from klimat_pipeline.indicators.scopes import scope_indicators

    frame = scope_indicators(territory, organisation, printed, targets, releases)
    return checked(context, frame, {"inventory/territory": territory, "inventory/organisation": organisation})


@dg.asset(
    **wired(
        "indicators/areas",
        territory="inventory/territory",
        printed="clean/printed_inventory",
        areas="clean/areas",
        releases="clean/releases",
    )
)
def areas(
    context: dg.AssetExecutionContext,
    project: Project,
    territory: pd.DataFrame,
    printed: pd.DataFrame,
    areas: pd.DataFrame,
    releases: pd.DataFrame,
):
    from klimat_pipeline.indicators.areas import area_shares

    return checked(context, area_shares(territory, printed, areas, releases))
