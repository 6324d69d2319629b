"""Which amounts are credits: told by a column of their own, by debit beside credit, or by a minus.

What does not belong here: names of columns (``candidates``), and what an amount is (``amounts``).
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from klimat_pipeline.spend.ledger import amounts
from klimat_pipeline.spend.ledger.candidates import Candidate, tells_kinds

if TYPE_CHECKING:
    import duckdb

_CREDIT, _DEBIT = r"k|kr|kred[a-zåäö]*|c|cr|cred[a-z ]*|-|-1|minus", r"d|dr|deb[a-zåäö]*|\+|1|plus"
#: Posting keys of SAP that stand in ledgers, credit and debit: of customers, suppliers, the general ledger, assets and
#: stock. There are more, but a code of projects would be taken for them.
_KEYS = r"11|19|3[19]|50|75|9[1369]", r"0?[19]|2[19]|40|70|8[1369]"
FLAG, HABEN, KEYS, SUPPLIER_KEYS = "flag", "haben", "keys", "supplier_keys"
#: What a cell of its own may say of an amount's sign, in small letters, credit and debit, by the way of a file: words;
#: yes and no, where its column asks whether a line is a credit (``Kreditfaktura``); Soll and Haben; and posting keys.
#: In a list of suppliers' accounts alone a credit (31) is an invoice, and a debit (21) a credit note. For RE2 and for
#: Python alike.
WORDS: Mapping[str, tuple[str, str]] = {
    "": (_CREDIT, rf"{_DEBIT}|f|fakt\w*"),
    FLAG: (rf"{_CREDIT}|j|ja|y|yes|x|1|true|sant", r"d|dr|deb[a-zåäö]*|f|fakt\w*|n|nej|no|0|false|falskt|"),
    HABEN: ("h|haben", "s|soll"),
    KEYS: _KEYS,
    SUPPLIER_KEYS: ("2[1-9]", "3[1-9]"),
}
#: The key of costs in a general ledger: codes of another kind that look like keys lack it.
_COSTS = "40"

#: How exports call a credit note, in columns that tell kinds of documents.
_CREDIT_NOTE = re.compile(r"(?i)(leverantörs?|lev\.? ?)?(kredit|credit) ?(fakt(ura)?|nota|not[ae]?|memo|verifikat)?")
#: Short codes of one, in columns whose names say that they tell kinds.
_CREDIT_CODE = re.compile(r"(?i)kf|lk|kn|cn")
#: How a text of a line begins that is a credit note's.
_CREDIT_TEXT = re.compile(r"(?i)(kredit|credit) ?(fakt(ura)?|nota|not[ae]?|memo)\b.*|krediter(ing|ar|at|ad)\b.*")
#: Signs that a column may give in each of its cells, whatever it is called: credit, and the debit that goes with it.
_PAIRS = (
    ("-", "+"),
    ("k", "d"),
    ("c", "d"),
    ("h", "s"),
    ("cr", "dr"),
    ("kred", "deb"),
    ("kredit", "debet"),
    ("50", "40"),
)


def told_by_cells(candidates: dict[str, list[Candidate]], rows: Sequence[Sequence[str]]) -> None:
    """Columns that say which amounts are credits: by their cells, where their names may mean something else too.

    Beside amounts, a column called ``Kredit`` whose cells are no amounts is one.
    """
    if not candidates.get("amount"):
        return
    asks = [
        one
        for one in candidates.get("credit", [])
        if not one.is_own and says(one, rows, FLAG) and any(row[one.place] not in ("", "-") for row in rows)
    ]
    some = [one for one in candidates.get("side", []) if one.is_own or not one.meaning or _says_signs(one, rows)]
    some += [replace(one, meaning=frozenset({"flag"})) for one in asks]
    candidates["side"] = some
    candidates["credit"] = [one for one in candidates.get("credit", []) if one not in asks]
    for name in ("side", "credit"):
        if not candidates[name]:
            del candidates[name]


def _says_signs(one: Candidate, rows: Sequence[Sequence[str]]) -> bool:
    """Whether the cells of a column tell signs, whose name may mean something else too."""
    if "keys" in one.meaning:
        return bool(_keys(row[one.place] for row in rows))
    ways = [FLAG] if "flag" in one.meaning else ["", HABEN] if "sign" in one.meaning else [""]
    return any(says(one, rows, way) for way in ways)


def says(one: Candidate, rows: Sequence[Sequence[str]], way: str) -> bool:
    """Whether all cells of a column but one of a hundred say credit or debit in a way, and some say credit."""
    credit, debit = WORDS[way]
    cells = Counter(row[one.place].lower() for row in rows)
    negative = {cell for cell in cells if re.fullmatch(credit, cell)}
    others = cells.keys() - negative
    if others == {""} and "perhaps" not in one.meaning:
        return bool(negative)  # it marks credits alone
    odd = sum(cells[cell] for cell in others if not re.fullmatch(debit, cell))
    return bool(negative and (others or "perhaps" not in one.meaning)) and 100 * odd <= cells.total()


def _keys(cells: Iterable[str]) -> str:
    """The way of cells that are all posting keys; empty where they are something else."""
    said = set(cells) - {""}
    if said and all(re.fullmatch("|".join(WORDS[SUPPLIER_KEYS]), cell) for cell in said):
        return SUPPLIER_KEYS
    return KEYS if _COSTS in said and all(re.fullmatch("|".join(_KEYS), cell) for cell in said) else ""


def words_of(meaning: Collection[str], cells: Sequence[str]) -> str:
    """How a column of signs says which lines are credits, a key of ``WORDS``.

    Args:
        meaning: what its name says.
        cells: of the column.
    """
    said = {cell.lower() for cell in cells} - {""}
    if FLAG in meaning or _marks(cells):
        return FLAG
    if said and all(re.fullmatch("|".join(WORDS[HABEN]), cell) for cell in said):
        return HABEN
    return _keys(cells)


def has_suppliers_signs(fields: Mapping[str, int], rows: Sequence[Sequence[str]]) -> bool:
    """Whether amounts beside posting keys of suppliers have their accounts' signs: an invoice (31) has a minus."""
    _, invoice = WORDS[SUPPLIER_KEYS]
    read = (ore(row[fields["amount"]]) or 0 for row in rows if re.fullmatch(invoice, row[fields["side"]]))
    known = [amount for amount in read if amount]
    return 2 * sum(amount < 0 for amount in known) > len(known)


def told(words: str) -> Iterator[str]:
    """What a reader should know of how a column says which lines are credits."""
    if words == KEYS:
        yield "posting keys tell debit and credit: lines of 50, 31 and their like are taken off"
    if words == SUPPLIER_KEYS:
        yield (
            "posting keys of suppliers' accounts alone: lines of 31 to 39 are taken for invoices, and of 21 to 29 for "
            "credit notes"
        )


def credits_without_minus(
    header: Sequence[str], fields: Mapping[str, int], rows: Sequence[Sequence[str]]
) -> Iterator[str]:
    """Columns that do not tell a sign here, and call lines credit notes whose amounts have no minus."""
    if "amount" not in fields or "side" in fields:
        return
    read = set(fields.values()) - {fields.get("item_text")}
    for place in sorted(set(range(len(header))) - read):
        words = [_CREDIT_NOTE, *([_CREDIT_CODE] if tells_kinds(header[place]) else [])]
        if fields.get("item_text") == place:
            words = [_CREDIT_TEXT]
        elif (tells_kinds(header[place]) or not header[place]) and _marks(row[place] for row in rows):
            words.append(re.compile(_CREDIT, re.IGNORECASE))
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
    return "" in said and all(re.fullmatch(_CREDIT, cell.lower()) for cell in said - {""})


def amount_has_no_sign(fields: Mapping[str, int], rows: Sequence[Sequence[str]]) -> bool:
    """Whether amounts that stand beside debit and credit are the credits as they stand, without a minus."""
    amount, debit, credit = (fields[name] for name in ("amount", "debit", "credit"))
    pairs = [(ore(row[amount]), ore(row[credit])) for row in rows if not ore(row[debit]) and ore(row[credit])]
    return bool(pairs) and all(one == other for one, other in pairs) and any((other or 0) > 0 for _, other in pairs)


def credit_is_negative(fields: Mapping[str, int], rows: Sequence[Sequence[str]], words: str) -> bool:
    """Whether most credits of the lines looked at have a minus already."""
    if "credit" in fields:
        texts = [row[fields["credit"]] for row in rows]
    elif "side" in fields:
        credit, _ = WORDS[words]
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
