"""Reads SCB's price indices as the source writes them: JSON-stat 2, one index per product group and month.

What does not belong here: fetching (``sources.scb_prices``), annual means and which category uses which group
(``spend.footprint.prices``).
"""

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from klimat_pipeline.errors import SourceError
from klimat_pipeline.sources.scb_prices import CONTENTS, EVERYTHING, TIME, PriceTable, dataset

_MONTH = re.compile(r"(\d{4})M(\d{2})", re.ASCII)
_AGAIN = "Fetch it again, or check the table in data/reference/price_tables.csv."
#: What SCB writes in place of a figure that it has not.
_ABSENT = (None, "", ".", "..", "-")
Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Prices:
    """What an answer says.

    Attributes:
        updated_on: day on which the source last changed it, if it says so.
        label: the source's own name of it.
        months: index by group and (year, month), in order of time, without gaps.
    """

    updated_on: str | None
    label: str
    months: dict[str, dict[Month, float]]


def read_prices(content: bytes, name: str, table: PriceTable) -> Prices:
    """Read an answer and hold it against what was asked for.

    Args:
        content: the file.
        name: its name, for messages.
        table: what was asked for.

    Raises:
        SourceError: other variables, contents or units than asked for, a figure that is no index, or a gap.
    """
    found = dataset(content, name)
    try:
        return _read(found, name, table)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise SourceError(
            f"{name}: it is not built as JSON-stat 2 is ({type(error).__name__}: {error}). {_AGAIN}"
        ) from None


def _read(found: dict[str, Any], name: str, table: PriceTable) -> Prices:
    order, size = [str(code) for code in found["id"]], [int(length) for length in found["size"]]
    expected = (table.group_variable, CONTENTS, TIME)
    if sorted(order) != sorted(expected):
        raise SourceError(
            f"{name}: it has the variables {', '.join(order)}; expected {', '.join(expected)}. Was a column renamed, "
            f"or is it another table? {_AGAIN}"
        )
    codes = {variable: _codes(found["dimension"][variable]["category"]) for variable in order}
    if [len(codes[variable]) for variable in order] != size:
        raise SourceError(f"{name}: its variables have other lengths than it states ({size}). {_AGAIN}")
    if codes[CONTENTS] != [table.contents_code]:
        raise SourceError(
            f"{name}: it holds the contents {', '.join(codes[CONTENTS])}; asked for was {table.contents_code}. {_AGAIN}"
        )
    _check_unit(found["dimension"][CONTENTS]["category"], name, table)
    absent = set(table.groups) - {EVERYTHING} - set(codes[table.group_variable])
    if absent:
        raise SourceError(f"{name}: it has no {table.group_variable} {', '.join(sorted(absent))}. {_AGAIN}")
    months = [_month(text, name) for text in codes[TIME]]
    steps = {variable: math.prod(size[place + 1 :]) for place, variable in enumerate(order)}
    values, count = found["value"], math.prod(size)
    if isinstance(values, list) and len(values) != count:
        raise SourceError(f"{name}: it holds {len(values):,} values, its size says {count:,}. {_AGAIN}")
    series: dict[str, dict[Month, float]] = {}
    for i, group in enumerate(codes[table.group_variable]):
        own = {}
        for j, month in enumerate(months):
            place = i * steps[table.group_variable] + j * steps[TIME]
            value = values[place] if isinstance(values, list) else values.get(str(place))
            if value not in _ABSENT:
                own[month] = _index(value, name, group, month)
        if own:
            series[group] = dict(sorted(own.items()))
            _refuse_gap(series[group], name, group)
    if not series:
        raise SourceError(f"{name}: it holds no value at all. {_AGAIN}")
    updated = str(found.get("updated") or "")[:10]
    return Prices(updated or None, str(found.get("label", "")), series)


def _codes(category: dict[str, Any]) -> list[str]:
    """Codes in their order; JSON-stat gives them as a list, by position, or not at all where there is one."""
    index = category.get("index", category.get("label"))
    if isinstance(index, dict):
        return [str(code) for code in (sorted(index, key=index.__getitem__) if "index" in category else index)]
    return [str(code) for code in index or []]


def _check_unit(category: dict[str, Any], name: str, table: PriceTable) -> None:
    stated = category.get("unit", {}).get(table.contents_code, {}).get("base")
    if stated is None or str(stated).strip().casefold() != table.unit.casefold():
        raise SourceError(
            f"{name}: its unit is {stated!r}; expected {table.unit!r}. A change in per cent or an amount is no index: "
            f"check contents_code of {table.table_id} in data/reference/price_tables.csv."
        )


def _month(text: str, name: str) -> Month:
    hit = _MONTH.fullmatch(text)
    if hit is None or not 1 <= int(hit.group(2)) <= 12:
        raise SourceError(f"{name}: {text!r} is no month; expected one as 2023M05. {_AGAIN}")
    return int(hit.group(1)), int(hit.group(2))


def _index(value: Any, name: str, group: str, month: Month) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or value <= 0:
        raise SourceError(
            f"{name}: {value!r} for group {group} in {month[0]}M{month[1]:02} is no index; expected a number above "
            f"zero. {_AGAIN}"
        )
    return float(value)


def _refuse_gap(own: dict[Month, float], name: str, group: str) -> None:
    """A month that is missing between others would bend the mean of its year unseen."""
    for earlier, later in pairwise(own):
        following = (earlier[0] + earlier[1] // 12, earlier[1] % 12 + 1)
        if later != following:
            raise SourceError(
                f"{name}: group {group} has a gap: no value for {following[0]}M{following[1]:02}, though there is one "
                f"for {later[0]}M{later[1]:02}. {_AGAIN}"
            )
