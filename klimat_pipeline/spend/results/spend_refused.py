"""``spend/spend_refused``: municipalities whose ledgers could not be read or valued, and what tables show instead.

One municipality's ledger silences no other: its purchases stay as the last run that could read them left them, marked
``is_stale``, and the rest is computed. What does not belong here: reading (``ledger``) and valuing (``footprint``).
"""

from collections.abc import Collection

import pandas as pd

from klimat_pipeline.contracts import table

_CODE = "municipality_code"


def spend_refused(unread: pd.DataFrame, unvalued: pd.DataFrame, shown: Collection[str]) -> pd.DataFrame:
    """Every reason, by municipality.

    Args:
        unread: ``spend/unread_ledgers``: what could not be read.
        unvalued: in the same form, what could not be valued.
        shown: municipalities whose last state the tables show.
    """
    columns = [_CODE, "refusal"]
    found = pd.concat([unread[columns], unvalued[columns]], ignore_index=True).drop_duplicates()
    found["has_last_state"] = found[_CODE].isin(set(shown)).astype(bool)
    contract = table("spend/spend_refused")
    return found[contract.column_names].sort_values(list(contract.primary_key), ignore_index=True)


def with_last_state(key: str, made: pd.DataFrame, last: pd.DataFrame | None, codes: Collection[str]) -> pd.DataFrame:
    """A table with the rows that an earlier run made of municipalities that this one could not.

    Args:
        key: of the table.
        made: its rows of this run.
        last: the table as an earlier run left it; None where there is none, or of other columns.
        codes: municipalities that were refused.
    """
    contract = table(key)
    if last is None or not codes or list(last.columns) != contract.column_names:
        return made
    kept = last[last[_CODE].isin(set(codes))].assign(is_stale=True)
    if kept.empty:
        return made
    rows = pd.concat([made[~made[_CODE].isin(set(codes))], kept], ignore_index=True)
    return rows.astype(made.dtypes.to_dict())
