"""Days of a ledger's lines: how its columns spell them, and what tells a period or a year where no column does.

What does not belong here: what a text means (``dates``), and which column holds days (``columns``).
"""

import re
from collections.abc import Sequence
from fnmatch import fnmatch

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.dates import (
    YEAR,
    broken_year,
    date_form,
    holds_quarters,
    is_month,
    period_of_name,
    year_of_name,
)
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.recognised_columns import Columns

#: A month or a quarter without its year.
_WITHOUT_YEAR = re.compile(r"(?i)[MP]?[0-9]{1,2}|[^\W\d_]{3,9}\.?|(?:q|k|kv|kvartal)[. ]*[1-4]")


def period_in_settings(name: str, settings: SpendSettings) -> str:
    """The period that the settings say a file of this name is of, as they spell it; empty where they say none."""
    return next((period for pattern, period in settings.periods.items() if fnmatch(name, pattern)), "")


def find_year(file: str, sheet: str, found: Columns, rows: Sequence[Sequence[str]], settings: SpendSettings) -> None:
    """A year in a column of its own, or that the settings or the file's name tell, goes with a period that tells none.

    Raises:
        LedgerError: months or quarters stand without a year, and nothing tells it.
    """
    if "booked_on" not in found.fields:
        return  # it may be all that tells a day (``_period``)
    place, meaning = found.fields["booked_on"], found.meaning["booked_on"]
    cells = {row[place] for row in rows if row[place]}
    is_period = bool({"period", "quarter"} & meaning)
    tells_none = all(map(_WITHOUT_YEAR.fullmatch, cells)) and (is_period or all(map(is_month, cells)))
    if "year" in found.fields and not tells_none:
        del found.fields["year"]
    if "year" in found.fields or not (tells_none and cells):
        return
    name = file.rpartition("/")[2]
    stated = period_in_settings(name, settings)
    told = {
        "spend: periods": stated[:4],
        "the file's name": year_of_name(name),
        "the sheet's name": year_of_name(sheet),
    }
    by, found.year = next(((by, year) for by, year in told.items() if year), ("", ""))
    if not found.year or told["the sheet's name"] not in ("", found.year):
        other = f"; the sheet {sheet} is of another than the file" if found.year else ""
        raise LedgerError(
            f"{file}: column {found.header[place]!r} holds months or quarters, and no column tells their year{other}. "
            "Put it into the file's name (ledger 2023.csv) or the sheet's, or name it in municipality.yaml, spend: "
            "periods: {'*.csv': '2023'}."
        )
    found.period_by_name = by == "the file's name"
    found.warnings.append(f"no column holds the year of {found.header[place]!r}: it is {found.year}, by {by}")


def find_period(file: str, sheet: str, found: Columns, settings: SpendSettings) -> None:
    """Where no column holds a date: the period that the settings or the file's name tell, or a column of years."""
    if "booked_on" in found.fields:
        return
    year = found.fields.pop("year", None)
    name = file.rpartition("/")[2]
    if stated := period_in_settings(name, settings):
        found.period = f"{stated}-01-01"[:10]
        found.remarks.append(f"no column holds dates: every line is of {stated} (spend: periods)")
        return
    found.period = (period_of_name(sheet) or period_of_name(f"{sheet} {name}")) if sheet else period_of_name(name)
    found.period_by_name = bool(found.period)
    if found.period:
        found.warnings.append(f"no column holds dates: every line is dated {found.period}, by the file's name")
    elif year is not None:
        found.fields["booked_on"], found.meaning["booked_on"] = year, frozenset({"year"})


def find_dates(file: str, found: Columns, rows: Sequence[Sequence[str]], settings: SpendSettings) -> None:
    """How days are spelt.

    Raises:
        LedgerError: they are financial years of two calendar years.
    """
    place, meaning = found.fields.get("booked_on"), found.meaning.get("booked_on", frozenset())
    texts = [] if place is None else [row[place] for row in rows]
    for one in ("year", "booked_on"):
        at = found.fields.get(one)
        cells = [] if at is None else [row[at] for row in rows]
        if value := broken_year(cells, is_year=one == "year" or "year" in meaning):
            raise LedgerError(
                f"{file}: column {found.header[at or 0]!r} holds financial years of two calendar years ({value!r}): "
                "they tell no day. Add a column with the day, or with year and month (2023-05), and name it in "
                "municipality.yaml, spend: columns; or split the file by months, and name them in spend: periods."
            )
    name = file.rpartition("/")[2]
    stated = period_in_settings(name, settings)[:4]
    told = [
        date_form(
            texts,
            stated=settings.date_form or "",
            is_period="period" in meaning,
            is_year="year" in meaning,
            year=year,
        )
        for year in ("", stated or year_of_name(name))
    ]
    found.dates = told[1]
    found.period_by_name |= told[0] != told[1] and not stated
    if found.dates.form == YEAR:
        found.warnings.append("no column tells the month: every line is dated the first of January of its year")
    if "quarter" in meaning or holds_quarters(texts):
        found.warnings.append("quarters are dated the first day of their first month")
