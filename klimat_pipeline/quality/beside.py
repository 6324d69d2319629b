"""Contract checks and pictures in processes beside this one, started before they are needed.

Importing Great Expectations takes about as long as everything else of a refresh of one municipality, and drawing its
charts a tenth of it. A second process imports the one while this one imports Dagster and reads the sources, a third
draws. They receive tables as Arrow streams and charts as JSON, and answer with JSON lines; when one dies, or there is
only one processor, its work is done here as ever.

What does not belong here: what is checked (``contract``), what is drawn (``indicators.plots`` and its like).
"""

import gc
import json
import logging
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, Any

from klimat_pipeline.errors import ContractError
from klimat_pipeline.quality.findings import Finding

if TYPE_CHECKING:
    import pyarrow as pa

    from klimat_pipeline.contracts.model import Table

_log = logging.getLogger(__name__)
SUITES, PICTURES = "suites", "pictures"
#: Suites are waited for at the end of a run, pictures on the way: they may go first.
_NICE = 5


class Checker:
    """A process beside this one, as seen from here.

    Args:
        work: what it does, ``SUITES`` or ``PICTURES``.
    """

    def __init__(self, work: str = "suites") -> None:
        self._asked: deque[Future[dict[str, Any]]] = deque()
        self._outgoing: SimpleQueue[tuple[dict[str, Any], pa.Table | None] | None] = SimpleQueue()
        self.postponed: list[Question] = []
        self._process: subprocess.Popen[bytes] | None = subprocess.Popen(  # noqa: S603 this interpreter, this module
            [sys.executable, "-m", __name__, work], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        # Questions leave and answers arrive while this process goes on: a pipe holds little, and imports take seconds.
        Thread(target=self._speak, args=(self._process, self._outgoing), daemon=True).start()
        Thread(target=self._listen, args=(self._process, self._asked), daemon=True).start()

    def ask(self, arrow: "pa.Table", table: "Table") -> "Question | None":
        """Send a table and go on; None where this process has to look itself."""
        future = self._put({"table": table.key}, arrow)
        return None if future is None else Question(self, table, future)

    def draw(self, chart: dict[str, Any]) -> "Callable[[], str | None] | None":
        """Send a chart and go on; the call gives its picture, or None where this process has to draw itself."""
        future = self._put({"chart": chart}, None)
        if future is None:
            return None

        def picture() -> str | None:
            answer = self._received(future)
            return None if answer is None else str(answer["picture"])

        return picture

    def _put(self, question: dict[str, Any], arrow: "pa.Table | None") -> "Future[dict[str, Any]] | None":
        if self._process is None or self._process.poll() is not None:
            self._ended(EOFError("it is gone"))
            return None
        future: Future[dict[str, Any]] = Future()
        self._asked.append(future)
        self._outgoing.put((question, arrow))
        return future

    def answer(self, future: "Future[dict[str, Any]]") -> tuple[Finding, ...] | None:
        """What the contract's suite found, or None where this process has to look itself.

        Raises:
            ContractError: an expectation could not be evaluated at all.
        """
        answer = self._received(future)
        if answer is None:
            return None
        if "error" in answer:
            raise ContractError(answer["error"])
        return tuple(Finding(**{**finding, "keys": tuple(finding["keys"])}) for finding in answer["findings"])

    def _received(self, future: "Future[dict[str, Any]]") -> dict[str, Any] | None:
        try:
            return self._arrived(future)
        except (OSError, EOFError, ValueError) as error:
            self._ended(error)
            return None

    def _arrived(self, future: "Future[dict[str, Any]]") -> dict[str, Any]:
        while True:
            try:
                return future.result(timeout=1)
            except TimeoutError:
                # A question that was put while the process died is nobody's: it would be waited for for ever.
                if (self._process is None or self._process.poll() is not None) and not future.done():
                    raise EOFError("no answer") from None

    @staticmethod
    def _speak(
        process: "subprocess.Popen[bytes]", outgoing: "SimpleQueue[tuple[dict[str, Any], pa.Table | None] | None]"
    ) -> None:
        with suppress(OSError, ValueError):  # a process that died ends the answers too, which says enough
            while process.stdin is not None and (question := outgoing.get()) is not None:
                asked, arrow = question
                process.stdin.write(json.dumps(asked).encode() + b"\n")
                if arrow is not None:
                    _send(arrow, process.stdin)
                process.stdin.flush()

    @staticmethod
    def _listen(process: "subprocess.Popen[bytes]", asked: "deque[Future[dict[str, Any]]]") -> None:
        """Answers come in the order of the questions; when they end, so do all that are still waited for."""
        error: Exception = EOFError("no answer")
        try:
            for line in process.stdout or ():
                answer = json.loads(line)
                asked.popleft().set_result(answer)
        except (OSError, ValueError) as trouble:
            error = trouble
        while asked:
            asked.popleft().set_exception(error)

    def _ended(self, error: Exception) -> None:
        if self._process is not None:
            _log.warning("a process beside this one ended (%s): its work is done here from now on", error)
        self.close()

    def close(self) -> None:
        """End the process; it ends by itself too when this one does, since its input ends."""
        if self._process is not None:
            process, self._process = self._process, None
            self._outgoing.put(None)
            process.kill()
            with suppress(OSError):
                if process.stdin is not None:
                    process.stdin.close()
            process.wait()


@dataclass(frozen=True, slots=True)
class Question:
    """A table that was sent to be checked."""

    checker: Checker
    table: "Table"
    future: "Future[dict[str, Any]]"

    def postpone(self) -> None:
        """Leave the answer to the end of the run (``postponed``)."""
        self.checker.postponed.append(self)

    def findings(self) -> tuple[Finding, ...] | None:
        """Wait for the answer; None where this process has to look itself."""
        return self.checker.answer(self.future)


#: The processes of the present run, if it has any.
_of_this_run: list[Checker] = []
_drawing: list[Checker] = []


@contextmanager
def worked_beside() -> Iterator[None]:
    """Check contracts and draw in other processes for the length of a run, where there is a processor for it."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if processors == 1:
        yield
        return
    checker, renderer = Checker(SUITES), Checker(PICTURES)
    _of_this_run.append(checker)
    _drawing.append(renderer)
    try:
        yield
    finally:
        _of_this_run.remove(checker)
        _drawing.remove(renderer)
        checker.close()
        renderer.close()


def drawn_beside(chart: dict[str, Any]) -> Callable[[], str]:
    """Begin to draw a chart, beside this process if there is one there; the call gives the picture as Markdown."""
    begun = _drawing[-1].draw(chart) if _drawing else None

    def picture() -> str:
        from klimat_pipeline.indicators.plots import as_markdown_image

        return (begun() if begun is not None else None) or as_markdown_image(chart)

    return picture


def ask_beside(arrow: "pa.Table", table: "Table") -> Question | None:
    """Send a table to the process beside this one; None where there is none or it does not know the table."""
    from klimat_pipeline.contracts import TABLES

    known = TABLES.get(table.key) is table  # a contract made elsewhere cannot be named to it
    return _of_this_run[-1].ask(arrow, table) if _of_this_run and known else None


def postponed() -> "list[Question]":
    """Questions of this run whose answers nobody has waited for yet; each is given once."""
    if not _of_this_run:
        return []
    found, _of_this_run[-1].postponed = _of_this_run[-1].postponed, []
    return found


def _send(arrow: "pa.Table", to: IO[bytes]) -> None:
    import pyarrow as pa

    with pa.ipc.new_stream(to, arrow.schema) as stream:
        stream.write_table(arrow)


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the questions end."""
    gc.disable()  # imports make hundreds of thousands of lasting objects: looking for garbage there costs a quarter
    import pyarrow as pa

    from klimat_pipeline.contracts import table
    from klimat_pipeline.contracts.arrow import to_pandas
    from klimat_pipeline.quality.contract import prepare, suite_findings

    prepare()
    gc.freeze()
    gc.enable()
    while line := questions.readline():
        contract = table(json.loads(line)["table"])
        with pa.ipc.open_stream(questions) as stream:
            frame = to_pandas(stream.read_all())
        try:
            answer: dict[str, object] = {"findings": [asdict(found) for found in suite_findings(frame, contract)]}
        except ContractError as error:
            answer = {"error": str(error)}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def draw(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Draw until the questions end; the first picture takes longer than all others, so one is drawn before."""
    from klimat_pipeline.indicators.plots import as_markdown_image

    as_markdown_image({"data": {"values": []}, "mark": "point"})
    while line := questions.readline():
        answers.write(json.dumps({"picture": as_markdown_image(json.loads(line)["chart"])}).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    if sys.argv[1] == SUITES and hasattr(os, "nice"):
        os.nice(_NICE)
    _WORK = {SUITES: serve, PICTURES: draw}
    # Whatever a library prints must not be taken for an answer.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as _answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        _WORK[sys.argv[1]](sys.stdin.buffer, _answers)
