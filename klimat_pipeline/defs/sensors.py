"""What the daemon does by itself besides the schedules: refresh when something is new, and tell people how it went.

The command tells of its own runs (``cli.refresh``), so the sensors here leave those to it unless it was killed. What
does not belong here: the sensor that shows assets as out of date (``inputs``), what is told (``operations.nights``).
"""

from datetime import UTC, datetime

import dagster as dg

from klimat_pipeline.defs.failures import words
from klimat_pipeline.defs.jobs import climate_accounts, nightly_refresh
from klimat_pipeline.defs.lost_runs import GONE
from klimat_pipeline.errors import KlimatError
from klimat_pipeline.operations.run_lock import COMMAND, PUBLICATION_ID, STARTED_BY, started_by

_NEWS_ONLY = {"resources": {"project": {"config": {"only_if_changed": True}}}}


@dg.sensor(
    name="refresh_on_change",
    job=nightly_refresh,
    minimum_interval_seconds=300,
    description="Refreshes when configuration, ledgers or snapshots have other contents and have had them for five "
    "minutes: a file that is being written or edited is left alone.",
)
def refresh_on_change(context: dg.SensorEvaluationContext):
    from klimat_pipeline.operations.inputs import inputs, is_up_to_date
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    try:
        made_from = inputs(settings)
    except KlimatError as error:
        return dg.SkipReason(f"the inputs cannot be read just now: {error}")
    before = context.cursor
    context.update_cursor(made_from.digest)
    if is_up_to_date(settings, made_from):
        return dg.SkipReason(f"{made_from.publication_id} is published")
    if before != made_from.digest:
        return dg.SkipReason("something has changed; it is looked at again before anything begins")
    return dg.RunRequest(run_key=made_from.digest, run_config=_NEWS_ONLY)


@dg.sensor(
    name="new_release",
    job=nightly_refresh,
    minimum_interval_seconds=3600,
    description="Asks the national source once a day, with a conditional request, and refreshes when it has something "
    "new. A source that is silent is told by the alerts.",
)
def new_release(context: dg.SensorEvaluationContext):
    from klimat_pipeline.operations.intake import fetch_all
    from klimat_pipeline.operations.run_lock import only_run
    from klimat_pipeline.settings import load_settings

    today = f"{datetime.now(UTC):%Y-%m-%d}"
    if context.cursor == today:
        return dg.SkipReason(f"asked today ({today}) already")
    settings = load_settings()
    try:
        with only_run(settings, "sensor new_release", wait_s=0):
            taken = fetch_all(settings, log=context.log.info)
    except KlimatError as error:
        if error.exit_code == 75:  # another run: in an hour
            return dg.SkipReason(str(error))
        context.update_cursor(today)
        return dg.SkipReason(f"no answer to use: {error}")
    context.update_cursor(today)
    found = [one.snapshot.release_id for one in taken if one.is_new]
    if not found:
        return dg.SkipReason("nothing new")
    return dg.RunRequest(run_key=" ".join(found), run_config=_NEWS_ONLY)


@dg.run_failure_sensor(
    name="tell_of_failure",
    monitored_jobs=[nightly_refresh],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells people when a refresh has failed: what, what readers still see, since when, what to do.",
)
def tell_of_failure(context: dg.RunFailureSensorContext):
    steps = [event.step_failure_data for event in context.get_step_failure_events()]
    told = "; ".join(filter(None, map(words, steps))) or context.failure_event.message
    _note(context, "failed", told or "see the run in the UI")


@dg.run_status_sensor(
    name="tell_of_success",
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[nightly_refresh],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Notes that a refresh has ended well, and tells people if it had not before.",
)
def tell_of_success(context: dg.RunStatusSensorContext):
    _note(context, "published", "")


@dg.run_status_sensor(
    name="accounts_after_refresh",
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[nightly_refresh],
    request_job=climate_accounts,
    description="Makes the climate accounts anew after a refresh that published something.",
)
def accounts_after_refresh(context: dg.RunStatusSensorContext):
    publication = context.dagster_run.tags.get(PUBLICATION_ID)
    return dg.RunRequest(run_key=publication) if publication else dg.SkipReason("the run names no publication")


@dg.sensor(
    name="dead_mans_switch",
    minimum_interval_seconds=900,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells people when no refresh has ended well for longer than KLIMAT_LATE_AFTER_H, so that a night that "
    "does not start is noticed too. For a daemon that does not start: klimat status --alert in a timer, and "
    "KLIMAT_HEARTBEAT_URL.",
)
def dead_mans_switch(context: dg.SensorEvaluationContext):
    from klimat_pipeline.operations.nights import watch
    from klimat_pipeline.operations.status import write_metrics
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    missed = [*watch(settings), write_metrics(settings)]
    return dg.SkipReason("; ".join(filter(None, missed)) or "looked")


def _note(context: dg.RunStatusSensorContext, outcome: str, reason: str) -> None:
    from klimat_pipeline.operations.nights import Night, note
    from klimat_pipeline.settings import load_settings

    run = context.dagster_run
    if run.tags.get(STARTED_BY) == COMMAND and GONE not in reason:
        return
    night = Night(
        at=datetime.now(UTC),
        outcome=outcome,
        started_by=started_by(run.tags),
        run_id=run.run_id,
        publication_id=run.tags.get(PUBLICATION_ID, ""),
        reason=reason,
        exit_code=1 if outcome == "failed" else 0,
    )
    for missed in note(load_settings(), night):
        context.log.warning(f"not told: {missed}")


ALL = [refresh_on_change, new_release, tell_of_failure, tell_of_success, accounts_after_refresh, dead_mans_switch]
