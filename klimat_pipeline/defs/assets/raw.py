"""Assets of the stage ``raw``: workbooks in the source's own words."""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.asset_factory import checked_together, step
from klimat_pipeline.defs.resources import Project


@step("raw__smhi_emissions", "raw/smhi_emissions", kinds=("xlsx", "pandas"), snapshots="sources/smhi_snapshots")
def smhi_emissions(context: dg.AssetExecutionContext, project: Project, snapshots: pd.DataFrame):
    from klimat_pipeline.raw.smhi_emissions import read_snapshots

    yield from checked_together(context, {"raw/smhi_emissions": read_snapshots(project.archive, snapshots)})
