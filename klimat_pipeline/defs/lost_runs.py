"""Runs whose process is gone: recognised, and reported as failed, so that they block no other.

A run notes the process that it is in. Dagster's run monitoring asks the launcher here about every started run (of
Dagster's own launcher it can ask nothing), and the command asks when it opens the history. What does not belong here:
how long a run may take (``dagster.yaml``), the run lock, which the kernel frees (``operations.locks``).
"""

import socket
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Tag of a run: host, process and when that began, since numbers of processes come again.
PROCESS = "klimat/process"
#: What is said of such a run.
GONE = "the process of this run ended without a word (killed, out of memory, or the machine stopped)"


def this_process() -> dict[str, str]:
    """The tag of a run in the present process."""
    import psutil

    own = psutil.Process()
    return {PROCESS: f"{socket.gethostname()} {own.pid} {own.create_time():.2f}"}


def is_gone(tags: "Mapping[str, str]") -> bool:
    """Whether a run's process was one of this machine and is there no more; a run that names none may go on."""
    import psutil

    host, number, began = [*tags.get(PROCESS, "").split(" "), "", ""][:3]
    if host != socket.gethostname():
        return False
    try:
        found = psutil.Process(int(number))
        return f"{found.create_time():.2f}" != began or found.status() == psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, ValueError):
        return True


def free_lost_runs(history: dg.DagsterInstance) -> list[str]:
    """Report runs as failed whose process is gone.

    Returns:
        Their ids.
    """
    going_on = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])
    lost = [run for run in history.get_runs(filters=going_on) if is_gone(run.tags)]
    for run in lost:
        history.report_run_failed(run, message=GONE)
    return [run.run_id for run in lost]


class WatchedRunLauncher(DefaultRunLauncher):
    """Dagster's own launcher, which can also tell whether a run's process is still there."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the process that a run has noted is there."""
        if is_gone(run.tags):
            return CheckRunHealthResult(WorkerStatus.FAILED, GONE)
        return CheckRunHealthResult(WorkerStatus.RUNNING)
