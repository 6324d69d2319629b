"""What a run's worker processes do: check tables against their contracts, draw charts.

Each function is called in another process, so it takes and returns bytes, texts and dictionaries. What does not
belong here: starting workers and what happens when one dies (``pool``), what is checked (``contract``).
"""

import multiprocessing
import os
import signal
from dataclasses import asdict
from threading import RLock, Thread
from typing import Any

from klimat_pipeline.garbage import expect_many_objects

#: Suites give way: they are waited for at the end of a run, pictures during it.
_NICE = 5


def prepare_suites() -> None:
    """Begin as a worker that checks: Great Expectations takes seconds to import."""
    _begin()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    from tqdm import tqdm

    from klimat_pipeline.quality.suites import prepare

    # The progress bars that Great Expectations makes and never shows share a lock between processes, which a worker
    # that is killed would leave behind.
    tqdm.set_lock(RLock())
    prepare()


def prepare_pictures() -> None:
    """Begin as a worker that draws: the first picture takes longer than all others, so one is drawn before."""
    _begin()
    picture({"data": {"values": []}, "mark": "point"})


def ready() -> None:
    """Do nothing: a pool starts its process at the first piece of work, and this one can be sent at once."""


def findings(key: str, stream: bytes) -> list[dict[str, Any]]:
    """What the suite of a table's contract finds.

    Args:
        key: of the table.
        stream: the table as an Arrow stream.

    Raises:
        ContractError: an expectation could not be evaluated at all.
    """
    import pyarrow as pa

    from klimat_pipeline.contracts import table
    from klimat_pipeline.contracts.arrow import to_pandas
    from klimat_pipeline.quality.suites import suite_findings

    with pa.ipc.open_stream(stream) as reader:
        frame = to_pandas(reader.read_all())
    return [asdict(finding) for finding in suite_findings(frame, table(key))]


def picture(chart: dict[str, Any]) -> str:
    """A chart as a picture inside Markdown."""
    from klimat_pipeline.charts.style import as_markdown_image

    return as_markdown_image(chart)


def _begin() -> None:
    """What every worker does first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the run decides what it means
    Thread(target=_end_with_the_run, daemon=True).start()
    expect_many_objects()


def _end_with_the_run() -> None:
    """End this process when the one that started it is gone, even if it was killed.

    A worker waits for work at a pipe that it holds open itself, so it would wait for ever.
    """
    run = multiprocessing.parent_process()
    if run is not None:
        run.join()
        os.kill(os.getpid(), signal.SIGKILL)  # SIGTERM may be ignored, as whoever started us had it
