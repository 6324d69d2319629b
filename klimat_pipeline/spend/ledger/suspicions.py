"""What a file's typed lines say against how it was read: lost letters, signs, days and months, the chart of accounts.

What speaks for another reading beyond doubt stops the file with the setting that decides; the rest is a warning. What
does not belong here: single lines (``typed_lines``), names of columns (``columns``), what a file holds twice
(``repetition``), and VAT (``vat_in_amounts``).
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import typed_lines
from klimat_pipeline.spend.ledger.file_format import FileFormat, refuse_what_is_said
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.repetition import invoices_twice
from klimat_pipeline.spend.ledger.vat_in_amounts import vat_in_amounts

if TYPE_CHECKING:
    import duckdb

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
    yield from vat_in_amounts(connection, form, settings)
    _chart(connection, form, settings)
    yield from _years(connection)
    yield from _thousands(connection, form, settings)
    yield from _unnamed_totals(connection)
    yield from invoices_twice(connection, form, settings)
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
