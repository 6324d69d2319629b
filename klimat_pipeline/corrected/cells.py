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
    held = np.ones(len(frame), dtype=bool)
    codes: list[np.ndarray] = []
    wanted = np.zeros(len(cells), dtype=np.int64)
    for key in keys:
        values = pa.array(cells[key]).unique()
        # Text columns are chunked Arrow arrays underneath: nothing is copied here.
        index = pc.index_in(pa.array(frame[key]), value_set=values)
        code = pc.fill_null(index, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        held &= code >= 0
        codes.append(code)
        own = pc.index_in(pa.array(cells[key]), value_set=values).to_numpy(zero_copy_only=False).astype(np.int64)
        wanted = wanted * len(values) + own
    rows = np.flatnonzero(held)
    combined = np.zeros(len(rows), dtype=np.int64)
    for key, code in zip(keys, codes, strict=True):
        combined = combined * cells[key].nunique() + code[rows]
    # The small side is hashed, the large one only looked up.
    distinct = pd.Index(wanted).unique()
    which = distinct.get_indexer(combined)
    row_of = np.full(len(distinct), -1, dtype=np.int64)
    row_of[which[which >= 0]] = rows[which >= 0]
    found: np.ndarray = row_of[distinct.get_indexer(wanted)]
    return found


def first_rows(texts: "pd.Series[str]") -> dict[str, int]:
    """The first row of every distinct text, in the order of their appearance."""
    codes, names = pd.factorize(texts)
    first = np.empty(len(names), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]  # the last assignment wins: the first row
    return {str(name): int(row) for name, row in zip(names, first, strict=True)}
