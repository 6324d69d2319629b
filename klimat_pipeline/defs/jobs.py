"""The main job, its schedule, and the job that keeps Dagster's own history small."""

import dagster as dg

NIGHTLY = "nightly_refresh"

nightly_refresh = dg.define_asset_job(
    NIGHTLY,
    selection=dg.AssetSelection.all(),
    description="From the snapshot archive (or the live source, with KLIMAT_LIVE=1) to the published tables. "
    "An unchanged input does nothing.",
    executor_def=dg.in_process_executor,
    tags={"dagster/max_runtime": "3600"},
)

#: 02:30 would fall into both daylight-saving nights, 05:15 into none.
nightly_schedule = dg.ScheduleDefinition(
    name=NIGHTLY,
    job=nightly_refresh,
    cron_schedule="15 5 * * *",
    execution_timezone="Europe/Stockholm",
    description="Every morning before office hours.",
)


@dg.op(description="Deletes finished runs older than KLIMAT_RUN_RETENTION_DAYS; Dagster itself never does.")
def delete_old_runs(context: dg.OpExecutionContext) -> int:
    from datetime import UTC, datetime, timedelta

    from klimat_pipeline.settings import load_settings

    before = datetime.now(UTC) - timedelta(days=load_settings().run_retention_days)
    done = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    old = context.instance.get_run_records(dg.RunsFilter(statuses=done, created_before=before))
    for record in old:
        context.instance.delete_run(record.dagster_run.run_id)
    context.log.info(f"deleted {len(old)} runs from before {before:%Y-%m-%d}")
    return len(old)


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


@dg.op(description="Reads the ledgers of one municipality that are new or changed; the nightly run finds them read.")
def read_ledgers_of(context: dg.OpExecutionContext) -> int:
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.door_run import read_all

    made = read_all(load_settings(), (context.partition_key,))
    context.log.info(f"{context.partition_key}: {len(made.files)} ledger files")
    return len(made.files)


def _codes() -> list[str]:
    """Codes of the municipalities that have a folder: computed from the configuration, never fed from outside."""
    from klimat_pipeline.configuration.municipality import municipality_folders
    from klimat_pipeline.errors import ConfigurationError
    from klimat_pipeline.settings import load_settings

    try:
        return [folder.name[:4] for folder in municipality_folders(load_settings().municipalities_dir, [])]
    except ConfigurationError:
        return []


@dg.job(
    partitions_def=dg.StaticPartitionsDefinition(_codes()),
    description="Reads ledgers municipality by municipality, so that a backfill over many runs in parallel.",
)
def spend_backfill() -> None:
    read_ledgers_of()
