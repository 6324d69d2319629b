"""Two files that hold the same lines, all altered in the same way: with VAT, rounded, by month, spelt otherwise.

No line of the one need be in the other (``overlap``), but line for line they belong together, by voucher, supplier,
account, day and what else both have, and their amounts differ all alike (``relations``) or not at all. They are
compared by day, then by month, then by year: a file that is dated by month has its lines' months and no more. What does
not belong here: lines that are the same in both, and single ones that were corrected (``overlap``); sums of lines
(``same_sums``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline.spend.ledger.relations import Relation, relation

if TYPE_CHECKING:
    import duckdb

#: What makes lines belong together where both files have it; no two ledgers agree on the first two by chance.
_TELLING = ("voucher", "invoice_no")
_KEYS = (*_TELLING, "supplier_id", "account", "account_text")
#: What may be spelt in another way altogether (a unit's name or its number), where a voucher or invoice tells enough.
_MAY_DIFFER = ("unit", "supplier_name")
#: Texts beside a number: where both files have the number, it is enough.
_BESIDE = {"account_text": "account", "supplier_name": "supplier_id"}
#: Without a voucher or invoice, nearly all lines of both have to belong together.
_SURE_PCT, _COMMON_PCT, _ENOUGH = 90, 50, 3
#: Days of a year that a file dated by quarters, or by the year, has at most.
_QUARTERS = 4
_PERIODS = ("day", "month", "year")
#: Vouchers are compared by letters and digits alone: ``A 00012`` is ``A-12``.
_SPELT = r"regexp_replace(regexp_replace(lower({name}), '[^a-zåäö0-9]', '', 'g'), '(^|[^0-9])0+', '\1', 'g') AS {name}"
_LINES = """
    CREATE OR REPLACE TEMP TABLE {side}_lines AS
    SELECT amount_ore, booked_on, {spelt}
    FROM read_parquet($files, hive_partitioning = false) WHERE amount_ore <> 0
"""
#: The lines of the periods that both files have.
_COMMON = """
    CREATE OR REPLACE TEMP TABLE {side}_common AS
    SELECT l.*, date_trunc('{period}', booked_on) AS period FROM {side}_lines l
    WHERE date_trunc('{period}', booked_on) IN (SELECT date_trunc('{period}', booked_on) FROM {other}_lines)
"""
#: How many lines, days and periods; whether all days begin or end a month; and lines of the days from first to last.
_DAYS = """
    SELECT count(*), count(DISTINCT booked_on), count(DISTINCT period),
        coalesce(bool_and(day(booked_on) = 1) OR bool_and(day(booked_on) >= 28), false),
        (SELECT count(*) FROM {side}_lines WHERE booked_on BETWEEN CAST($low AS DATE) AND CAST($high AS DATE))
    FROM {side}_common
"""
#: Different values of a column in the smaller file, and in both.
_SHARED = """
    WITH n AS (SELECT DISTINCT {name} FROM newer_common WHERE {name} <> ''),
        o AS (SELECT DISTINCT {name} FROM older_common WHERE {name} <> '')
    SELECT least((SELECT count(*) FROM n), (SELECT count(*) FROM o)), (SELECT count(*) FROM n JOIN o USING ({name}))
"""
#: One to one, in the order of their amounts; where one file has more lines of a kind, it is not told which belong.
_PAIRED = """
    CREATE OR REPLACE TEMP TABLE line_pairs AS
    WITH lines AS (
        SELECT 'newer' AS side, amount_ore, hash({keys}, period) AS key FROM newer_common
        UNION ALL SELECT 'older', amount_ore, hash({keys}, period) FROM older_common
    ), placed AS (
        SELECT side, amount_ore, key, row_number() OVER (PARTITION BY side, key ORDER BY abs(amount_ore)) AS place,
            count(*) OVER (PARTITION BY side, key) AS lines
        FROM lines
    ), n AS (SELECT * FROM placed WHERE side = 'newer'), o AS (SELECT * FROM placed WHERE side = 'older')
    SELECT n.amount_ore AS newer, o.amount_ore AS older FROM n JOIN o USING (key, place, lines)
"""


@dataclass(frozen=True, slots=True)
class _Lines:
    """How many lines of a file stand in common periods, on how many days, and within the days that both files span."""

    common: int
    days: int
    periods: int
    are_of_periods: bool
    within: int


@dataclass(frozen=True, slots=True)
class Copies:
    """What two files are to each other, in words; empty where they are not.

    Attributes:
        altered: how the amounts differ, which is a copy whatever else is the same.
        repeated: what differs besides the amounts, which are the same: a copy, unless its lines are dropped already.
    """

    altered: str = ""
    repeated: str = ""


def copies(
    connection: "duckdb.DuckDBPyConnection",
    newer: LedgerReport,
    older: LedgerReport,
    target: Path,
    settings: SpendSettings,
) -> Copies:
    """Tell whether two files hold the same lines.

    Args:
        connection: to work with.
        newer: a file, and
        older: another of the same municipality.
        target: folder of the typed lines.
        settings: which share of the lines is enough.
    """
    for side, report in (("newer", newer), ("older", older)):
        files = [str(target / f"year={year}" / f"{report.form.file_id}.parquet") for year in report.years]
        spelt = ", ".join(_SPELT.format(name=name) for name in (*_KEYS, *_MAY_DIFFER))
        connection.execute(_LINES.format(side=side, spelt=spelt), {"files": files})
    span = {"low": max(newer.days[0], older.days[0]), "high": min(newer.days[1], older.days[1])}
    for period in _PERIODS:
        for side, other in (("newer", "older"), ("older", "newer")):
            connection.execute(_COMMON.format(side=side, other=other, period=period))
        lines = [
            _Lines(*connection.execute(_DAYS.format(side=side), span).fetchall()[0]) for side in ("newer", "older")
        ]
        keys = list(_keys(connection, newer, older)) if all(side.common for side in lines) else []
        is_told = bool(set(_TELLING) & set(keys))
        if not keys or not (is_told or period == "day" or _is_coarser(period, lines)):
            continue
        connection.execute(_PAIRED.format(keys=", ".join(keys)))
        ((paired,),) = connection.execute("SELECT count(*) FROM line_pairs").fetchall()
        are_all = {paired} == {newer.lines, older.lines, *(side.common for side in lines)}
        found = relation(connection, "line_pairs", newer.form.file, older.form.file, all_of_both=are_all)
        if "unit" not in keys and {"unit"} <= set(newer.form.fields) & set(older.form.fields) and not found.is_known:
            found = replace(found, told="")  # two units may share invoices in one proportion
        if told := _told(found, lines, settings, period=period, is_told=is_told):
            return told
    return Copies()


def _keys(connection: "duckdb.DuckDBPyConnection", newer: LedgerReport, older: LedgerReport) -> Iterator[str]:
    """Columns by which lines belong together; none where two ledgers differ in what tells them apart."""
    both = [name for name in (*_KEYS, *_MAY_DIFFER) if name in newer.form.fields and name in older.form.fields]
    both = [name for name in both if _BESIDE.get(name) not in both]
    shared = {}
    for name in both:
        ((fewest, common),) = connection.execute(_SHARED.format(name=name)).fetchall()
        if fewest:
            shared[name] = 100 * common >= _COMMON_PCT * fewest
    # An invoice's number is the supplier's own: no export gives it another.
    told = [name for name in _TELLING if shared.get(name) and shared.get("invoice_no", True)]
    needed = [name for name in shared if name not in (*_TELLING, *_MAY_DIFFER)] if told else shared
    if all(shared[name] for name in needed):
        yield from (name for name in shared if shared[name])


def _is_coarser(period: str, lines: Sequence[_Lines]) -> bool:
    """Whether one file's days are those of its periods, and the other's are more."""
    few, many = sorted(lines, key=lambda side: (side.days, not side.are_of_periods))
    if not few.are_of_periods or few.days > few.periods * (_QUARTERS if period == "year" else 1):
        return False
    return few.days < many.days or (few.periods > 1 and not many.are_of_periods)


def _told(
    found: Relation, lines: Sequence[_Lines], settings: SpendSettings, *, period: str, is_told: bool
) -> Copies | None:
    """What the pairs are; None where too few lines belong together."""
    enough = settings.overlap_share_pct if is_told else _SURE_PCT
    fewest, most = min(side.common for side in lines), max(max(side.common, side.within) for side in lines)
    # A file of credit notes has the other sign, and a part of an invoice a ratio to the rest.
    is_copy = 100 * found.pairs >= (enough * fewest if found.is_known else _SURE_PCT * most)
    if found.told and is_copy:
        return Copies(altered=found.told)
    if found.same >= _ENOUGH and 100 * found.same >= enough * fewest:
        how = "with units or vouchers spelt otherwise" if period == "day" else f"with another day of the same {period}"
        return Copies(repeated=f"{found.same:,} lines are the same in both, {how}")
    return None
