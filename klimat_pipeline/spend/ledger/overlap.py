"""Lines that two files hold both: exports of overlapping periods, of which every line is to count once.

A line alone cannot tell: invoices do repeat lines, within a file and between months. Two files overlap when, on the
days that both cover, most lines of the smaller stand in the other too; then each line counts as often as in the file
that has it most often. Otherwise equal lines are taken for what they are: bought twice. So a ledger may be split
into files in any way, as long as the halves are not mostly copies of each other.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import typed_lines
from klimat_pipeline.spend.ledger.file_format import LedgerError
from klimat_pipeline.spend.ledger.parquet_writer import quoted
from klimat_pipeline.spend.ledger.read_ledger import LedgerReport

if TYPE_CHECKING:
    import duckdb

#: What makes a line the same line, wherever it stands.
_SAME = "buyer_id, unit, voucher, invoice_no, supplier_id, supplier_name, account, booked_on, item_text"


def may_overlap(one: LedgerReport, other: LedgerReport) -> bool:
    """Whether two files have days in common."""
    return bool(one.days[0] and other.days[0]) and one.days[0] <= other.days[1] and other.days[0] <= one.days[1]


def drop_what_is_there(
    connection: "duckdb.DuckDBPyConnection",
    earlier: LedgerReport,
    later: LedgerReport,
    target: Path,
    settings: SpendSettings,
) -> None:
    """Take out of the later file what the earlier holds already, if they overlap.

    Args:
        connection: to work with.
        earlier: stays as it is.
        later: its lines are written anew, and its balance moves them to the rule ``overlap``.
        target: folder of the typed lines.
        settings: what to do, and from which share on.

    Raises:
        LedgerError: they overlap, and the configuration says that this stops the run.
    """
    low, high = max(earlier.days[0], later.days[0]), min(earlier.days[1], later.days[1])
    files = {"earlier": _files(earlier, target), "later": _files(later, target), "low": low, "high": high}
    for name in ("earlier", "later"):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT hash({_SAME}) AS same, amount_ore, count(*) AS times "
            f"FROM read_parquet(${name}, hive_partitioning = false) "
            "WHERE booked_on BETWEEN CAST($low AS DATE) AND CAST($high AS DATE) GROUP BY ALL",
            {name: files[name], "low": low, "high": high},
        )
    common, here, there = connection.execute(
        "SELECT coalesce((SELECT sum(least(e.times, l.times)) FROM earlier e JOIN later l USING (same, amount_ore)), 0)"
        "::BIGINT, (SELECT coalesce(sum(times), 0) FROM earlier)::BIGINT, "
        "(SELECT coalesce(sum(times), 0) FROM later)::BIGINT"
    ).fetchone() or (0, 0, 0)
    if not common:
        return
    share = 100 * common / min(here, there)
    said = f"{common:,} of the lines of {low} to {high} stand in {earlier.form.file} too"
    if share < settings.overlap_share_pct or settings.overlap == "keep":
        later.remarks.append(f"{said}; kept")
        return
    if settings.overlap == "fail":
        raise LedgerError(
            f"{later.form.file}: {said}. Remove one of the files, or set spend: overlap in municipality.yaml."
        )
    later.status = f"overlaps {earlier.form.file}"
    later.remarks.append(f"{said}; counted once")
    _rewrite(connection, later, target, files)


def _files(passed: LedgerReport, target: Path) -> list[str]:
    return [str(target / f"year={year}" / f"{passed.form.file_id}.parquet") for year in passed.years]


def _rewrite(
    connection: "duckdb.DuckDBPyConnection", later: LedgerReport, target: Path, files: Mapping[str, object]
) -> None:
    columns = ", ".join(typed_lines.COLUMNS)
    for year in list(later.years):
        place = target / f"year={year}" / f"{later.form.file_id}.parquet"
        draft = place.with_name(f".{place.name}.part")
        given = {"file": str(place), "low": files["low"], "high": files["high"]}
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE numbered AS SELECT {columns}, hash({_SAME}) AS same, "
            "CASE WHEN booked_on BETWEEN CAST($low AS DATE) AND CAST($high AS DATE) THEN "
            f"row_number() OVER (PARTITION BY hash({_SAME}), amount_ore ORDER BY line) ELSE NULL END AS time "
            "FROM read_parquet($file, hive_partitioning = false)",
            given,
        )
        again = (
            "EXISTS (SELECT 1 FROM earlier e WHERE e.same = n.same AND e.amount_ore = n.amount_ore "
            "AND n.time <= e.times)"
        )
        for rule, lines, amount in connection.execute(
            f"SELECT left_out_rule, count(*), sum(amount_ore)::BIGINT FROM numbered n WHERE {again} GROUP BY ALL"
        ).fetchall():
            later.add(year, rule or typed_lines.COUNTED, -lines, -amount)
            later.add(year, typed_lines.OVERLAP, lines, amount)
        connection.execute(
            f"COPY (SELECT {columns} FROM numbered n WHERE NOT {again}) TO '{quoted(draft)}' "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        connection.execute("DROP TABLE numbered")
        draft.replace(place)
