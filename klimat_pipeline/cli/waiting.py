"""How a command gets the data folder for itself, and tells a person whom it waits for.

What does not belong here: what is locked (``klimat_pipeline.cli.main.waiting.py.operations.run_lock``).
"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from klimat_pipeline.settings import Settings


def alone(settings: "Settings", command: str, wait_s: float | None = None) -> AbstractContextManager[None]:
    """Hold the run lock while a command reads and writes what runs read and write.

    Args:
        settings: where things lie.
        command: what is told to those who wait for it.
        wait_s: seconds to wait for others, by default as the settings say.

    Raises:
        RunLockError: another run goes on for longer than that.
    """
    from klimat_pipeline.operations.run_lock import only_run

    err = Console(stderr=True, highlight=False)
    return only_run(settings, command, wait_s=wait_s, tell=lambda text: err.print(text, soft_wrap=True, markup=False))
