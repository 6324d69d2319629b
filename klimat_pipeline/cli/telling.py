"""How a refresh of the command ended is remembered, told to people and written down.

What does not belong here: what is remembered and told (``operations.nights``), the daemon's runs (``defs.sensors``).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from klimat_pipeline.cli.faults import in_words
from klimat_pipeline.cli.terminal import err
from klimat_pipeline.errors import RunLockError

if TYPE_CHECKING:
    from klimat_pipeline.settings import Settings


class Telling:
    """What is known of the refresh that goes on.

    Attributes:
        outcome: what became of it; None until it is known, which is a failure where nothing follows.
        publication_id: what it published or confirmed.
        run_id: Dagster's id of its run.
    """

    outcome: Literal["published", "unchanged"] | None = None
    publication_id: str = ""
    run_id: str = ""


@contextmanager
def told(settings: "Settings") -> Iterator[Telling]:
    """Tell how the refresh inside ended, whatever it raises; telling itself never makes it fail."""
    from klimat_pipeline.operations.log import log
    from klimat_pipeline.operations.run_lock import COMMAND

    telling = Telling()
    log(settings, "refresh_began", started_by=COMMAND)
    try:
        yield telling
    except RunLockError as error:  # nothing has happened: the run that goes on tells of itself
        log(settings, "refresh_waited_in_vain", level=logging.WARNING, reason=str(error))
        raise
    except Exception as error:
        known = in_words(error)
        # The text of an error that nobody has worded may hold anything.
        _tell(settings, telling, str(known) if known else type(error).__name__, known.exit_code if known else 1)
        raise
    _tell(settings, telling, "", 0)


def _tell(settings: "Settings", telling: Telling, reason: str, exit_code: int) -> None:
    from klimat_pipeline.operations.nights import Night, note
    from klimat_pipeline.operations.run_lock import COMMAND
    from klimat_pipeline.operations.status import write_metrics

    night = Night(
        at=datetime.now(UTC),
        outcome=telling.outcome or "failed",
        started_by=COMMAND,
        run_id=telling.run_id,
        publication_id=telling.publication_id,
        reason=reason,
        exit_code=exit_code,
    )
    try:
        for missed in note(settings, night):
            err.print(f"not told: {missed}")
        if unwritten := write_metrics(settings):
            err.print(f"not noted: {unwritten}", soft_wrap=True)
    except OSError as error:  # a full disk, say, which is told already
        err.print(f"not noted: {error}")
