"""Lines that two files hold both: exports of overlapping periods, of which every line is to count once.

A line alone cannot tell: invoices do repeat lines, within a file and between months. Two files overlap when, on the
days that both cover, most lines of the smaller stand in the other too; then each line counts as often as in the file
that has it most often. A voucher that stands in both with other lines was corrected: the later export counts, which is
the one that says a later day of export, or else the one that reaches further. Where neither tells, or where most
vouchers are the same and most lines are not, the files are refused with the list. Otherwise equal lines are taken for
what they are: bought twice. What does not belong here: one file (``read_ledger``), which files there are (``store``).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import typed_lines
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.parquet_writer import quoted
from klimat_pipeline.spend.ledger.read_ledger import LedgerReport

if TYPE_CHECKING:
    import duckdb

#: What makes a line the same line, wherever it stands.
_SAME = "buyer_id, unit, voucher, invoice_no, supplier_id, supplier_name, account, booked_on, item_text"
#: What makes a voucher the same: its number and year, or the invoice's where a ledger has no vouchers.
_VOUCHER = """CASE WHEN voucher <> '' THEN hash(buyer_id, voucher, year(booked_on))
    WHEN invoice_no <> '' THEN hash(buyer_id, '', invoice_no, supplier_id, year(booked_on)) END"""
_LINES = f"""
    CREATE OR REPLACE TEMP TABLE {{side}} AS
    SELECT hash({_SAME}) AS same, amount_ore, {_VOUCHER} AS voucher_key,
        coalesce(nullif(voucher, ''), invoice_no) AS number, booked_on,
        booked_on BETWEEN CAST($low AS DATE) AND CAST($high AS DATE) AS is_common
    FROM read_parquet($files, hive_partitioning = false)
"""
_COMMON = """
    WITH n AS (SELECT same, amount_ore, count(*) AS times FROM newer WHERE is_common GROUP BY ALL),
        o AS (SELECT same, amount_ore, count(*) AS times FROM older WHERE is_common GROUP BY ALL)
    SELECT coalesce((SELECT sum(least(n.times, o.times)) FROM n JOIN o USING (same, amount_ore)), 0)::BIGINT,
        (SELECT count(*) FROM newer WHERE is_common), (SELECT count(*) FROM older WHERE is_common)
"""
#: Vouchers of both files whose lines differ.
_CHANGED = """
    CREATE OR REPLACE TEMP TABLE changed AS
    WITH n AS (
        SELECT voucher_key, min(booked_on) AS day, sum(hash(same, amount_ore)::HUGEINT) AS content,
            sum(greatest(amount_ore, 0))::BIGINT AS ore, count(*) AS lines FROM newer GROUP BY ALL
    ), o AS (
        SELECT voucher_key, any_value(number) AS number, min(booked_on) AS day,
            sum(hash(same, amount_ore)::HUGEINT) AS content, sum(greatest(amount_ore, 0))::BIGINT AS ore,
            count(*) AS lines, bool_or(is_common) AS is_common FROM older GROUP BY ALL
    )
    SELECT voucher_key, o.number, n.ore AS newer_ore, o.ore AS older_ore, n.day = o.day AS is_same_day,
        n.content <> o.content OR n.lines <> o.lines AS differs
    FROM n JOIN o USING (voucher_key) WHERE o.is_common
"""
_VOUCHERS = """
    SELECT count(*) FILTER (is_same_day), count(*) FILTER (differs), count(*) FILTER (is_same_day AND differs),
        least((SELECT count(DISTINCT voucher_key) FROM newer WHERE is_common),
            (SELECT count(DISTINCT voucher_key) FROM older WHERE is_common))
    FROM changed
"""
#: Lines of common days that the older file alone holds; a voucher whose lines differ counts as the newer file has it.
_ALONE = """
    WITH n AS (SELECT same, amount_ore, count(*) AS times FROM newer WHERE is_common GROUP BY ALL),
        o AS (
            SELECT same, amount_ore, count(*) AS times FROM older WHERE is_common
            AND NOT EXISTS (SELECT 1 FROM changed c WHERE c.voucher_key = older.voucher_key AND c.differs) GROUP BY ALL
        )
    SELECT coalesce(sum(greatest(o.times - coalesce(n.times, 0), 0)), 0)::BIGINT,
        coalesce(sum(greatest(o.times - coalesce(n.times, 0), 0) * o.amount_ore), 0)::BIGINT
    FROM o LEFT JOIN n USING (same, amount_ore)
"""
_LISTED = 10


def may_overlap(one: LedgerReport, other: LedgerReport) -> bool:
    """Whether two files have days in common."""
    return bool(one.days[0] and other.days[0]) and one.days[0] <= other.days[1] and other.days[0] <= one.days[1]


def newest_first(reports: Sequence[LedgerReport]) -> list[LedgerReport]:
    """Files in the order in which their lines count: the later export before the earlier one."""
    by_name = sorted(reports, key=lambda report: report.form.file)
    return sorted(by_name, key=lambda report: (report.form.exported_on, report.days[1]), reverse=True)


def _is_later(newer: LedgerReport, older: LedgerReport) -> bool:
    """Whether it is beyond doubt that one export is later than another."""
    one, other = newer.form.exported_on, older.form.exported_on
    return (bool(other) and one > other) or (one == other and newer.days[1] > older.days[1])


def drop_what_is_there(
    connection: "duckdb.DuckDBPyConnection",
    newer: LedgerReport,
    older: LedgerReport,
    target: Path,
    settings: SpendSettings,
) -> None:
    """Take out of the older file what the newer holds already, if they overlap, and what it has corrected.

    Args:
        connection: to work with.
        newer: stays as it is.
        older: its lines are written anew, and its balance moves them to the rule ``overlap``.
        target: folder of the typed lines.
        settings: what to do, and from which share on.

    Raises:
        LedgerError: the configuration says that this stops the run, or which of two contents of a voucher counts
            cannot be told.
    """
    low, high = max(newer.days[0], older.days[0]), min(newer.days[1], older.days[1])
    for side, report in (("newer", newer), ("older", older)):
        given = {"files": _files(report, target), "low": low, "high": high}
        connection.execute(_LINES.format(side=side), given)
    common, here, there = connection.execute(_COMMON).fetchone() or (0, 0, 0)
    connection.execute(_CHANGED)
    vouchers, differing, differing_that_day, fewest = connection.execute(_VOUCHERS).fetchone() or (0, 0, 0, 0)
    overlaps = bool(common) and 100 * common / min(here, there) >= settings.overlap_share_pct
    rewritten = bool(differing_that_day) and 100 * vouchers / max(fewest, 1) >= settings.overlap_share_pct
    said = f"{common:,} of the lines of {low} to {high} stand in {newer.form.file} too"
    if settings.overlap == "keep" or not (overlaps or rewritten):
        if common:
            older.remarks.append(f"{said}; kept")
        return
    if settings.overlap == "fail":
        raise LedgerError(
            f"{older.form.file}: {said}. Remove one of the files, or set spend: overlap in municipality.yaml."
        )
    if differing and not (overlaps and _is_later(newer, older)):
        raise LedgerError(
            f"{older.form.file}: {differing:,} vouchers stand in {newer.form.file} with other lines, and which export "
            "is the later one cannot be told. Remove the earlier file, or set spend: overlap: keep in "
            f"municipality.yaml if they are different vouchers. First: {_listed(connection)}"
        )
    older.status = f"overlaps {newer.form.file}"
    older.remarks.append(f"{said}; counted once")
    if differing:
        older.warnings.append(
            f"{differing:,} vouchers stand in {newer.form.file}, the later export, with other lines; those count: "
            f"{_listed(connection)}"
        )
    _rewrite(connection, older, target, low, high)
    ((lines, ore),) = connection.execute(_ALONE).fetchall()
    if lines:
        older.warnings.append(
            f"{lines:,} lines ({ore / 100:,.2f} SEK) of {low} to {high} stand in this file alone, not in "
            f"{newer.form.file}, and count: were they taken out or corrected there?"
        )


def _listed(connection: "duckdb.DuckDBPyConnection") -> str:
    """Vouchers with their kronor in the older and in the newer file."""
    rows = connection.execute(
        f"SELECT number, older_ore / 100, newer_ore / 100 FROM changed WHERE differs ORDER BY number LIMIT {_LISTED}"
    ).fetchall()
    return ", ".join(f"{number} ({before:,.2f} before, {after:,.2f} after)" for number, before, after in rows)


def _files(report: LedgerReport, target: Path) -> list[str]:
    return [str(target / f"year={year}" / f"{report.form.file_id}.parquet") for year in report.years]


def _rewrite(connection: "duckdb.DuckDBPyConnection", older: LedgerReport, target: Path, low: str, high: str) -> None:
    columns = ", ".join(typed_lines.COLUMNS)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE held AS SELECT same, amount_ore, count(*) AS times FROM newer WHERE is_common "
        "GROUP BY ALL"
    )
    for year in list(older.years):
        place = target / f"year={year}" / f"{older.form.file_id}.parquet"
        draft = place.with_name(f".{place.name}.part")
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE numbered AS SELECT {columns}, hash({_SAME}) AS same, "
            f"{_VOUCHER} AS voucher_key, "
            "CASE WHEN booked_on BETWEEN CAST($low AS DATE) AND CAST($high AS DATE) THEN "
            f"row_number() OVER (PARTITION BY hash({_SAME}), amount_ore ORDER BY line) ELSE NULL END AS time "
            "FROM read_parquet($file, hive_partitioning = false)",
            {"file": str(place), "low": low, "high": high},
        )
        again = (
            "(EXISTS (SELECT 1 FROM held h WHERE h.same = n.same AND h.amount_ore = n.amount_ore "
            "AND n.time <= h.times) "
            "OR EXISTS (SELECT 1 FROM changed c WHERE c.voucher_key = n.voucher_key AND c.differs))"
        )
        for rule, lines, amount in connection.execute(
            f"SELECT left_out_rule, count(*), sum(amount_ore)::BIGINT FROM numbered n WHERE {again} GROUP BY ALL"
        ).fetchall():
            older.add(year, rule or typed_lines.COUNTED, -lines, -amount)
            older.add(year, typed_lines.OVERLAP, lines, amount)
        connection.execute(
            f"COPY (SELECT {columns} FROM numbered n WHERE NOT {again}) TO '{quoted(draft)}' "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        connection.execute("DROP TABLE numbered")
        draft.replace(place)
