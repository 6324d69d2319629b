"""Cases of a benchmark, each in a process of its own: processor time, wall time and largest size are that case's alone.

A benchmark that uses this names its cases in a table and ends with ``main_of``; what does not belong here: the cases.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from benchmarks.ratio import PROJECT

#: ``processor`` and ``wall`` in seconds, and ``gigabytes``.
Measured = dict[str, float]
Cases = Mapping[str, Callable[..., None]]


def apart(module: str, case: str, folder: Path, *arguments: str) -> Measured:
    """Run a case of a benchmark in a process of its own.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    command = [sys.executable, "-m", module, case, str(folder), *arguments]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    found: Measured = json.loads(done.stdout.splitlines()[-1])
    return found


def in_turns(
    module: str, cases: list[str], folder: Path, runs: int
) -> tuple[dict[str, Measured], dict[str, list[Measured]]]:
    """Run cases turn by turn, so that a slow minute of the machine hits all of them.

    Returns:
        The medians of every case, and every run.
    """
    found: dict[str, list[Measured]] = {case: [] for case in cases}
    for _ in range(runs):
        for case in cases:
            found[case].append(apart(module, case, folder))
    middle = {
        case: {what: median(run[what] for run in own) for what in ("processor", "wall", "gigabytes")}
        for case, own in found.items()
    }
    return middle, found


def print_cases(middle: Mapping[str, Measured]) -> None:
    """The medians of every case, one a line."""
    for case, own in middle.items():
        print(f"       {case}: {own['processor']:.2f} s of processor, {own['wall']:.2f} s, {own['gigabytes']:.2f} GB")


def main_of(main: Callable[[], None], cases: Cases) -> None:
    """What a benchmark's module does when it is run: everything, or one case for ``apart``."""
    if len(sys.argv) == 1:
        main()
    else:
        print(json.dumps(_measured(cases[sys.argv[1]], Path(sys.argv[2]), *map(int, sys.argv[3:]))))


def _measured(case: Callable[..., None], folder: Path, *arguments: int) -> Measured:
    """Libraries are loaded before the clock starts."""
    import duckdb
    import pandas  # noqa: F401
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401

    duckdb.connect().close()
    cpu, wall = time.process_time(), time.perf_counter()
    case(folder, *arguments)
    return {
        "processor": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "gigabytes": _largest_gb(),
    }


def _largest_gb() -> float:
    """Largest size of this process; ``getrusage`` would give that of the process that started it, if that is larger."""
    status = Path("/proc/self/status")
    if status.is_file():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9  # in bytes where there is no /proc
