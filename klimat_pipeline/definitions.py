"""Entry point for Dagster: all definitions of the pipeline.

A new file in ``defs/assets`` is found by itself; jobs, schedules and sensors are few and named here.
"""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from klimat_pipeline.defs import assets, housekeeping, inputs, jobs, sensors
from klimat_pipeline.defs.io_managers import ParquetTables
from klimat_pipeline.defs.loggers import progress_logger
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.workers import Workers


def build_defs(
    resources: Mapping[str, Any] | None = None, *, executor: dg.ExecutorDefinition = dg.in_process_executor
) -> dg.Definitions:
    """All definitions, with other resources or another executor where a test or a deployment wants them.

    Args:
        resources: in the place of ours, by name: ``project``, ``workers``, ``io_manager``.
        executor: of jobs that name none.
    """
    _remind_of_init()
    return dg.Definitions(
        assets=[inputs.inputs_asset, *dg.load_assets_from_package_module(assets)],
        sensors=[inputs.changed_inputs, *sensors.ALL],
        jobs=[jobs.nightly_refresh, jobs.climate_accounts, housekeeping.housekeeping],
        schedules=[jobs.nightly_schedule, housekeeping.housekeeping_schedule],
        resources={
            "io_manager": ParquetTables(),
            "project": Project(in_one_process=executor is dg.in_process_executor),
            "workers": Workers(),
            **(resources or {}),
        },
        executor=executor,
        loggers={"progress": progress_logger, "console": dg.colored_console_logger},
    )


def _remind_of_init() -> None:
    """Say so where Dagster runs in a home that nobody has prepared: without monitoring, limits and telemetry's end."""
    home = os.environ.get("DAGSTER_HOME")
    if home and not (Path(home) / "dagster.yaml").is_file():
        logging.getLogger("dagster").warning("%s holds no dagster.yaml: run klimat init first", home)


defs = build_defs()
