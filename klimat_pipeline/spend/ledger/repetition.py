"""What a file holds twice: parts of it, all its lines, or whole invoices beside their coding lines.

What cannot be by right stops the file; the rest is a warning. What does not belong here: totals among the lines
(``control_sums``), sheets that alter or sum up others (``altered_sheets``, ``workbook_sheets``), and two files
(``overlap``).
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.dates import YEAR
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.ledger_error import LedgerError

if TYPE_CHECKING:
    import duckdb

#: All that a typed line says, as one number, and whether it names a voucher or an invoice.
_TOLD = """
    CREATE OR REPLACE TEMP VIEW told AS
    SELECT line, amount_ore, voucher <> '' OR invoice_no <> '' AS is_named,
        hash(buyer_id, unit, voucher, invoice_no, supplier_id, supplier_name, account, account_text, amount_ore,
            booked_on, item_text) AS same
    FROM typed_lines WHERE year <> 0
"""
#: Different lines that stand above a header that stands again (or above a sheet) and below it as well, how many of them
#: name a voucher or an invoice, and the different lines from the first to the last of them, above and below; all lines
#: above, and those that stand below as often.
_REPEATED = """
    WITH sides AS (
        SELECT same, bool_and(is_named) AS is_named, min(line) FILTER (line <= $part) AS above,
            min(line) FILTER (line > $part) AS below, count(*) FILTER (line <= $part) AS times_above,
            count(*) FILTER (line > $part) AS times_below
        FROM told GROUP BY same
    ), again AS (
        SELECT count(*) AS lines, count(*) FILTER (is_named) AS named, min(above) AS first_above,
            max(above) AS last_above, min(below) AS first_below, max(below) AS last_below
        FROM sides WHERE above IS NOT NULL AND below IS NOT NULL
    )
    SELECT lines, named,
        (SELECT count(*) FROM sides WHERE above BETWEEN first_above AND last_above),
        (SELECT count(*) FROM sides WHERE below BETWEEN first_below AND last_below),
        (SELECT sum(times_above)::BIGINT FROM sides), (SELECT sum(least(times_above, times_below))::BIGINT FROM sides)
    FROM again
"""
#: Fewer different lines may stand twice by right; and so may those that lie scattered, as what two schools both buy.
#: What two exports share is a run of lines: of these, in per cent, from the first to the last that stands again.
_ENOUGH_AGAIN, _RUN_PCT = 3, 80
#: A sheet's copy of which some lines were corrected has so many others, and this share of them, in per cent.
_ENOUGH_CORRECTED, _CORRECTED_PCT = 10, 90
_BY_RIGHT = "or, if each is a purchase of its own, say spend: overlap: keep in municipality.yaml"
#: Whether nearly all lines have an amount and a day that stand there an even number of times. Of a ledger that holds
#: each line twice they do, of others not: this asks two columns, and what follows all.
_EVEN = """
    SELECT 100 * sum(times) FILTER (times % 2 = 0) >= $share * sum(times) FROM (
        SELECT count(*) AS times FROM typed_lines WHERE year <> 0 GROUP BY amount_ore, booked_on
    )
"""
#: Lines, different amounts, and lines with a voucher that stand there twice, or four times where their voucher has them
#: twice.
_DOUBLED = """
    WITH counted AS (
        SELECT count(*) AS times, bool_and(is_named) AS is_named, any_value(amount_ore) AS ore FROM told GROUP BY same
    )
    SELECT coalesce(sum(times), 0)::BIGINT, count(DISTINCT ore),
        coalesce(sum(times) FILTER (is_named AND times IN (2, 4)), 0)::BIGINT
    FROM counted
"""
#: Rents of two flats stand twice on every voucher, with few amounts.
_ENOUGH_AMOUNTS = 10
#: A file of which less than all stands twice may do so by right.
_DOUBLED_PCT = 98
#: Of each invoice or voucher of several lines: its lines, and those that have an amount; whether one of them is the sum
#: of the others, and the share of the smallest; whether it is coded to several accounts, and all lines have one amount.
#: Invoices that a fixed key splits have one share, and one account on all of their lines.
_INVOICES = """
    WITH invoices AS (
        SELECT count(*) AS lines, count(*) FILTER (amount_ore <> 0) AS with_amount,
            2 * max(abs(amount_ore)) = abs(sum(amount_ore)) AS has_head,
            round(min(abs(amount_ore)) FILTER (amount_ore <> 0) / max(abs(amount_ore)), 3) AS share,
            count(DISTINCT account) FILTER (amount_ore <> 0) > 1 AS is_split, count(DISTINCT account) > 1 AS is_coded,
            min(amount_ore) = max(amount_ore) AS has_one_amount
        FROM typed_lines
        WHERE year <> 0 AND (voucher <> '' OR invoice_no <> '') AND left_out_rule = '' AND line <= $first
        GROUP BY voucher, invoice_no, supplier_id, supplier_name HAVING count(*) > 1
    )
    SELECT count(*) FILTER (is_coded), count(*) FILTER (is_coded AND has_one_amount),
        count(DISTINCT lines) FILTER (is_coded AND has_one_amount),
        count(*) FILTER (with_amount > 1), count(*) FILTER (with_amount > 1 AND has_head),
        count(*) FILTER (with_amount > 2 AND has_head), count(DISTINCT share) FILTER (with_amount > 2 AND has_head),
        count(*) FILTER (with_amount > 2 AND has_head AND is_split)
    FROM invoices
"""
_ENOUGH_HEADS = 3
#: Among so many lines at the beginning of a file.
_FIRST = 100_000
#: Fewer invoices may be split in equal parts by chance; and so may fewer than so many of a hundred.
_ENOUGH_INVOICES, _ONE_AMOUNT_PCT = 10, 90
#: Where the column's name says that it holds what is invoiced, so many are enough.
_ENOUGH_INVOICES_BY_NAME = 3


def refuse_repetition(
    connection: "duckdb.DuckDBPyConnection", form: FileFormat, parts: Sequence[int], settings: SpendSettings
) -> None:
    """A file that holds the same lines twice: written twice into one, parts that overlap, every line doubled.

    Args:
        connection: with the table ``typed_lines``.
        form: of the file.
        parts: lines after which another part of it begins: its header stands again, or the next sheet.
        settings: may say that what stands twice counts twice.

    Raises:
        LedgerError: so many lines stand there twice that it cannot be by right.
    """
    if settings.overlap == "keep":
        return
    connection.execute(_TOLD)
    has_days = "booked_on" in form.fields and form.dates.form != YEAR
    # A file may have a header a page; one that was written twice into one has the second in the middle, or at an end.
    for place in sorted({parts[at] for at in (0, len(parts) // 2, -1)} if parts else ()):
        ((again, named, above, below, lines, as_often),) = connection.execute(_REPEATED, {"part": place}).fetchall()
        is_run = again == named and 100 * again >= _RUN_PCT * max(above, below)
        # Without vouchers, equal lines tell little: all of them have to stand there again, or nearly all of a sheet, of
        # which somebody keeps a copy.
        is_sheet = form.format == "xlsx" and again >= _ENOUGH_CORRECTED
        is_copy = lines == as_often or (is_sheet and 100 * as_often >= _CORRECTED_PCT * lines)
        if again >= _ENOUGH_AGAIN and (is_run or (has_days and is_copy)):
            raise LedgerError(
                f"{form.file}: {again:,} different lines above line {place:,}, where the header stands again or "
                "another sheet begins, stand below it too: the file holds them twice. Export it again, or take one of "
                f"the two parts out; {_BY_RIGHT}."
            )
    if not _names_vouchers(form):
        return
    _refuse_head_lines(_invoices(connection), form)
    if not connection.execute(_EVEN, {"share": _DOUBLED_PCT}).fetchall()[0][0]:
        return
    ((looked_at, amounts, doubled),) = connection.execute(_DOUBLED).fetchall()
    if amounts >= _ENOUGH_AMOUNTS and 100 * doubled >= _DOUBLED_PCT * looked_at:
        raise LedgerError(
            f"{form.file}: its lines stand there twice each: the file holds them twice. Export it again, or take one "
            f"of each two out; {_BY_RIGHT}."
        )


def invoices_twice(connection: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    """Invoices that may stand beside their coding lines, or be repeated on each, where nothing tells beyond doubt."""
    if not _names_vouchers(form):
        return
    found = _invoices(connection)
    yield from _totals_repeated(found, form, settings)
    if settings.overlap != "keep":
        yield from _heads_of_one_share(found)


def _names_vouchers(form: FileFormat) -> bool:
    return bool({"voucher", "invoice_no"} & set(form.fields))


class _Invoices(NamedTuple):
    """Invoices of several lines, or vouchers where lines name no invoice.

    Attributes:
        coded: those of several accounts.
        equal: of these, those whose lines have one amount.
        sizes: how many different numbers of lines those have.
        vouchers: those of which several lines have an amount.
        met: of these, those of which one line is the sum of the others.
        several: of these, those with three lines or more.
        shares: different shares of their smallest line.
        split: how many of them are of several accounts.
    """

    coded: int
    equal: int
    sizes: int
    vouchers: int
    met: int
    several: int
    shares: int
    split: int


def _invoices(connection: "duckdb.DuckDBPyConnection") -> _Invoices:
    return _Invoices(*connection.execute(_INVOICES, {"first": _FIRST}).fetchall()[0])


def _refuse_head_lines(found: _Invoices, form: FileFormat) -> None:
    """An export may write a line for the whole invoice above its coding lines, with an account like theirs.

    Raises:
        LedgerError: nearly all vouchers of several lines have such a line.
    """
    is_beyond_doubt = found.shares >= _ENOUGH_HEADS or 100 * found.split >= _ONE_AMOUNT_PCT * found.several
    if found.several >= _ENOUGH_HEADS and is_beyond_doubt and 100 * found.met >= _ONE_AMOUNT_PCT * found.vouchers:
        raise LedgerError(
            f"{form.file}: on {found.met:,} of {found.vouchers:,} vouchers with several lines, one line is the sum of "
            "the others: the whole invoice stands beside its coding lines. Export the coding lines alone; "
            f"{_BY_RIGHT}."
        )


def _heads_of_one_share(found: _Invoices) -> Iterator[str]:
    """Invoices that a key splits in a half and two parts, or wholes beside parts: of one account, none tells."""
    if found.several >= _ENOUGH_HEADS > found.shares and 100 * found.met >= _ONE_AMOUNT_PCT * found.vouchers:
        yield (
            f"on {found.met:,} of {found.vouchers:,} vouchers with several lines, one line is the sum of the others, "
            "always in the same shares, and all count: are they split by a key? If the whole invoice stands beside its "
            "coding lines, export the coding lines alone"
        )


def _totals_repeated(found: _Invoices, form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    """Coding lines that each repeat the total of their invoice.

    A key may split all invoices into two equal parts, but not some into two and others into three.

    Raises:
        LedgerError: they do beyond doubt, or the column's name says that it holds the amounts of invoices.
    """
    if found.coded < _ENOUGH_INVOICES_BY_NAME or 100 * found.equal < _ONE_AMOUNT_PCT * found.coded:
        return
    is_certain = form.amount_is_of_invoice or (found.sizes > 1 and found.coded >= _ENOUGH_INVOICES)
    if is_certain and settings.overlap != "keep":
        amount = f" of {form.header[form.amount_place]!r}" if "amount" in form.fields else ""
        raise LedgerError(
            f"{form.file}: {found.equal:,} of {found.coded:,} invoices with several accounts have the same "
            f"amount{amount} on each of their lines: it is the whole invoice's, repeated. Export the amounts of the "
            f"coding lines; {_BY_RIGHT}."
        )
    if found.coded >= _ENOUGH_INVOICES:
        yield (
            f"{found.equal:,} of {found.coded:,} vouchers with several accounts have the same amount on each of their "
            "lines, and each line counts: is it the whole invoice's, repeated? Export the amounts of the coding lines"
        )
