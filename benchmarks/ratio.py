"""Measuring two things turn by turn, so that a slow minute of the machine hits both."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parents[1]


def compare(
    what: str, ours: Callable[[], object], theirs: Callable[[], object], *, limit: float, runs: int = 5
) -> None:
    """Print the ratio of the medians of several runs.

    Args:
        what: "ours against theirs", in words.
        ours: what is measured.
        theirs: what it is held against.
        limit: the ratio that we mean to stay below; printed beside it.
        runs: how often each is run, after one run of both that does not count.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(runs + 1):
        for kept, work in zip(times, (ours, theirs), strict=True):
            started = time.perf_counter()
            work()
            if run:
                kept.append(time.perf_counter() - started)
    one, other = map(median, times)
    spread = " ".join(f"{a / b:.2f}" for a, b in zip(*times, strict=True))
    print(
        f"{one / other:5.2f}  {what}: {one:.2f} s / {other:.2f} s, meant to stay below {limit:g}  [{spread}]",
        flush=True,
    )


def surroundings(**environment: str) -> dict[str, str]:
    """This process's environment without what was set for the project, and what is set for it now."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KLIMAT_", "DAGSTER_"))}
    return {**kept, **environment}


def python(*arguments: str, **environment: str) -> None:
    """Run Python in a process of its own, silently.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=surroundings(**environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def klimat(*arguments: str, data: str) -> None:
    """Run the command on a data folder."""
    python("-m", "klimat_pipeline.cli", *arguments, KLIMAT_DATA_DIR=data)
