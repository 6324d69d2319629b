"""Totals that call themselves nothing, and have an account and a day as lines have: told, or refused where all are met.

One may be a purchase of the same size as others together; that each of several is, is no accident. What does not belong
here: totals that are known as such, by a word or by what they lack (``control_sums``).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.ledger_error import LedgerError

if TYPE_CHECKING:
    import duckdb

#: By what such totals sum up: lines that lack what most have, what they sum up by, and what both are called.
_KINDS = (
    ("is_bare", "account", "supplier and voucher", "account"),
    (
        "(voucher = '' AND invoice_no = '' AND NOT is_bare)",
        "supplier_id || '|' || supplier_name",
        "voucher",
        "supplier",
    ),
)
_LACKING = "SELECT count(*) FILTER ({lacks}), count(*) FROM typed_lines WHERE year <> 0"
#: Those that are as large as two or more lines together: back to the one before, or all.
_TOTALS = """
    WITH told AS (
        SELECT line, {by} AS by_it, gross_ore, {lacks} AS lacks FROM typed_lines WHERE year <> 0
    ), lines AS (
        SELECT *, coalesce(sum(lacks::INTEGER) OVER (
            PARTITION BY by_it ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS part
        FROM told
    ), parts AS (
        SELECT by_it, part, sum(gross_ore) AS ore FROM lines WHERE NOT lacks GROUP BY ALL HAVING count(*) >= 2
    ), wholes AS (
        SELECT by_it, sum(gross_ore) AS ore FROM lines WHERE NOT lacks GROUP BY ALL HAVING count(*) >= 2
    )
    SELECT count(*), coalesce(sum(gross_ore), 0)::BIGINT
    FROM lines LEFT JOIN parts USING (by_it, part) LEFT JOIN wholes USING (by_it)
    WHERE lacks AND (gross_ore = parts.ore OR gross_ore = wholes.ore)
"""
#: One may be as large as others by chance.
_ENOUGH = 2


def unnamed_totals(connection: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    """Say which lines may be totals.

    Args:
        connection: with the table ``typed_lines``.
        form: how the file was read.
        settings: may say that all lines count.

    Raises:
        LedgerError: every line of such a kind is the sum of others.
    """
    for lacks, by, what, summed in _KINDS:
        ((lacking, lines),) = connection.execute(_LACKING.format(lacks=lacks)).fetchall()
        if not 0 < 2 * lacking <= lines:
            continue
        ((totals, ore),) = connection.execute(_TOTALS.format(lacks=lacks, by=by)).fetchall()
        told = (
            f"{totals:,} lines without {what} ({ore / 100:,.2f} SEK) are each as large as the lines of their {summed} "
            "together, all or those above them"
        )
        if totals == lacking and totals >= _ENOUGH and settings.overlap != "keep":
            raise LedgerError(
                f"{form.file}: {told}: they are totals. Take them out of the export; or, if each is a purchase of its "
                "own, say spend: overlap: keep in municipality.yaml."
            )
        if totals:
            yield f"{told}, and count: are they totals? Take them out of the export"
