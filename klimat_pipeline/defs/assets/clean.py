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
    "clean/frozen_reports",
    *local_assets(),
    "clean/neutrality_rules",
    "clean/method_assumptions",
    "clean/consumption_emissions",
    kinds=("csv", "yaml"),
    reads={"clean/consumption_emissions": ("clean/population",)},
    after=AFTER,
)
def configuration(project: Project) -> Made:
    """What people edit, checked against the reference tables: one step, since each table takes milliseconds."""
    from klimat_pipeline.clean.consumption_emissions import clean_consumption_emissions
    from klimat_pipeline.clean.frozen_reports import clean_frozen_reports
    from klimat_pipeline.clean.local import local_tables
    from klimat_pipeline.clean.method_assumptions import clean_method_assumptions
    from klimat_pipeline.clean.municipalities import clean_municipalities
    from klimat_pipeline.clean.neutrality_rules import clean_neutrality_rules
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
        "clean/frozen_reports": clean_frozen_reports(folders),
        **{key: clean(folders, reference, examples=examples) for key, clean in local_tables().items()},
        "clean/neutrality_rules": clean_neutrality_rules(folders, reference),
        "clean/method_assumptions": clean_method_assumptions(
            references, reference.sector_codes, reference.construction_references
        ),
    }
    frames["clean/consumption_emissions"] = clean_consumption_emissions(reference, frames["clean/population"])
    return Made(frames)


@step(
    "national_figures",
    "clean/releases",
    "clean/reported_emissions",
    "clean/reported_subsectors",
    "clean/area_totals",
    reads={
        "clean/releases": ("sources/smhi_snapshots", "raw/smhi_emissions", "clean/municipalities"),
        "clean/reported_emissions": ("raw/smhi_emissions", "clean/releases"),
        "clean/reported_subsectors": ("raw/smhi_emissions", "clean/releases", "clean/reported_emissions"),
        "clean/area_totals": ("raw/smhi_emissions", "clean/reported_emissions", "clean/municipalities"),
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
    from klimat_pipeline.clean.naming import with_codes
    from klimat_pipeline.clean.releases import clean_releases, current_releases, of_headline_substance
    from klimat_pipeline.clean.reported_emissions import clean_reported_emissions
    from klimat_pipeline.clean.reported_subsectors import clean_reported_subsectors

    reference = project.reference
    coded = with_codes(raw, reference)
    releases = clean_releases(snapshots, coded, reference)
    current = of_headline_substance(current_releases(releases, coded), releases)
    emissions = clean_reported_emissions(coded, current, reference)
    frames = {
        "clean/releases": releases,
        "clean/reported_emissions": emissions,
        "clean/reported_subsectors": clean_reported_subsectors(coded, emissions, current, reference),
        "clean/area_totals": clean_area_totals(coded, reference),
    }
    return Made(frames, {"raw/smhi_emissions": raw, "clean/municipalities": municipalities})
