"""The database in memory that types lines and computes the spend analysis; it stays small and spills to disk.

What does not belong here: what is typed or computed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

#: Memory that the database may take before it spills, unless told otherwise; Arrow's chunks come on top of it.
MEMORY_MB = 600
MEMORY = f"{MEMORY_MB}MB"
#: Of a text shorter than this (some thirty thousand lines), threads would mostly wait for each other.
_ONE_THREAD_BYTES = 2_000_000


@contextmanager
def database(
    *, memory: str = MEMORY, threads: int | None = None, work: Path | None = None
) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A database that spills into a folder of its own, which is removed afterwards.

    Args:
        memory: what it may take.
        threads: how many it may use.
        work: where its folder lies, beside what is written from it; by default where the machine has its drafts.
    """
    import duckdb

    if work:
        work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="klimat_spend_", dir=work) as folder:
        settings: dict[str, Any] = {
            "memory_limit": memory,
            "temp_directory": folder,
            "preserve_insertion_order": False,
            # A mapping that is empty makes DuckDB expect no rows of a join, and it would put all the lines into a hash
            # table. Our joins name the small table last, and that is the side that belongs there.
            "disabled_optimizers": "build_side_probe_side",
            # Nothing is fetched or installed behind our back.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        con = duckdb.connect(config=settings | ({"threads": threads} if threads else {}))
        try:
            yield con
        finally:
            con.close()


def threads_for(text_bytes: int) -> int | None:
    """How many threads a ledger of that size is read on: one where it is small, else as many as there are."""
    return 1 if text_bytes < _ONE_THREAD_BYTES else None
