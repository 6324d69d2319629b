"""Where the command writes: one console for answers, one for errors. What does not belong here: what is written."""

import os
import sys

from rich.console import Console
from rich.text import Text

#: Without a terminal (a log, a pipe) rich would wrap at 80 columns, which cuts tables.
_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120

out = Console(highlight=False, emoji=False, markup=False, width=_WIDTH)
err = Console(stderr=True, highlight=False, emoji=False, markup=False)


def headed(word: str, rest: str = "", *, colour: str = "green", to: Console = out) -> None:
    """A line that begins with a coloured word; what follows is shown as it is, whatever brackets it holds."""
    to.print(Text.assemble((word, colour), rest), soft_wrap=True)
