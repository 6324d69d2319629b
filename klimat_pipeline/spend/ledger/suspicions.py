"""What a file's typed lines say against how it was read: VAT in amounts, signs, days and months, the chart of accounts.

What speaks for another reading beyond doubt stops the file with the setting that decides; the rest is a warning. What
does not belong here: single lines (``typed_lines``), names of columns (``columns``).
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import typed_lines
from klimat_pipeline.spend.ledger.dates import YEAR
from klimat_pipeline.spend.ledger.file_format import FileFormat, refuse_what_is_said
from klimat_pipeline.spend.ledger.ledger_error import LedgerError

if TYPE_CHECKING:
    import duckdb

#: VAT rates of Sweden: 25, 12 and 6 per cent of the net amount.
_RATES = (0.25, 0.12, 0.06)
#: Shares are compared on amounts from a hundred kronor on, so that whole oere do not blur them.
_SHARES = """
    SELECT count(*) FILTER (list_bool_or([abs(vat_of_amount - share) < 0.001 FOR share IN $gross])),
        count(*) FILTER (list_bool_or([abs(vat_of_amount - share) < 0.001 FOR share IN $net])), count(*)
    FROM typed_lines WHERE vat_of_amount > 0 AND abs(gross_ore) >= 10000
"""
#: Lines whose amount includes VAT that are no accident among others that do not.
_ENOUGH_GROSS = 3
_NEGATIVE = """
    SELECT year, sum(amount_ore)::BIGINT FROM typed_lines WHERE year <> 0 AND left_out_rule = ''
    GROUP BY year HAVING sum(amount_ore) < 0 ORDER BY year
"""
_DAYS = """
    SELECT count(DISTINCT booked_on), max(day(booked_on)), min(day(booked_on)) FROM typed_lines WHERE year <> 0
"""
#: Fewer different days say nothing about days and months.
_ENOUGH_DAYS = 8
#: In companies' BAS, 5 is premises and goods and 7 is staff; in Kommun-Bas, 5 is staff.
_PREMISES = re.compile(
    r"5[0-9]\d* (lokalhyr|lokalkostn|hyra|el för|elavgift|värme|vatten och avlopp|städning|renhållning|fastighetssk|"
    r"förbrukningsinv|förbrukningsmat|programvar|datorer|arbetskläder|drivmedel|reparation|frakt|transporter|annons|"
    r"reklam|trycksak)",
    re.IGNORECASE,
)
#: Without accounts of staff, which a ledger of accounts payable has none of, so many tell.
_ENOUGH_PREMISES = 2
_STAFF = re.compile(r"7[0-5]\d* (lön|arbetsgivaravgift|semester|sociala avg|pension)", re.IGNORECASE)
#: A letter that did not survive: lost, a question mark inside a word, a bracket of seven-bit Swedish (``L|ner``), what
#: is left of text that was decoded wrongly, or its code (``L=F6ner``, ``L%C3%B6ner``).
_BROKEN = re.compile(
    r"[=%](?:C3|[CDEF][456])|\ufffd|(?<!\w )\?[^\W\d_]|[^\W\d_][\[\]\\{}|”÷¤ˆ„‡†‰™][a-zåäö]|"
    r"[^\W\d_\u0400-\u04ff][\u0400-\u04ff]|[ÃÂ√├]"
)
_TEXTS = "SELECT DISTINCT account_text FROM typed_lines WHERE year <> 0"
_LINES = """
    SELECT count(*) FILTER (list_contains($texts, account_text)), count(*),
        coalesce(sum(abs(amount_ore)) FILTER (list_contains($texts, account_text)), 0)::BIGINT
    FROM typed_lines WHERE year <> 0
"""
#: Lines that name neither supplier nor voucher among others that do, each as large as two or more lines of its account
#: together: back to the one before, or all.
_BARE = "SELECT count(*) FILTER (is_bare), count(*) FROM typed_lines WHERE year <> 0"
_UNNAMED_TOTALS = """
    WITH lines AS (
        SELECT account, gross_ore, is_bare, coalesce(sum(is_bare::INTEGER) OVER (
            PARTITION BY account ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS part
        FROM typed_lines WHERE year <> 0
    ), parts AS (
        SELECT account, part, sum(gross_ore) AS ore FROM lines WHERE NOT is_bare GROUP BY ALL HAVING count(*) >= 2
    ), accounts AS (
        SELECT account, sum(gross_ore) AS ore FROM lines WHERE NOT is_bare GROUP BY ALL HAVING count(*) >= 2
    )
    SELECT count(*), coalesce(sum(gross_ore), 0)::BIGINT
    FROM lines LEFT JOIN parts USING (account, part) LEFT JOIN accounts USING (account)
    WHERE is_bare AND (gross_ore = parts.ore OR gross_ore = accounts.ore)
"""
#: What lines without an amount say of amounts: notes below the lines, and units below the names of columns.
_NOTES = """
    SELECT DISTINCT cells FROM typed_lines WHERE cells IS NOT NULL
        AND ((left_out_rule = $blank AND regexp_matches(cells, '(?i)belopp|summ|siffr|amount'))
            OR regexp_matches(cells, '(?i)(^|[|(\\[])(i )?([tm]n?kr|[tkm]sek|eur|usd)([|)\\]]|$)'))
    ORDER BY ALL LIMIT 100
"""
_BLANK = f"{typed_lines.QUARANTINE}{typed_lines.BLANK}"
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
#: Invoices with several lines of different accounts, and those whose lines have one amount, among the first lines.
_INVOICE_TOTALS = """
    WITH invoices AS (
        SELECT count(DISTINCT amount_ore) AS amounts FROM typed_lines
        WHERE year <> 0 AND (voucher <> '' OR invoice_no <> '') AND left_out_rule = ''
            AND line <= $first
        GROUP BY voucher, invoice_no, supplier_id, supplier_name HAVING count(DISTINCT account) > 1
    )
    SELECT count(*), count(*) FILTER (amounts = 1) FROM invoices
"""
#: Vouchers of several lines, those of which one line is the sum of the others, and of these those with three lines or
#: more and the different shares of their smallest line: invoices that are split by a fixed key have one share.
_HEAD_LINES = """
    WITH vouchers AS (
        SELECT count(*) AS lines, 2 * max(abs(amount_ore)) = abs(sum(amount_ore)) AS has_head,
            round(min(abs(amount_ore)) / max(abs(amount_ore)), 3) AS share
        FROM typed_lines
        WHERE year <> 0 AND amount_ore <> 0 AND (voucher <> '' OR invoice_no <> '') AND left_out_rule = ''
            AND line <= $first
        GROUP BY voucher, invoice_no, supplier_id, supplier_name HAVING count(*) > 1
    )
    SELECT count(*), count(*) FILTER (has_head), count(*) FILTER (has_head AND lines > 2),
        count(DISTINCT share) FILTER (has_head AND lines > 2)
    FROM vouchers
"""
_ENOUGH_HEADS = 3
_FIRST = 100_000
#: Fewer invoices may be split in equal parts by chance; and so may fewer than so many of a hundred.
_ENOUGH_INVOICES, _ONE_AMOUNT_PCT = 10, 90
#: Lines of a year that is this far from the year of most lines are few by a slip of the pen.
_YEARS_APART, _FEW_PCT = 3, 1
_YEARS = "SELECT year, count(*) FROM typed_lines WHERE year <> 0 GROUP BY ALL ORDER BY count(*) DESC, year"
#: Half of a ledger's lines are below some hundred kronor at the least, not below twenty.
_SMALL = """
    SELECT count(*) FILTER (abs(gross_ore) < $small), count(*) FROM typed_lines WHERE year <> 0 AND left_out_rule = ''
"""
_SMALL_KRONOR, _ENOUGH_LINES = 20, 50
_ORE_A_KRONA = 100
_ACCOUNTS = """
    SELECT account || ' ' || account_text FROM (SELECT DISTINCT account, account_text FROM typed_lines WHERE year <> 0)
    WHERE left(account, 1) IN ('5', '7') ORDER BY ALL
"""


def suspicions(connection: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    """What a reader should look at.

    Args:
        connection: with the table ``typed_lines``.
        form: how the file was read.
        settings: what somebody has decided is not doubted.

    Raises:
        LedgerError: the lines speak for another reading beyond doubt.
    """
    notes = "\n".join(cells for (cells,) in connection.execute(_NOTES, {"blank": _BLANK}).fetchall())
    refuse_what_is_said(form, {"in a line without an amount": notes}, settings)
    yield from _letters(connection, form, settings)
    yield from _vat(connection, form, settings)
    _chart(connection, form, settings)
    yield from _years(connection)
    yield from _thousands(connection, form, settings)
    yield from _unnamed_totals(connection)
    if _names_vouchers(form):
        yield from _invoice_totals(connection)
        if settings.overlap != "keep":
            yield from _heads_of_one_share(connection)
    for year, ore in connection.execute(_NEGATIVE).fetchall():
        yield (
            f"the purchases of {year} are negative in sum ({ore / 100:,.2f} SEK): are signs reversed? "
            "municipality.yaml, spend: purchases_are_negative: true turns them"
        )
    ((days, highest, lowest),) = connection.execute(_DAYS).fetchall()
    if days >= _ENOUGH_DAYS and highest <= 12 and highest != lowest and not form.period:
        yield (
            f"all {days} dates have a day from {lowest} to {highest}: were day and month changed over somewhere? Look "
            "at the export, or say spend: date_form"
        )


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
    _refuse_head_lines(connection, form)
    if not (_names_vouchers(form) and connection.execute(_EVEN, {"share": _DOUBLED_PCT}).fetchall()[0][0]):
        return
    ((looked_at, amounts, doubled),) = connection.execute(_DOUBLED).fetchall()
    if amounts >= _ENOUGH_AMOUNTS and 100 * doubled >= _DOUBLED_PCT * looked_at:
        raise LedgerError(
            f"{form.file}: its lines stand there twice each: the file holds them twice. Export it again, or take one "
            f"of each two out; {_BY_RIGHT}."
        )


def _refuse_head_lines(connection: "duckdb.DuckDBPyConnection", form: FileFormat) -> None:
    """An export may write a line for the whole invoice above its coding lines, with an account like theirs.

    Raises:
        LedgerError: nearly all vouchers of several lines have such a line.
    """
    if not _names_vouchers(form):
        return
    ((vouchers, met, several, shares),) = connection.execute(_HEAD_LINES, {"first": _FIRST}).fetchall()
    if min(several, shares) >= _ENOUGH_HEADS and 100 * met >= _ONE_AMOUNT_PCT * vouchers:
        raise LedgerError(
            f"{form.file}: on {met:,} of {vouchers:,} vouchers with several lines, one line is the sum of the others: "
            f"the whole invoice stands beside its coding lines. Export the coding lines alone; {_BY_RIGHT}."
        )


def _heads_of_one_share(connection: "duckdb.DuckDBPyConnection") -> Iterator[str]:
    """Invoices that a key splits in a half and two parts, or wholes beside parts of one key: nothing tells which."""
    ((vouchers, met, several, shares),) = connection.execute(_HEAD_LINES, {"first": _FIRST}).fetchall()
    if several >= _ENOUGH_HEADS > shares and 100 * met >= _ONE_AMOUNT_PCT * vouchers:
        yield (
            f"on {met:,} of {vouchers:,} vouchers with several lines, one line is the sum of the others, always in the "
            "same shares, and all count: are they split by a key? If the whole invoice stands beside its coding lines, "
            "export the coding lines alone"
        )


def _names_vouchers(form: FileFormat) -> bool:
    return bool({"voucher", "invoice_no"} & set(form.fields))


def _invoice_totals(connection: "duckdb.DuckDBPyConnection") -> Iterator[str]:
    """Coding lines that each repeat the total of their invoice."""
    ((invoices, equal),) = connection.execute(_INVOICE_TOTALS, {"first": _FIRST}).fetchall()
    if invoices >= _ENOUGH_INVOICES and 100 * equal >= _ONE_AMOUNT_PCT * invoices:
        yield (
            f"{equal:,} of {invoices:,} vouchers with several accounts have the same amount on each of their lines, "
            "and each line counts: is it the whole invoice's, repeated? Export the amounts of the coding lines"
        )


def _letters(connection: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    """Rules and mappings know accounts by their texts: what is no word leaves wages among the purchases."""
    broken = sorted(text for (text,) in connection.execute(_TEXTS).fetchall() if _BROKEN.search(text))
    if not broken:
        return
    ((lines, whole, ore),) = connection.execute(_LINES, {"texts": broken}).fetchall()
    told = f"letters of the account's text are lost on {lines:,} lines ({ore / 100:,.2f} SEK), such as {broken[0]!r}"
    if 100 * lines > settings.quarantine_limit_pct * whole:
        raise LedgerError(
            f"{form.file}: {told}: what is wages and what a purchase cannot be told. Export it again, as UTF-8 or "
            "Windows-1252."
        )
    yield f"{told}: no rule and no mapping knows them"


def _unnamed_totals(connection: "duckdb.DuckDBPyConnection") -> Iterator[str]:
    """A total that says nothing may be a purchase of the same size; it is told, not taken out."""
    ((bare, lines),) = connection.execute(_BARE).fetchall()
    if not 0 < 2 * bare <= lines:
        return
    ((totals, ore),) = connection.execute(_UNNAMED_TOTALS).fetchall()
    if totals:
        yield (
            f"{totals:,} lines without supplier and voucher ({ore / 100:,.2f} SEK) are each as large as the lines of "
            "their account together, all or those above them, and count: are they totals? Take them out of the export"
        )


def _years(connection: "duckdb.DuckDBPyConnection") -> Iterator[str]:
    years = connection.execute(_YEARS).fetchall()
    most = sum(lines for _, lines in years)
    for year, lines in years:
        if abs(year - years[0][0]) >= _YEARS_APART and 100 * lines <= _FEW_PCT * most:
            yield f"{lines:,} lines are of {year}, most are of {years[0][0]}: slips of the pen? Look at the export"


def _thousands(connection: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    ((small, lines),) = connection.execute(_SMALL, {"small": _SMALL_KRONOR * 100}).fetchall()
    if settings.amount_unit is None and form.unit_ore == _ORE_A_KRONA and lines >= _ENOUGH_LINES and 2 * small > lines:
        yield (
            f"half of the amounts are below {_SMALL_KRONOR} kronor: are they in thousands or millions? Say it in "
            "municipality.yaml, spend: amount_unit: tkr (or mkr; kr if they are kronor)"
        )


def _vat(connection: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    """The ratio tells: VAT is 20 % of an amount that includes it at 25 %, and 25 % of one that does not."""
    if "vat" not in form.fields:
        if not settings.vat.included and _says_gross(form):
            raise LedgerError(
                f"{form.file}: the column {form.header[form.amount_place]!r} includes VAT by its name, and no other "
                "holds amounts without it. Say it in municipality.yaml, spend: vat: {included: true, rate_pct: 25}, or "
                "name another column in spend: columns."
            )
        if settings.vat.included is None and "amount" in form.fields and _is_of_invoice(form):
            yield (
                f"the column {form.header[form.amount_place]!r} holds what is invoiced or paid, which with most "
                "systems includes VAT: if it does, say it in municipality.yaml, spend: vat: {included: true, rate_pct: "
                "25}; included: false if it does not"
            )
        return
    if form.vat_is_rate:
        yield from _told_by_rates(form, settings)
        return
    shares = {"gross": [rate / (1 + rate) for rate in _RATES], "net": list(_RATES)}
    ((gross, net, lines),) = connection.execute(_SHARES, shares).fetchall()
    vat, amount = form.header[form.fields["vat"]], form.header[form.amount_place]
    if settings.vat.included is None and 2 * gross > lines:
        raise LedgerError(
            f"{form.file}: column {vat!r} is the VAT inside column {amount!r} on {gross:,} of {lines:,} lines (20 % "
            "where the rate is 25 %): the amounts include VAT. Say so in municipality.yaml, spend: vat: "
            "{included: true}; or false, if they do not."
        )
    if settings.vat.included and settings.vat.rate_pct is None and 2 * net > lines:
        raise LedgerError(
            f"{form.file}: amounts are said to include VAT (spend: vat: included), but column {vat!r} is the VAT on "
            f"top of column {amount!r} on {net:,} of {lines:,} lines (25 %). Take the setting out, or say false."
        )
    if settings.vat.included is None and gross >= _ENOUGH_GROSS and 2 * net > lines:
        yield (
            f"column {vat!r} is the VAT inside column {amount!r} on {gross:,} of {lines:,} lines, and on top of it on "
            f"{net:,}: are some of the amounts with VAT? All are taken as without"
        )
    if settings.vat.included is None and lines and 2 * net <= lines:
        yield f"column {vat!r} tells neither that {amount!r} includes VAT nor that it does not: taken as without"


def _told_by_rates(form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    """A rate says how much VAT there is, and not whether the amounts include it."""
    if settings.vat.included is not None:
        return
    vat, amount = form.header[form.fields["vat"]], form.header[form.amount_place]
    if "net" not in form.amount_meaning:
        raise LedgerError(
            f"{form.file}: column {vat!r} holds the rates of VAT (25, 12, 6, 0 per cent), and nothing tells whether "
            f"column {amount!r} includes it. Say it in municipality.yaml, spend: vat: {{included: true}}, and it is "
            "taken out of every line at the line's rate; or false, if the amounts are without it."
        )
    yield f"column {vat!r} holds the rates of VAT; {amount!r} is without it by its name, so they are not used"


def _says_gross(form: FileFormat) -> bool:
    return "amount" in form.fields and "gross" in form.amount_meaning


def _is_of_invoice(form: FileFormat) -> bool:
    return "invoice" in form.amount_meaning and not {"net", "line"} & set(form.amount_meaning)


def _chart(connection: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings) -> None:
    if settings.chart or form.chart != "kommun_bas":
        return
    accounts = [account for (account,) in connection.execute(_ACCOUNTS).fetchall()]
    premises, staff = (list(filter(pattern.match, accounts)) for pattern in (_PREMISES, _STAFF))
    if len(premises) >= _ENOUGH_PREMISES or (premises and staff):
        told = f", and {staff[0]!r} is" if staff else f", and so would {premises[1]!r}"
        raise LedgerError(
            f"{form.file}: the accounts are those of companies (BAS), not Kommun-Bas: {premises[0]!r} would be staff "
            f"there{told}. Say it in municipality.yaml, spend: chart: bas; or kommun_bas, if it is "
            "that after all."
        )
