"""Days as ledgers write them: read where a text can mean one day only, or where the file or the settings tell which.

Read without more: year, month, day in this order with four digits for the year; eight digits; ``01.03.2023`` (points
are never American); a period (``2023-11``, and 13 as December) as the first day of its month, a quarter (``2023Q1``)
as that of its first month; an instant with a time zone as its day in Sweden. What may be two days (``03/04/2023``,
``201112``) or a year and a month (``2013``) is read as the other dates of the file tell, else not at all: ``spend:
date_form`` in municipality.yaml says it. What does not belong here: the columns (``columns``).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

#: Forms that the settings may name, as ``strptime`` reads them where all separators are hyphens.
FORMS: Mapping[str, str] = {
    "DD/MM/YYYY": "%d-%m-%Y",
    "MM/DD/YYYY": "%m-%d-%Y",
    "DD/MM/YY": "%d-%m-%y",
    "MM/DD/YY": "%m-%d-%y",
    "YY-MM-DD": "%y-%m-%d",
    "YYMMDD": "%y%m%d",
    "DDMMYY": "%d%m%y",
    "DDMMYYYY": "%d%m%Y",
    "YYYYMM": "%Y%m",
    "YYMM": "%y%m",
}
#: A year alone is its first day; a month after two digits of a year.
YEAR, YEAR_MONTH = "YYYY", "YYMM"
#: Forms of periods.
_PERIODS = ("YYYYMM", YEAR_MONTH)
#: Spreadsheets count days, from one of two beginnings.
EXCEL, EXCEL_1904 = "excel", "excel-1904"
_BEGINNING = {EXCEL: date(1899, 12, 30), EXCEL_1904: date(1904, 1, 1)}
#: Years that a ledger may be of; others stand for no day (1900-01-01, 1970-01-01, 2099-12-31, 9999-12-31).
YEARS = range(1980, 2100 - 1)
_SWEDEN = ZoneInfo("Europe/Stockholm")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_POINTS = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/ ]([0-9]{1,2})[-/ ]([0-9]{4})")
#: Eight digits that end with a year; with the year first they would be no day, since there is no month 19 or 20.
_DIGITS_YEAR_LAST = re.compile(r"([0-9]{2})([0-9]{2})((?:19|20)[0-9]{2})")
#: What needs no other date to be read: which part is year, month and day; a period is its first day.
_PLAIN = (
    (_YEAR_FIRST, (1, 2, 3)),
    (re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"), (1, 2, 3)),
    (_POINTS, (3, 2, 1)),
    (re.compile(r"([0-9]{4})(?:[-/. _]|[-/. _]?[MP])([0-9]{2})"), (1, 2, 0)),
    (re.compile(r"([0-9]{4})[-/. _]?[MP]([0-9])"), (1, 2, 0)),
    (re.compile(r"[MP]?([0-9]{1,2})[-/. ]([0-9]{4})"), (2, 1, 0)),
    (re.compile(r"([0-9]{1,2})/([0-9]{1,2})[- ]([0-9]{4})"), (3, 2, 1)),  # 5/1-2023 is how Swedes write the fifth
    (re.compile(r"([0-9]{1,2})/([0-9]{1,2})-([0-9]{2})"), (3, 2, 1)),
    (re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T?(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]"), (1, 2, 3)),
)
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec", "may", "oct")
_MONTH_NAME = (
    r"(jan(?:uar[iy])?|feb(?:ruar[iy])?|mar(?:s|ch)?|apr(?:il)?|ma[jy]|jun[ie]?|jul[iy]?|aug(?:ust|usti)?|"
    r"sept?(?:ember)?|o[kc]t(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
#: A month by its name: ``13-JAN-2023``, ``13-JAN-23`` (Oracle's own), ``05JAN2023`` (SAS's), ``november 2023``,
#: ``2023 nov``, ``nov-23``, ``den 5 januari 2023``; its day comes before the name, or behind it with a comma:
#: ``Jan 5, 2023``.
_NAMED_MONTH = re.compile(
    rf"(?:(?:den +)?(?P<day>[0-9]{{1,2}})[-/. ]*)?{_MONTH_NAME}(?: +(?P<day_behind>[0-9]{{1,2}}),)?[-/., ]*"
    rf"(?P<year>[0-9]{{4}})"
    rf"|(?P<year_first>[0-9]{{4}})[-/. ]+{_MONTH_NAME}|{_MONTH_NAME}[-/. ]+(?P<short>[0-9]{{2}})"
    rf"|(?P<day_first>[0-9]{{1,2}})[-/. ]*{_MONTH_NAME}[-/. ]*(?P<short_behind>[0-9]{{2}})",
    re.IGNORECASE,
)
#: A week (``2023-W05``, ``2023v05``, ``v. 5 2023``) is its Thursday, which is always of the week's year; or its day
#: (``2023-W05-1``).
_WEEK = re.compile(r"(?i)(?P<year>[0-9]{4})[- ]?(?:w|v|vecka) ?(?P<week>[0-9]{1,2})(?:-(?P<day>[1-7]))?")
_WEEK_FIRST = re.compile(r"(?i)(?:w|v|vecka)[. ]*(?P<week>[0-9]{1,2})[-/., ]+(?P<year>[0-9]{4})")
#: Days of the week before a date say nothing more; a spreadsheet's zero behind one neither.
_NO_PART = re.compile(
    r"(?i)^(?:m[åa]n|tis|ons|tors?|fre|l[öo]r|s[öo]n|mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,? +|(?<=[0-9]{6})\.0+$"
)
#: A quarter: ``2023Q1``, ``2023-K1``, ``Q1 2023``, ``kv 1 2023``, ``1:a kvartalet 2023``.
_QUARTER_WORD = r"(?:q|k|kv|kvartal(?:et)?)"
_QUARTERS = (
    (re.compile(rf"(?i)([0-9]{{4}})[-/. ]*{_QUARTER_WORD}[-. ]*([1-4])"), (1, 2)),
    (re.compile(rf"(?i){_QUARTER_WORD}[. ]*([1-4])[-/., ]+([0-9]{{4}})"), (2, 1)),
    (re.compile(rf"(?i)([1-4])(?::[ae])?[. ]*{_QUARTER_WORD}[-/., ]+([0-9]{{4}})"), (2, 1)),
)
#: A time of the day behind a date, also with the points of DB2 (``2023-01-05-00.00.00.000000``).
TIME_OF_DAY = (
    r"(?:[T -]| kl\.? ?)([0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AaPp][Mm])?)"
    r"\s*(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_TIME = re.compile(rf"(.{{6,10}}){TIME_OF_DAY}")
#: The period in which a year is closed, after its twelve months; it is read as December.
_CLOSING = 13
#: The last of the periods that close a year; those after the first are no month.
_LAST_PERIOD = 16
_THURSDAY = 4
_DIGITS_OF_A_YEAR = 4
_MONTHS_OF_A_YEAR = 12
#: Hours of Swedish midnight in UTC.
_MIDNIGHT = re.compile(r"2[23][:.]00([:.]00([.,]0+)?)?")
#: A financial year that begins in one calendar year and ends in the next.
_BROKEN_YEAR = re.compile(r"([0-9]{2}([0-9]{2})) ?[-/–] ?((?:[0-9]{2})?([0-9]{2}))")


@dataclass(frozen=True, slots=True)
class DateForm:
    """How a file's dates are read where a text alone does not tell.

    Attributes:
        form: of ``FORMS``, or a spreadsheet's; empty where no text needs one.
        from_utc: whether all times are 22:00 or 23:00: midnight in Sweden, written in UTC.
    """

    form: str = ""
    from_utc: bool = False


def date_form(
    texts: Iterable[str], *, stated: str = "", is_period: bool = False, is_year: bool = False, year: str = ""
) -> DateForm:
    """The form of a file's dates, as far as they tell it themselves.

    Args:
        texts: some of them, from all over the file.
        stated: the form that the settings name.
        is_period: whether the column's name says that it holds periods.
        is_year: whether it says that it holds years.
        year: that the settings or the file's name tell of all lines.
    """
    spelt = {_NO_PART.sub("", text.strip()) for text in texts if text.strip()}
    times = {value: match for value in spelt if (match := _TIME.fullmatch(value))}
    from_utc = bool(times) and all(not m[3] and _MIDNIGHT.fullmatch(m[2]) for m in times.values())
    values = {_with_hyphens(times[value][1].strip() if value in times else value) for value in spelt}
    if stated:
        return DateForm(stated, from_utc)
    if any(_YEAR_LAST.fullmatch(value) for value in values):
        return DateForm(_order(values), from_utc)
    if values and all(re.fullmatch(r"[0-9]{4}", value) and int(value) in YEARS for value in values):
        return DateForm(YEAR if is_year else _years_or_months(values, year), from_utc)
    six = {value for value in values if re.fullmatch(r"[0-9]{6}", value)}
    if any(map(_is_month, six)) and all(map(_may_be_period, six)) and (is_period or not all(map(_is_short_day, six))):
        return DateForm("YYYYMM", from_utc)
    return DateForm("", from_utc)


def _with_hyphens(text: str) -> str:
    """``05032023`` as ``05-03-2023``."""
    return _DIGITS_YEAR_LAST.sub(r"\1-\2-\3", text) if len(text) == len("DDMMYYYY") else text


def _order(values: Iterable[str]) -> str:
    """Whether the day or the month comes first where the year comes last: told by what can be no month."""
    pairs = [(int(m[1]), int(m[2])) for value in values if (m := _YEAR_LAST.fullmatch(value))]
    day_first, month_first = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    if day_first == month_first:
        return ""
    return "DD/MM/YYYY" if day_first else "MM/DD/YYYY"


def _years_or_months(values: Iterable[str], year: str) -> str:
    """Of four digits: 2012 may be December 2020, and 2013 the period that closes it; a year that is known tells."""
    if set(values) == {year}:
        return YEAR
    last = max(int(value[2:]) for value in values)
    if year and last <= _CLOSING and all(value[:2] == year[2:] for value in values):
        return YEAR_MONTH
    return YEAR if last > _LAST_PERIOD else ""


def broken_year(texts: Iterable[str], *, is_year: bool) -> str:
    """A financial year of two calendar years (``2022/2023``, ``2010/11``), where a column holds such; else empty.

    In a column that is not called a year, ``2010/11`` may be a month: there all have to be years, and more than one.
    """
    values = sorted(set(filter(None, texts)))
    broken = [value for value in values if _is_broken_year(value)]
    if is_year:
        return broken[0] if broken else ""
    return broken[0] if len(broken) > 1 and len(broken) == len(values) and all("/" in value for value in values) else ""


def _is_broken_year(text: str) -> bool:
    if not (match := _BROKEN_YEAR.fullmatch(text)):
        return False
    return (int(match[2]) + 1) % 100 == int(match[4]) and match[3] in (match[4], str(int(match[1]) + 1))


def _is_month(six: str) -> bool:
    return int(six[:4]) in YEARS and 1 <= int(six[4:]) <= _CLOSING


def _may_be_period(six: str) -> bool:
    """Some systems keep opening balances in month 0 of a year, and closings up to 16."""
    return int(six[:4]) in YEARS and int(six[4:]) <= _LAST_PERIOD


def _is_short_day(six: str) -> bool:
    return _parsed(six, "%y%m%d") is not None


#: Every text tells its day itself.
PLAIN = DateForm()


@lru_cache(maxsize=65536)
def day(text: str, form: DateForm = PLAIN) -> date | None:
    """The day that a text means; None where there is no such day, or where it may be two."""
    text, late = _NO_PART.sub("", text.strip()), False
    if match := _TIME.fullmatch(text):
        text = match[1].strip()
        if match[3]:
            return _in_sweden(text, match[2], match[3])
        late = form.from_utc
    found = _day(text, form.form)
    return found + timedelta(days=1) if found and late else found


def _in_sweden(text: str, time: str, zone: str) -> date | None:
    """The day in Sweden at an instant."""
    time = time if ":" in time else time.replace(".", ":", 2)
    spelt = f"{text.replace('/', '-')}T{time}{'+00:00' if zone == 'Z' else zone}"
    try:
        return _within(datetime.fromisoformat(spelt).astimezone(_SWEDEN).date())
    except (ValueError, OverflowError):
        return None


def _day(text: str, form: str) -> date | None:
    if form == YEAR and re.fullmatch(r"[0-9]{4}", text):
        return _of(text, "1", "1")
    if found := _plain_day(text):
        return found
    if form in _BEGINNING:
        counted = re.fullmatch(r"([0-9]{5})([.,][0-9]+)?", text)
        return _within(_BEGINNING[form] + timedelta(days=int(counted[1]))) if counted else None
    if form in _PERIODS and text.endswith(str(_CLOSING)) and len(text) == len(form):
        text = f"{text[:-2]}{_MONTHS_OF_A_YEAR}"
    if form != "DDMMYYYY":
        text = _with_hyphens(text)
    if form in FORMS:
        return _parsed(re.sub(r"[/. ]", "-", text), FORMS[form])
    if match := _YEAR_LAST.fullmatch(text):
        readings = {found for found in (_of(match[3], match[2], match[1]), _of(match[3], match[1], match[2])) if found}
        return readings.pop() if len(readings) == 1 else None
    return None


def _plain_day(text: str) -> date | None:
    """The day of a text that means one whatever the others of the file look like."""
    for pattern, order in _PLAIN:
        if match := pattern.fullmatch(text):
            year, month, number = (match[place] if place else "1" for place in order)
            closing = not order[2] and month == str(_CLOSING)
            year = year if len(year) == _DIGITS_OF_A_YEAR else f"20{year}"
            return _of(year, "12" if closing else month, number)
    if match := _WEEK.fullmatch(text) or _WEEK_FIRST.fullmatch(text):
        told = match.groupdict()
        return _of_week(int(told["year"]), int(told["week"]), int(told.get("day") or _THURSDAY))
    if found := _quarter(text):
        return found
    return None if text.isdigit() else _of_named_month(text.removesuffix("."))


def _quarter(text: str) -> date | None:
    """The first day of a quarter, as a period is that of its month."""
    for pattern, (year, number) in _QUARTERS:
        if match := pattern.fullmatch(text):
            return _of(match[year], str(3 * int(match[number]) - 2), "1")
    return None


def holds_quarters(texts: Iterable[str]) -> bool:
    """Whether some of the texts are quarters."""
    return any(_quarter(text.strip()) for text in set(texts))


def _of_week(year: int, week: int, number: int) -> date | None:
    try:
        return _within(date.fromisocalendar(year, week, number))
    except ValueError:
        return None


def _of_named_month(text: str) -> date | None:
    if not (match := _NAMED_MONTH.fullmatch(text)):
        return None
    name = next(found for found in (match[2], match[6], match[7], match[10]) if found)
    year = match["year"] or match["year_first"] or f"20{match['short'] or match['short_behind']}"
    return _of(year, str(_month_number(name)), match["day"] or match["day_behind"] or match["day_first"] or "1")


def is_month(text: str) -> bool:
    """Whether a text is the name of a month and no more."""
    return bool(re.fullmatch(rf"{_MONTH_NAME}\.?", text.strip(), re.IGNORECASE))


def _month_number(name: str) -> int:
    """Number of a month by its name, Swedish or English, whole or short."""
    place = _MONTHS.index(name[:3].lower())
    return {12: 5, 13: 10}.get(place, place + 1)


def _of(year: str, month: str, number: str) -> date | None:
    try:
        return _within(date(int(year), int(month), int(number)))
    except ValueError:
        return None


def _parsed(text: str, form: str) -> date | None:
    try:
        return _within(datetime.strptime(text, form).date())
    except ValueError:
        return None


def _within(found: date) -> date | None:
    return found if found.year in YEARS else None


def has_year_last(text: str) -> bool:
    """Whether a text is eight digits, of which the last four are the year."""
    return bool(_DIGITS_YEAR_LAST.fullmatch(text))


def two_readings(text: str) -> bool:
    """Whether a text that is no day may be one, or a period, once its form is stated."""
    return bool(_YEAR_LAST.fullmatch(text) or re.fullmatch(r"[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2}", text)) or bool(
        re.fullmatch(r"[0-9]{4,6}|[0-9]{8}", text)
    )


_IN_NAME = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[-_. ]?(0[1-9]|1[0-2])(?![0-9])")
#: A day in a name is that of the export or the last of a period, and says neither which.
_DAY_IN_NAME = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}[-_. ]?(?:0[1-9]|1[0-2])[-_. ]?(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
)
_NAMED = re.compile(rf"(?<![a-zåäö]){_MONTH_NAME}(?![a-zåäö])")
_QUARTER = re.compile(r"(?<![a-z])(?:q|kv|kvartal ?)([1-4])(?![0-9])")
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")


def year_of_name(name: str) -> str:
    """The one year that a file's name tells, whatever the month; empty where it tells none or two."""
    text = _DAY_IN_NAME.sub(" ", name.rpartition("/")[2])
    years = {match[1] for match in _IN_NAME.finditer(text)} | {match[1] for match in _YEAR.finditer(text)}
    return years.pop() if len(years) == 1 else ""


def period_of_name(name: str) -> str:
    """The first day of the one period that a file's name tells (``Orebro.2016-03.xlsx``); empty where it tells none.

    A year with a month or the name of one, a quarter of a year, or a year alone. Two periods are none, and neither is
    a day.
    """
    text = _DAY_IN_NAME.sub(" ", name.rpartition("/")[2].lower())
    months = {(match[1], int(match[2])) for match in _IN_NAME.finditer(text)}
    rest = _IN_NAME.sub(" ", text)
    named = {_month_number(match[1]) for match in _NAMED.finditer(rest)}
    named |= {3 * int(match[1]) - 2 for match in _QUARTER.finditer(rest)}
    years = {match[1] for match in _YEAR.finditer(rest)}
    if months:
        told = months if not named and years <= {year for year, _ in months} else set()
    else:
        told = {(year, month) for year in years for month in named or {1}}
    if len(told) != 1:
        return ""
    ((year, month),) = told
    return f"{year}-{month:02d}-01"
