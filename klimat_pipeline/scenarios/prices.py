"""Kronor of actions in one price year, so that they can be summed and compared.

With I the consumer price index: kronor of the chosen year = kronor * I(chosen year) / I(the action's own year).

* The chosen year is in ``scenario_assumptions.csv``. A municipality whose costs are all of one year that the index
  lacks keeps that year: nothing has to be converted, and its rows say so.
* Elsewhere a cost of a year that the index lacks cannot be converted: it is not estimated (NE), never summed as it is
  and never converted with another year's index. The index is general: prices of buses or drainage may have risen more
  or less.

What belongs here: the conversion. What does not: where the index comes from (``spend.footprint.prices``).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

#: The index of all prices, which every year of the reference table has.
GENERAL_INDEX, ALL_GROUPS = "kpi", "*"
_KRONOR = ("cost_msek", "annual_cost_msek")


def general_index(price_index: pd.DataFrame) -> dict[int, float]:
    """Annual means of the consumer price index by year.

    Args:
        price_index: of ``spend.footprint.prices.current_reference``, so that actions and purchases follow the same
            index.

    Returns:
        Any base; empty where the table lacks the index.
    """
    rows = price_index[(price_index["index_id"] == GENERAL_INDEX) & (price_index["price_group"] == ALL_GROUPS)]
    return {int(year): float(value) for year, value in zip(rows["year"], rows["index_value"], strict=True)}


def in_one_price_year(actions: pd.DataFrame, index: Mapping[int, float], price_year: int) -> pd.DataFrame:
    """The actions with their kronor in one price year per municipality.

    Args:
        actions: ``clean/climate_actions``, MSEK in prices of ``price_year``.
        index: of prices, by year, any base.
        price_year: the year to convert to.

    Returns:
        The actions with ``price_year`` the year converted to, ``stated_price_year`` the action's own and
        ``price_factor`` between them; without a factor there are no kronor, and ``price_note`` says why.
    """
    base = {code: _base(own["price_year"], index, price_year) for code, own in actions.groupby("municipality_code")}
    to = actions["municipality_code"].map(base)
    pairs = zip(actions["price_year"], to, strict=True)
    factor = pd.Series([_factor(own, target, index) for own, target in pairs], index=actions.index, dtype="float64")
    stated = actions["price_year"].astype("Int64")
    return actions.assign(
        **{name: actions[name].astype("float64") * factor for name in _KRONOR},
        price_year=to.astype("Int64").where(stated.notna()),
        stated_price_year=stated,
        price_factor=factor,
        price_note=[_why(*pair, index) for pair in zip(stated, to, factor, strict=True)],
    )


def _base(stated: "pd.Series[int]", index: Mapping[int, float], price_year: int) -> int:
    years = {int(year) for year in stated.dropna()}
    (only,) = years if len(years) == 1 else (price_year,)
    return price_year if only in index and price_year in index else only


def _why(own: Any, target: int, factor: float, index: Mapping[int, float]) -> str | None:
    if pd.isna(own) or pd.notna(factor):
        return None
    span = f"it reaches from {min(index)} to {max(index)}" if index else "there is none"
    return f"kronor of {own} cannot be made kronor of {target} by the consumer price index: {span}"


def _factor(own: Any, target: int, index: Mapping[int, float]) -> float:
    if own is None or pd.isna(own):
        return np.nan
    year = int(own)
    if year == target:
        return 1.0
    return index[target] / index[year] if year in index and target in index else np.nan
