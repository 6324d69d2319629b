"""Parquet: a directory for every version, and ``latest``, a link that is replaced in one step.

The same tables give the same bytes: fixed writer options, no times, no pandas metadata. A reader that resolves
``latest`` once and then stays in that directory sees one version. What does not belong here: when the link is
switched (``publication``).
"""

import filecmp
import logging
import os
import re
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.errors import PublishError
from klimat_pipeline.published.datapackage import FILE_NAME, described_publication, write_datapackage
from klimat_pipeline.published.files import STAGING, remove, sync, try_writing
from klimat_pipeline.published.renames import load_renames
from klimat_pipeline.published.signature import private_key, sign

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from klimat_pipeline.published.candidate import Candidate

_log = logging.getLogger(__name__)

#: Files that are written at the same time.
_AT_ONCE = 2
#: Only directories of this form are ever removed: whatever else is there belongs to somebody else.
_VERSION = re.compile(r"pub-[0-9a-f]{16}")


def last_published(directory: Path, name: str) -> "pd.DataFrame":
    """A table as readers have it now; an empty frame where nothing, or nothing of that name, is published."""
    import pandas as pd

    table = _newest_whole(directory / "parquet", name)
    return pd.DataFrame() if table is None else table.to_pandas()


def last_mart(directory: Path, names: Iterable[str]) -> "dict[str, pa.Table]":
    """Tables of the mart as readers have them now, in the form of today; those of a form that went are left out.

    Columns that have come since are missing values, and tables that they name have their names of today: history does
    not end with a minor version of the schema, nor with a new name.
    """
    from klimat_pipeline.contracts import MART
    from klimat_pipeline.contracts.arrow import schema

    found = {}
    for name in names:
        table, form = _newest_whole(directory / "parquet" / "mart", name), schema(MART[name])
        types = {field.name: field.type for field in form}
        if table is not None and all(types.get(field.name) == field.type for field in table.schema):
            found[name] = _named_as_today(_with_new_columns(table, form))
    return found


def _with_new_columns(table: "pa.Table", form: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    held = {*table.column_names}
    columns = [table[field.name] if field.name in held else pa.nulls(table.num_rows, field.type) for field in form]
    return pa.Table.from_arrays(columns, schema=form)


def _named_as_today(table: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    if "table_name" not in table.column_names:
        return table
    place, keys = table.column_names.index("table_name"), load_renames().keys()
    names = [keys.get(name, name) for name in table["table_name"].to_pylist()]
    return table.set_column(place, table.schema.field(place), pa.array(names, pa.string()))


def _newest_whole(root: Path, name: str) -> "pa.Table | None":
    """A table of the version that is shown; where its file is damaged, of the newest version whose file is not.

    History that is kept in a table (which checks warned since when) shall not end with one wrong byte.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    older = sorted(root.glob("pub-*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for version in (root / "latest", *older):
        path = version / f"{name}.parquet"
        if not path.is_file():
            return None
        try:
            table = pq.read_table(path, partitioning=None, page_checksum_verification=True)
            # Checksums cover pages, not what describes them: a name that is no text raises here.
            if table.column_names:
                return table
        except (pa.ArrowInvalid, OSError, UnicodeDecodeError) as error:
            _log.warning("%s is damaged (%s): an older version is read in its place", path, error)
    return None


class ParquetTarget:
    """A directory with its versions, such as ``parquet``."""

    name = "parquet"
    may_refuse = False

    def __init__(self, root: Path, keep: int, name: str = name, signing_key: Path | None = None) -> None:
        self.name = name
        self._signing_key = signing_key
        self._root = root
        self._latest = self._root / "latest"
        self._keep = keep
        # Unique names: where a file system's locks do not reach other hosts, two publishers still do not collide.
        token = uuid.uuid4().hex
        self._staged = self._root / f"{STAGING}-{token}"
        self._staged_link = self._root / f"{STAGING}-{token}-latest"
        self._removed = self._root / f"{STAGING}-{token}-removed"

    @property
    def location(self) -> str:
        """Path of the link to the shown version."""
        return str(self._latest)

    def shown(self) -> str | None:
        """The version that ``latest`` points to, None when there is none or a file of it is missing."""
        name = self._latest_name()
        return name if name is not None and described_publication(self._root / name) == name else None

    def open(self) -> None:
        """Remove what a killed publisher left: under the publishers' lock it cannot belong to one that still runs."""
        self._root.mkdir(parents=True, exist_ok=True)
        remove(*self._root.glob(f"{STAGING}*"))

    def try_out(self) -> None:
        """Write into the folder, and read the key."""
        try_writing(self._root)
        if self._signing_key is not None:
            private_key(self._signing_key)

    def stage(self, candidate: "Candidate") -> None:
        """Write the new version where no reader looks, and audit it."""
        self._staged.mkdir()
        # Threads pay: Arrow compresses, and waits for the disk, outside of Python's lock.
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(self._write, candidate.tables, candidate.tables.values()):
                pass
        sync(write_datapackage(self._staged, candidate.publication_id, candidate.published_at, candidate.contracts))
        if self._signing_key is not None:
            sync(sign(self._staged, private_key(self._signing_key)))
        sync(self._staged)

    def _write(self, name: str, table: "pa.Table") -> None:
        import pyarrow.parquet as pq

        path = self._staged / f"{name}.parquet"
        pq.write_table(
            table,
            path,
            version="2.6",
            compression="zstd",
            compression_level=3,
            row_group_size=128 * 1024,
            write_page_checksum=True,
        )
        with pq.ParquetFile(path) as written:  # column by column: whole, the largest would be in memory twice
            same = (written.read([column.name])[0].equals(table[column.name]) for column in table.schema)
            if written.schema_arrow != table.schema or not all(same):
                raise PublishError(f"{path.name} does not give back what was written. The last good version stays")
        sync(path)

    def switch(self, candidate: "Candidate") -> None:
        """Show the staged version: replacing the link is the commit point."""
        version = self._root / candidate.publication_id
        if version.exists() and not _same_files(version, self._staged):
            # Incomplete, or written by another version of the library: the fresh one takes its place.
            version.rename(self._removed)
        if not version.exists():
            self._staged.rename(version)
        # Versions are kept in the order in which they were last shown.
        os.utime(version)
        self._staged_link.symlink_to(version.name, target_is_directory=True)
        sync(self._root)
        self._staged_link.replace(self._latest)
        sync(self._root)

    def tidy(self) -> list[str]:
        """Remove versions beyond the last few, never the shown one."""
        shown = self._latest_name()
        others = [
            entry
            for entry in self._root.iterdir()
            if _VERSION.fullmatch(entry.name) and entry.name != shown and entry.is_dir() and not entry.is_symlink()
        ]
        others.sort(key=lambda entry: (entry.stat().st_mtime_ns, entry.name), reverse=True)
        for version in others[self._keep - 1 :]:
            # Renamed first, so that a kill half-way leaves no half of a version under its name.
            remove(self._removed)
            version.rename(self._removed)
        remove(self._removed)
        return []

    def close(self) -> None:
        """Remove a staged version that was not shown."""
        remove(self._staged, self._staged_link, self._removed)

    def _latest_name(self) -> str | None:
        try:
            name = self._latest.readlink().name
        except OSError:
            return None
        return name if _VERSION.fullmatch(name) else None


def _same_files(left: Path, right: Path) -> bool:
    """Whether both hold the same tables; when each was described is no difference."""
    names = sorted(path.name for path in left.iterdir())
    if names != sorted(path.name for path in right.iterdir()) or described_publication(left) is None:
        return False
    names.remove(FILE_NAME)
    _, differing, unreadable = filecmp.cmpfiles(left, right, names, shallow=False)
    return not differing and not unreadable
