"""Assets of the stage ``clean``: codes, units, long form; reference tables and configuration beside them."""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.asset_factory import checked_together, step
from klimat_pipeline.defs.resources import Project

#: What is read from the checkout waits for the archive's listing, so that an unchanged night ends there for all.
AFTER = ("sources/smhi_snapshots",)


@step(
    "configuration",
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
    "clean/assumptions",
    kinds=("csv", "yaml"),
    after=AFTER,
)
def configuration(context: dg.AssetExecutionContext, project: Project):
    """What people edit, checked against the reference tables: one step, since each table takes milliseconds."""
    from klimat_pipeline.clean.actions import clean_actions
    from klimat_pipeline.clean.activity import clean_activity
    from klimat_pipeline.clean.areas import clean_areas
    from klimat_pipeline.clean.assumptions import clean_assumptions
    from klimat_pipeline.clean.construction import clean_construction, construction_references
    from klimat_pipeline.clean.energy_use import clean_energy_use
    from klimat_pipeline.clean.facilities import clean_facilities
    from klimat_pipeline.clean.factors import clean_factors
    from klimat_pipeline.clean.frozen import clean_frozen
    from klimat_pipeline.clean.meals import clean_meals
    from klimat_pipeline.clean.municipalities import clean_municipalities
    from klimat_pipeline.clean.neutrality import clean_neutrality
    from klimat_pipeline.clean.population import clean_population
    from klimat_pipeline.clean.printed_inventory import clean_printed_inventory
    from klimat_pipeline.clean.published_gap import clean_published_gap
    from klimat_pipeline.clean.scope3 import clean_scope3
    from klimat_pipeline.clean.sectors import clean_sectors
    from klimat_pipeline.clean.sinks import clean_sinks
    from klimat_pipeline.clean.targets import clean_targets

    references = project.settings.reference_dir
    folders, reference, examples = project.settings.municipalities_dir, project.reference, project.settings.examples
    frames = {
        "clean/municipalities": clean_municipalities(reference),
        "clean/sectors": clean_sectors(reference),
        "clean/population": clean_population(folders, reference),
        "clean/targets": clean_targets(folders, reference),
        "clean/frozen": clean_frozen(folders),
        "clean/energy_use": clean_energy_use(folders, reference),
        "clean/factors": clean_factors(folders, reference, examples=examples),
        "clean/printed_inventory": clean_printed_inventory(folders, reference),
        "clean/areas": clean_areas(folders, reference),
        "clean/scope3": clean_scope3(folders, reference),
        "clean/activity": clean_activity(folders, reference, examples=examples),
        "clean/actions": clean_actions(folders, reference, examples=examples),
        "clean/construction": clean_construction(folders, references, reference),
        "clean/meals": clean_meals(folders, reference),
        "clean/sinks": clean_sinks(folders, reference),
        "clean/published_gap": clean_published_gap(folders, reference),
        "clean/facilities": clean_facilities(folders, reference, examples=examples),
        "clean/neutrality": clean_neutrality(folders, reference),
        "clean/assumptions": clean_assumptions(references, reference.sector_codes, construction_references(references)),
    }
    yield from checked_together(context, frames, {"reference/energy_users": reference.energy_users})


@step(
    "national_figures",
    "clean/releases",
    "clean/emissions",
    "clean/subsectors",
    "clean/area_totals",
    reads={
        "clean/releases": ("sources/smhi_snapshots", "raw/smhi_emissions", "clean/municipalities"),
        "clean/emissions": ("raw/smhi_emissions", "clean/releases"),
        "clean/subsectors": ("raw/smhi_emissions", "clean/releases", "clean/emissions"),
        "clean/area_totals": ("raw/smhi_emissions", "clean/emissions", "clean/municipalities"),
    },
    snapshots="sources/smhi_snapshots",
    raw="raw/smhi_emissions",
    municipalities="clean/municipalities",
)
def national_figures(
    context: dg.AssetExecutionContext,
    project: Project,
    snapshots: pd.DataFrame,
    raw: pd.DataFrame,
    municipalities: pd.DataFrame,
):
    """Codes and units of the national workbooks, by sector, subsector and area."""
    from klimat_pipeline.clean.area_totals import clean_area_totals
    from klimat_pipeline.clean.emissions import clean_emissions
    from klimat_pipeline.clean.naming import with_codes
    from klimat_pipeline.clean.releases import clean_releases, current_releases
    from klimat_pipeline.clean.subsectors import clean_subsectors

    reference = project.reference
    coded = with_codes(raw, reference)
    releases = clean_releases(snapshots, coded, reference)
    current = current_releases(releases, coded)
    emissions = clean_emissions(coded, current, reference)
    frames = {
        "clean/releases": releases,
        "clean/emissions": emissions,
        "clean/subsectors": clean_subsectors(coded, emissions, current, reference),
        "clean/area_totals": clean_area_totals(coded, reference),
    }
    yield from checked_together(context, frames, {"raw/smhi_emissions": raw, "clean/municipalities": municipalities})
