"""How sums that should agree are compared: within how many tonnes, and what is said where they do not.

What does not belong here: which sums those are (``source_sums``, ``reconciliation``).
"""

import pandas as pd

from klimat_pipeline.quality.findings import Finding, failed, keys_of, passed


def all_within(both: pd.DataFrame, keys: list[str], limit_t: float, what: str, likely_cause: str) -> Finding:
    """All ``difference_t`` within the limit; a missing one counts as too large."""
    off = both[~(both["difference_t"].abs() <= limit_t)]
    largest = both["difference_t"].abs().max() if len(both) else 0.0
    if off.empty:
        return passed(
            f"{what}: {len(both)} sums agree, largest difference {largest:,.3f} t",
            observed=f"{largest:.3f} t",
            threshold=f"{limit_t:g} t",
        )
    ordered = off.sort_values("difference_t", key=abs, ascending=False)
    return failed(
        f"{what}: {len(off)} of {len(both)} sums disagree, {off['difference_t'].sum():,.2f} t net, "
        f"{off['difference_t'].abs().sum():,.2f} t in absolute terms, largest {largest:,.2f} t",
        observed=f"{largest:.3f} t",
        threshold=f"{limit_t:g} t",
        keys=keys_of(ordered, [*keys, "difference_t"]),
        count=len(off),
        likely_cause=likely_cause,
    )
