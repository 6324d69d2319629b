"""The job that keeps Dagster's history bounded, and its schedule. What does not belong here: deleting (``history``)."""

import dagster as dg


@dg.op(description="Deletes runs and events beyond KLIMAT_KEEP_RUNS and KLIMAT_RUN_RETENTION_DAYS.")
def tidy_history(context: dg.OpExecutionContext) -> None:
    from klimat_pipeline.defs.history import tidy
    from klimat_pipeline.settings import load_settings

    context.log.info(f"deleted {tidy(context.instance, load_settings()) or 'nothing'}")


@dg.job(executor_def=dg.in_process_executor, description="Housekeeping of Dagster's own run history.")
def housekeeping() -> None:
    tidy_history()


housekeeping_schedule = dg.ScheduleDefinition(
    name="housekeeping",
    job=housekeeping,
    cron_schedule="45 5 * * *",
    execution_timezone="Europe/Stockholm",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every morning; the command does the same at each refresh.",
)
