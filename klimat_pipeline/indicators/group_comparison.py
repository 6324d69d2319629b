"""Municipalities beside the others of the groups that they name: rank, median, and the way to it.

The values are those of ``municipality_comparison``, so the same method and release for all; rank 1 is the lowest. What
does not belong here: the county and SKR's groups, which everybody is in (``municipality_comparison``).
"""

from collections.abc import Collection, Mapping

import pandas as pd

from klimat_pipeline.contracts import table

_OF = ["release_id", "comparison_group", "target_id", "indicator"]


def group_comparison(comparison: pd.DataFrame, groups: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """Compare the members of every group.

    Args:
        comparison: ``indicators/municipality_comparison``.
        groups: codes of the members, by group.

    Returns:
        ``indicators/group_comparison``; a member without data is not in it, nor is one that nobody else is compared
        with.
    """
    contract = table("indicators/group_comparison")
    pairs = [(name, code) for name, members in groups.items() for code in members]
    members = pd.DataFrame(pairs, columns=["comparison_group", "municipality_code"], dtype="object")
    frame = comparison.merge(members, on="municipality_code", how="inner")
    values = frame.groupby(_OF)["indicator_value"]
    frame = frame.assign(
        rank=values.rank(method="min").astype("int64"),
        compared=values.transform("size").astype("int64"),
        lowest_value=values.transform("min"),
        median_value=values.transform("median"),
        highest_value=values.transform("max"),
    )
    frame = frame[frame["compared"] > 1].copy()
    frame["to_median"] = frame["median_value"] - frame["indicator_value"]
    return frame[contract.column_names].sort_values(list(contract.primary_key), ignore_index=True)
