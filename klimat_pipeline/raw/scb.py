"""Reads answers of SCB's statistical database as the source writes them: JSON-stat 2, a figure per group and time.

Prices are read month by month, residents year by year. What does not belong here: fetching (``sources.scb``), annual
means and which category uses which group (``spend.footprint.prices``), which residents count (``clean.population``).
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from klimat_pipeline.errors import SourceError
from klimat_pipeline.sources.scb import CONTENTS, EVERYTHING, TABLES_FILE, TIME, ScbTable, dataset

_MONTH = re.compile(r"(\d{4})M(\d{2})", re.ASCII)
#: The end of a year: of a table by years, or by months.
_YEAR_END = re.compile(r"(\d{4})(M12)?", re.ASCII)
_AGAIN = f"Fetch it again, or check the table in {TABLES_FILE}."
#: What SCB writes in place of a missing figure.
_ABSENT = (None, "", ".", "..", "-")
_DECEMBER = 12
Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ScbAnswer:
    """What an answer says.

    Attributes:
        updated_on: day on which the source last changed it, if it says so.
        label: the source's own name for it.
        figures: by group and time, as the source names both, without those that are missing.
    """

    updated_on: str | None
    label: str
    figures: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Prices:
    """Price indices.

    Attributes:
        updated_on: day on which the source last changed them, if it says so.
        months: index by group and (year, month), in order of time, without gaps.
    """

    updated_on: str | None
    months: dict[str, dict[Month, float]]


def read_prices(content: bytes, name: str, table: ScbTable) -> Prices:
    """Read price indices and compare the answer with what was asked for.

    Args:
        content: the file.
        name: its name, for messages.
        table: what was asked for.

    Raises:
        SourceError: other variables, contents or units than asked for, a figure that is no index, or a gap.
    """
    found = read_answer(content, name, table, _index)
    months = {
        group: dict(sorted((_month(time, name), value) for time, value in own.items()))
        for group, own in found.figures.items()
    }
    for group, own in months.items():
        _refuse_gap(own, name, group)
    return Prices(found.updated_on, months)


def read_residents(content: bytes, name: str, table: ScbTable) -> tuple[str | None, dict[str, dict[int, int]]]:
    """Read residents at the end of years and compare the answer with what was asked for.

    Returns:
        When the source last changed it, if it says so, and residents by region and year; a region that did not exist
        (no residents) has none.

    Raises:
        SourceError: other variables, contents or units than asked for, or a figure that is no number of persons.
    """
    found = read_answer(content, name, table, _persons)
    residents: dict[str, dict[int, int]] = {}
    for region, own in found.figures.items():
        for time, persons in own.items():
            hit = _YEAR_END.fullmatch(time)
            if hit is None and _MONTH.fullmatch(time) is None:
                raise SourceError(f"{name}: {time!r} is no year; expected one as 2023, or a month. {_AGAIN}")
            if hit is not None and persons:
                residents.setdefault(region, {})[int(hit[1])] = int(persons)
    if not residents:
        raise SourceError(f"{name}: it holds the end of no year. {_AGAIN}")
    return found.updated_on, residents


def read_answer(content: bytes, name: str, table: ScbTable, number: Callable[[Any, str, str, str], float]) -> ScbAnswer:
    """Read an answer and compare it with what was asked for.

    Args:
        content: the file.
        name: its name, for messages.
        table: what was asked for.
        number: a figure from its value, the file's name, group and time.

    Raises:
        SourceError: other variables, contents or units than asked for, or a figure that is none.
    """
    found = dataset(content, name, table.series)
    try:
        return _read(found, name, table, number)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise SourceError(
            f"{name}: it is not built as JSON-stat 2 is ({type(error).__name__}: {error}). {_AGAIN}"
        ) from None


def _read(
    found: dict[str, Any], name: str, table: ScbTable, number: Callable[[Any, str, str, str], float]
) -> ScbAnswer:
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
    steps = {variable: math.prod(size[place + 1 :]) for place, variable in enumerate(order)}
    values, count = found["value"], math.prod(size)
    if isinstance(values, list) and len(values) != count:
        raise SourceError(f"{name}: it holds {len(values):,} values, its size says {count:,}. {_AGAIN}")
    figures: dict[str, dict[str, float]] = {}
    for i, group in enumerate(codes[table.group_variable]):
        own = {}
        for j, time in enumerate(codes[TIME]):
            place = i * steps[table.group_variable] + j * steps[TIME]
            value = values[place] if isinstance(values, list) else values.get(str(place))
            if value not in _ABSENT:
                own[time] = number(value, name, group, time)
        if own:
            figures[group] = own
    if not figures:
        raise SourceError(f"{name}: it holds no value at all. {_AGAIN}")
    updated = str(found.get("updated") or "")[:10]
    return ScbAnswer(updated or None, str(found.get("label", "")), figures)


def _codes(category: dict[str, Any]) -> list[str]:
    """Codes in their order; JSON-stat gives them as a list, by position, or not at all where there is one."""
    index = category.get("index", category.get("label"))
    if isinstance(index, dict):
        return [str(code) for code in (sorted(index, key=index.__getitem__) if "index" in category else index)]
    return [str(code) for code in index or []]


def _check_unit(category: dict[str, Any], name: str, table: ScbTable) -> None:
    stated = category.get("unit", {}).get(table.contents_code, {}).get("base")
    if stated is None or str(stated).strip().casefold() not in table.units:
        raise SourceError(
            f"{name}: its unit is {stated!r}; expected {' or '.join(map(repr, table.units))}. Is it another figure, "
            f"such as a change in per cent? Check contents_code of {table.table_id} in {TABLES_FILE}."
        )


def _month(text: str, name: str) -> Month:
    hit = _MONTH.fullmatch(text)
    if hit is None or not 1 <= int(hit.group(2)) <= _DECEMBER:
        raise SourceError(f"{name}: {text!r} is no month; expected one as 2023M05. {_AGAIN}")
    return int(hit.group(1)), int(hit.group(2))


def _index(value: Any, name: str, group: str, time: str) -> float:
    if not _is_number(value) or value <= 0:
        raise SourceError(
            f"{name}: {value!r} for group {group} in {time} is no index; expected a number above zero. {_AGAIN}"
        )
    return float(value)


def _persons(value: Any, name: str, group: str, time: str) -> float:
    if not _is_number(value) or value < 0 or value != int(value):
        raise SourceError(
            f"{name}: {value!r} for {group} in {time} is no number of persons; expected a whole number. {_AGAIN}"
        )
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _refuse_gap(own: dict[Month, float], name: str, group: str) -> None:
    """Refuse a missing month between others: it would silently change the mean of its year."""
    for earlier, later in pairwise(own):
        following = (earlier[0] + earlier[1] // _DECEMBER, earlier[1] % _DECEMBER + 1)
        if later != following:
            raise SourceError(
                f"{name}: group {group} has a gap: no value for {following[0]}M{following[1]:02}, though there is one "
                f"for {later[0]}M{later[1]:02}. {_AGAIN}"
            )
