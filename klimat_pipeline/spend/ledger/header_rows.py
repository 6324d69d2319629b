"""Where a ledger's names of columns stand among its first rows: on one, or on two, the name of a group above its parts.

What does not belong here: what a name means (``candidates``), and headers further down (``headers``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import signs
from klimat_pipeline.spend.ledger.candidates import candidates_of, known_names, plain_header
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.reference import LedgerReference
from klimat_pipeline.text import fold

#: Fewer known names make no header.
_ENOUGH = 2
#: What a line of a ledger needs, besides its account.
_OF_A_LINE = {"amount", "booked_on"}


@dataclass(frozen=True, slots=True)
class Header:
    """A header among the first rows.

    Attributes:
        first: place of its first row, and
        last: of its last.
        names: of the columns; of two rows each with the name of its group.
        known: how many different fields they could be.
    """

    first: int
    last: int
    names: tuple[str, ...]
    known: int

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know of it."""
        named = ", ".join(filter(None, self.names))
        return (f"the header stands on two rows; its columns are {named}",) if self.last > self.first else ()


def find_header(
    rows: Sequence[Sequence[str]], settings: SpendSettings, reference: LedgerReference, shown: str
) -> Header | None:
    """The row, or two rows, that make most names known, the first of several; None where none makes two.

    Args:
        rows: the first ones of a file or sheet.
        settings: name columns of their own.
        reference: known names.
        shown: file (and sheet) as messages name them.

    Raises:
        LedgerError: lines of another table stand above it.
    """
    known = [known_names(row, settings, reference) if any(row) else 0 for row in rows]
    best = max(known, default=0)
    at = known.index(best) if best else 0
    found = Header(at, at, plain_header(rows[at]), best) if best >= _ENOUGH else None
    for place, (upper, lower) in enumerate(pairwise(rows)):
        if place in (at - 1, at) and (names := _joined(plain_header(upper), plain_header(lower), settings, reference)):
            of_both = known_names(names, settings, reference)
            # Names that are divided are parts, known or not; a title above names is no name of a group.
            if (place == at and found) or (of_both >= max(best, _ENOUGH) and of_both > known[place + 1]):
                found = Header(place, place + 1, names, of_both)
                break
    if found:
        _refuse_lines_above(rows[: found.first], settings, reference, shown)
    return found


def _joined(
    upper: Sequence[str], lower: Sequence[str], settings: SpendSettings, reference: LedgerReference
) -> tuple[str, ...]:
    """Names of the columns of two rows; none where the lower row does not divide what the upper one names.

    ``Belopp`` above ``exkl. moms`` and ``moms``: the name of a group stands above the first of its parts, or above all.
    """
    length = max(len(upper), len(lower))
    above, below = ([*row, *[""] * (length - len(row))] for row in (upper, lower))
    groups: list[str] = []
    for name, part in zip(above, below, strict=True):
        groups.append(name or (groups[-1] if groups and part else ""))
    divided = [group for group, part in zip(groups, below, strict=True) if group and part]
    if len(divided) == len(set(divided)) or any(re.search("[0-9]", part) for part in below):
        return ()
    names = []
    for group, part in zip(groups, below, strict=True):
        whole = f"{group} {part}".strip()
        is_known = known_names([whole], settings, reference) or not known_names([part], settings, reference)
        names.append(whole if is_known else part)
    return tuple(names)


def _refuse_lines_above(
    rows: Sequence[Sequence[str]], settings: SpendSettings, reference: LedgerReference, shown: str
) -> None:
    """Lines of a table with a header of its own that stand above the one with more names would be left out."""
    for place, row in enumerate(rows):
        fields = candidates_of(plain_header(row), settings, reference)
        if not (fields.keys() >= _OF_A_LINE and {"account", "account_text"} & fields.keys()):
            continue
        at = fields["amount"][0].place
        if any(at < len(line) and signs.ore(line[at]) is not None for line in rows[place + 1 :]):
            raise LedgerError(
                f"{shown}: two tables stand below each other, the first with its header in row {place + 1}. Save each "
                "as a file of its own."
            )


def is_header(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a line of any number of cells is a header: three of them are names of columns."""
    known = set(map(fold, filter(None, names)))
    return len({fold(cell) for cell in cells if fold(cell) in known}) > _ENOUGH
