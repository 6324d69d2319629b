"""Assets of the stage ``raw``: workbooks in the source's own words."""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked_together, step


@step("raw__smhi_emissions", "raw/smhi_emissions", kinds=("xlsx", "pandas"), snapshots="sources/smhi_snapshots")
def smhi_emissions(context: dg.AssetExecutionContext, project: Project, snapshots: pd.DataFrame):
    from klimat_pipeline.intake import read_snapshots

    yield from checked_together(context, {"raw/smhi_emissions": read_snapshots(project.archive, snapshots)})
