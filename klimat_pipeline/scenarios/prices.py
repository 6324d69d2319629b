"""Kronor of actions in one price year, so that they can be summed and compared.

With I the consumer price index: kronor of the stated year = kronor * I(stated year) / I(the action's own year).

* The stated year is the method's (``scenario_assumptions.csv``). A municipality whose costs are all of one year that
  the index lacks keeps that year: nothing has to be converted there, and its rows say so.
* Elsewhere a year that the index lacks cannot be converted: the cost is not estimated (NE), never summed as it is and
  never converted with another year's index. The index is general: what buses or drainage cost may have risen otherwise.

What belongs here: the conversion. What does not: where the index comes from (``data/reference/price_index.csv``).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.configuration.csv_file import read_csv
from klimat_pipeline.spend.mappings import TABLES

#: The index of all prices, which every year of the reference table has.
GENERAL_INDEX, ALL_GROUPS = "kpi", "*"
_FILE = "price_index"
_KRONOR = ("cost_msek", "annual_cost_msek")


def general_index(reference_dir: Path) -> dict[int, float]:
    """Annual means of the consumer price index by year, as far as the reference table goes.

    Args:
        reference_dir: ``data/reference``.

    Raises:
        ProblemsError: the table is wrong, with file, line and column.
    """
    columns, key = TABLES[_FILE]
    rows = read_csv(reference_dir / f"{_FILE}.csv", columns=columns, base=reference_dir, key=key)
    return {
        int(row["year"]): float(row["index_value"])
        for row in rows
        if (row["index_id"], row["price_group"]) == (GENERAL_INDEX, ALL_GROUPS)
    }


def in_one_price_year(actions: pd.DataFrame, index: Mapping[int, float], price_year: int) -> pd.DataFrame:
    """The actions with their kronor in one price year per municipality.

    Args:
        actions: ``clean/actions``, MSEK in prices of ``price_year``.
        index: of prices, by year, any base.
        price_year: the year to convert to.

    Returns:
        The actions with ``price_year`` the year converted to, ``stated_price_year`` the action's own and
        ``price_factor`` between them; without a factor no kronor.
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
    )


def _base(stated: "pd.Series[int]", index: Mapping[int, float], price_year: int) -> int:
    years = {int(year) for year in stated.dropna()}
    (only,) = years if len(years) == 1 else (price_year,)
    return price_year if only in index and price_year in index else only


def _factor(own: Any, target: int, index: Mapping[int, float]) -> float:
    if own is None or pd.isna(own):
        return np.nan
    year = int(own)
    if year == target:
        return 1.0
    return index[target] / index[year] if year in index and target in index else np.nan
