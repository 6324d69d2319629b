"""The database in memory that types lines and computes the spend analysis; it stays small and spills to disk.

Opening and closing one costs a fifth of reading a small ledger, so those that work on one thread are used again, by one
user at a time. Whoever gets one sees nothing of those before: tables and views are temporary and end with the user's
connection, functions are taken out, and a database that somebody has left by an error, or that still holds much, is
closed.

What does not belong here: what is typed or computed.
"""

import atexit
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import duckdb

#: Memory that the database may take before it spills, unless told otherwise; Arrow's chunks come on top of it.
MEMORY_MB = 600
MEMORY = f"{MEMORY_MB}MB"
#: Of a text shorter than this (some thirty thousand lines), threads would mostly wait for each other.
_ONE_THREAD_BYTES = 2_000_000

#: What a database may hold while nobody uses it.
_KEPT_BYTES = 10_000_000

#: Databases that nobody uses now, by the process that opened them: a forked one must not touch its parent's.
_idle: "dict[int, list[duckdb.DuckDBPyConnection]]" = {}
#: Functions by the connection that they were given to: DuckDB gives them to the whole database.
_functions: "WeakKeyDictionary[duckdb.DuckDBPyConnection, list[str]]" = WeakKeyDictionary()


@contextmanager
def database(
    *, memory: str = MEMORY, threads: int | None = None, work: Path | None = None
) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A database without anything in it, which spills into a folder of its own; that is removed afterwards.

    What is made in it has to be temporary, and functions are given by ``add_function``.

    Args:
        memory: what it may take.
        threads: how many it may use.
        work: where its folder lies, beside what is written from it; by default where the machine has its drafts.
    """
    import duckdb

    if work:
        work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="klimat_spend_", dir=work) as folder:
        settings: dict[str, Any] = {"memory_limit": memory, "temp_directory": folder}
        opened = (_used_again(settings) if threads == 1 else None) or duckdb.connect(
            config=settings
            | ({"threads": threads} if threads else {})
            | {
                "preserve_insertion_order": False,
                # build_side_probe_side: a mapping that is empty makes DuckDB expect no rows of a join, and it would put
                # all the lines into a hash table. Our joins name the small table last, which is the side that belongs
                # there. in_clause: it would plan a join for every list of words, which costs a small ledger a fifth of
                # its reading and gains a large one nothing.
                "disabled_optimizers": "build_side_probe_side,in_clause",
                # Nothing is fetched or installed behind our back.
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        is_to_be_kept = False
        try:
            con = opened.cursor()
            try:
                yield con
                for name in _functions.pop(con, []):
                    con.remove_function(name)
                is_to_be_kept = threads == 1
            finally:
                con.close()
        finally:
            if is_to_be_kept and _held_bytes(opened) <= _KEPT_BYTES:
                _idle.setdefault(os.getpid(), []).append(opened)
            else:
                opened.close()


def _held_bytes(opened: "duckdb.DuckDBPyConnection") -> int:
    """What an idle database still has in memory, such as pieces of files that it has read."""
    ((held,),) = opened.execute("SELECT coalesce(sum(memory_usage_bytes), 0)::BIGINT FROM duckdb_memory()").fetchall()
    return int(held)


def _used_again(settings: dict[str, Any]) -> "duckdb.DuckDBPyConnection | None":
    """An open database with these settings, if one is idle."""
    import duckdb

    own = _idle.get(os.getpid(), [])
    while own:
        opened = own.pop()
        try:
            for name, value in settings.items():
                opened.execute(f"SET {name} = $value", {"value": value})
        except duckdb.Error:  # one that has spilled keeps its folder, which is gone
            opened.close()
        else:
            return opened
    return None


@atexit.register
def _close_idle() -> None:
    """While DuckDB can still close them: later Python has taken its modules apart."""
    for opened in _idle.pop(os.getpid(), []):
        opened.close()


def add_function(
    con: "duckdb.DuckDBPyConnection", name: str, function: Callable[..., Any], takes: list[str], gives: str, **how: Any
) -> None:
    """Let SQL call a function of Python's while the database is used."""
    make: Any = con.create_function
    make(name, function, takes, gives, **how)
    _functions.setdefault(con, []).append(name)


def threads_for(text_bytes: int) -> int | None:
    """How many threads a ledger of that size is read on: one where it is small, else as many as there are."""
    return 1 if text_bytes < _ONE_THREAD_BYTES else None
