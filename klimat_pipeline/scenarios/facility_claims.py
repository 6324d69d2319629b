"""Who may claim the captures of a shared plant under each allocation key, and which claims a balance counts.

Formulas, per plant and year:

* available = captured - certificates sold
* claimed under a key = available * share
* applied = claimed under the municipality's own key, times min(1, 1 / sum of the shares applied by all municipalities):
  no tonne is claimed twice, even where municipalities apply different keys

A plant's emissions stand in the gross of the municipality where it stands, which the key ``location`` says.

What belongs here: the division among municipalities. What does not: what a tonne counts for (``neutrality_balance``).
"""

import pandas as pd

from klimat_pipeline.contracts import table

LOCATION = "location"


def facility_claims(facilities: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Every municipality's claim on every plant, keys side by side.

    Args:
        facilities: ``clean/capture_facilities``.
        rules: ``clean/neutrality_rules``: the key that applies to each municipality.

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
    frame["applied_fraction"] = shares / together.clip(lower=1.0)
    plant = ["facility_id", "year", "municipality_code"]
    stands = frame.loc[(frame["allocation_key"] == LOCATION) & (frame["share_fraction"] > 0), plant]
    here = pd.MultiIndex.from_frame(frame[plant]).isin(pd.MultiIndex.from_frame(stands))
    frame["is_located"] = pd.Series(here, index=frame.index, dtype="bool")
    for kind in ("fossil", "biogenic"):
        available = frame[f"captured_{kind}_t"] - frame[f"sold_{kind}_t"]
        frame[f"claimed_{kind}_t"] = available * frame["share_fraction"]
        frame[f"applied_{kind}_t"] = available * frame["applied_fraction"]
    return frame[contract.column_names].sort_values(list(contract.primary_key)).reset_index(drop=True)
