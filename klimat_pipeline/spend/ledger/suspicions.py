"""What a file's typed lines say against how it was read: signs, years, days and months.

What speaks for another reading beyond doubt stops the file with the setting that decides; the rest is a warning. What
does not belong here: single lines (``typed_lines``), names of columns (``columns``), what a file holds twice
(``repetition``), VAT (``vat_in_amounts``), letters that did not survive (``lost_letters``), and the chart of accounts
(``other_charts``).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import typed_lines
from klimat_pipeline.spend.ledger.file_format import FileFormat, refuse_what_is_said
from klimat_pipeline.spend.ledger.future_years import are_few
from klimat_pipeline.spend.ledger.lost_letters import lost_letters
from klimat_pipeline.spend.ledger.other_charts import refuse_other_charts
from klimat_pipeline.spend.ledger.repetition import invoices_twice
from klimat_pipeline.spend.ledger.unnamed_totals import unnamed_totals
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
#: What lines without an amount say of amounts: notes below the lines, and units below the names of columns.
_NOTES = """
    SELECT DISTINCT cells FROM typed_lines WHERE cells IS NOT NULL
        AND ((left_out_rule = $blank AND regexp_matches(cells, '(?i)belopp|summ|siffr|amount'))
            OR regexp_matches(cells, '(?i)(^|[|(\\[])(i )?([tm]n?kr|[tkm]sek|eur|usd)([|)\\]]|$)'))
    ORDER BY ALL LIMIT 100
"""
_BLANK = f"{typed_lines.QUARANTINE}{typed_lines.BLANK}"
#: Lines of a year that is this far from the year of most lines are few by a slip of the pen.
_YEARS_APART = 3
_YEARS = "SELECT year, count(*) FROM typed_lines WHERE year <> 0 GROUP BY ALL ORDER BY count(*) DESC, year"
#: Half of a ledger's lines are below some hundred kronor at the least, not below twenty.
_SMALL = """
    SELECT count(*) FILTER (abs(gross_ore) < $small), count(*) FROM typed_lines WHERE year <> 0 AND left_out_rule = ''
"""
_SMALL_KRONOR, _ENOUGH_LINES = 20, 50
_ORE_A_KRONA = 100


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
    yield from lost_letters(connection, form, settings)
    yield from vat_in_amounts(connection, form, settings)
    refuse_other_charts(connection, form, settings)
    yield from _years(connection)
    yield from _thousands(connection, form, settings)
    yield from unnamed_totals(connection, form, settings)
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


def _years(connection: "duckdb.DuckDBPyConnection") -> Iterator[str]:
    years = connection.execute(_YEARS).fetchall()
    most = sum(lines for _, lines in years)
    for year, lines in years:
        if abs(year - years[0][0]) >= _YEARS_APART and are_few(lines, most):
            yield f"{lines:,} lines are of {year}, most are of {years[0][0]}: slips of the pen? Look at the export"


def _thousands(connection: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    ((small, lines),) = connection.execute(_SMALL, {"small": _SMALL_KRONOR * 100}).fetchall()
    if settings.amount_unit is None and form.unit_ore == _ORE_A_KRONA and lines >= _ENOUGH_LINES and 2 * small > lines:
        yield (
            f"half of the amounts are below {_SMALL_KRONOR} kronor: are they in thousands or millions? Say it in "
            "municipality.yaml, spend: amount_unit: tkr (or mkr; kr if they are kronor)"
        )
