"""Run the main job in this process, with a progress bar, recorded in the Dagster instance that the UI shows.

The same job as the schedule's; here for ``klimat refresh``, cron and ``make run``. Imports Dagster, so the command
imports it only when there is something to run. What does not belong here: what the job does (``defs``).
"""

import logging
from typing import TYPE_CHECKING

from klimat_pipeline.cli.faults import kind_of
from klimat_pipeline.errors import KlimatError
from klimat_pipeline.garbage import keep_what_is_here
from klimat_pipeline.operations.run_lock import COMMAND, STARTED_BY
from klimat_pipeline.published.manifest import Inputs
from klimat_pipeline.quality.pool import workers
from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    import dagster as dg
    from rich.console import Console


class RunFailedError(KlimatError):
    """The job stopped; the published tables are still the last good ones."""


def confirm(settings: Settings, made_from: Inputs) -> None:
    """Record that the published tables were compared with their inputs and are still current."""
    from klimat_pipeline.defs.confirmation import confirmations
    from klimat_pipeline.defs.history import tidy
    from klimat_pipeline.defs.instance import instance

    with instance(settings) as history:
        tidy(history, settings)
        for event in confirmations(made_from):
            history.report_runless_asset_event(event)


def run(settings: Settings, made_from: Inputs, out: "Console") -> str:
    """Run the main job to its end.

    Returns:
        Dagster's id of the run.

    Raises:
        KlimatError: the fault that stopped it, or ``RunFailedError`` naming the checks that did.
    """
    with workers():  # they import what they need while this process imports Dagster
        result = _execute(settings, made_from, out)
    if not result.success:
        raise _reason(result)
    return result.run_id


def _execute(settings: Settings, made_from: Inputs, out: "Console") -> "dg.JobExecutionResult":
    from dagster._core.definitions.job_base import InMemoryJob
    from dagster._core.execution.api import execute_run

    from klimat_pipeline.defs.history import tidy
    from klimat_pipeline.defs.instance import instance
    from klimat_pipeline.defs.origin import LAUNCHED_BY, origin

    logging.getLogger("alembic").setLevel(logging.WARNING)
    job = _job()
    with instance(settings) as history, _Progress(out, steps=len(job.graph.node_defs)):
        tidy(history, settings)
        run = history.create_run_for_job(
            job,
            run_config={
                "loggers": {"progress": {}},
                "resources": {
                    "project": {
                        "config": {
                            "municipalities": list(made_from.municipalities),
                            "releases": list(made_from.releases),
                            "live": False,  # the command has asked, and knows that there is something to do
                        }
                    }
                },
            },
            tags={**job.run_tags, STARTED_BY: COMMAND, LAUNCHED_BY: COMMAND},  # the others come from the run itself
            remote_job_origin=origin(settings),
        )
        return execute_run(InMemoryJob(job), run, history)


def _job() -> "dg.JobDefinition":
    from klimat_pipeline.definitions import defs
    from klimat_pipeline.defs.jobs import NIGHTLY

    job = defs.resolve_job_def(NIGHTLY)
    keep_what_is_here()
    return job


def _reason(result: "dg.JobExecutionResult") -> KlimatError:
    """What stopped the run, in words for a terminal: failed checks, or the first fault's own message."""
    import dagster as dg

    from klimat_pipeline.defs.failures import full_words, words

    lines = []
    for event in result.all_events:
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            evaluation = event.asset_check_evaluation_data
            if not evaluation.passed and evaluation.blocking:
                lines.append(
                    f"{evaluation.asset_key.to_user_string()}, check {evaluation.check_name}: {evaluation.description}"
                )
    if lines:
        return RunFailedError("a check failed, nothing was published; the last good tables stay.\n" + "\n".join(lines))
    for event in result.all_events:
        if event.event_type == dg.DagsterEventType.STEP_FAILURE:
            data = event.step_failure_data
            stopped = RunFailedError(
                f"{event.step_key}: {words(data)}\nnothing was published; the last good tables stay."
            )
            stopped.exit_code = kind_of(full_words(data)).exit_code
            return stopped
    return RunFailedError("the run failed; see it in the UI. The last good tables stay.")


class _Progress:
    """A progress bar that Dagster's events move, by way of the logger in ``defs.loggers``."""

    def __init__(self, out: "Console", steps: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("{task.description:32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=out
        )
        self._task = self._bar.add_task("starting", total=steps)

    def __enter__(self) -> "_Progress":
        from klimat_pipeline.defs import loggers

        self._bar.__enter__()
        loggers.listeners.append(self._hear)
        return self

    def __exit__(self, *raised: object) -> None:
        from klimat_pipeline.defs import loggers

        loggers.listeners.remove(self._hear)
        self._bar.update(self._task, description="done" if raised[0] is None else "stopped")
        self._bar.__exit__(None, None, None)

    def _hear(self, kind: str, step: str) -> None:
        if kind == "STEP_START":
            self._bar.update(self._task, description=step.replace("__", "/"))
        elif kind in ("STEP_SUCCESS", "STEP_SKIPPED"):
            self._bar.advance(self._task)
