"""Contract checks in a process beside this one, started before they are needed.

Importing Great Expectations takes about as long as everything else of a refresh of one municipality. A second process
imports it while this one imports Dagster and reads the sources. It receives tables as Arrow streams and answers with
findings as JSON lines; when it dies, or there is only one processor, the checks run here as ever.

What does not belong here: what is checked (``contract``).
"""

import gc
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Any

from klimat_pipeline.errors import ContractError
from klimat_pipeline.quality.findings import Finding

if TYPE_CHECKING:
    import pyarrow as pa

    from klimat_pipeline.contracts.model import Table

_log = logging.getLogger(__name__)


class Checker:
    """The process beside this one, as seen from here.

    Args:
        meanwhile: work to do here while the first answer is awaited, which takes as long as the imports there.
    """

    def __init__(self, meanwhile: Callable[[], None] | None = None) -> None:
        self._meanwhile = meanwhile
        self._process: subprocess.Popen[bytes] | None = subprocess.Popen(  # noqa: S603 this interpreter, this module
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def findings(self, arrow: "pa.Table", table: "Table") -> tuple[Finding, ...] | None:
        """What the contract's suite finds in a table, or None where this process has to look itself.

        Raises:
            ContractError: an expectation could not be evaluated at all.
        """
        if self._process is None:
            return None
        try:
            answer = self._ask(self._process, arrow, table)
        except (OSError, EOFError, ValueError) as error:
            _log.warning("the process that checks contracts ended (%s): checking in this process from here on", error)
            self.close()
            return None
        if "error" in answer:
            raise ContractError(answer["error"])
        return tuple(Finding(**{**finding, "keys": tuple(finding["keys"])}) for finding in answer["findings"])

    def _ask(self, process: "subprocess.Popen[bytes]", arrow: "pa.Table", table: "Table") -> dict[str, Any]:
        if process.stdin is None or process.stdout is None:
            raise EOFError("no pipe")
        process.stdin.write(json.dumps({"table": table.key}).encode() + b"\n")
        _send(arrow, process.stdin)
        if self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile()
        line = process.stdout.readline()
        if not line:
            raise EOFError("no answer")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process; it ends by itself too when this one does, since its input ends."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


#: The process of the present run, if it has one.
_of_this_run: list[Checker] = []


@contextmanager
def contracts_checked_beside(meanwhile: Callable[[], None] | None = None) -> Iterator[None]:
    """Check contracts in a second process for the length of a run, where there is a processor for it.

    Args:
        meanwhile: work that this run has to do sooner or later and that nothing before it needs.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if processors == 1:
        yield
        return
    checker = Checker(meanwhile)
    _of_this_run.append(checker)
    try:
        yield
    finally:
        _of_this_run.remove(checker)
        checker.close()


def findings_beside(arrow: "pa.Table", table: "Table") -> tuple[Finding, ...] | None:
    """Findings from the process beside this one, or None where there is none or it does not know the table."""
    from klimat_pipeline.contracts import TABLES

    known = TABLES.get(table.key) is table  # a contract made elsewhere cannot be named to it
    return _of_this_run[-1].findings(arrow, table) if _of_this_run and known else None


def _send(arrow: "pa.Table", to: IO[bytes]) -> None:
    import pyarrow as pa

    with pa.ipc.new_stream(to, arrow.schema) as stream:
        stream.write_table(arrow)
    to.flush()


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


if __name__ == "__main__":
    # Whatever a library prints must not be taken for an answer.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as _answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.stdin.buffer, _answers)
