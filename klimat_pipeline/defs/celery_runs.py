"""Runs on Celery's workers, where ``KLIMAT_CELERY_URL`` is set: Dagster's own launcher for it, and the workers' app.

A worker does a whole run, all steps in one process, so the run lock holds from the first read to the publish there as
anywhere. Workers are started with ``celery --app klimat_pipeline.defs.celery_runs worker --concurrency 1``, with the
environment of the daemon. What does not belong here: limits and retries (``data/dagster/celery.yaml``).
"""

from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus

from klimat_pipeline.defs.lost_runs import GONE, is_gone
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.settings import load_settings

try:
    from dagster_celery.launcher import CeleryRunLauncher
    from dagster_celery.make_app import make_app
    from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG
    from dagster_celery.tasks import create_execute_job_task, create_resume_job_task
except ModuleNotFoundError as error:
    raise ConfigurationError(
        f"KLIMAT_CELERY_URL is set, but {error.name} is not installed: install klimat_pipeline[distributed]."
    ) from None

if TYPE_CHECKING:
    from dagster._serdes import ConfigurableClassData

#: Seconds after which Redis gives a run to another worker, if the first has not ended it: more than any may take.
_VISIBLE_S = 3 * 3600
#: Kilobytes after which a worker's process is replaced, between two runs.
_LARGEST_KB = 1_500_000
#: Seconds in which a worker says that it is there.
_PING_S = 10.0


def _arguments(url: str) -> dict[str, Any]:
    """What Celery is told, by launcher and workers alike.

    Raises:
        ConfigurationError: no broker is named.
    """
    if not url:
        raise ConfigurationError("KLIMAT_CELERY_URL is not set: it names the Redis of the workers.")
    return {
        "broker": url,
        "backend": url,
        "config_source": {
            "broker_transport_options": {"visibility_timeout": _VISIBLE_S},
            "broker_connection_retry_on_startup": True,
            # A worker takes one run at a time, and none for later.
            "task_acks_late": True,
            "worker_prefetch_multiplier": 1,
            "worker_max_memory_per_child": _LARGEST_KB,
        },
    }


class WatchedCeleryRunLauncher(CeleryRunLauncher):
    """Dagster's own launcher for Celery, which also notices a worker that was killed: its task stays "started"."""

    def __init__(self, inst_data: "ConfigurableClassData | None" = None) -> None:
        super().__init__(default_queue="dagster", inst_data=inst_data, **_arguments(load_settings().workers_url))

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {}

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the process that a run has noted is there, its task not over, and its worker answers."""
        if not is_gone(run.tags):
            found: CheckRunHealthResult = super().check_run_worker_health(run)
            if found.status is not WorkerStatus.SUCCESS and self._worker_answers(run):
                return found
        return CheckRunHealthResult(WorkerStatus.FAILED, GONE)

    def _worker_answers(self, run: dg.DagsterRun) -> bool:
        known = self.celery.AsyncResult(run.tags[DAGSTER_CELERY_TASK_ID_TAG]).info
        worker = known.get("hostname") if isinstance(known, dict) else None
        return worker is None or bool(self.celery.control.ping([worker], timeout=_PING_S))


app = make_app({**_arguments(load_settings().workers_url), "task_default_queue": "dagster"})
create_execute_job_task(app)
create_resume_job_task(app)
