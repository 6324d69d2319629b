"""Corrected subsectors: an entry that names one changes that one; an entry on a whole sector changes ``not_split``.

How a sector's correction divides over its parts is not known, so it is not divided: the row ``not_split`` takes all of
it, so that the subsectors sum to their corrected sector, and may be negative. What does not belong here: corrections
of sectors (``emissions``).
"""

import numpy as np
import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.clean.reported_subsectors import NOISE_T, NOT_SPLIT
from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.cells import KEYS

_CELL = [*KEYS, "subsector_code"]


def corrected_subsectors(
    subsectors: pd.DataFrame, emissions: pd.DataFrame, corrections: pd.DataFrame, reference: Reference
) -> pd.DataFrame:
    """Subsectors after local corrections.

    Args:
        subsectors: ``clean/reported_subsectors``.
        emissions: ``corrected/emissions``, the sectors to sum to.
        corrections: ``corrected/corrections``.
        reference: labels.

    Returns:
        ``corrected/subsector_emissions``; a row that no correction reaches is as reported, to the bit.
    """
    contract = table("corrected/subsector_emissions")
    frame = subsectors.assign(
        emissions_t=subsectors["emissions_reported_t"],
        emissions_t_co2e=subsectors["emissions_reported_t_co2e"],
        correction_ids="",
    )
    applied = corrections[corrections["correction_status"] == "applied"]
    if applied.empty:
        return frame[contract.column_names]
    named = applied.assign(subsector_code=applied["subsector_code"].fillna(NOT_SPLIT)).sort_values("application_no")
    effects = (
        named.groupby(_CELL)
        .agg(_effect_t=("effect_t", "sum"), _ids=("correction_id", lambda ids: " ".join(dict.fromkeys(ids))))
        .reset_index()
    )
    frame = _with_remainders(frame, emissions, effects, reference)
    frame = frame.merge(effects, on=_CELL, how="left", validate="one_to_one")
    touched = frame["_effect_t"].notna()
    there = frame[touched].copy()
    corrected = there["emissions_reported_t"] + there["_effect_t"]
    there["emissions_t"] = corrected.where(corrected.abs() > NOISE_T, 0.0)
    there["emissions_t_co2e"] = np.where(there["emissions_reported_t_co2e"].notna(), there["emissions_t"], np.nan)
    there["correction_ids"] = there["_ids"]
    both = pd.concat([frame[~touched], there], ignore_index=True)
    order = list(contract.primary_key)
    return both.sort_values(order).reset_index(drop=True)[contract.column_names]


def _with_remainders(
    frame: pd.DataFrame, emissions: pd.DataFrame, effects: pd.DataFrame, reference: Reference
) -> pd.DataFrame:
    """Add an empty row ``not_split`` to each corrected sector that has none, to take its correction."""
    wanted = effects.loc[effects["subsector_code"] == NOT_SPLIT, _CELL]
    held = frame.loc[frame["subsector_code"] == NOT_SPLIT, _CELL]
    lacking = wanted.merge(held, on=_CELL, how="left", indicator="_in")
    lacking = lacking[lacking.pop("_in") == "left_only"]
    if lacking.empty:
        return frame
    empty = emissions.merge(lacking, on=list(KEYS), validate="one_to_one").assign(
        subsector_name_sv=reference.label_sv(NOT_SPLIT),
        subsector_name_en=reference.label_en(NOT_SPLIT),
        emissions_reported_t=0.0,
        emissions_t=0.0,
        correction_ids="",
    )
    for name in ("emissions_reported_t_co2e", "emissions_t_co2e"):
        empty[name] = empty[name] * 0.0  # a missing value stays missing
    return pd.concat([frame, empty[[name for name in frame.columns if name in empty.columns]]], ignore_index=True)
