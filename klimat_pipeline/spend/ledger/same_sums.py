"""Two files that hold the same purchases in two forms: a summary beside its ledger, or vouchers with other numbers.

Nearly no line is in both, so that lines cannot tell (``overlap``), but sums by account, to the oere, do: where nine of
ten accounts of a file stand in the other with the same sum, and suppliers and units too where both have them. What does
not belong here: lines of both, and which of two exports counts (``overlap``).
"""

from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.read_ledger import LedgerReport

if TYPE_CHECKING:
    import duckdb

#: Fewer sums may be the same by chance.
_ENOUGH, _SHARE_PCT = 3, 90
_LINES = """
    CREATE OR REPLACE TEMP TABLE {side}_lines AS SELECT account, supplier_id, unit, year(booked_on) AS year, amount_ore
    FROM read_parquet($files, hive_partitioning = false)
"""
_FILLED = """
    SELECT count(*) FILTER (supplier_id <> '') > 0, count(*) FILTER (unit <> '') > 0 FROM {side}
"""
_COMPARED = """
    WITH n AS (SELECT {by}, sum(amount_ore) AS ore FROM newer_lines GROUP BY ALL),
        o AS (SELECT {by}, sum(amount_ore) AS ore FROM older_lines GROUP BY ALL)
    SELECT (SELECT count(*) FROM n JOIN o USING ({by}, ore) WHERE ore <> 0), (SELECT count(*) FROM n WHERE ore <> 0),
        (SELECT count(*) FROM o WHERE ore <> 0),
        (SELECT count(DISTINCT account) FROM n JOIN o USING ({by}, ore) WHERE ore <> 0)
"""


def refuse_same_sums(
    connection: "duckdb.DuckDBPyConnection", newer: LedgerReport, older: LedgerReport, target: Path
) -> None:
    """Refuse two files of the same months whose sums are the same.

    Args:
        connection: to work with.
        newer: a file, and
        older: one that has days in common with it.
        target: folder of the typed lines.

    Raises:
        LedgerError: they are the same purchases in two forms.
    """
    for side, report in (("newer", newer), ("older", older)):
        files = [str(target / f"year={year}" / f"{report.form.file_id}.parquet") for year in report.years]
        connection.execute(_LINES.format(side=side), {"files": files})
    ((here_supplier, here_unit),) = connection.execute(_FILLED.format(side="newer_lines")).fetchall()
    ((there_supplier, there_unit),) = connection.execute(_FILLED.format(side="older_lines")).fetchall()
    by = ["year", "account"]
    by += ["supplier_id"] * (here_supplier and there_supplier) + ["unit"] * (here_unit and there_unit)
    ((same, here, there, accounts),) = connection.execute(_COMPARED.format(by=", ".join(by))).fetchall()
    if accounts < _ENOUGH or 100 * same < _SHARE_PCT * min(here, there):
        return
    raise LedgerError(
        f"{older.form.file}: the sums of {accounts:,} accounts are, to the öre, those of {newer.form.file}: a summary "
        "of the same purchases, or the same with other numbers or days. Remove one of the files, or set spend: "
        "overlap: keep in municipality.yaml if all lines of both are purchases."
    )
