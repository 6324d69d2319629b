"""Which column of a ledger is what: by the table of known names, and where two could be one field, by stated rules.

The rules: the settings go first. Of amounts, those without VAT, in kronor and of a coding line go before others, and a
column must be better in one of the three and worse in none. Of dates, the booking date goes first, then the order of
``_ORDER``. Where names leave two, their cells may tell (the same amounts; one is the other and the VAT; texts are no
numbers). Else the file is refused with both names. Every choice is told. What does not belong here: lines.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import signs, titles
from klimat_pipeline.spend.ledger.candidates import (
    Candidate,
    accounts_without_numbers,
    candidates_of,
    drop_dates_without_year,
    drop_words,
    lines_that_may_not_count,
    plain_header,
    sums_beside_lines,
    text_beside_account,
)
from klimat_pipeline.spend.ledger.dates import (
    PLAIN,
    YEAR,
    DateForm,
    broken_year,
    date_form,
    holds_quarters,
    period_of_name,
    year_of_name,
)
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.reference import LedgerReference
from klimat_pipeline.spend.ledger.vat_rates import said_rates
from klimat_pipeline.text import fold

#: By field, what a name says of its column, the best first; what stands in no list comes after the empty text.
_ORDER: Mapping[str, tuple[str, ...]] = {
    "booked_on": ("booking", "voucher", "", "period", "transaction", "registered", "invoice", "payment", "quarter"),
    "supplier_id": ("organisation", "", "internal"),
    "account": ("", "s_code"),
    "unit": ("department", "", "responsibility", "responsibility_code", "activity", "project"),
    "buyer_id": ("", "code"),
    "side": ("", "sign", "flag", "perhaps"),
    "vat": ("", "sek", "part", "rate", "code"),
}
#: What the name of an amount may say, in three respects: better, silent, worse.
_RESPECTS = (("net", "gross"), ("sek", "foreign"), ("line", "invoice"))
#: Of these fields, two columns that could be the one are never a matter of which stands first.
_ONE = ("amount", "booked_on", "account", "supplier_id", "vat", "debit", "credit", "side", "currency")
#: Fields whose columns hold names and texts, not numbers alone.
_WORDS = ("supplier_name", "account_text", "unit", "buyer_name")
#: Without these, much of a footprint stays unmapped.
_COSTLY = {
    "supplier_id": "no column for the supplier's organisation number: no supplier is told from another, and purchases "
    "inside the municipal group cannot be left out",
    "supplier_name": "no column for the supplier's name",
    "account_text": "no column for the account's text: accounts are classified by their number alone",
}
#: An account and its text in one cell.
_JOINED = re.compile(
    r"\(?[0-9]{3,8}\)?[\s:;,./|_–-]+[^\W\d_].*|[0-9]{3,8}[^\W\d_]{3}.*|[^\W\d_].*?[\s:;,./|_–(-]+[0-9]{3,8}\)?"
)
#: An account among other codes (``1100/6410/200``); no number as spreadsheets write it, no text.
_CODES = re.compile(r"(?![0-9]+[.,]0+$)[0-9]{3,8}(?:[\s./|_-]+(?=[A-Za-z]*[0-9])[0-9A-Za-z]{2,})+")
#: A month or a quarter without its year.
_WITHOUT_YEAR = re.compile(r"(?i)[0-9]{1,2}|[^\W\d_]{3,9}\.?|(?:q|k|kv|kvartal)[. ]*[1-4]")
_SETTING = "municipality.yaml, spend: columns"


@dataclass(slots=True)
class Columns:
    """What was recognised.

    Attributes:
        header: names as they stand, made plain.
        fields: place of every field.
        meaning: of the names that were chosen, by field.
        remarks: what a reader should know.
        warnings: what a reader should look at.
        period: first day of the period that all lines are of, where no column holds a date.
        period_by_name: whether the file's name told it, or the year.
        year: of all lines, where a column holds months or quarters without one.
        dates: how dates are read.
        credit_is_negative: whether credits have a minus already.
        side_is_flag: whether the column of signs says yes or no to being a credit.
        vat_is_rate: whether the column of VAT holds rates, not kronor.
        unit_ore: oere in one of what amounts are stated in.
    """

    header: tuple[str, ...]
    fields: dict[str, int] = field(default_factory=dict)
    meaning: dict[str, frozenset[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    period: str = ""
    period_by_name: bool = False
    year: str = ""
    dates: DateForm = PLAIN
    credit_is_negative: bool = False
    side_is_flag: bool = False
    vat_is_rate: bool = False
    unit_ore: int = 100


def recognised(
    file: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    settings: SpendSettings,
    reference: LedgerReference,
    *,
    sheet: str = "",
    above: str = "",
) -> Columns:
    """Tell what the columns are.

    Args:
        file: as messages name it.
        header: names of the columns.
        rows: some lines, from all over the file, made plain.
        settings: go before the table of known names.
        reference: known names.
        sheet: its name, in a workbook: it may tell a period as the file's may.
        above: what stands above the header.

    Raises:
        LedgerError: a field that every line needs is missing, or may be either of two columns.
    """
    found = Columns(plain_header(header))
    names = [name.lower() for name in found.header]
    rows = [row for row in rows if sum(bool(n) and cell.lower() == n for cell, n in zip(row, names, strict=False)) < 2]
    candidates = candidates_of(found.header, settings, reference)
    accounts_without_numbers(candidates, rows)
    if beside := text_beside_account(candidates, found.header, rows):
        found.remarks.append(f"the account's text is read from {beside!r}: it stands beside, one text for each account")
    drop_words(candidates, rows)
    drop_dates_without_year(candidates, rows)
    signs.told_by_cells(candidates, rows)
    foreign = [one for one in candidates.get("amount", []) if "foreign" in one.meaning]
    for name, some in candidates.items():
        free = [one for one in some if one.place not in found.fields.values()]
        if free:
            _take(found, name, _chosen(file, name, free, rows, candidates, settings), free)
    _settle(found, foreign, rows, settings.columns)
    _year(file, sheet, found, rows, settings)
    _period(file, sheet, found, settings)
    _require(file, found)
    _title(file, sheet, above, found, settings)
    found.side_is_flag = "flag" in found.meaning.get("side", ()) or signs.marks_credits_alone(found.fields, rows)
    _dates(file, found, rows, settings)
    if found.dates.form == YEAR:
        found.warnings.append("no column tells the month: every line is dated the first of January of its year")
    found.credit_is_negative = signs.credit_is_negative(found.fields, rows, side_is_flag=found.side_is_flag)
    _vat(found, rows)
    _refuse_sums(file, found, rows)
    _refuse_oere_apart(file, found, rows)
    _tell(found, rows)
    return found


def _refuse_sums(file: str, found: Columns, rows: Sequence[Sequence[str]]) -> None:
    """Lines that a column calls sums or balances would count beside what they sum up."""
    column, said = sums_beside_lines(found.header, found.fields, rows)
    if said:
        raise LedgerError(
            f"{file}: column {column!r} says {', '.join(map(repr, said[:3]))} of lines that have an account and a day, "
            "and they would count beside the lines that they sum up. Export the lines alone; where they are purchases, "
            f"take {column!r} out of the file."
        )


def _refuse_oere_apart(file: str, found: Columns, rows: Sequence[Sequence[str]]) -> None:
    """Kronor in one column and their hundredths in another: those would be left out."""
    amount = found.fields.get("amount")
    for place, name in enumerate(found.header):
        if fold(name) not in ("ore", "oere") or place in found.fields.values() or amount is None:
            continue
        if any(row[place].isdigit() and not re.search(r"[.,][0-9]{1,2}$", row[amount]) for row in rows):
            raise LedgerError(
                f"{file}: column {name!r} holds the hundredths of {found.header[amount]!r}, and would be left out. "
                "Export both in one column, or take it out of the file."
            )


def _vat(found: Columns, rows: Sequence[Sequence[str]]) -> None:
    """A column of VAT holds kronor or rates; one of codes, or of neither, is not read."""
    if "vat" not in found.fields:
        return
    place = found.fields["vat"]
    amount = found.fields.get("amount", found.fields.get("debit"))
    cells = ((row[place], row[amount]) for row in rows) if amount is not None else ()
    is_rate = said_rates(found.meaning["vat"], cells)
    found.vat_is_rate = bool(is_rate)
    if is_rate is None:
        del found.fields["vat"]
        found.remarks.append(f"{found.header[place]!r} holds codes of VAT or no rates, and is not read")


def _year(file: str, sheet: str, found: Columns, rows: Sequence[Sequence[str]], settings: SpendSettings) -> None:
    """A year in a column of its own, or that the settings or the file's name tell, goes with a period that tells none.

    Raises:
        LedgerError: months or quarters stand without a year, and nothing tells it.
    """
    if "booked_on" not in found.fields:
        return  # it may be all that tells a day (``_period``)
    place, meaning = found.fields["booked_on"], found.meaning["booked_on"]
    cells = {row[place] for row in rows if row[place]}
    tells_none = bool({"period", "quarter"} & meaning) and all(map(_WITHOUT_YEAR.fullmatch, cells))
    if "year" in found.fields and not tells_none:
        del found.fields["year"]
    if "year" in found.fields or not (tells_none and cells):
        return
    name = file.rpartition("/")[2]
    stated = period_in_settings(name, settings)
    found.year, of_sheet = stated[:4] or year_of_name(name), year_of_name(sheet)
    if not found.year or of_sheet not in ("", found.year):
        other = f"; the sheet {sheet} is of another than the file" if found.year else ""
        raise LedgerError(
            f"{file}: column {found.header[place]!r} holds months or quarters, and no column tells their year{other}. "
            "Put it into the file's name (ledger 2023.csv), or name it in municipality.yaml, spend: periods: "
            "{'*.csv': '2023'}."
        )
    found.period_by_name = not stated
    by = "spend: periods" if stated else "the file's name"
    found.warnings.append(f"no column holds the year of {found.header[place]!r}: it is {found.year}, by {by}")


def _dates(file: str, found: Columns, rows: Sequence[Sequence[str]], settings: SpendSettings) -> None:
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
    if "quarter" in meaning or holds_quarters(texts):
        found.warnings.append("quarters are dated the first day of their first month")


def _title(file: str, sheet: str, above: str, found: Columns, settings: SpendSettings) -> None:
    """What amounts are stated in, by settings, names and what stands around the table."""
    own = {fold(name) for name in settings.columns}
    names = [found.header[found.fields[name]] for name in ("amount", "debit", "credit") if name in found.fields]
    unit = titles.unit(
        file,
        {"above the header": above, "in the sheet's name": sheet, "in the file's name": file.rpartition("/")[2]},
        {name: fold(name) in own for name in names},
        found.meaning.get("amount", frozenset()) | found.meaning.get("debit", frozenset()),
        settings,
        has_currency="currency" in found.fields,
    )
    found.unit_ore = titles.UNITS[unit]
    if unit != "kr":
        found.warnings.append(titles.told(unit))


def _chosen(
    file: str,
    name: str,
    some: Sequence[Candidate],
    rows: Sequence[Sequence[str]],
    candidates: Mapping[str, Sequence[Candidate]],
    settings: SpendSettings,
) -> Candidate:
    best = _best_amounts(file, some, settings) if name == "amount" else _first_in_order(name, some)
    if len(best) > 1 and name in _WORDS:
        wordy = [one for one in best if any(re.search(r"[^\W\d_]", row[one.place]) for row in rows)]
        best = wordy or best
    if len(best) == 1 or name not in _ONE:
        return best[0]
    names = {fold(one.name) for one in best}
    if len(names) == 1:
        raise LedgerError(
            f"{file}: two columns are called {best[0].name!r}. Rename the one that is not meant, or name the meant one "
            f"in {_SETTING}, under another name."
        )
    if (told := _by_cells(name, best, rows, candidates.get("vat", ()))) is not None:
        return told
    spelt = " and ".join(repr(one.name) for one in best)
    raise LedgerError(
        f"{file}: {spelt} could both be the {name}, and neither their names nor their cells tell which. Name the meant "
        f"one in {_SETTING}: {{{best[0].name!r}: {name}}}."
    )


def _first_in_order(name: str, some: Sequence[Candidate]) -> list[Candidate]:
    order = _ORDER.get(name, ("",))

    def rank(one: Candidate) -> int:
        said = next(iter(one.meaning), "")
        return order.index(said) if said in order else len(order)

    first = min(map(rank, some))
    return [one for one in some if rank(one) == first]


def _best_amounts(file: str, some: Sequence[Candidate], settings: SpendSettings) -> list[Candidate]:
    """Amounts that no other is better than; where VAT is said to be included, those with VAT are the better ones."""
    usable = list(some)
    if settings.vat.included and not any(one.is_own for one in some):
        usable = [one for one in some if "net" not in one.meaning]
        if not usable:
            raise LedgerError(
                f"{file}: amounts are said to include VAT (municipality.yaml, spend: vat: included), but the column "
                f"{some[0].name!r} is without it. Take the setting out."
            )

    def worth(one: Candidate) -> tuple[int, ...]:
        return tuple((better in one.meaning) - (worse in one.meaning) for better, worse in _RESPECTS)

    def is_better(one: Candidate, other: Candidate) -> bool:
        pairs = list(zip(worth(one), worth(other), strict=True))
        return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)

    return [one for one in usable if not any(is_better(other, one) for other in usable)]


def _by_cells(
    name: str, best: Sequence[Candidate], rows: Sequence[Sequence[str]], vat: Sequence[Candidate]
) -> Candidate | None:
    """The column that the cells tell: where all say the same, the first; of amounts, the one without the VAT."""
    filled = [row for row in rows if all(row[one.place] for one in best)]
    if filled and all(len({row[one.place] for one in best}) == 1 for row in filled):
        return best[0]
    if name != "amount" or len(best) != 2 or len(vat) != 1:
        return None
    for net, gross in (best, tuple(reversed(best))):
        known = [[signs.ore(row[one.place]) for one in (net, gross, vat[0])] for row in filled]
        tested = [(a, b, v) for a, b, v in known if a is not None and b is not None and v is not None]
        if tested and all(abs(a + v - b) <= 1 for a, b, v in tested):
            return net
    return None


def _take(found: Columns, name: str, chosen: Candidate, some: Sequence[Candidate]) -> None:
    found.fields[name], found.meaning[name] = chosen.place, chosen.meaning
    others = ", ".join(repr(one.name) for one in some if one is not chosen)
    if others and name in _ONE:
        found.remarks.append(f"{name} is read from {chosen.name!r}, not from {others}")


def _settle(
    found: Columns, foreign: Sequence[Candidate], rows: Sequence[Sequence[str]], own: Mapping[str, str]
) -> None:
    """What the columns are to each other: the amount decides about debit, credit and currency."""
    if told := _debit_and_credit_are_better(found, own, rows):
        place = found.fields.pop("amount")
        found.remarks.append(f"amounts are debit less credit: {found.header[place]!r} {told}")
    if "amount" in found.fields or not {"debit", "credit"} <= set(found.fields):
        for name in ("debit", "credit"):
            found.fields.pop(name, None)
    if "amount" not in found.fields:
        found.fields.pop("side", None)
    if "currency" in found.fields:
        amount = found.meaning.get("amount", frozenset())
        beside = [one for one in foreign if one.place != found.fields.get("amount")]
        if "sek" in amount or beside:
            place = found.fields.pop("currency")
            found.remarks.append(
                f"amounts are in kronor: {found.header[place]!r} is not applied to "
                f"{found.header[found.fields['amount' if 'amount' in found.fields else 'debit']]!r}"
            )


def _debit_and_credit_are_better(found: Columns, own: Mapping[str, str], rows: Sequence[Sequence[str]]) -> str:
    """Why debit and credit, which are kronor of a coding line, go before a column of amounts; empty if they do not."""
    if not {"amount", "debit", "credit"} <= set(found.fields):
        return ""
    if {"debit", "credit"} <= set(own.values()) and "amount" not in own.values():
        return "is not named in the settings"
    if "amount" not in own.values() and found.meaning["amount"] & {"foreign", "invoice", "gross"}:
        return "is of another currency, of a whole invoice, or with VAT"
    return "has credits without a minus" if signs.amount_has_no_sign(found.fields, rows) else ""


def period_in_settings(name: str, settings: SpendSettings) -> str:
    """The period that the settings say a file of this name is of, as they spell it; empty where they say none."""
    return next((period for pattern, period in settings.periods.items() if fnmatch(name, pattern)), "")


def _period(file: str, sheet: str, found: Columns, settings: SpendSettings) -> None:
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


def _require(file: str, found: Columns) -> None:
    missing = ["amount"] * (not {"amount", "debit"} & set(found.fields))
    missing += ["booked_on"] * ("booked_on" not in found.fields and not found.period)
    missing += ["account"] * (not {"account", "account_text"} & set(found.fields))
    if not missing:
        return
    hints = {
        "amount": " Debit and credit in two columns: name both there, as debit and credit.",
        "booked_on": " Where all lines are of one period, put it into the file's name (2016-03), or name it in "
        "municipality.yaml, spend: periods.",
    }
    raise LedgerError(
        f"{file}: no column for {', '.join(missing)} among {', '.join(map(repr, found.header))}. Name it in "
        f"{_SETTING}.{''.join(hints.get(name, '') for name in missing)}"
    )


def _tell(found: Columns, rows: Sequence[Sequence[str]]) -> None:
    joined = "account" in found.fields and any(_JOINED.fullmatch(row[found.fields["account"]]) for row in rows)
    if joined:
        found.remarks.append(f"account and text stand in one cell of {found.header[found.fields['account']]!r}")
    if "account" in found.fields:
        place = found.fields["account"]
        if 2 * sum(bool(_CODES.fullmatch(row[place])) for row in rows) > len(rows):
            found.warnings.append(
                f"{found.header[place]!r} holds several codes in one cell, and the first is taken for the account: if "
                "another is, let the export write it in a column of its own"
            )
    for name, told in _COSTLY.items():
        if name not in found.fields and not (joined and name == "account_text"):
            found.warnings.append(told)
    used = set(found.fields.values())
    if unread := [name for place, name in enumerate(found.header) if place not in used and name]:
        found.remarks.append(f"columns not read: {', '.join(unread)}")
    found.warnings += lines_that_may_not_count(found.header, used, rows)
    found.warnings += signs.credits_without_minus(found.header, found.fields, rows)
    if absent := [name for name in ("voucher", "account", "buyer_id") if name not in found.fields]:
        found.remarks.append(f"no column for {', '.join(absent)}")
    if found.dates.form:
        found.remarks.append(f"dates are read as {found.dates.form}")
    if found.dates.from_utc:
        found.warnings.append("all times are 22:00 or 23:00: midnight in Sweden, written in UTC; read as the next day")
