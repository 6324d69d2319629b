"""The one place that tells Python's garbage collector what our processes are like.

They import libraries by the hundred thousand objects, which all last to the end. Measured on the default refresh, in
processor time: with Python's own thresholds it searches among them a thousand times, a tenth of the refresh; the search
at the exit costs another twentieth. Switching the collector off, for imports or for a workbook, gains nothing beyond.
"""

import gc


def expect_many_objects() -> None:
    """Look for garbage after a hundred thousand new objects, not after hundreds; at the start of a process of ours."""
    gc.set_threshold(100_000, 50, 50)


def keep_what_is_here() -> None:
    """Never look at what there is now, not even at the exit; once a process, after its imports."""
    if not gc.get_freeze_count():
        gc.freeze()
