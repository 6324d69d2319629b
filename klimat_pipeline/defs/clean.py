"""Assets of the stage ``clean``: codes, units, long form; reference tables and configuration beside them."""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked, wired, wired_together

#: What is read from the checkout waits for the archive's listing, so that an unchanged night ends there for all.
AFTER = [["sources", "smhi_snapshots"]]


@dg.multi_asset(
    name="configuration",
    **wired_together(
        "clean/municipalities",
        "clean/sectors",
        "clean/population",
        "clean/targets",
        "clean/frozen",
        "clean/energy_use",
        "clean/factors",
        "clean/printed_inventory",
        "clean/areas",
        "clean/scope3",
        "clean/activity",
        "clean/actions",
        "clean/construction",
        "clean/meals",
        "clean/sinks",
        "clean/published_gap",
        "clean/facilities",
        "clean/neutrality",
        kinds=("csv", "yaml"),
    ),
    deps=AFTER,
)
def configuration(context: dg.AssetExecutionContext, project: Project):
    """What people edit, checked against the reference tables: one step, since each table takes milliseconds."""
    from klimat_pipeline.clean.actions import clean_actions
    from klimat_pipeline.clean.activity import clean_activity
    from klimat_pipeline.clean.areas import clean_areas
    from klimat_pipeline.clean.construction import clean_construction
    from klimat_pipeline.clean.energy_use import clean_energy_use
    from klimat_pipeline.clean.facilities import clean_facilities
    from klimat_pipeline.clean.factors import clean_factors
    from klimat_pipeline.clean.frozen import clean_frozen
    from klimat_pipeline.clean.meals import clean_meals
    from klimat_pipeline.clean.neutrality import clean_neutrality
    from klimat_pipeline.clean.population import clean_population
    from klimat_pipeline.clean.printed_inventory import clean_printed_inventory
    from klimat_pipeline.clean.published_gap import clean_published_gap
    from klimat_pipeline.clean.scope3 import clean_scope3
    from klimat_pipeline.clean.sinks import clean_sinks
    from klimat_pipeline.clean.targets import clean_targets

    folders, reference, examples = project.settings.municipalities_dir, project.reference, project.settings.examples
    energy_use = clean_energy_use(folders, reference)
    factors = clean_factors(folders, reference, examples=examples)
    printed = clean_printed_inventory(folders, reference)
    print_inputs = {
        "clean/energy_use": energy_use,
        "clean/factors": factors,
        "reference/energy_users": reference.energy_users,
    }
    yield checked(context, reference.municipalities, key="clean/municipalities")
    yield checked(context, reference.sectors, key="clean/sectors")
    yield checked(context, clean_population(folders, reference), key="clean/population")
    yield checked(context, clean_targets(folders, reference), key="clean/targets")
    yield checked(context, clean_frozen(folders), key="clean/frozen")
    yield checked(context, energy_use, key="clean/energy_use")
    yield checked(context, factors, key="clean/factors")
    yield checked(context, printed, print_inputs, key="clean/printed_inventory")
    yield checked(context, clean_areas(folders, reference), key="clean/areas")
    yield checked(context, clean_scope3(folders, reference), key="clean/scope3")
    yield checked(context, clean_activity(folders, reference, examples=examples), key="clean/activity")
    yield checked(context, clean_actions(folders, reference, examples=examples), key="clean/actions")
    construction = clean_construction(folders, project.settings.reference_dir, reference)
    yield checked(context, construction, key="clean/construction")
    yield checked(context, clean_meals(folders, reference), key="clean/meals")
    yield checked(context, clean_sinks(folders, reference), key="clean/sinks")
    yield checked(context, clean_published_gap(folders, reference), key="clean/published_gap")
    yield checked(context, clean_facilities(folders, reference, examples=examples), key="clean/facilities")
    yield checked(context, clean_neutrality(folders, reference), key="clean/neutrality")


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
