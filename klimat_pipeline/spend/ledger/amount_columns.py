"""Which column holds the amounts of a ledger, of several that could: by what their names say, else by their cells.

What does not belong here: other columns (``columns``), and which amounts are credits (``signs``).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import signs
from klimat_pipeline.spend.ledger.candidates import Candidate
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.recognised_columns import Columns
from klimat_pipeline.spend.ledger.vat_rates import are_rates
from klimat_pipeline.text import fold

#: What the name of an amount may say, in three respects: better, silent, worse.
_RESPECTS = (("net", "gross"), ("sek", "foreign"), ("line", "invoice"))


def best_amounts(file: str, some: Sequence[Candidate], settings: SpendSettings) -> list[Candidate]:
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
        if ("adjusted" in one.meaning) != ("adjusted" in other.meaning):
            return False  # which of the two was booked, no name tells
        pairs = list(zip(worth(one), worth(other), strict=True))
        return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)

    return [one for one in usable if not any(is_better(other, one) for other in usable)]


def by_cells(
    name: str, best: Sequence[Candidate], rows: Sequence[Sequence[str]], vat: Sequence[Candidate]
) -> Candidate | None:
    """The column that the cells tell: where all say the same, the first; of amounts, the one with any, without VAT."""
    if name == "amount":
        used = [one for one in best if any(signs.ore(row[one.place]) for row in rows)]
        best = used or best
        if len(best) == 1:
            return best[0]
    filled = [row for row in rows if all(row[one.place] for one in best)]
    said: Callable[[str], Any] = signs.ore if name == "amount" else str
    if filled and all(len({said(row[one.place]) for one in best}) == 1 for row in filled):
        return best[0]
    if name != "amount" or len(best) != 2 or len(vat) != 1:
        return None
    for net, gross in (best, tuple(reversed(best))):
        known = [[signs.ore(row[one.place]) for one in (net, gross, vat[0])] for row in filled]
        tested = [(a, b, v) for a, b, v in known if a is not None and b is not None and v is not None]
        if tested and all(abs(a + v - b) <= 1 for a, b, v in tested):
            return net
    return None


def settle(
    file: str, found: Columns, foreign: Sequence[Candidate], rows: Sequence[Sequence[str]], own: Mapping[str, str]
) -> None:
    """What the columns are to each other: the amount decides about debit, credit and currency.

    Raises:
        LedgerError: it stands beside debits or credits alone, and nothing tells what they are to each other.
    """
    if told := _debit_and_credit_are_better(found, own, rows):
        place = found.fields.pop("amount")
        found.remarks.append(f"amounts are debit less credit: {found.header[place]!r} {told}")
    sides = {"debit", "credit"} & set(found.fields)
    if "amount" in found.fields and len(sides) == 1 and "amount" not in own.values():
        _settle_one_side(file, found, sides.pop(), rows)
    if "amount" in found.fields or not {"debit", "credit"} <= set(found.fields):
        for name in ("debit", "credit"):
            found.fields.pop(name, None)
    if "amount" not in found.fields:
        found.fields.pop("side", None)
    if "currency" in found.fields:
        read = "amount" if "amount" in found.fields else "debit"
        beside = [one for one in foreign if one.place != found.fields.get(read)]
        if "sek" in found.meaning.get(read, frozenset()) or beside:
            place = found.fields.pop("currency")
            found.remarks.append(
                f"amounts are in kronor: {found.header[place]!r} is not applied to {found.header[found.fields[read]]!r}"
            )


def _settle_one_side(file: str, found: Columns, side: str, rows: Sequence[Sequence[str]]) -> None:
    """Amounts beside credits alone (or debits alone): debits, or amounts that have their sign already.

    Raises:
        LedgerError: they are neither.
    """
    places = found.fields["amount"], found.fields[side]
    pairs = [(signs.ore(row[places[0]]) or 0, signs.ore(row[places[1]]) or 0) for row in rows]
    beside = [(amount, one) for amount, one in pairs if one]
    amount_name, name = (found.header[place] for place in places)
    if not beside:
        return
    if side == "credit" and not any(amount for amount, _ in beside):
        found.fields["debit"], found.meaning["debit"] = found.fields.pop("amount"), found.meaning.pop("amount")
        found.remarks.append(f"amounts are {amount_name!r} less {name!r}: no line has both")
        return
    if side == "credit":
        has_sign = all(amount == -abs(one) for amount, one in beside)
    else:
        has_sign = all(amount == (one or -abs(amount)) for amount, one in pairs)
    if not has_sign:
        raise LedgerError(
            f"{file}: {amount_name!r} and {name!r} both hold amounts, and nothing tells which are taken off. Let the "
            f"export write debit and credit in two columns, or a minus; if {amount_name!r} has a minus on every credit "
            f"already, name it in municipality.yaml, spend: columns: {{{amount_name!r}: amount}}."
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


def refuse_oere_apart(file: str, found: Columns, rows: Sequence[Sequence[str]]) -> None:
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


#: A whole, in hundredths of a per cent or as one: an amount times it is the amount.
_WHOLE = (0, 100, 10_000)
#: Shares are rounded, to whole per cents at the most.
_HALF_A_PER_CENT = 50


def refuse_alterations(
    file: str, found: Columns, alterations: Sequence[Candidate], rows: Sequence[Sequence[str]], own: Mapping[str, str]
) -> None:
    """Shares and corrections beside the amounts: nothing tells whether the amounts are those before them or after.

    Invoices whose lines are as large as their shares say were split already, and so are amounts of coding lines by
    their name.

    Raises:
        LedgerError: there are some, and the settings do not name the amounts.
    """
    if "amount" not in found.fields or "amount" in own.values():
        return
    place = found.fields["amount"]
    for one in alterations:
        if one.place in found.fields.values():
            continue
        cells = [(signs.ore(row[one.place].rstrip(" %")), row) for row in rows if row[one.place]]
        told = [(share, row) for share, row in cells if share is not None]
        changing = [row[one.place] for share, row in told if share not in _WHOLE]
        if not changing or len(told) < len(cells) or are_rates((row[one.place], row[place]) for _, row in told):
            continue
        invoices = _split(found, told)
        if (invoices and all(invoices)) or "line" in found.meaning["amount"]:
            found.remarks.append(f"{found.header[place]!r} is split by {one.name!r} already: it is taken as it stands")
            continue
        raise LedgerError(
            f"{file}: column {one.name!r} holds shares or corrections of amounts (such as {changing[0]!r}), and "
            f"nothing tells whether those of {found.header[place]!r} are what was booked on each line, or what it was "
            f"before. If they were booked, name the column in municipality.yaml, spend: columns: "
            f"{{{found.header[place]!r}: amount}}; else export the amounts that were."
        )


def _split(found: Columns, told: Sequence[tuple[int, Sequence[str]]]) -> list[bool]:
    """Of invoices with different shares, whether their amounts are in proportion to them."""
    names = [name for name in ("voucher", "invoice_no", "supplier_id", "supplier_name") if name in found.fields]
    invoices: dict[tuple[str, ...], dict[int, int]] = {}
    for share, row in told:
        key = tuple(row[found.fields[name]] for name in names)
        if any(key) and share:
            invoices.setdefault(key, {})[share] = signs.ore(row[found.fields["amount"]]) or 0
    return [
        all(
            abs(a * other - b * one) <= _HALF_A_PER_CENT * (abs(a) + abs(b))
            for (one, a), (other, b) in combinations(lines.items(), 2)
        )
        for lines in invoices.values()
        if len(lines) > 1
    ]
