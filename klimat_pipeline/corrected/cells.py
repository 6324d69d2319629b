"""Finding a few cells in a large table of emissions: by integer codes, never by joining text."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

KEYS = ("release_id", "municipality_code", "sector_code", "substance", "year")


def positions(frame: pd.DataFrame, cells: pd.DataFrame, keys: Sequence[str] = KEYS) -> np.ndarray:
    """Row of every cell in the frame, -1 where it is not there.

    Args:
        frame: the large table; each combination of keys at most once.
        cells: the combinations looked for.
        keys: columns of both.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if cells.empty or frame.empty:
        return np.full(len(cells), -1, dtype=np.int64)
    rows: np.ndarray | None = None  # None while no row is ruled out, so that millions are not copied needlessly
    combined, wanted = np.zeros(len(frame), dtype=np.int64), np.zeros(len(cells), dtype=np.int64)
    for key in keys:
        values = pa.array(cells[key]).unique()
        # Text columns are chunked Arrow arrays underneath: nothing is copied here.
        held = pa.array(frame[key]) if rows is None else pa.array(frame[key]).take(pa.array(rows))
        index = pc.index_in(held, value_set=values)
        if index.null_count:
            inside = np.flatnonzero(index.is_valid().to_numpy(zero_copy_only=False))
            rows = inside if rows is None else rows[inside]
            combined, index = combined[inside], index.drop_null()
        combined *= len(values)
        combined += index.to_numpy(zero_copy_only=False)
        wanted *= len(values)
        wanted += pc.index_in(pa.array(cells[key]), value_set=values).to_numpy(zero_copy_only=False)
    # The small side is hashed, the large one only looked up.
    distinct = pd.Index(wanted).unique()
    which = distinct.get_indexer(combined)
    hits = np.flatnonzero(which >= 0)
    row_of = np.full(len(distinct), -1, dtype=np.int64)
    row_of[which[hits]] = hits if rows is None else rows[hits]
    found: np.ndarray = row_of[distinct.get_indexer(wanted)]
    return found


def first_rows(texts: "pd.Series[str]") -> dict[str, int]:
    """The first row of every distinct text, in the order of their appearance."""
    codes, names = pd.factorize(texts)
    first = np.empty(len(names), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]  # the last assignment wins: the first row
    return {str(name): int(row) for name, row in zip(names, first, strict=True)}
