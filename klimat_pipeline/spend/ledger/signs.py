"""Which amounts are credits: told by a column of their own, by debit beside credit, or by a minus.

What does not belong here: names of columns (``candidates``), and what an amount is (``amounts``).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from klimat_pipeline.spend.ledger import amounts
from klimat_pipeline.spend.ledger.candidates import Candidate

if TYPE_CHECKING:
    import duckdb

#: What a cell of its own may say of an amount's sign, in small letters; where its column asks whether a line is a
#: credit (``Kreditfaktura``), also yes and no. For RE2 and for Python alike.
CREDIT, DEBIT = r"k|kr|kred[a-zåäö]*|c|cr|cred[a-z ]*|-|-1|minus", r"d|dr|deb[a-zåäö]*|\+|1|plus"
CREDIT_FLAG, DEBIT_FLAG = rf"{CREDIT}|j|ja|y|yes|x|1|true|sant", r"d|dr|deb[a-zåäö]*|n|nej|no|0|false|falskt|"

#: How exports call a credit note, in columns that tell kinds of documents.
_CREDIT_NOTE = re.compile(r"(?i)(leverantörs?|lev\.? ?)?(kredit|credit) ?(fakt(ura)?|nota|not[ae]?|memo|verifikat)?")
#: Short codes of one, in columns whose names say that they tell kinds.
_CREDIT_CODE, _TELLS_KINDS = re.compile(r"(?i)kf|lk|kn|cn"), re.compile(r"(?i)typ|slag|kind")
#: How a text of a line begins that is a credit note's.
_CREDIT_TEXT = re.compile(r"(?i)(kredit|credit) ?(fakt(ura)?|nota|not[ae]?|memo)\b.*|krediter(ing|ar|at|ad)\b.*")
#: Signs that a column may give in each of its cells, whatever it is called: credit, and the debit that goes with it.
_PAIRS = (("-", "+"), ("k", "d"), ("c", "d"), ("h", "s"), ("cr", "dr"), ("kred", "deb"), ("kredit", "debet"))


def told_by_cells(candidates: dict[str, list[Candidate]], rows: Sequence[Sequence[str]]) -> None:
    """Columns that say which amounts are credits: by their cells, where their names may mean something else too.

    Beside amounts, a column called ``Kredit`` whose cells are no amounts is one.
    """
    if not candidates.get("amount"):
        return
    asks = [one for one in candidates.get("credit", []) if not one.is_own and says(one, rows, CREDIT_FLAG, DEBIT_FLAG)]
    some = [
        one
        for one in candidates.get("side", [])
        if one.is_own
        or not one.meaning
        or says(one, rows, *((CREDIT_FLAG, DEBIT_FLAG) if "flag" in one.meaning else (CREDIT, rf"{DEBIT}|f|fakt\w*")))
    ]
    some += [replace(one, meaning=frozenset({"flag"})) for one in asks]
    candidates["side"] = some
    candidates["credit"] = [one for one in candidates.get("credit", []) if one not in asks]
    for name in ("side", "credit"):
        if not candidates[name]:
            del candidates[name]


def says(one: Candidate, rows: Sequence[Sequence[str]], credit: str, debit: str) -> bool:
    """Whether all cells of a column but one of a hundred say credit or debit, and some say credit."""
    cells = Counter(row[one.place].lower() for row in rows)
    negative = {cell for cell in cells if re.fullmatch(credit, cell)}
    others = cells.keys() - negative
    if others == {""} and "perhaps" not in one.meaning:
        return bool(negative)  # it marks credits alone
    odd = sum(cells[cell] for cell in others if not re.fullmatch(debit, cell))
    return bool(negative and (others or "perhaps" not in one.meaning)) and 100 * odd <= cells.total()


def marks_credits_alone(fields: Mapping[str, int], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column of signs has a word or a minus on credits, and nothing on every other line."""
    return "side" in fields and _marks(row[fields["side"]] for row in rows)


def credits_without_minus(
    header: Sequence[str], fields: Mapping[str, int], rows: Sequence[Sequence[str]]
) -> Iterator[str]:
    """Columns that do not tell a sign here, and call lines credit notes whose amounts have no minus."""
    if "amount" not in fields or "side" in fields:
        return
    read = set(fields.values()) - {fields.get("item_text")}
    for place in sorted(set(range(len(header))) - read):
        words = [_CREDIT_NOTE, *([_CREDIT_CODE] if _TELLS_KINDS.search(header[place]) else [])]
        if fields.get("item_text") == place:
            words = [_CREDIT_TEXT]
        elif (_TELLS_KINDS.search(header[place]) or not header[place]) and _marks(row[place] for row in rows):
            words.append(re.compile(CREDIT, re.IGNORECASE))
        elif credit := _of_a_pair({row[place].lower() for row in rows}):
            words.append(re.compile(re.escape(credit), re.IGNORECASE))
        cells = {row[place] for row in rows if any(word.fullmatch(row[place]) for word in words)}
        amounts_said = [ore(row[fields["amount"]]) or 0 for row in rows if row[place] in cells]
        if fields.get("item_text") == place and sum(amount > 0 for amount in amounts_said) <= len(amounts_said) // 2:
            continue  # most have a minus, and a text may also tell what a credit note was for
        added = sorted({row[place] for row in rows if row[place] in cells and (ore(row[fields["amount"]]) or 0) > 0})
        if added:
            name = header[place] or f"column {place + 1}"
            said = ["a credit note"] if fields.get("item_text") == place else added  # a text may name somebody
            yield (
                f"{name!r} says {', '.join(said[:3])} of lines whose amounts have no minus, and they are "
                "added: are they credit notes? Let the export write a minus, or name a column of D and K in spend: "
                "columns, as side"
            )


def _of_a_pair(cells: set[str]) -> str:
    """The credit of the pair of signs that all cells are of, empty where they are of none."""
    return next((credit for credit, debit in _PAIRS if cells == {credit, debit}), "")


def _marks(cells: Iterable[str]) -> bool:
    """Whether cells say credit, or nothing at all."""
    said = set(cells)
    return "" in said and all(re.fullmatch(CREDIT, cell.lower()) for cell in said - {""})


def amount_has_no_sign(fields: Mapping[str, int], rows: Sequence[Sequence[str]]) -> bool:
    """Whether amounts that stand beside debit and credit are the credits as they stand, without a minus."""
    amount, debit, credit = (fields[name] for name in ("amount", "debit", "credit"))
    pairs = [(ore(row[amount]), ore(row[credit])) for row in rows if not ore(row[debit]) and ore(row[credit])]
    return bool(pairs) and all(one == other for one, other in pairs) and any((other or 0) > 0 for _, other in pairs)


def credit_is_negative(fields: Mapping[str, int], rows: Sequence[Sequence[str]], *, side_is_flag: bool) -> bool:
    """Whether most credits of the lines looked at have a minus already."""
    if "credit" in fields:
        texts = [row[fields["credit"]] for row in rows]
    elif "side" in fields:
        credit = CREDIT_FLAG if side_is_flag else CREDIT
        texts = [row[fields["amount"]] for row in rows if re.fullmatch(credit, row[fields["side"]].lower())]
    else:
        return False
    known = [ore for ore in map(ore, texts) if ore]
    return sum(ore < 0 for ore in known) * 2 > len(known)


@dataclass(frozen=True, slots=True)
class Credits:
    """How all lines of a file write its credits: with a minus, or without one."""

    with_minus: int = 0
    without: int = 0

    @property
    def are_negative(self) -> bool:
        """Whether most have a minus already."""
        return self.with_minus > self.without


_CREDITS = "SELECT count(*) FILTER (credit_sign < 0), count(*) FILTER (credit_sign > 0) FROM typed_lines"


def credits_of(connection: "duckdb.DuckDBPyConnection", fields: Mapping[str, int]) -> Credits:
    """Count the credits of the table ``typed_lines``: some lines tell how they are written, all decide."""
    if not {"side", "credit"} & set(fields):
        return Credits()
    return Credits(*connection.execute(_CREDITS).fetchall()[0])


def ore(text: str) -> int | None:
    """An amount with either mark; only sums of such are compared."""
    comma = amounts.ore(text, ",")
    return comma if comma is not None else amounts.ore(text, ".")
