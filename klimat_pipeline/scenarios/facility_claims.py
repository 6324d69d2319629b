"""Whose the captures of a shared plant are under each allocation key, and which of them a balance counts.

Formulas, per plant and year:

* available = captured - certificates sold
* claimed under a key = available * share
* applied = claimed under the municipality's own key, times min(1, 1 / sum of the shares applied by all municipalities):
  where municipalities apply different keys, together they still claim no tonne twice

What belongs here: the sharing out. What does not: what a tonne counts for (``neutrality``).
"""

import pandas as pd

from klimat_pipeline.contracts import table


def facility_claims(facilities: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Every municipality's claim on every plant, keys side by side.

    Args:
        facilities: ``clean/facilities``.
        rules: ``clean/neutrality``: the key that applies to each municipality.

    Returns:
        ``scenarios/facility_claims``.
    """
    contract = table("scenarios/facility_claims")
    frame = facilities.copy()
    applied = dict(zip(rules["municipality_code"], rules["allocation_key"], strict=True))
    own = frame["municipality_code"].map(applied).astype("object")
    frame["is_applied"] = (frame["allocation_key"] == own).astype("bool")
    shares = frame["share_fraction"].where(frame["is_applied"], 0.0)
    together = shares.groupby([frame["facility_id"], frame["year"]]).transform("sum")
    scale = 1.0 / together.clip(lower=1.0)
    for kind in ("fossil", "biogenic"):
        available = frame[f"captured_{kind}_t"] - frame[f"sold_{kind}_t"]
        frame[f"claimed_{kind}_t"] = available * frame["share_fraction"]
        frame[f"applied_{kind}_t"] = available * shares * scale
    return frame[contract.column_names].sort_values(list(contract.primary_key)).reset_index(drop=True)
