"""Where the command writes: one console for answers, one for faults."""

import os
import sys

from rich.console import Console

#: A log has no edge: without a terminal, lines are not cut to the width of one.
_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120

out = Console(highlight=False, width=_WIDTH)
err = Console(stderr=True, highlight=False)
