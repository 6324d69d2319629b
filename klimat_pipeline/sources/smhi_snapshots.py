"""``sources/smhi_snapshots``: the archive of workbooks as a run sees it, and how long the source has been silent.

What does not belong here: asking the source (``smhi``), taking a file in (``operations.intake``).
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.errors import SnapshotError
from klimat_pipeline.input_items import Item
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import Snapshot, archive_of

if TYPE_CHECKING:
    import pandas as pd


def stale_days(settings: Settings, substance: str) -> int | None:
    """Whole days that the source has not answered for a substance; None when it did, or was never asked."""
    from klimat_pipeline.sources.state import read_states

    for asked, state in read_states(settings.snapshots_dir).items():
        if is_same_substance(asked, substance):
            return state.silent_days
    return None


def is_same_substance(one: str, other: str) -> bool:
    """Whether two codes mean the same substance: asked for as NOx, its columns may be headed NOX."""
    return one.upper() == other.upper()


def chosen_snapshots(settings: Settings, releases: Sequence[str] = ()) -> list[Snapshot]:
    """The archive as a run sees it: all of it, or without snapshots newer than the releases that shall be current.

    Newer releases are left out, not only marked as not current, so that last year's report can be reproduced byte for
    byte.

    Args:
        settings: where the archive is.
        releases: at most one per substance.

    Raises:
        SnapshotError: a release is not in the archive.
    """
    everything = archive_of(settings).snapshots()
    by_id = {snapshot.release_id: snapshot for snapshot in everything}
    newest: dict[str, Snapshot] = {}
    for release_id in releases:
        if release_id not in by_id:
            known = ", ".join(by_id)
            raise SnapshotError(f"--release {release_id}: no such release in the archive; there are {known}.")
        chosen = by_id[release_id]
        if newest.setdefault(chosen.substance, chosen) is not chosen:
            raise SnapshotError(f"--release {release_id}: {newest[chosen.substance].release_id} is asked for already.")
    return [
        snapshot
        for snapshot in everything
        if snapshot.substance not in newest or snapshot.order <= newest[snapshot.substance].order
    ]


def inputs(settings: Settings, releases: Sequence[str] = ()) -> Iterator[Item]:
    """The workbooks that a run sees, and how long the source has been silent for each of their substances."""
    snapshots = chosen_snapshots(settings, releases)
    yield from (snapshot.item for snapshot in snapshots)
    for substance in sorted({snapshot.substance for snapshot in snapshots}):
        stale = stale_days(settings, substance)
        if stale is not None:
            yield Item("option", f"source silent for {substance}", f"{stale} days")


def snapshot_table(settings: Settings, releases: Sequence[str] = ()) -> "pd.DataFrame":
    """The archive as ``sources/smhi_snapshots``."""
    import pandas as pd

    from klimat_pipeline.contracts import table

    columns = table("sources/smhi_snapshots").column_names
    rows = [
        {name: getattr(snapshot, name) for name in columns if name != "stale_days"}
        | {"stale_days": stale_days(settings, snapshot.substance)}
        for snapshot in chosen_snapshots(settings, releases)
    ]
    if not rows:
        raise SnapshotError("the snapshot archive is empty. Run 'klimat snapshot fetch' or 'klimat snapshot add FILE'.")
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"stale_days": "Int64"}).assign(retrieved_at=pd.to_datetime(frame["retrieved_at"], utc=True))
