"""The neutrality balance under each allocation key, side by side: what the choice of key is worth to a municipality.

The balance is that of ``neutrality``, with what a municipality may claim of the shared plants under one key after the
other, as if all municipalities applied it. The sinks of its own do not change. What belongs here: the comparison of the
keys. What does not: whose the captures are under a key (``facility_claims``).
"""

import pandas as pd

from klimat_pipeline.scenarios.neutrality import neutrality_balance
from klimat_pipeline.scenarios.pathways import in_form

_AT = ["municipality_code", "year"]


def neutrality_by_allocation_key(
    gap: pd.DataFrame, coherence: pd.DataFrame, sinks: pd.DataFrame, claims: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    """The balance of every municipality with a claim on a shared plant, under every key that the registry holds.

    Args:
        gap: ``scenarios/gap``.
        coherence: ``indicators/coherence``.
        sinks: ``clean/sinks``.
        claims: ``scenarios/facility_claims``.
        rules: ``clean/neutrality``.

    Returns:
        ``scenarios/allocation_keys``: a row per balance and key, ``is_applied`` for the municipality's own key; under a
        key that gives it no share nothing of the plants is its own. Empty without shared plants.
    """
    own = dict(zip(rules["municipality_code"], rules["allocation_key"], strict=True))
    sharing = claims[_AT].drop_duplicates()
    found = []
    for key in sorted(claims["allocation_key"].unique()):
        as_if = claims[claims["allocation_key"] == key].assign(is_applied=True)
        for kind in ("fossil", "biogenic"):
            as_if[f"applied_{kind}_t"] = as_if[f"claimed_{kind}_t"]
        made = neutrality_balance(gap, coherence, sinks, as_if, rules).merge(sharing, on=_AT)
        found.append(made.assign(allocation_key=key, is_applied=made["municipality_code"].map(own).eq(key)))
    return in_form(pd.concat(found) if found else pd.DataFrame(), "scenarios/allocation_keys")
