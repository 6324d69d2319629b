"""A column of VAT that holds rates (25, 12, 6, 0 per cent) or codes, not kronor: how it is known, and how it is read.

What does not belong here: whether the amounts include VAT (``vat_in_amounts``), and taking it out (``expressions``).
"""

from collections.abc import Collection, Iterable, Sequence

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import signs
from klimat_pipeline.spend.ledger.candidates import Candidate
from klimat_pipeline.spend.ledger.ledger_error import LedgerError

#: Sweden's rates in hundredths of a per cent, with a figure for a per cent or for one (25 or 0,25).
_PER_CENT, _FRACTION = (600, 1200, 2500), (6, 12, 25)
#: Fewer lines tell nothing.
_ENOUGH = 3
#: SQL of a cell's rate in hundredths of a per cent, of an expression that reads it as kronor in oere.
RATE = "CASE WHEN abs({oere}) < 100 THEN {oere} * 100 ELSE {oere} END"
#: SQL of whether that is none of Sweden's.
NO_RATE = f"vat_given NOT IN (0, {', '.join(map(str, _PER_CENT))})"


def said_rates(meaning: Collection[str], cells: Iterable[tuple[str, str]]) -> bool | None:
    """Whether a column of VAT holds rates; None where it holds neither rates nor kronor, but codes or nothing.

    Args:
        meaning: what its name says: nothing, a rate or a code.
        cells: of the column, each with the amount of its line.
    """
    pairs = list(cells)
    if "rate" in meaning:
        read = [_ore(vat) for vat, _ in pairs]
        return True if any(read) and _nearly_all_are_rates(read) else None
    return are_rates(pairs) or (None if "code" in meaning else False)


def are_rates(cells: Iterable[tuple[str, str]]) -> bool:
    """Whether the cells of a column called VAT are rates.

    All but one of a hundred are Swedish rates, and most are not the VAT of their amounts, neither inside them nor on
    top of them.

    Args:
        cells: of the column, each with the amount of its line.
    """
    read = [(_ore(vat), signs.ore(amount)) for vat, amount in cells if vat]
    if not _nearly_all_are_rates([vat for vat, _ in read]):
        return False
    pairs = [(vat, amount) for vat, amount in read if vat and amount]
    as_kronor = sum(_is_vat_of(abs(vat / amount)) for vat, amount in pairs)
    return len(pairs) >= _ENOUGH and 2 * as_kronor < len(pairs)


def _nearly_all_are_rates(read: Sequence[int | None]) -> bool:
    """A slip of the pen costs its own line, not the column's meaning."""
    return 100 * sum(vat not in (0, *_PER_CENT, *_FRACTION) for vat in read) <= len(read)


def _ore(cell: str) -> int | None:
    return signs.ore(cell.rstrip(" %")) if cell else 0


def _is_vat_of(share: float) -> bool:
    rates = [rate / 10_000 for rate in _PER_CENT]
    return any(abs(share - one) < 0.001 for rate in rates for one in (rate, rate / (1 + rate)))


def fullest(file: str, parts: Sequence[Candidate], rows: Sequence[Sequence[str]], settings: SpendSettings) -> Candidate:
    """Of columns that hold the VAT of one rate each (``Moms 25``, ``Moms 12``), the one that tells most.

    Raises:
        LedgerError: VAT is to be taken out by them: what the others hold would stay in.
    """
    if settings.vat.included and settings.vat.rate_pct is None:
        raise LedgerError(
            f"{file}: {' and '.join(repr(one.name) for one in parts)} hold the VAT of one rate each, and no column all "
            "of it. Export one with their sum (Moms), or amounts without VAT."
        )
    return max(parts, key=lambda one: sum(bool(signs.ore(row[one.place])) for row in rows))
