"""Assets of the stage ``corrected``: local corrections."""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked, wired


@dg.asset(**wired("corrected/emissions", emissions="clean/emissions"))
def emissions(context: dg.AssetExecutionContext, project: Project, emissions: pd.DataFrame):
    from klimat_pipeline.corrected.emissions import corrected_emissions

    return checked(context, corrected_emissions(emissions), {"clean/emissions": emissions})
