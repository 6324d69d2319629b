"""Lines of years that lie ahead of all others: nobody has booked them yet, and they go to quarantine.

A few lines of a year long before the others may be old invoices; those are told (``suspicions``). What does not belong
here: days that no ledger may be of (``dates``).
"""

from typing import TYPE_CHECKING

from klimat_pipeline.spend.ledger import typed_lines

if TYPE_CHECKING:
    import duckdb

#: Lines of a year that are no more than so many, or so many per cent, are few; of fewer lines than these, nothing is.
_FEW, _FEW_PCT, _ENOUGH = 3, 1, 20
_YEARS = "SELECT year, count(*) FROM typed_lines WHERE year <> 0 GROUP BY year ORDER BY year"
_SET_ASIDE = """
    UPDATE typed_lines SET left_out_rule = $rule, item_text = booked_on::VARCHAR,
        year = 0, vat_ore = 0, amount_ore = gross_ore WHERE year > $last
"""


def set_aside(connection: "duckdb.DuckDBPyConnection") -> None:
    """Put the lines of such years into quarantine.

    Args:
        connection: with the table ``typed_lines``.
    """
    years = connection.execute(_YEARS).fetchall()
    whole = sum(lines for _, lines in years)
    usual = [year for year, lines in years if not are_few(lines, whole)]
    if usual and years[-1][0] > usual[-1] + 1:
        rule = f"{typed_lines.QUARANTINE}date_ahead"
        connection.execute(_SET_ASIDE, {"last": usual[-1] + 1, "rule": rule})


def are_few(lines: int, whole: int) -> bool:
    """Whether the lines of a year are so few of all that they may be slips of the pen."""
    return whole >= _ENOUGH and (lines <= _FEW or 100 * lines <= _FEW_PCT * whole)
