"""The neutrality balance under each allocation key, side by side: what the choice of key is worth to a municipality.

The balance is that of ``neutrality_balance``, with the municipality's claim on the shared plants under one key after
the other, as if all municipalities applied it. Its own sinks do not change. What belongs here: the comparison of the
keys. What does not: the claims under a key (``facility_claims``).
"""

from collections.abc import Sequence

import pandas as pd

from klimat_pipeline.scenarios.neutrality_balance import Case, neutrality_balance
from klimat_pipeline.scenarios.pathways import in_form

_AT = ["municipality_code", "year"]


def neutrality_by_allocation_key(
    plans: Sequence[Case], sinks: pd.DataFrame, claims: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    """The balance of every municipality with a claim on a shared plant, under every key that the registry holds.

    Args:
        plans: what a balance is struck of (``neutrality.cases``).
        sinks: ``clean/carbon_sinks``.
        claims: ``scenarios/facility_claims``.
        rules: ``clean/neutrality_rules``.

    Returns:
        ``scenarios/neutrality_by_allocation_key``: a row per balance and key, ``is_applied`` for the municipality's own
        key; under a key that gives it no share it claims nothing. Empty without shared plants.
    """
    own = dict(zip(rules["municipality_code"], rules["allocation_key"], strict=True))
    sharing = claims[_AT].drop_duplicates()
    found = []
    for key in sorted(claims["allocation_key"].unique()):
        as_if = claims[claims["allocation_key"] == key].assign(is_applied=True)
        as_if["applied_fraction"] = as_if["share_fraction"]
        for kind in ("fossil", "biogenic"):
            as_if[f"applied_{kind}_t"] = as_if[f"claimed_{kind}_t"]
        made = neutrality_balance(plans, sinks, as_if, rules).merge(sharing, on=_AT)
        found.append(made.assign(allocation_key=key, is_applied=made["municipality_code"].map(own).eq(key)))
    return in_form(pd.concat(found) if found else pd.DataFrame(), "scenarios/neutrality_by_allocation_key")
