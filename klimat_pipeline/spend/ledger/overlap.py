"""Lines that two files hold both: exports of overlapping periods, of which every line is to count once.

A line alone cannot tell: invoices do repeat lines, within a file and between months. Two files overlap when, on the
days that both cover, most lines of the smaller stand in the other too; then each line counts as often as in the file
that has it most often. Lines are compared on the columns that both files have. A voucher that stands in both with other
lines was corrected, and so was a line without a voucher that each of two overlapping files alone holds, the same but
for its amount, account, supplier, unit or day: the later export counts, which is the one that says a later day of
export, or else the one that reaches further. So it is with lines that one of two exports of the same ledger alone
holds: four lines of five stand in both, and the later export is right about the rest. Where neither tells, or where
most vouchers are the same and most lines are not, the files are refused with the list. Otherwise equal lines are taken
for what they are: bought twice, and files for parts of a ledger, each with lines of its own. What does not belong here:
one file (``read_ledger``), which files there are (``store``), copies in another form (``altered_copies``).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import seals, typed_lines
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline.spend.ledger.parquet_writer import quoted

if TYPE_CHECKING:
    import duckdb

#: What makes a line the same line, wherever it stands.
_SAME = (
    "buyer_id",
    "unit",
    "voucher",
    "invoice_no",
    "supplier_id",
    "supplier_name",
    "account",
    "booked_on",
    "item_text",
)
#: Where two files have none of these in common, more of their lines have to be the same.
_TELLING, _SURE_PCT = {"voucher", "invoice_no", "supplier_id"}, 90
#: What a correction may change of a line, by the key of what it leaves: the amount, or one of these.
_CHANGES = {
    "same": (),
    "but_account": ("account",),
    "but_supplier": ("supplier_id", "supplier_name"),
    "but_unit": ("unit",),
    "but_day": ("booked_on",),
}
#: What makes a voucher the same: its number and year, or the invoice's where a ledger has no vouchers. Exports of
#: units that differ each hold their own part of a voucher.
_VOUCHER = """CASE WHEN voucher <> '' THEN hash(buyer_id, voucher, year(booked_on), CASE WHEN $by_unit THEN unit END)
    WHEN invoice_no <> ''
        THEN hash(buyer_id, '', invoice_no, supplier_id, year(booked_on), CASE WHEN $by_unit THEN unit END) END"""
_UNITS = """
    SELECT count(*) FROM (SELECT unit FROM read_parquet($newer, hive_partitioning = false) WHERE unit <> ''
        INTERSECT SELECT unit FROM read_parquet($older, hive_partitioning = false))
"""
#: ``time`` tells equal lines apart: the first, the second, in the order of the file.
_LINES = f"""
    CREATE OR REPLACE TEMP TABLE {{side}} AS
    SELECT line, {{keys}}, amount_ore, {_VOUCHER} AS voucher_key, coalesce(nullif(voucher, ''), invoice_no) AS number,
        booked_on, account, supplier_name, booked_on BETWEEN CAST($low AS DATE) AND CAST($high AS DATE) AS is_common,
        row_number() OVER (PARTITION BY same, amount_ore ORDER BY line) AS time
    FROM (SELECT *{{compared}} FROM read_parquet($files, hive_partitioning = false))
"""
#: Lines of the older file that the newer holds as often.
_HELD = """
    CREATE OR REPLACE TEMP TABLE held AS
    SELECT o.line FROM older o JOIN (
        SELECT same, amount_ore, count(*) AS times FROM newer WHERE is_common GROUP BY ALL
    ) n USING (same, amount_ore) WHERE o.is_common AND o.time <= n.times
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
#: Lines of common days that one file alone holds; a voucher whose lines differ counts as the newer file has it.
_ALONE = """
    CREATE OR REPLACE TEMP TABLE {side}_alone AS
    SELECT l.* FROM {side} l LEFT JOIN (
        SELECT same, amount_ore, count(*) AS times FROM {other} WHERE is_common GROUP BY ALL
    ) t USING (same, amount_ore)
    WHERE l.is_common AND l.time > coalesce(t.times, 0)
        AND NOT EXISTS (SELECT 1 FROM changed c WHERE c.voucher_key = l.voucher_key AND c.differs)
"""
#: Pairs of them that are the same but for what a correction changes, one to one.
_PAIRED = """
    INSERT INTO corrected
    WITH o AS (
        SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY amount_ore, line) AS place FROM older_alone
        WHERE line NOT IN (SELECT older_line FROM corrected)
    ), n AS (
        SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY amount_ore, line) AS place FROM newer_alone
        WHERE line NOT IN (SELECT newer_line FROM corrected)
    )
    SELECT o.line, n.line, o.booked_on, o.account, o.supplier_name, o.amount_ore, n.booked_on, n.account,
        n.supplier_name, n.amount_ore
    FROM o JOIN n USING ({key}, place)
"""
_CORRECTED = """
    CREATE OR REPLACE TEMP TABLE corrected (older_line BIGINT, newer_line BIGINT, day DATE, account VARCHAR,
        supplier VARCHAR, ore BIGINT, day_after DATE, account_after VARCHAR, supplier_after VARCHAR, ore_after BIGINT)
"""
#: Lines that a file alone is left with, neither corrected nor of a voucher that was.
_LEFT = "SELECT {what} FROM {side}_alone WHERE line NOT IN (SELECT {side}_line FROM corrected)"
#: Two exports of one ledger have at most this share of their lines alone; parts of a ledger have more.
_LEFT_PCT = 20
_LISTED = 10


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
        LedgerError: the configuration says that this stops the run, or which of two contents of a voucher or line
            counts cannot be told.
    """
    low, high = max(newer.days[0], older.days[0]), min(newer.days[1], older.days[1])
    absent = _in_one_alone(newer, older)
    files = {"newer": _files(newer, target), "older": _files(older, target)}
    # A buyer's name stands for a unit where there is none.
    by_unit = bool({"unit", "buyer_name"} & set(newer.form.fields) & set(older.form.fields))
    by_unit = by_unit and connection.execute(_UNITS, files).fetchall() == [(0,)]
    for side, some in files.items():
        given = {"files": some, "low": low, "high": high, "by_unit": by_unit}
        connection.execute(_LINES.format(side=side, keys=_keys(), compared=_without(absent)), given)
    connection.execute(_HELD)
    ((common, here, there),) = connection.execute(
        "SELECT (SELECT count(*) FROM held), (SELECT count(*) FROM newer WHERE is_common), "
        "(SELECT count(*) FROM older WHERE is_common)"
    ).fetchall()
    connection.execute(_CHANGED)
    vouchers, differing, differing_that_day, fewest = connection.execute(_VOUCHERS).fetchone() or (0, 0, 0, 0)
    is_told = not absent or bool(_TELLING & set(newer.form.fields) & set(older.form.fields))
    needed = settings.overlap_share_pct if is_told else max(settings.overlap_share_pct, _SURE_PCT)
    overlaps = bool(common) and 100 * common / min(here, there) >= needed
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
    corrected, left = _pair(connection) if overlaps else (0, {"newer": 0, "older": 0})
    is_same_ledger = all(100 * left[side] <= _LEFT_PCT * lines for side, lines in (("newer", here), ("older", there)))
    told = []
    if differing:
        told.append(
            f"{differing:,} vouchers stand in {newer.form.file} with other lines. First: {_vouchers(connection)}"
        )
    if corrected:
        told.append(
            f"{corrected:,} lines stand in {newer.form.file} with another amount, account, supplier, unit or day. "
            f"First: {_lines(connection)}"
        )
    is_later = overlaps and _is_later(newer, older)
    for side, name in (("older", older.form.file), ("newer", newer.form.file)):
        if left[side] and is_same_ledger and not (is_later and side == "newer"):
            told.append(f"{left[side]:,} lines stand in {name} alone. First: {_left(connection, side)}")
    if told and not is_later:
        raise LedgerError(
            f"{older.form.file}: {said}, and which export is the later one cannot be told: {'; '.join(told)}. Remove "
            "the earlier file, or set spend: overlap: keep in municipality.yaml if all lines of both are purchases."
        )
    older.status = f"overlaps {newer.form.file}"
    older.remarks.append(f"{said}; counted once")
    older.warnings += [f"{text}. That is the later export, and counts" for text in told]
    _rewrite(connection, older, target, all_of_it=is_same_ledger)
    if left["older"] and not is_same_ledger:
        older.warnings.append(
            f"{left['older']:,} lines of {low} to {high}, such as {_left(connection, 'older', 1)}, stand in this file "
            f"alone, not in {newer.form.file}, and count: each file has a part of its own"
        )


def _in_one_alone(newer: LedgerReport, older: LedgerReport) -> list[str]:
    """Of what makes a line the same, columns that one of the files does not have: they are not compared."""
    one, other = set(newer.form.fields), set(older.form.fields)
    absent = [name for name in _SAME if name in one ^ other and name != "booked_on"]
    # Names are kept only beside a number.
    return list(dict.fromkeys([*absent, "supplier_name"])) if "supplier_id" in absent else absent


def _without(absent: Sequence[str]) -> str:
    made_empty = [f"'' AS {name}" for name in absent]
    return f" REPLACE ({', '.join(made_empty)})" if absent else ""


def _keys() -> str:
    """What a line is known by, whole and without what a correction may change; the latter with the amount."""
    kept = {key: [name for name in _SAME if name not in without] for key, without in _CHANGES.items()}
    return ", ".join(
        f"hash('{key}', {', '.join(names)}{', amount_ore' * (key != 'same')}) AS {key}" for key, names in kept.items()
    )


def _pair(connection: "duckdb.DuckDBPyConnection") -> tuple[int, dict[str, int]]:
    """Lines that are corrected in the newer file, and how many each file alone is left with.

    Lines alone that mostly have no such counterpart are lines of a part of the ledger that the newer file does not
    have: none of them is taken for corrected.
    """
    for side, other in (("newer", "older"), ("older", "newer")):
        connection.execute(_ALONE.format(side=side, other=other))
    connection.execute(_CORRECTED)
    for key in _CHANGES:
        connection.execute(_PAIRED.format(key=key))
    ((pairs, alone),) = connection.execute(
        "SELECT (SELECT count(*) FROM corrected), (SELECT count(*) FROM older_alone)"
    ).fetchall()
    if 2 * pairs < alone:
        connection.execute("TRUNCATE corrected")
        pairs = 0
    left = {}
    for side in ("newer", "older"):
        ((left[side],),) = connection.execute(_LEFT.format(what="count(*)", side=side)).fetchall()
    return pairs, left


def _left(connection: "duckdb.DuckDBPyConnection", side: str, most: int = _LISTED) -> str:
    """Lines of one file alone, with names of legal persons, and what they come to."""
    what = "line, booked_on, account, supplier_name, amount_ore"
    rows = connection.execute(f"{_LEFT.format(what=what, side=side)} ORDER BY line").fetchall()
    said = "; ".join(
        f"{day} {f'account {account} ' * bool(account)}{f'{name} ' * bool(name)}{ore / 100:,.2f}"
        for _, day, account, name, ore in rows[:most]
    )
    return f"{said} (together {sum(row[-1] for row in rows) / 100:,.2f} SEK)"


def _vouchers(connection: "duckdb.DuckDBPyConnection") -> str:
    """Vouchers with their kronor in the older and in the newer file."""
    rows = connection.execute(
        f"SELECT number, older_ore / 100, newer_ore / 100 FROM changed WHERE differs ORDER BY number LIMIT {_LISTED}"
    ).fetchall()
    return ", ".join(f"{number} ({before:,.2f} before, {after:,.2f} after)" for number, before, after in rows)


def _lines(connection: "duckdb.DuckDBPyConnection") -> str:
    """Lines as the older and as the newer file has them; names that are shown are those of legal persons."""
    rows = connection.execute(
        f"SELECT * EXCLUDE (older_line, newer_line) FROM corrected ORDER BY older_line LIMIT {_LISTED}"
    ).fetchall()
    told = []
    for row in rows:
        before, after = (
            [f"{day}", f"account {account}" * bool(account), name, f"{ore / 100:,.2f}"]
            for day, account, name, ore in (row[:4], row[4:])
        )
        changed = [new for old, new in zip(before, after, strict=True) if new != old]
        told.append(f"{' '.join(filter(None, before))} before, {' '.join(changed) or 'another unit'} after")
    return "; ".join(told)


def _files(report: LedgerReport, target: Path) -> list[str]:
    return [str(target / f"year={year}" / f"{report.form.file_id}.parquet") for year in report.years]


def _rewrite(connection: "duckdb.DuckDBPyConnection", older: LedgerReport, target: Path, *, all_of_it: bool) -> None:
    """Write the older file's lines without those that count elsewhere; without all of common days if these do."""
    columns = ", ".join(typed_lines.COLUMNS)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE again AS SELECT line FROM held UNION SELECT line FROM older WHERE voucher_key IN "
        "(SELECT voucher_key FROM changed WHERE differs) UNION SELECT older_line FROM corrected "
        "UNION SELECT line FROM older WHERE is_common AND $all_of_it",
        {"all_of_it": all_of_it},
    )
    for year in list(older.years):
        place = target / f"year={year}" / f"{older.form.file_id}.parquet"
        draft = place.with_name(f".{place.name}.part")
        lines = "FROM read_parquet($file, hive_partitioning = false) WHERE line {} (SELECT line FROM again)"
        for rule, count, amount in connection.execute(
            f"SELECT left_out_rule, count(*), sum(amount_ore)::BIGINT {lines.format('IN')} GROUP BY ALL",
            {"file": str(place)},
        ).fetchall():
            older.add(year, rule or typed_lines.COUNTED, -count, -amount)
            older.add(year, typed_lines.OVERLAP, count, amount)
        connection.execute(
            f"COPY (SELECT {columns} {lines.format('NOT IN')}) TO '{quoted(draft)}' (FORMAT parquet, COMPRESSION zstd)",
            {"file": str(place)},
        )
        seals.put_in_place(draft, place)
