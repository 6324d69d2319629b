"""Entry point for Dagster: all definitions of the pipeline."""

import dagster as dg

from klimat_pipeline.defs import inputs, jobs
from klimat_pipeline.defs.assets import (
    clean,
    corrected,
    indicators,
    inventory,
    pathways,
    published,
    quality,
    raw,
    scenarios,
    sources,
    spend,
    spend_results,
)
from klimat_pipeline.defs.io_managers import ParquetTables
from klimat_pipeline.defs.loggers import progress_logger
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.workers import Workers

defs = dg.Definitions(
    assets=[
        inputs.inputs_asset,
        *dg.load_assets_from_modules(
            [
                sources,
                raw,
                clean,
                corrected,
                inventory,
                spend,
                spend_results,
                indicators,
                scenarios,
                pathways,
                quality,
                published,
            ]
        ),
    ],
    sensors=[inputs.changed_inputs],
    jobs=[jobs.nightly_refresh, jobs.housekeeping],
    schedules=[jobs.nightly_schedule, jobs.housekeeping_schedule],
    resources={"io_manager": ParquetTables(), "project": Project(), "workers": Workers()},
    executor=dg.in_process_executor,
    loggers={"progress": progress_logger, "console": dg.colored_console_logger},
)
