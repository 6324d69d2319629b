"""Assets of the stage ``raw``: workbooks in the source's own words."""

import pandas as pd

from klimat_pipeline.defs.asset_factory import step
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made


@step("raw__smhi_emissions", "raw/smhi_emissions", kinds=("xlsx", "pandas"), snapshots="sources/smhi_snapshots")
def smhi_emissions(project: Project, snapshots: pd.DataFrame) -> Made:
    from klimat_pipeline.raw.smhi_emissions import read_snapshots

    return Made({"raw/smhi_emissions": read_snapshots(project.archive, snapshots)})
