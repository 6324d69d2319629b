"""One run at a time: from its first read to its publish a run holds its data folder, its tables and its database.

Three locks, always in this order, so that two runs never wait for each other: a file lock in the data folder and,
where the tables are in another folder, one there; a lease in the bucket, where the tables are in one
(``bucket_lock``); an advisory lock in the PostgreSQL that is published to. Each is freed when its holder dies. Every
run takes the same locks, whether the command, the UI, the daemon or a single asset started it.

What does not belong here: the publishers' own locks (``published``), which hold for one publish; what a run does.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path

from klimat_pipeline.errors import RunLockError
from klimat_pipeline.operations.locks import DatabaseLock, FolderLock, Holder, Lock
from klimat_pipeline.published.manifest import Inputs
from klimat_pipeline.settings import Settings

#: Seconds between two tries to get a lock, and between two lines that say who is waited for.
_RETRY_S = 0.25
_TELL_S = 30.0

Tell = Callable[[str], None]

#: Tags that every run carries.
RUN_ID, PUBLICATION_ID, RELEASES = "klimat/run_id", "klimat/publication_id", "klimat/releases"
STARTED_BY = "klimat/started_by"
#: What the command writes there.
COMMAND = "klimat refresh"
_STARTERS = {
    "dagster/schedule_name": "schedule",
    "dagster/sensor_name": "sensor",
    "dagster/backfill": "backfill",
    "dagster/auto_materialize": "automation",
}

#: Places that the present run holds; a run inside it does not wait for them.
_held: ContextVar[tuple[str, ...]] = ContextVar("klimat_held", default=())
_locks: ContextVar[tuple[Lock, ...]] = ContextVar("klimat_locks", default=())


@contextmanager
def only_run(
    settings: Settings,
    started_by: str,
    *,
    run: str = "",
    wait_s: float | None = None,
    tell: Tell = lambda _: None,
    reads_ledgers_only: bool = False,
) -> Iterator[None]:
    """Hold everything that a run reads and writes, and wait for whoever holds it now.

    Args:
        settings: where the data are.
        started_by: who started the run; shown to those who wait for it.
        run: id of the run; shown likewise.
        wait_s: seconds to wait at most; by default ``settings.wait_s``.
        tell: receives a line when waiting begins, and every half minute from then on.
        reads_ledgers_only: the run only makes typed ledger lines: such runs may go on at the same time, but at the
            same time as no other run, and touch neither the tables nor the database.

    Raises:
        RunLockError: another run holds something for longer than that; nothing was read or changed.
    """
    already, limit = _held.get(), settings.wait_s if wait_s is None else wait_s
    locks = [lock for lock in _locks_of(settings, shared=reads_ledgers_only) if lock.place not in already]
    with ExitStack() as stack:
        for lock in locks:
            _wait(lock, Holder.of_this_process(started_by, run), limit, tell)
            stack.callback(lock.release)
        outer = _locks.get()
        places, held = _held.set((*already, *(lock.place for lock in locks))), _locks.set((*outer, *locks))
        try:
            if not already and not reads_ledgers_only:
                _tidy_tables(settings)
            yield
        finally:
            _held.reset(places)
            _locks.reset(held)


def refuse_if_lost() -> None:
    """Stop a run that has lost one of its locks, before readers see anything of it.

    Raises:
        RunLockError: a lease in a bucket could not be renewed in time, or the database closed the connection.
    """
    for lock in _locks.get():
        lock.refuse_if_lost()


def started_by(tags: Mapping[str, str]) -> str:
    """Who started a run, by the tags that Dagster (or the command) gave it."""
    if STARTED_BY in tags:
        return tags[STARTED_BY]
    for tag, what in _STARTERS.items():
        if tag in tags:
            return f"{what} {tags[tag]}"
    return "the Dagster UI" if tags.get(".dagster/from_ui") == "true" else "a dagster command"


def tags(made_from: Inputs, who: str) -> dict[str, str]:
    """Tags that every run carries, whoever started it."""
    return {
        RUN_ID: made_from.run_id,
        PUBLICATION_ID: made_from.publication_id,
        RELEASES: ", ".join(made_from.releases) or "newest",
        STARTED_BY: who,
    }


def _wait(lock: Lock, holder: Holder, limit: float, tell: Tell) -> None:
    from tenacity import RetryCallState, RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

    last_told = -_TELL_S

    def say(state: RetryCallState) -> None:
        nonlocal last_told
        waited = state.seconds_since_start or 0.0
        if waited - last_told >= _TELL_S:
            last_told = waited
            tell(f"waiting for {lock.holder()}, who has {lock.place}: {waited:.0f} s of at most {limit:.0f} s")

    retrying = Retrying(
        retry=retry_if_result(lambda got: not got),
        stop=stop_after_delay(limit),
        wait=wait_fixed(_RETRY_S),
        before_sleep=say,
    )
    try:
        retrying(lock.acquire, holder)
    except RetryError:
        holding = lock.holder()
        lock.release()
        raise RunLockError(
            f"{holding} has {lock.place}; waited {limit:.0f} s (--wait, KLIMAT_WAIT_S). Nothing was read or "
            "changed; try again when it has ended."
        ) from None


def _locks_of(settings: Settings, *, shared: bool) -> list[Lock]:
    locks: list[Lock] = [FolderLock(settings.written_dir, shared=shared)]
    if shared:
        return locks
    tables = _local_folder(settings)
    if tables is None:
        from klimat_pipeline.operations.bucket_lock import BucketLock

        locks.append(BucketLock(str(settings.tables_root)))
    elif not tables.is_relative_to(settings.written_dir):
        locks.append(FolderLock(tables))
    if settings.database_url is not None:
        locks.append(DatabaseLock(settings.database_url))
    return locks


def _local_folder(settings: Settings) -> Path | None:
    """The folder of the tables between stages; None where they are in a bucket."""
    from upath import UPath

    root = UPath(settings.tables_root)
    return Path(root.path).resolve() if root.protocol in ("", "file", "local") else None


def _tidy_tables(settings: Settings) -> None:
    """What killed runs and earlier versions left among the tables."""
    from klimat_pipeline.published.renames import load_renames
    from klimat_pipeline.storage import TableStore

    store = TableStore(settings.tables_root)
    store.remove_drafts()
    store.rename(load_renames().keys())
