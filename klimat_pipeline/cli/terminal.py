"""Where the command writes: one console for answers, one for errors. What does not belong here: what is written."""

import os
import sys

from rich.console import Console

#: Without a terminal (a log, a pipe) rich would wrap at 80 columns, which cuts tables.
_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120

out = Console(highlight=False, width=_WIDTH)
err = Console(stderr=True, highlight=False)
