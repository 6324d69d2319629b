"""Files that hold the same purchases in two forms: a summary beside its ledger, or vouchers with other numbers.

Nearly no line is in both, so that lines cannot tell (``overlap``, ``altered_copies``), but sums by account do, to the
oere or all altered alike (``relations``): where nine of ten accounts of a file stand in the other with the same sum,
and suppliers and units too where both have them. Sums are those of the years that both files have, or of the months;
and where a file is of one day alone, at the end of the other's or after it, of all. A ledger may stand in several
files, one a month. What does not belong here: lines of both, and which of two exports counts (``overlap``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline.spend.ledger.relations import relation

if TYPE_CHECKING:
    import duckdb

#: Fewer sums may be the same by chance.
_ENOUGH, _SHARE_PCT = 3, 90
#: A summary is made within a year of the last purchase, and has at most half as many lines as its ledger.
_WITHIN_DAYS, _LINES_OF_ONE = 366, 2
_LINES = """
    CREATE OR REPLACE TEMP TABLE {side}_lines AS
    SELECT account, supplier_id, unit, buyer_id, CAST(date_trunc('year', booked_on) AS DATE) AS year,
        CAST(date_trunc('month', booked_on) AS DATE) AS month, amount_ore
    FROM read_parquet($files, hive_partitioning = false)
"""
_FILLED = """
    SELECT count(*) FILTER (supplier_id <> '') > 0, count(*) FILTER (unit <> '') > 0, count(*) FROM {side}_lines
"""
_SUMS = """
    CREATE OR REPLACE TEMP TABLE {side}_sums AS
    SELECT {by}, sum(amount_ore)::BIGINT AS ore, count(*) AS lines FROM {side}_lines WHERE {told} <> '' AND {common}
    GROUP BY {by}
    HAVING ore <> 0
"""
#: Whether both name who bought, and never the same: two companies may buy the same of the same suppliers.
_OTHER_BUYERS = """
    SELECT count(*) FILTER (here) > 0 AND count(*) FILTER (there) > 0 AND count(*) FILTER (here AND there) = 0 FROM (
        SELECT buyer_id, bool_or(here) AS here, bool_or(NOT here) AS there FROM (
            SELECT DISTINCT buyer_id, true AS here FROM newer_lines UNION ALL
            SELECT DISTINCT buyer_id, false FROM older_lines
        ) WHERE buyer_id <> '' GROUP BY buyer_id
    )
"""
_COMMON = "{period} IN (SELECT {period} FROM {other}_lines)"
_PAIRED = """
    CREATE OR REPLACE TEMP TABLE sum_pairs AS SELECT {by}, n.ore AS newer, o.ore AS older
    FROM newer_sums n JOIN older_sums o USING ({by})
"""
_COUNTED = """
    SELECT count(*), count(*) FILTER (newer = older), count(DISTINCT {told}) FILTER (newer = older OR $alike),
        least((SELECT count(*) FROM newer_sums), (SELECT count(*) FROM older_sums)) FROM sum_pairs
"""


@dataclass(frozen=True, slots=True)
class Side:
    """A ledger of one file or of several.

    Attributes:
        name: of the file; several are "the other files".
        days: the first and the last.
        files: its typed lines.
        lines: how many there are.
    """

    name: str
    days: tuple[str, str]
    files: tuple[str, ...]
    lines: int

    @classmethod
    def of(cls, reports: Sequence[LedgerReport], target: Path) -> "Side":
        """A ledger of these files, whose typed lines lie in a folder."""
        files = [target / f"year={year}" / f"{r.form.file_id}.parquet" for r in reports for year in r.years]
        names = [report.form.file for report in reports]
        return cls(
            names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} other files together",
            (min(report.days[0] for report in reports), max(report.days[1] for report in reports)),
            tuple(str(file) for file in files),
            sum(report.lines for report in reports),
        )

    def may_be_summed_up_by(self, one: "Side") -> bool:
        """Whether another has so few lines that it may be a summary."""
        return _LINES_OF_ONE * one.lines <= self.lines


def is_of_a_day_after(one: LedgerReport | Side, other: LedgerReport | Side) -> bool:
    """Whether a file is of one day alone that is the last of the other's days, or follows them within a year."""
    if not one.days[0] or not other.days[0] or one.days[0] != one.days[1] or other.days[0] == other.days[1]:
        return False
    return 0 <= (date.fromisoformat(one.days[1]) - date.fromisoformat(other.days[1])).days <= _WITHIN_DAYS


def same_sums(connection: "duckdb.DuckDBPyConnection", newer: Side, older: Side) -> str:
    """What two ledgers are whose sums are the same, in words; empty where they are not.

    Args:
        connection: to work with.
        newer: a ledger, and
        older: another of the same municipality.
    """
    for side, ledger in (("newer", newer), ("older", older)):
        connection.execute(_LINES.format(side=side), {"files": list(ledger.files)})
    ((here_supplier, here_unit, here),) = connection.execute(_FILLED.format(side="newer")).fetchall()
    ((there_supplier, there_unit, there),) = connection.execute(_FILLED.format(side="older")).fetchall()
    if connection.execute(_OTHER_BUYERS).fetchall()[0][0]:
        return ""
    units = ["unit"] * (here_unit and there_unit)
    by = ["account"] + ["supplier_id"] * (here_supplier and there_supplier) + units
    is_summary = _LINES_OF_ONE * min(here, there) <= max(here, there)
    are_apart = newer.days[0] > older.days[1] or older.days[0] > newer.days[1]
    if are_apart and not is_summary:
        return ""  # the same instalments of two weeks
    ways = [(["year", *by], "account", "year"), (["month", *by], "account", "month")]
    # A journal of invoices has other accounts and days than their coding lines, and the same suppliers.
    ways += [([period, "supplier_id", *units], "supplier_id", period) for period in ("year", "month")]
    if is_summary and (is_of_a_day_after(newer, older) or is_of_a_day_after(older, newer)):
        ways += [(by, "account", ""), (["supplier_id"], "supplier_id", "")]
    for columns, told, period in ways:
        if said := _same(connection, newer, older, columns, told, period):
            return said
    return ""


def _same(
    connection: "duckdb.DuckDBPyConnection",
    newer: Side,
    older: Side,
    columns: list[str],
    told: str,
    period: str,
) -> str:
    """Whether sums by some columns are the same, or altered alike."""
    by = ", ".join(columns)
    for side, other in (("newer", "older"), ("older", "newer")):
        common = _COMMON.format(period=period, other=other) if period else "true"
        connection.execute(_SUMS.format(side=side, by=by, common=common, told=told))
    connection.execute(_PAIRED.format(by=by))
    found = relation(connection, "sum_pairs", newer.name, older.name)
    is_alike = bool(found.told) and (found.is_known or not period)
    ((pairs, same, different, fewest),) = connection.execute(_COUNTED.format(told=told), {"alike": is_alike}).fetchall()
    if different < _ENOUGH or 100 * (pairs if is_alike else same) < _SHARE_PCT * fewest:
        return ""
    what = {"account": "accounts", "supplier_id": "suppliers"}[told]
    how = f"though {found.told}" if is_alike else "to the öre"
    return f"the sums of {different:,} {what} are, {how}, those of {newer.name}"
