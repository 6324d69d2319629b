"""Worker processes of a run, which check contracts and draw charts; started before they are needed.

Importing Great Expectations takes about as long as everything else of a refresh of one municipality, and drawing its
charts a tenth of it: one worker imports the former while the run imports Dagster and reads the sources, another draws.
A run opens ``workers`` (the resource of that name does, and ``klimat refresh`` before it imports Dagster). When a
worker dies, or there is only one processor, its work is done in the run's own process.

What does not belong here: what workers do (``worker``), what is checked (``contract``).
"""

import logging
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import TYPE_CHECKING, Any

from klimat_pipeline.quality import worker
from klimat_pipeline.quality.findings import Finding

if TYPE_CHECKING:
    import pyarrow as pa

    from klimat_pipeline.contracts.model import Table

_log = logging.getLogger(__name__)


def start() -> "Workers | None":
    """Workers of a process that makes many runs; it ends them itself. None where there is no processor for them."""
    return Workers() if _may_start() else None


@contextmanager
def workers(kept: "Workers | None" = None) -> Iterator[None]:
    """Check contracts and draw charts in worker processes meanwhile, where there is a processor for them.

    Inside another ``workers`` it does nothing: whoever started the workers ends them.

    Args:
        kept: workers that outlive the run (``start``).
    """
    if _running() is not None or not (kept or _may_start()):
        yield
        return
    started = kept or Workers()
    _started.append(started)
    try:
        yield
    finally:
        _started.remove(started)
        if kept:
            kept.postponed.clear()  # answers that a run which failed has not waited for
        else:
            started.end()


def check(arrow: "pa.Table", table: "Table") -> "Question | None":
    """Send a table to a worker without waiting; None where this process has to check it."""
    from klimat_pipeline.contracts import TABLES

    run = _running()
    if run is None or TABLES.get(table.key) is not table:  # a contract made elsewhere cannot be named to a worker
        return None
    asked = run.suites.ask(worker.findings, table.key, _stream(arrow))
    return None if asked is None else Question(run, table, asked)


def draw(chart: dict[str, Any]) -> Callable[[], str]:
    """Send a chart to a worker without waiting; the function returned gives its picture as Markdown."""
    run = _running()
    asked = None if run is None else run.pictures.ask(worker.picture, chart)

    def picture() -> str:
        drawn = None if run is None or asked is None else run.pictures.answer(asked)
        return worker.picture(chart) if drawn is None else drawn

    return picture


def postponed() -> "list[Question]":
    """Questions of this run whose answers nobody has waited for yet; each is returned once."""
    run = _running()
    if run is None:
        return []
    found, run.postponed = run.postponed, []
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """A table that was sent to be checked."""

    run: "Workers"
    table: "Table"
    asked: "Future[list[dict[str, Any]]]"

    def postpone(self) -> None:
        """Leave the answer to the end of the run (``postponed``)."""
        self.run.postponed.append(self)

    def findings(self) -> tuple[Finding, ...] | None:
        """Wait for what the contract's suite found; None where this process has to run it.

        Raises:
            ContractError: an expectation could not be evaluated at all.
        """
        found = self.run.suites.answer(self.asked)
        return None if found is None else tuple(Finding(**finding) for finding in found)


class Workers:
    """The workers of a run."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.postponed: list[Question] = []
        self.suites = _Worker("contract checks", worker.prepare_suites)
        self.pictures = _Worker("pictures", worker.prepare_pictures)

    def end(self) -> None:
        self.suites.end()
        self.pictures.end()


class _Worker:
    """One worker process, as the run sees it.

    Args:
        what: its work, for messages.
        prepare: called in it before its first piece of work.
    """

    def __init__(self, what: str, prepare: Callable[[], None]) -> None:
        self._what = what
        self._context = _Recording()
        self._pool = ProcessPoolExecutor(1, mp_context=self._context, initializer=prepare)
        self._is_gone = False
        self.ask(worker.ready)

    def ask(self, work: Callable[..., Any], *arguments: object) -> "Future[Any] | None":
        """Hand over a piece of work; None where it has to be done here."""
        if self._is_gone:
            return None
        try:
            return self._pool.submit(work, *arguments)
        except (BrokenProcessPool, OSError) as error:  # it died, or no process can be started
            self._lost(error)
            return None

    def answer(self, asked: "Future[Any]") -> Any:
        """Wait for the result; None where the work has to be done here."""
        try:
            return asked.result()
        except (BrokenProcessPool, CancelledError) as error:
            self._lost(error)
            return None

    def _lost(self, error: BaseException) -> None:
        if not self._is_gone:
            _log.warning("the worker for %s ended (%s): the run's own process does its work", self._what, error)
        self.end()

    def end(self) -> None:
        """Kill the process: it holds nothing that has to be closed, and an orderly end takes half a second."""
        self._is_gone = True
        for process in self._context.started:
            if process.is_alive():
                process.kill()
        self._pool.shutdown(cancel_futures=True)


class _Recording(SpawnContext):
    """Spawns processes (a forked one would inherit locks and connections), and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[SpawnProcess] = []

    def Process(self, *arguments: Any, **named: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802
        process = SpawnProcess(*arguments, **named)
        self.started.append(process)
        return process


#: The workers of the present run, if it has any.
_started: list[Workers] = []


def _running() -> Workers | None:
    """The workers that this very process started, not a process that it was forked from."""
    return _started[-1] if _started and _started[-1].process == os.getpid() else None


def _may_start() -> bool:
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors > 1 and not multiprocessing.current_process().daemon  # Python refuses it children


def _stream(arrow: "pa.Table") -> bytes:
    """A table as bytes; compressing costs less than sending more of them."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
        stream.write_table(arrow)
    return bytes(sink.getvalue().to_pybytes())
