"""The main job, its schedule, and the job that keeps Dagster's own history small."""

import dagster as dg

from klimat_pipeline.defs.partitions import LEDGER_LINES

NIGHTLY = "nightly_refresh"
#: Runs with this tag go on one at a time (``data/dagster/dagster.yaml``).
PUBLISHES = "klimat/publishes"

nightly_refresh = dg.define_asset_job(
    NIGHTLY,
    # The typed lines are partitioned: the step of spend/files reads what no backfill has read.
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(LEDGER_LINES),
    description="From the snapshot archive (or the live source, with KLIMAT_LIVE=1) to the published tables. "
    "The schedule asks for news only; who launches the job by hand has everything made anew, unless the configuration "
    "says only_if_changed.",
    executor_def=dg.in_process_executor,
    tags={"dagster/max_runtime": "3600", PUBLISHES: "yes"},
)

#: 02:30 would fall into both daylight-saving nights, 05:15 into none.
nightly_schedule = dg.ScheduleDefinition(
    name=NIGHTLY,
    job=nightly_refresh,
    cron_schedule="15 5 * * *",
    execution_timezone="Europe/Stockholm",
    run_config={"resources": {"project": {"config": {"only_if_changed": True}}}},
    description="Every morning before office hours. An unchanged input does nothing.",
)


@dg.op(description="Deletes finished runs older than KLIMAT_RUN_RETENTION_DAYS; Dagster itself never does.")
def delete_old_runs(context: dg.OpExecutionContext) -> None:
    from datetime import UTC, datetime, timedelta

    from klimat_pipeline.settings import load_settings

    before = datetime.now(UTC) - timedelta(days=load_settings().run_retention_days)
    done = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    old = context.instance.get_run_records(dg.RunsFilter(statuses=done, created_before=before))
    for record in old:
        context.instance.delete_run(record.dagster_run.run_id)
    context.log.info(f"deleted {len(old)} runs from before {before:%Y-%m-%d}")


@dg.job(executor_def=dg.in_process_executor, description="Housekeeping of Dagster's own run history.")
def housekeeping() -> None:
    delete_old_runs()


housekeeping_schedule = dg.ScheduleDefinition(
    name="housekeeping",
    job=housekeeping,
    cron_schedule="45 5 * * 0",
    execution_timezone="Europe/Stockholm",
    description="Sunday mornings.",
)
