"""What more municipalities cost: a full refresh of 1, 10, 100 and 290 of them, each in a process of its own.

The checkout's own figures, cut down to so many municipalities, Helsingborg and its folder among them. Turn by turn, so
that a slow minute of the machine hits all; the ratio is against the refresh of one. ``RUNS`` turns, or as many as are
asked for: ``python -m benchmarks.municipalities 1``.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.ratio import PROJECT, surroundings

COUNTS = (1, 10, 100, 290)
#: What 289 more may cost, in refreshes of one, and how large the process may become, megabytes.
LIMIT, LIMIT_MB, RUNS = 1.9, 700, 3
_HELSINGBORG = ("Skåne län", "Helsingborg")


@dataclass(frozen=True)
class _Refresh:
    """Seconds by the clock and of processor, its workers' too; the largest size of the process."""

    wall: float
    processor: float
    megabytes: float


def main() -> None:
    from klimat_pipeline.raw.smhi_workbook import TOTAL
    from klimat_pipeline_tests.support.small_country import make_small_country, municipalities_of

    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    workbook = next((PROJECT / "data" / "snapshots" / "embedded" / "files").glob("*.xlsx"))
    others = [place for place in municipalities_of(workbook) if place != _HELSINGBORG]
    with tempfile.TemporaryDirectory() as folder:
        checkouts = {count: Path(folder, str(count)) for count in COUNTS}
        for count, checkout in checkouts.items():
            make_small_country(checkout, [(TOTAL, TOTAL), _HELSINGBORG, *others[: count - 1]])
        found: dict[int, list[_Refresh]] = {count: [] for count in COUNTS}
        for _ in range(runs):
            for count, checkout in checkouts.items():
                found[count].append(_refreshed(checkout))
    one = found[COUNTS[0]]
    for count, own in found.items():
        wall, base = (median(run.wall for run in each) for each in (own, one))
        processor, floor = (median(run.processor for run in each) for each in (own, one))
        size = median(run.megabytes for run in own)
        meant = f", meant to stay below {LIMIT:g}" if count == COUNTS[-1] else ""
        spread = " ".join(f"{run.wall / beside.wall:.2f}" for run, beside in zip(own, one, strict=True))
        what = f"refresh of {count} municipalities against that of one"
        print(f"{wall / base:5.2f}  {what}: {wall:.2f} s / {base:.2f} s{meant}  [{spread}]", flush=True)
        limit = f" (meant to stay below {LIMIT_MB})" if count == COUNTS[-1] else ""
        print(f"       {processor:.2f} s of processor, {processor / floor:.2f} times; {size:.0f} MB{limit}", flush=True)


def _refreshed(checkout: Path) -> _Refresh:
    """A first refresh.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryFile() as said:
        environment = surroundings(KLIMAT_PROJECT_DIR=str(checkout), KLIMAT_DATA_DIR=data)
        command = [sys.executable, "-m", "klimat_pipeline.cli", "refresh"]
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        if status:
            said.seek(0)
            raise RuntimeError(said.read().decode())
        # In kilobytes but on a Mac; of the largest process, which is the command.
        size = used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)
        return _Refresh(wall, used.ru_utime + used.ru_stime, size)


if __name__ == "__main__":
    main()
