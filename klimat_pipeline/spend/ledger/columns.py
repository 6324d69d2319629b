"""Which column of a ledger is what: by the table of known names, and where two could be one field, by stated rules.

The rules: the settings go first. Of amounts, those without VAT, in kronor and of a coding line go before others, and a
column must be better in one of the three and worse in none. Of dates, the booking date goes first, then the order of
``_ORDER``. Where names leave two, their cells may tell (the same amounts; one is the other and the VAT; texts are no
numbers). Else the file is refused with both names. Every choice is told. What does not belong here: lines.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import amount_columns, periods, signs, titles
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
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.recognised_columns import Columns
from klimat_pipeline.spend.ledger.reference import ALTERATION, LedgerReference
from klimat_pipeline.spend.ledger.vat_rates import fullest, said_rates
from klimat_pipeline.text import fold

#: By field, what a name says of its column, the best first; what stands in no list comes after the empty text.
_ORDER: Mapping[str, tuple[str, ...]] = {
    "booked_on": ("booking", "voucher", "", "period", "transaction", "registered", "invoice", "payment", "quarter"),
    "supplier_id": ("organisation", "", "internal"),
    "account": ("", "s_code"),
    "unit": ("department", "", "responsibility", "responsibility_code", "activity", "project"),
    "buyer_id": ("", "code"),
    "side": ("", "sign", "keys", "flag", "perhaps"),
    "vat": ("", "sek", "part", "rate", "code"),
}
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
_SETTING = "municipality.yaml, spend: columns"


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
    alterations = candidates.pop(ALTERATION, [])
    drop_words(candidates, rows)
    drop_dates_without_year(candidates, rows)
    signs.told_by_cells(candidates, rows)
    foreign = [one for name in ("amount", "debit") for one in candidates.get(name, []) if "foreign" in one.meaning]
    for name, some in candidates.items():
        free = [one for one in some if one.place not in found.fields.values()]
        if free:
            _take(found, name, _chosen(file, name, free, rows, candidates, settings), free)
    alone = {found.header[found.fields[name]] for name in ("debit", "credit") if name in found.fields}
    amount_columns.settle(file, found, foreign, rows, settings.columns)
    periods.find_year(file, sheet, found, rows, settings)
    periods.find_period(file, sheet, found, settings)
    _require(file, found, alone)
    _title(file, sheet, above, found, settings)
    if "side" in found.fields:
        found.side_words = signs.words_of(found.meaning["side"], [row[found.fields["side"]] for row in rows])
        if found.side_words == signs.SUPPLIER_KEYS and signs.has_suppliers_signs(found.fields, rows):
            found.side_words = ""
            found.remarks.append(f"amounts have signs: {found.header[found.fields.pop('side')]!r} is not applied")
    periods.find_dates(file, found, rows, settings)
    found.credit_is_negative = signs.credit_is_negative(found.fields, rows, found.side_words)
    _vat(found, rows)
    _refuse_sums(file, found, rows)
    amount_columns.refuse_alterations(file, found, alterations, rows, settings.columns)
    amount_columns.refuse_oere_apart(file, found, rows)
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
    is_money = name in ("amount", "debit", "credit")
    best = amount_columns.best_amounts(file, some, settings) if is_money else _first_in_order(name, some)
    if len(best) > 1 and name in _WORDS:
        wordy = [one for one in best if any(re.search(r"[^\W\d_]", row[one.place]) for row in rows)]
        best = wordy or best
    if len(best) == 1 or name not in _ONE:
        return best[0]
    if all("part" in one.meaning for one in best):
        return fullest(file, best, rows, settings)
    names = {fold(one.name) for one in best}
    if len(names) == 1:
        raise LedgerError(
            f"{file}: two columns are called {best[0].name!r}. Rename the one that is not meant, or name the meant one "
            f"in {_SETTING}, under another name."
        )
    if (told := amount_columns.by_cells(name, best, rows, candidates.get("vat", ()))) is not None:
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


def _take(found: Columns, name: str, chosen: Candidate, some: Sequence[Candidate]) -> None:
    found.fields[name], found.meaning[name] = chosen.place, chosen.meaning
    others = ", ".join(repr(one.name) for one in some if one is not chosen)
    if others and name in _ONE:
        found.remarks.append(f"{name} is read from {chosen.name!r}, not from {others}")


def _require(file: str, found: Columns, sides: Collection[str]) -> None:
    missing = ["amount"] * (not {"amount", "debit"} & set(found.fields))
    missing += ["booked_on"] * ("booked_on" not in found.fields and not found.period)
    missing += ["account"] * (not {"account", "account_text"} & set(found.fields))
    if not missing:
        return
    hints = {
        "amount": " Debit and credit in two columns: name both there, as debit and credit."
        + "".join(f" {one!r} stands alone: if it holds all amounts, name it as amount." for one in sides),
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
    found.warnings += signs.told(found.side_words)
    found.warnings += signs.credits_without_minus(found.header, found.fields, rows)
    if absent := [name for name in ("voucher", "account", "buyer_id") if name not in found.fields]:
        found.remarks.append(f"no column for {', '.join(absent)}")
    if found.dates.form:
        found.remarks.append(f"dates are read as {found.dates.form}")
    if found.dates.from_utc:
        found.warnings.append("all times are 22:00 or 23:00: midnight in Sweden, written in UTC; read as the next day")
