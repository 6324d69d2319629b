"""Reads the Riksbank's annual means as it writes them: a list of years, each with first and last day and the mean.

A year that is not over, or whose series begins or ends within it, has no mean here. What does not belong here:
fetching (``sources.riksbank_rates``), and what a rate is used for (``spend.ledger.rates``).
"""

import math
import re
from typing import Any

from klimat_pipeline.errors import SourceError
from klimat_pipeline.sources.riksbank_rates import rows

#: Days in January and December that banking days may be missing at a year's ends.
_FIRST, _LAST = "01-07", "12-27"
_DAY = re.compile(r"(\d{4})-(\d{2}-\d{2})(T.*)?", re.ASCII)
#: A mean for 100 units of a currency is that many times one for a unit; within this factor it is the same rate.
_HUNDRED, _SAME = 100.0, 1.2
_AGAIN = "Fetch it again, or leave it out: the shipped table stays in use."


def read_rates(content: bytes, name: str, currency: str, known: dict[int, float]) -> dict[int, float]:
    """Kronor for one unit of the currency by year that is whole.

    Args:
        content: the file.
        name: its name, for messages.
        currency: what was asked for.
        known: rates of other sources, which tell whether the source gives the price of 1 or of 100 units.

    Raises:
        SourceError: a year is no year or a mean no number, or the rates are far from those that are known.
    """
    found: dict[int, float] = {}
    for number, row in enumerate(rows(content, name), start=1):
        where = f"{name}: row {number}"
        first, last = _day(row, "from", where), _day(row, "to", where)
        if first[0] == last[0] == row.get("year") and first[1] <= _FIRST and last[1] >= _LAST:
            found[int(first[0])] = _mean(row.get("average"), where)
    if not found:
        raise SourceError(f"{name}: it holds no whole year. {_AGAIN}")
    units = _units(found, known)
    if units is None:
        raise SourceError(
            f"{name}: its rates of {currency} are neither for 1 nor for 100 units, compared with "
            f"data/reference/exchange_rates.csv: is it another series? {_AGAIN}"
        )
    return {year: mean / units for year, mean in found.items()}


def _units(found: dict[int, float], known: dict[int, float]) -> float | None:
    """1 or 100, by the years that both know; 1 where they share none."""
    ratios = [mean / known[year] for year, mean in found.items() if year in known]
    for units in (1.0, _HUNDRED):
        if all(1 / _SAME < ratio / units < _SAME for ratio in ratios):
            return units
    return None


def _day(row: dict[str, Any], field: str, where: str) -> tuple[int, str]:
    hit = _DAY.fullmatch(str(row.get(field)))
    if hit is None:
        raise SourceError(f"{where}: field {field} is {row.get(field)!r}; expected a day such as 2023-01-02. {_AGAIN}")
    return int(hit[1]), hit[2]


def _mean(value: Any, where: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or value <= 0:
        raise SourceError(f"{where}: field average is {value!r}; expected a number above zero. {_AGAIN}")
    return float(value)
