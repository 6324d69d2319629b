"""How a workbook gets into the archive: fetched or added by hand, then parsed and its names looked up first.

This is where the stages ``sources``, ``raw`` and ``clean`` meet; none of them knows a later one. A file that cannot
be read, or that holds unknown names, is not taken: it would fail every later refresh. A release is known by its
figures, whatever the bytes: a file whose figures are all held already is not added; one that holds all figures of a
known release, its last year and more besides is that release, and keeps its name and date. What does not belong here:
how a stage does its part.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.errors import KlimatError, SnapshotError, SourceError, StaleSourceError
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import Snapshot, archive_of
from klimat_pipeline.sources.smhi_snapshots import is_same_substance

if TYPE_CHECKING:
    import pandas as pd

    from klimat_pipeline.clean.reference import Reference

#: Figures that differ by less are the same, rounded: tonnes.
ROUNDING_T = 0.00501


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file.

    Attributes:
        snapshot: the release that it is.
        is_new: whether its bytes were added.
        extended: the narrower file of the same release whose place it takes.
    """

    snapshot: Snapshot
    is_new: bool
    extended: Snapshot | None = None


def add_file(settings: Settings, path: Path, *, release_id: str | None = None, report_date: str | None = None) -> Taken:
    """Take a workbook that somebody downloaded by hand.

    Args:
        settings: where the archive is.
        path: the workbook.
        release_id: name of the release, derived if not given.
        report_date: date of the report, where the file does not say.

    Raises:
        SnapshotError: the file cannot be opened, or is larger than ``max_snapshot_bytes``.
        WorkbookError: the file is not a workbook of the national database.
        UnknownNameError: it holds names that are in no reference table.
    """
    content = read_given(settings, path, "a workbook")
    return take_in(settings, content, name=path.name, release_id=release_id, report_date=report_date)


def read_given(settings: Settings, path: Path, wanted: str) -> bytes:
    """The bytes of a file that somebody gave by hand.

    Args:
        settings: the limit of its size.
        path: the file.
        wanted: what it should be, for the message.

    Raises:
        SnapshotError: it cannot be opened, or is larger than ``max_snapshot_bytes``.
    """
    try:
        with path.open("rb") as file:
            content = file.read(settings.max_snapshot_bytes + 1)
    except OSError as error:
        raise SnapshotError(f"{path}: cannot be read ({error.strerror}). Give the path of {wanted}.") from None
    if len(content) > settings.max_snapshot_bytes:
        raise SnapshotError(
            f"{path}: larger than the limit of {settings.max_snapshot_bytes:,} bytes. Is it the right file? The limit "
            "is KLIMAT_MAX_SNAPSHOT_BYTES."
        )
    return content


def take_in(
    settings: Settings,
    content: bytes,
    *,
    name: str,
    substance: str | None = None,
    url: str | None = None,
    retrieved_at: datetime | None = None,
    release_id: str | None = None,
    report_date: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
) -> Taken:
    """Check a whole workbook and add it to the archive.

    Args:
        settings: where the archive and the reference tables are.
        content: the file.
        name: its name, for messages.
        substance: the substance that was asked for, if any; another one in the file is a fault.
        url: where it was fetched from.
        retrieved_at: when it was, by default now.
        release_id: name of the release, derived if not given; one whose figures are known keeps its own.
        report_date: date of the report, by default what the file says.
        etag: HTTP validator.
        last_modified: HTTP validator.
    """
    from klimat_pipeline.clean.naming import with_codes
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.clean.releases import refuse_gaps
    from klimat_pipeline.clean.units import measure
    from klimat_pipeline.raw.smhi_emissions import to_frame
    from klimat_pipeline.raw.smhi_workbook import read_workbook
    from klimat_pipeline.sources.smhi import SOURCE_ID
    from klimat_pipeline.sources.workbook import check_workbook

    check_workbook(content, name=name, full=True)
    workbook = read_workbook(content, name)
    if substance and not is_same_substance(workbook.substance, substance):
        raise SourceError(
            f"{name}: holds {workbook.substance}, asked for was {substance}. The source answered with another file: "
            "try again later."
        )
    reference = load_reference(settings.reference_dir)
    measure(workbook.substance, workbook.unit_sv, name, reference)
    lines = with_codes(to_frame(workbook, name), reference)
    refuse_gaps(name, lines, reference)
    known = None
    if not any(snapshot.sha256 == hashlib.sha256(content).hexdigest() for snapshot in archive_of(settings).snapshots()):
        known, is_wider = _known(settings, _figures(lines, reference), workbook.substance, reference)
        if known is not None and not is_wider:
            return Taken(known, is_new=False)
    snapshot, is_new = archive_of(settings).add(
        content,
        source_id=SOURCE_ID,
        substance=workbook.substance,
        report_date=known.report_date if known else report_date or workbook.report_date,
        retrieved_at=known.retrieved_at if known else retrieved_at or datetime.now(UTC),
        file_name=name,
        url=url,
        release_id=known.release_id if known else release_id,
        etag=etag,
        last_modified=last_modified,
        last_year=int(lines["year"].max()),
        extends=known.sha256 if known else None,
    )
    return Taken(snapshot, is_new, known)


def _figures(lines: "pd.DataFrame", reference: "Reference") -> "pd.Series[float]":
    """Tonnes of coded lines by place, sector and year: a release's figures, however they are written down."""
    from klimat_pipeline.clean.national_lines import in_tonnes

    keys = ["area_code", "sector_code", "subsector_code", "year"]
    tonnes: pd.Series[float] = in_tonnes(lines, reference).set_index(keys)["emissions_reported_t"]
    return tonnes


def _known(
    settings: Settings, figures: "pd.Series[float]", substance: str, reference: "Reference"
) -> tuple[Snapshot | None, bool]:
    """The release in the archive that these are figures of, newest first, and whether they are more than it holds.

    Some of a release's figures are that release, also without its last years; more figures than it has are that release
    made wider only where both end in the same year.
    """
    from klimat_pipeline.clean.naming import with_codes
    from klimat_pipeline.raw.smhi_emissions import to_frame
    from klimat_pipeline.raw.smhi_workbook import read_workbook

    if not figures.index.is_unique:  # two spellings of one place or sector: the refresh says which
        return None, False
    archive, last = archive_of(settings), int(figures.index.get_level_values("year").max())
    for snapshot in reversed(archive.snapshots()):
        if not is_same_substance(snapshot.substance, substance) or (snapshot.last_year or last) < last:
            continue
        held = read_workbook(archive.read(snapshot), snapshot.file_name)
        before = _figures(with_codes(to_frame(held, snapshot.release_id), reference), reference)
        shared = figures.index.intersection(before.index)
        is_wider = len(shared) < len(figures)
        if is_wider and (len(shared) < len(before) or before.index.get_level_values("year").max() != last):
            continue
        new, old = figures.loc[shared], before.loc[shared]
        # A wider file takes the place of what is held: never one that is rounded more.
        if ((new - old).abs() <= (ROUNDING_T if is_wider else _rounding_t(new, old))).all():
            return snapshot, is_wider
    return None, False


def _rounding_t(figures: "pd.Series[float]", held: "pd.Series[float]") -> float:
    """How far figures may lie from those held and still be them: half a digit of a copy that is rounded more."""
    for step in (1.0, 0.1):
        coarse, fine = (((one - (one / step).round() * step).abs() <= ROUNDING_T) for one in (figures, held))
        if coarse.all() and not fine.all():
            return step / 2 + ROUNDING_T
    return ROUNDING_T


def fetch_all(settings: Settings, *, log: Callable[[str], None] = lambda _: None) -> list[Taken]:
    """Ask the live source for every configured substance; one that does not answer falls back on its last snapshot.

    Returns:
        The snapshots of substances that answered with a file.

    Raises:
        SourceError: a substance has no snapshot to fall back on.
        StaleSourceError: the source has not answered for longer than ``source_max_age_days``.
    """
    from klimat_pipeline.sources.http import redacted

    taken = []
    for code in settings.substance_codes:
        log(f"asking {redacted(settings.smhi_url)} for {code}")
        try:
            result = _fetch(settings, code)
        except KlimatError as error:
            _fall_back(settings, code, error, log)
            continue
        if result is None:
            log(f"{code}: not modified since the last fetch")
            continue
        log(f"{code}: {'new release' if result.is_new else 'known release'} {result.snapshot.release_id}")
        taken.append(result)
    return taken


def _fetch(settings: Settings, substance: str) -> Taken | None:
    from klimat_pipeline.sources.smhi import fetch
    from klimat_pipeline.sources.state import read_states, record_check

    state = read_states(settings.snapshots_dir).get(substance)
    # "Not modified" is only an answer when we still have what was not modified.
    kept = any(s.sha256 == state.sha256 for s in archive_of(settings).snapshots()) if state else False
    known = state if kept else None
    fetched = fetch(
        substance, settings, etag=known.etag if known else None, last_modified=known.last_modified if known else None
    )
    if fetched is None:
        record_check(settings.snapshots_dir, substance)
        return None
    taken = take_in(
        settings,
        fetched.content,
        name=f"{fetched.retrieved_at:%Y%m%dT%H%M%SZ}-{substance}.xlsx",
        substance=substance,
        url=fetched.url,
        retrieved_at=fetched.retrieved_at,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
    )
    record_check(
        settings.snapshots_dir,
        substance,
        sha256=taken.snapshot.sha256,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
    )
    return taken


def _fall_back(settings: Settings, substance: str, error: KlimatError, log: Callable[[str], None]) -> None:
    """Go on with the last snapshot for a while if the source was silent; an answer that cannot be used stops."""
    from klimat_pipeline.sources.state import record_check

    if not isinstance(error, SourceError):
        raise error
    state = record_check(settings.snapshots_dir, substance, error=str(error))
    if not any(is_same_substance(snapshot.substance, substance) for snapshot in archive_of(settings).snapshots()):
        raise SourceError(f"{error} There is no earlier snapshot of {substance} to fall back on.") from None
    silent = state.silent_days or 0
    if silent > settings.source_max_age_days:
        raise StaleSourceError(
            f"{error} The source has not answered for {silent} days, more than the {settings.source_max_age_days} that "
            "are bridged (KLIMAT_SOURCE_MAX_AGE_DAYS)."
        ) from None
    log(f"{substance}: {error}")
    log(f"{substance}: going on with the last snapshot; the source has been silent for {silent} days")
