"""Two ledger files of one municipality beside each other: what both hold counts once, or both are refused.

What does not belong here: how it is told (``overlap``, ``altered_copies``, ``same_sums``), and which files there are
(``store``).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import typed_lines
from klimat_pipeline.spend.ledger.altered_copies import copies
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline.spend.ledger.overlap import drop_what_is_there
from klimat_pipeline.spend.ledger.same_sums import Side, is_of_a_day_after, same_sums

if TYPE_CHECKING:
    import duckdb

_SEVERAL = 2
#: Lines of the one file, by day, supplier and unit, that the other has as many of.
_ALL_ALIKE = """
    WITH n AS (SELECT booked_on, supplier_id, supplier_name, unit, buyer_id, count(*) AS lines
            FROM read_parquet($newer, hive_partitioning = false) GROUP BY ALL),
        o AS (SELECT booked_on, supplier_id, supplier_name, unit, buyer_id, count(*) AS lines
            FROM read_parquet($older, hive_partitioning = false) GROUP BY ALL)
    SELECT coalesce(sum(lines), 0) FROM n JOIN o USING (booked_on, supplier_id, supplier_name, unit, buyer_id, lines)
    WHERE supplier_id || supplier_name <> ''
"""
_REMEDY = (
    "Remove one of the files, or set spend: overlap: keep in municipality.yaml if all lines of both are purchases."
)


def may_be_copies(one: LedgerReport, other: LedgerReport) -> bool:
    """Whether two files have months in common, or one may sum up the other."""
    if not (one.days[0] and other.days[0]):
        return False
    (first, last), (begin, end) = ([day[:7] for day in report.days] for report in (one, other))
    if first <= end and begin <= last:
        return True
    # A file of one day may be dated by the year, or hold sums of what went before.
    of_a_day = [report for report in (one, other) if report.days[0] == report.days[1]]
    is_of_the_year = first[:4] <= end[:4] and begin[:4] <= last[:4]
    return len(of_a_day) == 1 and (is_of_the_year or is_of_a_day_after(one, other) or is_of_a_day_after(other, one))


def hold_against(
    connection: "duckdb.DuckDBPyConnection",
    newer: LedgerReport,
    older: LedgerReport,
    target: Path,
    settings: SpendSettings,
) -> None:
    """Take out of the older file what the newer holds already.

    Args:
        connection: to work with.
        newer: stays as it is.
        older: its balance and lines are changed.
        target: folder of the typed lines.
        settings: what to do.

    Raises:
        LedgerError: both hold the same purchases in two forms, or it cannot be told which of two exports counts.
    """
    if settings.overlap == "keep":
        drop_what_is_there(connection, newer, older, target, settings)
        return
    told = copies(connection, newer, older, target, settings)
    if told.altered:
        raise LedgerError(
            f"{older.form.file}: its lines are those of {newer.form.file}, but {told.altered}: a copy in another form. "
            f"{_REMEDY}"
        )
    before = older.of(typed_lines.OVERLAP)[0]
    if newer.days[0] <= older.days[1] and older.days[0] <= newer.days[1]:
        drop_what_is_there(connection, newer, older, target, settings)
    if older.of(typed_lines.OVERLAP)[0] > before:
        return
    if told.repeated:
        raise LedgerError(f"{older.form.file}: {told.repeated}: a copy of {newer.form.file} in another form. {_REMEDY}")
    sides = Side.of([newer], target), Side.of([older], target)
    if said := same_sums(connection, *sides):
        raise LedgerError(
            f"{older.form.file}: {said}: a summary of the same purchases, or the same with other numbers or days. "
            f"{_REMEDY}"
        )
    if newer.lines == older.lines >= _SEVERAL:
        files = dict(zip(("newer", "older"), (list(side.files) for side in sides), strict=True))
        if connection.execute(_ALL_ALIKE, files).fetchall() == [(older.lines,)]:
            older.warnings.append(
                f"all {older.lines:,} lines stand in {newer.form.file} with the same day and supplier and another "
                "amount or account, and both count: is one file a correction of the other? Remove the earlier one"
            )


def refuse_sum_of(
    connection: "duckdb.DuckDBPyConnection",
    one: LedgerReport,
    others: Sequence[LedgerReport],
    target: Path,
    settings: SpendSettings,
) -> None:
    """Refuse a file that sums up several: the year by accounts beside the ledgers of its months.

    Args:
        connection: to work with.
        one: the file.
        others: files that it may sum up; two or more, what they share is taken out.
        target: folder of the typed lines.
        settings: what to do.

    Raises:
        LedgerError: its sums are those of the others.
    """
    if settings.overlap == "keep" or len(others) < _SEVERAL:
        return
    summary, ledger = Side.of([one], target), Side.of(others, target)
    if ledger.may_be_summed_up_by(summary) and (said := same_sums(connection, ledger, summary)):
        raise LedgerError(f"{one.form.file}: {said}: a summary of the same purchases. {_REMEDY}")
