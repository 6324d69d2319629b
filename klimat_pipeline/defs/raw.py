"""Assets of the stage ``raw``: workbooks in the source's own words."""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked, wired


@dg.asset(**wired("raw/smhi_emissions", kinds=("xlsx", "pandas"), snapshots="sources/smhi_snapshots"))
def smhi_emissions(context: dg.AssetExecutionContext, project: Project, snapshots: pd.DataFrame):
    from klimat_pipeline.intake import read_snapshots

    return checked(context, read_snapshots(project.archive, snapshots))
