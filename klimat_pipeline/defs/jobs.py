"""The main job, its schedule, and the job that keeps Dagster's own history small."""

import dagster as dg

NIGHTLY = "nightly_refresh"
#: Runs with this tag go on one at a time (``data/dagster/dagster.yaml``).
PUBLISHES = "klimat/publishes"

nightly_refresh = dg.define_asset_job(
    NIGHTLY,
    selection=dg.AssetSelection.all(),
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


@dg.op(description="Reads ledgers that are new and groups a year's lines; the nightly run finds both done.")
def prepare_spend(context: dg.OpExecutionContext) -> None:
    from klimat_pipeline.operations.run_lock import only_run, started_by
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.door_run import read_year
    from klimat_pipeline.spend.ledgers import Spend

    key = context.partition_key
    assert isinstance(key, dg.MultiPartitionKey)  # noqa: S101 - the job below has no other
    code, year = key.keys_by_dimension[MUNICIPALITY], key.keys_by_dimension[YEAR]
    settings = load_settings()
    # Runs of a backfill go on beside each other, but beside no refresh; what they leave is for it to complete.
    who, run = started_by(context.run.tags), context.run.run_id[:8]
    with only_run(settings, who, run=run, tell=context.log.info, reads_ledgers_only=True):
        Spend(settings.intermediate_dir).mark(None)
        looked, files = read_year(settings, code, int(year))
    context.log.info(f"{code} {year}: {looked} ledger files looked at, {files} files hold lines of the year")
    context.add_output_metadata({"ledger files looked at": looked, "files with lines of the year": files})


def _codes() -> list[str]:
    """Codes of the municipalities that have a folder: computed from the configuration, never fed from outside."""
    from klimat_pipeline.configuration.municipality import municipality_folders
    from klimat_pipeline.errors import ConfigurationError
    from klimat_pipeline.settings import load_settings

    try:
        return [folder.name[:4] for folder in municipality_folders(load_settings().municipalities_dir, [])]
    except ConfigurationError:
        return []


def _first_year() -> str:
    """First year that the shipped price index knows: kronor of earlier ones cannot be deflated."""
    import csv
    from datetime import UTC, datetime

    from klimat_pipeline.settings import load_settings

    try:
        with (load_settings().reference_dir / "price_index.csv").open(encoding="utf-8-sig", newline="") as file:
            return min(row["year"] for row in csv.DictReader(file))
    except (OSError, KeyError, ValueError):
        return f"{datetime.now(UTC):%Y}"


MUNICIPALITY, YEAR = "municipality", "year"


@dg.job(
    partitions_def=dg.MultiPartitionsDefinition(
        {
            MUNICIPALITY: dg.StaticPartitionsDefinition(_codes()),
            # The running year too: its months come one by one.
            YEAR: dg.TimeWindowPartitionsDefinition(
                start=_first_year(), fmt="%Y", cron_schedule="0 0 1 1 *", end_offset=1
            ),
        }
    ),
    executor_def=dg.in_process_executor,
    description="Reads ledgers and groups their lines, one run a municipality and year, so that a backfill over either "
    "goes on in parallel; the next refresh finds all of it ready.",
)
def spend_backfill() -> None:
    prepare_spend()
