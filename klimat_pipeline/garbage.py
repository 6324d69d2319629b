"""The one place that tunes Python's garbage collector, and Arrow's pool of memory.

Our processes import libraries with hundreds of thousands of objects, which all live to the end. Measured on the default
refresh, in processor time: with Python's own thresholds the collector searches among them a thousand times, a tenth of
the refresh; the search at the exit costs another twentieth. Switching it off altogether gains nothing more.
"""

import gc


def expect_many_objects() -> None:
    """Look for garbage after a hundred thousand new objects, not after hundreds; called when a process starts."""
    gc.set_threshold(100_000, 50, 50)


def keep_what_is_here() -> None:
    """Never search the present objects, not even at the exit; called once per process, after its imports."""
    if not gc.get_freeze_count():
        gc.freeze()


def free_memory() -> None:
    """Give back what Arrow holds for tables that are gone; called at the end of a step."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
