"""Reported and corrected emissions side by side: a cell's figure after its last correction, or as reported."""

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.basis import levels_of_cells
from klimat_pipeline.corrected.cells import KEYS, positions


def corrected_emissions(emissions: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Emissions after local corrections.

    Args:
        emissions: ``clean/reported_emissions``.
        corrections: ``corrected/corrections``.

    Returns:
        ``corrected/emissions``; a cell that no correction touches is as reported, to the bit.
    """
    applied = corrections[corrections["correction_status"] == "applied"].sort_values("application_no", kind="stable")
    values = emissions["emissions_reported_t"].to_numpy(dtype=np.float64, copy=True)
    cells = applied.drop_duplicates(list(KEYS), keep="last")
    cells = cells.assign(ids=cells["correction_id"])
    shared = applied.duplicated(list(KEYS), keep=False)
    if shared.any():  # joining text is slow: only where several corrections stand on one cell
        joined = applied[shared].groupby(list(KEYS))["correction_id"].agg(lambda ids: " ".join(dict.fromkeys(ids)))
        cells = cells.merge(joined.rename("joined").reset_index(), on=list(KEYS), how="left", validate="one_to_one")
        cells["ids"] = cells["joined"].fillna(cells["ids"])
    at = positions(emissions, cells)
    values[at] = cells["after_t"].to_numpy(dtype=np.float64)
    valued = emissions["emissions_reported_t_co2e"].notna().to_numpy()
    ids = list(cells["ids"])
    levels = levels_of_cells(ids, dict(zip(applied["correction_id"], applied["level_ids"], strict=True)))
    frame = emissions.assign(
        emissions_t=values,
        emissions_t_co2e=np.where(valued, values, np.nan),
        correction_ids=_ids(len(emissions), at, ids),
        level_ids=_ids(len(emissions), at, levels),
    )
    return frame[table("corrected/emissions").column_names]


def _ids(rows: int, at: np.ndarray, ids: list[str]) -> "pd.Series[str]":
    """A text column for millions of rows of which few are not empty, made from indices into a short list."""
    import pyarrow as pa

    names = ["", *dict.fromkeys(ids)]
    number = {name: i for i, name in enumerate(names)}
    codes = np.zeros(rows, dtype=np.int64)
    codes[at] = [number[name] for name in ids]
    return pd.Series(pa.array(names, pa.string()).take(pa.array(codes)).to_pandas())
