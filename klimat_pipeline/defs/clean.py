"""Assets of the stage ``clean``: codes, units, long form; reference tables and configuration beside them."""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked, wired

#: What is read from the checkout waits for the archive's listing, so that an unchanged night ends there for all.
AFTER = [["sources", "smhi_snapshots"]]


@dg.asset(**wired("clean/municipalities", kinds=("csv",)), deps=AFTER)
def municipalities(context: dg.AssetExecutionContext, project: Project):
    return checked(context, project.reference.municipalities)


@dg.asset(**wired("clean/sectors", kinds=("csv",)), deps=AFTER)
def sectors(context: dg.AssetExecutionContext, project: Project):
    return checked(context, project.reference.sectors)


@dg.asset(**wired("clean/population", kinds=("csv",)), deps=AFTER)
def population(context: dg.AssetExecutionContext, project: Project):
    from klimat_pipeline.clean.population import clean_population

    return checked(context, clean_population(project.settings.municipalities_dir, project.reference))


@dg.asset(**wired("clean/targets", kinds=("yaml",)), deps=AFTER)
def targets(context: dg.AssetExecutionContext, project: Project):
    from klimat_pipeline.clean.targets import clean_targets

    return checked(context, clean_targets(project.settings.municipalities_dir, project.reference))


@dg.asset(**wired("clean/frozen", kinds=("yaml",)), deps=AFTER)
def frozen(context: dg.AssetExecutionContext, project: Project):
    from klimat_pipeline.clean.frozen import clean_frozen

    return checked(context, clean_frozen(project.settings.municipalities_dir))


@dg.asset(
    **wired(
        "clean/releases",
        snapshots="sources/smhi_snapshots",
        raw="raw/smhi_emissions",
        municipalities="clean/municipalities",
    )
)
def releases(
    context: dg.AssetExecutionContext,
    project: Project,
    snapshots: pd.DataFrame,
    raw: pd.DataFrame,
    municipalities: pd.DataFrame,
):
    from klimat_pipeline.clean.naming import with_codes
    from klimat_pipeline.clean.releases import clean_releases

    frame = clean_releases(snapshots, with_codes(raw, project.reference), project.reference)
    return checked(context, frame, {"clean/municipalities": municipalities})


@dg.asset(**wired("clean/emissions", raw="raw/smhi_emissions", releases="clean/releases"))
def emissions(context: dg.AssetExecutionContext, project: Project, raw: pd.DataFrame, releases: pd.DataFrame):
    from klimat_pipeline.clean.emissions import clean_emissions
    from klimat_pipeline.clean.naming import with_codes
    from klimat_pipeline.clean.releases import current_releases

    coded = with_codes(raw, project.reference)
    frame = clean_emissions(coded, current_releases(releases, coded), project.reference)
    return checked(context, frame, {"raw/smhi_emissions": raw, "clean/releases": releases})


@dg.asset(**wired("clean/subsectors", raw="raw/smhi_emissions", releases="clean/releases", emissions="clean/emissions"))
def subsectors(
    context: dg.AssetExecutionContext,
    project: Project,
    raw: pd.DataFrame,
    releases: pd.DataFrame,
    emissions: pd.DataFrame,
):
    from klimat_pipeline.clean.naming import with_codes
    from klimat_pipeline.clean.releases import current_releases
    from klimat_pipeline.clean.subsectors import clean_subsectors

    coded = with_codes(raw, project.reference)
    frame = clean_subsectors(coded, emissions, current_releases(releases, coded), project.reference)
    return checked(context, frame, {"clean/emissions": emissions})


@dg.asset(
    **wired(
        "clean/area_totals",
        raw="raw/smhi_emissions",
        emissions="clean/emissions",
        municipalities="clean/municipalities",
    )
)
def area_totals(
    context: dg.AssetExecutionContext,
    project: Project,
    raw: pd.DataFrame,
    emissions: pd.DataFrame,
    municipalities: pd.DataFrame,
):
    from klimat_pipeline.clean.area_totals import clean_area_totals
    from klimat_pipeline.clean.naming import with_codes

    frame = clean_area_totals(with_codes(raw, project.reference), project.reference)
    return checked(context, frame, {"clean/emissions": emissions, "clean/municipalities": municipalities})
