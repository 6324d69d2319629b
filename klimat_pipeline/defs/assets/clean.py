"""Assets of the stage ``clean``: codes, units, long form; reference tables and configuration beside them."""

import pandas as pd

from klimat_pipeline.configuration.local_tables import local_assets
from klimat_pipeline.defs.asset_factory import step
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made

#: What is read from the checkout waits for the archive's listing, so that an unchanged night ends there for all.
AFTER = ("sources/smhi_snapshots",)


@step(
    "configuration",
    "clean/municipalities",
    "clean/sectors",
    "clean/targets",
    "clean/frozen",
    *local_assets(),
    "clean/neutrality",
    "clean/assumptions",
    "clean/consumption",
    kinds=("csv", "yaml"),
    reads={"clean/consumption": ("clean/population",)},
    after=AFTER,
)
def configuration(project: Project) -> Made:
    """What people edit, checked against the reference tables: one step, since each table takes milliseconds."""
    from klimat_pipeline.clean.assumptions import clean_assumptions
    from klimat_pipeline.clean.consumption import clean_consumption
    from klimat_pipeline.clean.frozen import clean_frozen
    from klimat_pipeline.clean.local import local_tables
    from klimat_pipeline.clean.municipalities import clean_municipalities
    from klimat_pipeline.clean.neutrality import clean_neutrality
    from klimat_pipeline.clean.population import with_fetched
    from klimat_pipeline.clean.sectors import clean_sectors
    from klimat_pipeline.clean.targets import clean_targets

    references = project.settings.reference_dir
    folders, examples = project.settings.municipalities_dir, project.settings.examples
    reference = with_fetched(project.reference, project.settings)
    frames = {
        "clean/municipalities": clean_municipalities(reference),
        "clean/sectors": clean_sectors(reference),
        "clean/targets": clean_targets(folders, reference),
        "clean/frozen": clean_frozen(folders),
        **{key: clean(folders, reference, examples=examples) for key, clean in local_tables().items()},
        "clean/neutrality": clean_neutrality(folders, reference),
        "clean/assumptions": clean_assumptions(references, reference.sector_codes, reference.construction_references),
    }
    frames["clean/consumption"] = clean_consumption(reference, frames["clean/population"])
    return Made(frames)


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
    whole=("municipalities",),
    snapshots="sources/smhi_snapshots",
    raw="raw/smhi_emissions",
    municipalities="clean/municipalities",
)
def national_figures(
    project: Project,
    snapshots: pd.DataFrame,
    raw: pd.DataFrame,
    municipalities: pd.DataFrame,
) -> Made:
    """Codes and units of the national workbooks, by sector, subsector and area."""
    from klimat_pipeline.clean.area_totals import clean_area_totals
    from klimat_pipeline.clean.emissions import clean_emissions
    from klimat_pipeline.clean.naming import with_codes
    from klimat_pipeline.clean.releases import clean_releases, current_releases, of_headline_substance
    from klimat_pipeline.clean.subsectors import clean_subsectors

    reference = project.reference
    coded = with_codes(raw, reference)
    releases = clean_releases(snapshots, coded, reference)
    current = of_headline_substance(current_releases(releases, coded), releases)
    emissions = clean_emissions(coded, current, reference)
    frames = {
        "clean/releases": releases,
        "clean/emissions": emissions,
        "clean/subsectors": clean_subsectors(coded, emissions, current, reference),
        "clean/area_totals": clean_area_totals(coded, reference),
    }
    return Made(frames, {"raw/smhi_emissions": raw, "clean/municipalities": municipalities})
