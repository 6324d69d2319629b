"""The mart as open data: a folder a version with CSV files that no spreadsheet runs, a data package, and a catalogue.

A version is never changed once it is there; ``latest`` is a link to the newest. What does not belong here: the
catalogue's vocabulary (``dcat``), and what tables hold (``contracts``).
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from filecmp import cmpfiles
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.contracts import MART
from klimat_pipeline.errors import ConfigurationError, PublishError
from klimat_pipeline.published.datapackage import FILE_NAME, write_datapackage
from klimat_pipeline.reports.dcat import CATALOGUE, Publisher, catalogue
from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

#: A spreadsheet takes a text that begins so for a formula; an apostrophe before it keeps it a text.
_FORMULA = r"^([=+\-@\t\r])"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        version: the folder of the version.
        is_new: whether it was not there before.
    """

    version: Path
    is_new: bool


def write_open_data(settings: Settings, folder: Path, publisher: Publisher) -> Written:
    """Write the mart that is published now as a version of a data set, and the catalogue of all that is there.

    Args:
        settings: where the published tables are.
        folder: what is served at the publisher's address.
        publisher: who answers for it, and where it will be found.

    Raises:
        PublishError: nothing is published yet.
        ConfigurationError: the version is there with other contents.
    """
    import pyarrow.parquet as pq
    from pyarrow import csv

    latest = settings.published_dir / "parquet" / "mart" / "latest"
    if not latest.is_dir():
        raise PublishError(f"{latest} does not exist: nothing has been published yet. Run 'klimat refresh'.")
    source = latest.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(dir=folder, prefix=".new-"))
    staged.chmod(0o755)
    try:
        tables = {name: pq.read_table(source / f"{name}.parquet", partitioning=None) for name in MART}
        for name, table in tables.items():
            csv.write_csv(harmless(table), staged / f"{name}.csv")
        published_at = _published_at(tables["fact_refresh"], source.name)
        write_datapackage(staged, source.name, published_at, MART, form="csv")
        version = folder / source.name
        is_new = not version.exists()
        if is_new:
            staged.rename(version)
        else:
            _refuse_other(version, staged)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    years = [year for year in tables["dim_year"]["year"].to_pylist() if year is not None]
    text = catalogue(version, publisher, published_at, (min(years), max(years)))
    _replace(folder / CATALOGUE, text)
    _link(folder / "latest", version.name)
    return Written(version, is_new)


def harmless(table: "pa.Table") -> "pa.Table":
    """The table as CSV may hold it: texts that no spreadsheet runs, times in their international form."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for column in table.columns:
        shown = column
        if pa.types.is_timestamp(column.type):
            shown = pc.strftime(column.cast(pa.timestamp("s", tz="UTC"), safe=False), format="%Y-%m-%dT%H:%M:%SZ")
        elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            shown = pc.replace_substring_regex(column, pattern=_FORMULA, replacement=r"'\1")
        columns.append(shown)
    return pa.table(columns, names=table.column_names)


def _published_at(refreshes: "pa.Table", publication_id: str) -> datetime:
    rows = refreshes.to_pylist()
    found: datetime = next((row for row in rows if row["refresh_id"] == publication_id), rows[0])["switched_at"]
    return found


def _refuse_other(version: Path, staged: Path) -> None:
    names = sorted(path.name for path in staged.iterdir() if path.name != FILE_NAME)
    _, differing, missing = cmpfiles(version, staged, names, shallow=False)
    if differing or missing:
        raise ConfigurationError(
            f"{version} is there already with other contents ({', '.join(differing + missing)}): a version that was "
            "given out does not change. Put it back, or take another folder."
        )


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    staged = Path(name)
    staged.chmod(0o644)
    staged.replace(path)


def _link(link: Path, target: str) -> None:
    staged = link.with_name(f".new-{link.name}")
    staged.unlink(missing_ok=True)
    staged.symlink_to(target, target_is_directory=True)
    staged.replace(link)
