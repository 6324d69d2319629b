"""The main job and its schedule, and the job of the reports. What does not belong here: assets, ``housekeeping``."""

import dagster as dg

from klimat_pipeline.defs.partitions import LEDGER_LINES

NIGHTLY = "nightly_refresh"
#: Of runs with this tag only one goes on at a time (``data/dagster/dagster.yaml``).
PUBLISHES = "klimat/publishes"

#: Pages are made from what is published, by a run of their own: no reader of tables waits for them.
REPORTS = dg.AssetSelection.groups("reports")

nightly_refresh = dg.define_asset_job(
    NIGHTLY,
    # The typed lines are partitioned: the step of spend/spend_files reads the ledgers that no backfill has read.
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(LEDGER_LINES) - REPORTS,
    description="From the snapshot archive (or the live source, with KLIMAT_LIVE=1) to the published tables. "
    "The schedule asks for news only; who launches the job by hand has everything made anew, unless the configuration "
    "says only_if_changed.",
    executor_def=dg.in_process_executor,
    tags={"dagster/max_runtime": "3600", PUBLISHES: "yes"},
)

climate_accounts = dg.define_asset_job(
    "climate_accounts",
    selection=REPORTS,
    description="The climate accounts of the municipalities with a folder, from what is published. The sensor "
    "accounts_after_refresh runs it after every refresh that published something.",
    executor_def=dg.in_process_executor,
)

#: When the clocks change, 02:30 does not exist in one night and comes twice in the other; 05:15 is safe.
nightly_schedule = dg.ScheduleDefinition(
    name=NIGHTLY,
    job=nightly_refresh,
    cron_schedule="15 5 * * *",
    execution_timezone="Europe/Stockholm",
    run_config={"resources": {"project": {"config": {"only_if_changed": True}}}},
    # Begun once more where its process was killed (dagster.yaml): it failed at nothing that is still there.
    tags={"dagster/max_retries": "1"},
    description="Every morning before office hours. An unchanged input does nothing.",
)
