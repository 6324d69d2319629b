"""Contracts of the stage ``spend``: ledger files, where their kronor went, and the quarantine.

The typed lines themselves are a Parquet dataset that only DuckDB reads (``spend.ledger.typed_lines.COLUMNS``), not a
table between stages.
"""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

SPEND_FILES = Table(
    key="spend/spend_files",
    description="Every file beside ledgers: what was detected, what to look at, and how many of its lines were read, "
    "found twice, or put in quarantine. Municipality 9999 is an invented example.",
    columns=(
        col("municipality_code"),
        col("ledger_file"),
        col("file_id"),
        col("file_format"),
        col("encoding"),
        col("has_bom"),
        col("separator"),
        col("decimal_mark"),
        col("header_columns"),
        col("ledger_lines"),
        col("lines_read"),
        col("lines_quarantined"),
        col("lines_duplicate"),
        col("amount_ore"),
        col("amount_sek"),
        col("amounts_rounded"),
        col("first_day"),
        col("last_day"),
        col("file_status"),
        col("ledger_warnings"),
        col("note"),
        col("is_stale"),
    ),
    primary_key=("municipality_code", "ledger_file"),
    topic="spend",
)

LEDGER_TOTALS = Table(
    key="spend/ledger_totals",
    description="Where every krona of the ledgers went: counted, left out by a rule, found twice, or in quarantine. "
    "The sum is what the files hold, to the oere. Municipality 9999 is an invented example.",
    columns=(
        col("municipality_code"),
        col("year").use(minimum=0),
        col("rule"),
        col("rule_kind"),
        col("ledger_lines"),
        col("amount_ore"),
        col("amount_sek"),
        col("rule_reason"),
        col("is_stale"),
    ),
    primary_key=("municipality_code", "year", "rule"),
    topic="spend",
)

SPEND_QUARANTINE = Table(
    key="spend/spend_quarantine",
    description="Every ledger line that could not be read: where, why, and its amount where it is known. Values are "
    "withheld where they could be about a person.",
    columns=(
        col("municipality_code"),
        col("ledger_file"),
        col("line_no"),
        col("field"),
        col("field_value"),
        col("quarantine_reason"),
        col("amount_ore").use(nullable=True),
        col("amount_sek").use(nullable=True),
        col("is_stale"),
    ),
    primary_key=("municipality_code", "ledger_file", "line_no"),
    topic="spend",
)

UNREAD_LEDGERS = Table(
    key="spend/unread_ledgers",
    description="Municipalities whose ledgers could not be read, and why; their other tables are of an earlier run.",
    columns=(col("municipality_code"), col("refusal")),
    primary_key=("municipality_code", "refusal"),
    topic="spend",
)

TABLES = (SPEND_FILES, LEDGER_TOTALS, SPEND_QUARANTINE, UNREAD_LEDGERS)
