"""One run in a process of its own that says which step it begins: ``python -m ... KIND [ARGUMENT ...]``.

Kinds: ``refresh`` with arguments of the command; ``job``, the nightly job as a daemon runs it; ``assets`` with a
selection, as the UI and the command line of Dagster run it. Every begun step is a line of the output.
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Self

PROJECT = Path(__file__).resolve().parents[2]


class Run:
    """A run, as seen by who started it.

    Args:
        order: kind and arguments.
        environment: of the process, whole.
    """

    def __init__(self, order: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, *order],
            cwd=PROJECT,
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: list[str] = []

    def until_step(self, number: int) -> Self:
        """Read on until the run begins its so-many-th step, or ends."""
        assert self._process.stdout is not None
        while sum(line.startswith("step ") for line in self._lines) < number:
            line = self._process.stdout.readline()
            if not line:
                break
            self._lines.append(line)
        return self

    def ended(self) -> tuple[int, str]:
        """Exit code and all that was printed."""
        rest, _ = self._process.communicate()
        return self._process.returncode, "".join(self._lines) + rest


def _tell(kind: str, step: str) -> None:
    if kind == "STEP_START":
        print(f"step {step}", flush=True)


def run_dagster(kind: str, selection: Sequence[str]) -> bool:
    """Run in this process, where the environment says; print the errors of steps that failed."""
    import dagster as dg

    from klimat_pipeline.definitions import defs
    from klimat_pipeline.defs.instance import instance
    from klimat_pipeline.defs.jobs import NIGHTLY
    from klimat_pipeline.settings import load_settings

    with instance(load_settings()) as history:
        asked = {"instance": history, "raise_on_error": False, "run_config": {"loggers": {"progress": {}}}}
        if kind == "schedule":
            asked["run_config"] |= (
                defs.resolve_schedule_def(NIGHTLY).evaluate_tick(dg.build_schedule_context()).run_requests[0].run_config
            )
        if kind in ("job", "schedule"):
            result = defs.resolve_job_def(NIGHTLY).execute_in_process(**asked)
        else:
            wanted = reduce(or_, map(dg.AssetSelection.from_string, selection))
            keys = list(wanted.resolve(defs.resolve_asset_graph()))
            job = defs.resolve_implicit_global_asset_job_def()
            result = job.execute_in_process(asset_selection=keys, **asked)
        for event in result.get_step_failure_events():
            print(event.step_failure_data.error)
        return result.success


def main(kind: str, *arguments: str) -> int:
    """Run, and give the exit code."""
    from klimat_pipeline.defs import loggers

    loggers.listeners.append(_tell)
    if kind != "refresh":
        return 0 if run_dagster(kind, arguments) else 1
    from klimat_pipeline.cli import main as cli

    sys.argv = ["klimat", "refresh", *arguments]
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
