"""How a command gets the data folder for itself, and says on the terminal whom it waits for.

What does not belong here: what is locked (``operations.run_lock``).
"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from klimat_pipeline.settings import Settings


def alone(settings: "Settings", command: str, wait_s: float | None = None) -> AbstractContextManager[None]:
    """Hold the run lock while a command reads and writes what runs read and write.

    Args:
        settings: where the data are.
        command: its name, for those who wait until it has ended.
        wait_s: seconds to wait for others, by default as the settings say.

    Raises:
        RunLockError: another run had not ended by then.
    """
    from klimat_pipeline.operations.run_lock import only_run

    err = Console(stderr=True, highlight=False, emoji=False, markup=False)
    return only_run(settings, command, wait_s=wait_s, tell=lambda text: err.print(text, soft_wrap=True))
