"""The entry point of publishing: stage and audit everywhere, then switch one target after the other.

What does not belong here: how one target stores and switches (``sqlite``, ``parquet``, ``postgres``).
"""

import errno
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from klimat_pipeline.contracts import MART, PUBLISHED, Table
from klimat_pipeline.errors import PublishAccessError, PublishDiskError, PublishError
from klimat_pipeline.published.files import exclusive_lock, require_free_space
from klimat_pipeline.published.parquet import ParquetTarget
from klimat_pipeline.published.sqlite import SqliteTarget
from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

    from klimat_pipeline.published.candidate import Candidate

#: Bytes of tables that there has to be room for before a run begins; what they really take is known at its end.
_LEAST_ROOM = 16 * 1024 * 1024

Outcome = Literal["published", "unchanged"]


class Target(Protocol):
    """A place that readers read from; each method may be called once for every publication, in this order.

    Attributes:
        name: in reports.
        may_refuse: whether something beyond this machine can refuse its switch, so that it switches first.
    """

    name: str
    may_refuse: bool

    @property
    def location(self) -> str:
        """Where readers find it, without secrets."""

    def open(self) -> None:
        """Open the target and remove what a killed publisher left there."""

    def try_out(self) -> None:
        """Do what staging will need, without leaving anything."""

    def shown(self) -> str | None:
        """The publication that readers see, None when there is none or it is not whole."""

    def stage(self, candidate: "Candidate") -> None:
        """Write the tables where no reader sees them, and audit them there."""

    def switch(self, candidate: "Candidate") -> None:
        """Show what was staged, in one step."""

    def tidy(self) -> list[str]:
        """Remove publications beyond the last few; return what could not be removed, in words."""

    def close(self) -> None:
        """Remove what was staged and not shown, and close the target."""


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What a publish did.

    Attributes:
        publication_id: what every target shows now.
        published_at: when, in UTC.
        outcomes: by target; ``unchanged`` where it showed this publication already.
        locations: where readers find each target.
        rows: rows by table.
        remarks: what a person should look at, although publishing succeeded.
    """

    publication_id: str
    published_at: datetime
    outcomes: dict[str, Outcome]
    locations: dict[str, str]
    rows: dict[str, int]
    remarks: tuple[str, ...] = ()


def publish(
    tables: "Mapping[str, pa.Table]",
    *,
    publication_id: str,
    settings: Settings,
    now: datetime,
    contracts: Mapping[str, Table] = PUBLISHED,
    mart: "Mapping[str, pa.Table] | None" = None,
) -> PublishReport:
    """Publish all tables in all targets, or none.

    Nothing is visible until everything is staged and audited everywhere. Then the targets switch one after the
    other, the database first; each shows the whole old or the whole new publication at any moment. A target that
    shows this publication already is left alone, so that publishing again finishes what an error interrupted.

    Args:
        tables: by published name, each with the schema of its contract.
        publication_id: the same in every row of every table.
        settings: where to publish and how many publications to keep.
        now: time of publication.
        contracts: the published tables by name.
        mart: the star schema's tables by name, if there is one.

    Raises:
        PublishError: publishing stopped; every target still shows a whole version, and the message says why.
    """
    from klimat_pipeline.published.candidate import candidate as checked_candidate

    candidate = checked_candidate(tables, publication_id=publication_id, now=now, contracts=contracts)
    plans: list[tuple[Target, Candidate]] = [(target, candidate) for target in _targets(settings, contracts)]
    if mart is not None:
        star = checked_candidate(mart, publication_id=publication_id, now=now, contracts=MART)
        plans += [(target, star) for target in _mart_targets(settings)]
        plans.sort(key=lambda plan: not plan[0].may_refuse)
    with _in_clear_words(), ExitStack() as stack:
        settings.published_dir.mkdir(parents=True, exist_ok=True)
        stack.enter_context(exclusive_lock(settings.published_dir))
        for target, _ in plans:
            stack.callback(target.close)
            target.open()
        stale = [(target, what) for target, what in plans if target.shown() != publication_id]
        if stale:
            require_free_space(settings.published_dir, sum({id(what): what.size for _, what in plans}.values()))
        for target, what in stale:
            target.stage(what)
        _switch(stale)
        remarks = [remark for target, _ in stale for remark in _tidied(target)]
        written = {target.name for target, _ in stale}
        return PublishReport(
            publication_id=publication_id,
            published_at=candidate.published_at,
            outcomes={target.name: "published" if target.name in written else "unchanged" for target, _ in plans},
            locations={target.name: target.location for target, _ in plans},
            rows={name: table.num_rows for name, table in candidate.tables.items()},
            remarks=tuple(remarks),
        )


def prepare(settings: Settings, *, contracts: Mapping[str, Table] = PUBLISHED) -> None:
    """Try everything that publishing will need, before anything is computed, and remove what a killed publisher left.

    Folders that can be written, room on the disk, the publishers' locks; in a database the password, the right to
    write and tables that nobody has changed.

    Raises:
        PublishError: something is missing; the message says what.
    """
    with _in_clear_words(), ExitStack() as stack:
        settings.published_dir.mkdir(parents=True, exist_ok=True)
        stack.enter_context(exclusive_lock(settings.published_dir))
        require_free_space(settings.published_dir, _LEAST_ROOM)
        for target in _targets(settings, contracts) + _mart_targets(settings):
            stack.callback(target.close)
            target.open()
            target.try_out()


def current_publications(
    settings: Settings, *, contracts: Mapping[str, Table] = PUBLISHED, with_mart: bool = False
) -> dict[str, str | None]:
    """The publication that each target shows, None where there is none or it cannot be read.

    Cheap: a refresh asks it first and ends early when all targets show what it would publish.
    """
    shown: dict[str, str | None] = {}
    for target in _targets(settings, contracts) + (_mart_targets(settings) if with_mart else []):
        try:
            shown[target.name] = target.shown()
        except PublishError:
            shown[target.name] = None
    return shown


def _targets(settings: Settings, contracts: Mapping[str, Table]) -> list[Target]:
    """All targets, in the order in which they switch: the one most likely to refuse comes first."""
    files: list[Target] = [
        SqliteTarget(settings.published_dir),
        ParquetTarget(settings.published_dir / "parquet", settings.keep_publications, signing_key=settings.signing_key),
    ]
    if settings.database_url is None:
        return files
    from klimat_pipeline.published.postgres import PostgresTarget

    return [PostgresTarget(settings.database_url, settings.keep_publications, contracts), *files]


def _mart_targets(settings: Settings) -> list[Target]:
    """The same of the mart: a file, a directory and a schema of its own."""
    root = settings.published_dir / "parquet" / "mart"
    files: list[Target] = [
        SqliteTarget(settings.published_dir, "klimat_mart.sqlite", "sqlite mart"),
        ParquetTarget(root, settings.keep_publications, "parquet mart", settings.signing_key),
    ]
    if settings.database_url is None:
        return files
    from klimat_pipeline.published.postgres_mart import PostgresMartTarget

    return [PostgresMartTarget(settings.database_url, settings.keep_publications), *files]


def _switch(plans: "Sequence[tuple[Target, Candidate]]") -> None:
    switched: list[str] = []
    for target, candidate in plans:
        try:
            with _in_clear_words():
                target.switch(candidate)
        except PublishError as error:
            if not switched:
                raise
            raise type(error)(  # of its kind, as the exit code is
                f"{target.name}: {error}. {', '.join(switched)} shows {candidate.publication_id} already, the other "
                "targets their last good version; run klimat refresh again to bring them together"
            ) from error
        switched.append(target.name)


def _tidied(target: Target) -> list[str]:
    """Tidy up; a failure is only a remark, since the new version is shown already."""
    try:
        with _in_clear_words():
            return target.tidy()
    except PublishError as error:
        return [f"{target.name}: older publications could not be removed: {error}"]


@contextmanager
def _in_clear_words() -> Iterator[None]:
    """Turn errors of file systems and libraries into the one error that a user knows."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        # Arrow reports a full disk as an OSError too, SQLite as an error of its own.
        may_not = isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
        raise (PublishAccessError if may_not else PublishDiskError)(
            f"publishing stopped: {type(error).__name__}: {error}. The last good version stays; mend the cause "
            "(disk space, permissions) and run the command again"
        ) from error
