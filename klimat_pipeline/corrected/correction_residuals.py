"""Tonnes that corrections add or remove without moving them elsewhere, per county, nation and sector.

The printed totals of county and nation do not follow a municipality's correction: the difference is stated, not spread
over other municipalities by guess.
"""

import pandas as pd

from klimat_pipeline.clean.naming import NATION
from klimat_pipeline.contracts import table

#: Below this the sum is floating-point noise, tonnes.
NOISE_T = 1e-6


def correction_residuals(corrections: pd.DataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Sum of effects per area and sector.

    Args:
        corrections: ``corrected/corrections``.
        municipalities: ``clean/municipalities``.

    Returns:
        ``corrected/correction_residuals``; sums of zero (conserved) are not in it.
    """
    applied = corrections[corrections["correction_status"] == "applied"].merge(
        municipalities[["municipality_code", "county_code"]], on="municipality_code", validate="many_to_one"
    )
    levels = [
        applied.assign(area_code=applied["county_code"], area_level="county"),
        applied.assign(area_code=NATION, area_level="nation"),
    ]
    keys = ["release_id", "area_code", "area_level", "sector_code", "substance", "year"]
    sums = (
        pd.concat(levels)
        .groupby(keys, as_index=False)
        .agg(residual_t=("effect_t", "sum"), correction_ids=("correction_id", lambda ids: " ".join(sorted(set(ids)))))
    )
    contract = table("corrected/correction_residuals")
    kept = sums[sums["residual_t"].abs() > NOISE_T][contract.column_names].astype({"year": "int64"})
    return kept.sort_values(list(contract.primary_key)).reset_index(drop=True)
