"""Kills refreshes at random moments of every phase, and looks at what readers have: ``make kills KILLS=200``.

One is part of ``make test`` (``pipeline/test_kills.py``).
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from klimat_pipeline.published.publication import current_publications
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.one_run import Run

#: Steps of the main job; the last ones check and publish.
STEPS = 15
#: Kills between two lines that say how far it is.
TOLD = 10


def environment_of(data: Path, **others: str) -> dict[str, str]:
    return {**os.environ, "KLIMAT_DATA_DIR": str(data), "DAGSTER_HOME": str(data / "dagster"), **others}


def killed(
    environment: Mapping[str, str], step: int, then_s: float = 0.0, order: Sequence[str] = ("refresh", "--force")
) -> int:
    """Start a run, and kill it some time after it has begun a step.

    Args:
        environment: of the process.
        step: which; 0 for at once.
        then_s: seconds from then on.
        order: what is run (``one_run``), by default a refresh that computes everything.

    Returns:
        Exit code: that of SIGKILL, unless the run was over before.
    """
    run = Run(order, environment).until_step(step)
    time.sleep(then_s)
    os.kill(run._process.pid, signal.SIGKILL)
    return run.ended()[0]


def faults_of(data: Path, versions: set[str]) -> list[str]:
    """What is wrong with what readers have: every target whole and of one publication, no version lost."""
    shown = current_publications(Settings(data_dir=data))
    faults = [f"{name} shows nothing whole" for name, publication in shown.items() if publication is None]
    if len(set(shown.values())) > 1:
        # Between two targets a kill leaves one ahead; each is whole, and the next refresh brings them together.
        faults += [] if None in shown.values() else [] if set(shown.values()) <= versions else [f"unknown: {shown}"]
    there = {path.name for path in (data / "published" / "parquet").glob("pub-*")}
    return faults + [f"{name} is lost" for name in sorted(versions - there)]


def started(data: Path) -> int:
    """Runs that still count as started, after the history was opened as any command opens it."""
    import dagster as dg

    from klimat_pipeline.defs.instance import instance

    with instance(Settings(data_dir=data)) as history:
        return len(history.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])))


def main(kills: int, seed: int) -> int:
    """Kill so often; print what was found, and give the exit code."""
    from klimat_pipeline_tests.support.small_country import make_small_country

    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="klimat-kills-") as folder:
        make_small_country(Path(folder) / "checkout")
        data = Path(folder) / "data"
        environment = environment_of(data, KLIMAT_PROJECT_DIR=str(Path(folder) / "checkout"))
        code, text = Run(("refresh",), environment).ended()
        assert code == 0, text
        versions = {path.name for path in (data / "published" / "parquet").glob("pub-*")}
        found, hit = [], {}
        for number in range(kills):
            step = chance.randint(0, STEPS)
            code = killed(environment, step, chance.uniform(0, 1.5))
            hit[step] = hit.get(step, 0) + (code == -signal.SIGKILL)
            found += [f"kill {number}, step {step}: {fault}" for fault in faults_of(data, versions)]
            if (number + 1) % TOLD == 0:
                print(f"{number + 1} kills, {sum(hit.values())} of them in a run; {len(found)} faults", flush=True)
        code, text = Run(("refresh", "--force"), environment).ended()
        found += [] if code == 0 else [f"the refresh after them: {text}"]
        found += [f"{started(data)} runs still started"] if started(data) else []
        litter = [str(path) for path in data.rglob(".staging*")]
        print(f"{kills} kills, by step {dict(sorted(hit.items()))}; faults: {found}; litter: {litter}")
        return 1 if found or litter else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(2**32)))
