"""The asset ``raw/smhi_emissions``: every snapshot's workbook in long form, one row per cell.

What does not belong here: how a workbook is read (``smhi_workbook``), and what its words mean (``clean``).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from klimat_pipeline.raw.smhi_workbook import LABELS, Workbook, read_workbook
from klimat_pipeline.sources.archive import Archive

if TYPE_CHECKING:
    import pandas as pd


def to_frame(workbook: Workbook, release_id: str) -> "pd.DataFrame":
    """The workbook in long form, one row per cell, as ``raw/smhi_emissions`` describes it."""
    import pandas as pd

    lines, width = workbook.values.shape
    each_line = np.repeat(np.arange(lines), width)
    nowhere = np.zeros(lines * width, dtype=np.int64)
    labels = {name: _texts(*_distinct(label), each_line) for name, label in zip(LABELS, workbook.labels, strict=True)}
    return pd.DataFrame(
        {
            "release_id": _texts(nowhere, [release_id]),
            "sheet": _texts(nowhere, [workbook.sheet]),
            "source_row": workbook.rows[each_line],
            "source_column": _texts(np.tile(np.arange(width), lines), list(workbook.columns)),
            **labels,
            "substance": _texts(nowhere, [workbook.substance]),
            "unit_sv": _texts(nowhere, [workbook.unit_sv]),
            "year": np.tile(np.array(workbook.years, dtype=np.int64), lines),
            "value": workbook.values.ravel(),
        }
    )


def _distinct(names: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """The index of each line's name, and the distinct names."""
    number: dict[str, int] = {}
    codes = [number.setdefault(name, len(number)) for name in names]
    return np.array(codes, dtype=np.int64), list(number)


def _texts(codes: np.ndarray, names: list[str], each: np.ndarray | None = None) -> Any:
    """A text column from indices of names: tens of names for hundreds of thousands of cells."""
    import pandas as pd
    import pyarrow as pa

    chosen = codes if each is None else codes[each]
    texts = pa.array(names, pa.string()).take(pa.array(chosen))
    return pd.Series(texts.to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get))


def read_snapshots(archive: Archive, snapshots: "pd.DataFrame") -> "pd.DataFrame":
    """Parse every snapshot of the table: ``raw/smhi_emissions``."""
    import pandas as pd

    by_release = {snapshot.release_id: snapshot for snapshot in archive.snapshots()}
    frames = []
    for release_id in snapshots["release_id"]:
        snapshot = by_release[release_id]
        frames.append(to_frame(read_workbook(archive.read(snapshot), snapshot.file_name), release_id))
    return pd.concat(frames, ignore_index=True)
