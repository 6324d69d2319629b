"""Columns: provenance, findings of checks, the run and the dictionary itself.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.columns.kinds import BOOLEAN, INTEGER, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

COLUMNS = (
    Column(
        "indicator_id",
        TEXT,
        "What distinguishes the indicator in its table besides municipality, release and year: the values of the key's "
        "other columns, joined by slashes (of a sector indicator its target_id).",
    ),
    Column(
        "source_cells",
        TEXT,
        "Cells of the source workbook that it sums, separated by spaces; one with a minus is taken away.",
    ),
    Column(
        "local_rows",
        TEXT,
        "Rows of the municipality's own files behind it, as file:row, separated by semicolons; empty for none.",
    ),
    Column("baseline_cells", TEXT, "Cells that its baseline sums; empty where there is none."),
    Column("source_sum_t", NUMBER, "Sum of the source cells in tonnes: the reported figure.", unit="t", nullable=True),
    Column("table_name", TEXT, "Table that was checked or described."),
    Column("check_name", TEXT, "Name of the check."),
    Column(
        "kind",
        TEXT,
        "Of a check: 'contract' (form, keys and bounds), 'reconciliation' (do sums agree), 'plausibility' (is it "
        "likely). Of a revision: 'revised', 'new_year', 'dropped_year', or 'reissue' (same years, other bytes).",
        allowed=("contract", "reconciliation", "plausibility"),
    ),
    Column(
        "severity",
        TEXT,
        "ERROR stops publishing when it fails, WARN is a remark, INFO tells something and never fails.",
        allowed=("ERROR", "WARN", "INFO"),
    ),
    Column("passed", BOOLEAN, "Whether the check passed; missing where it does not apply.", nullable=True),
    Column(
        "outcome",
        TEXT,
        "'passed', 'failed' or 'not_applicable' (with the reason in the message).",
        allowed=("passed", "failed", "not_applicable"),
    ),
    Column("observed", TEXT, "The value found."),
    Column("threshold", TEXT, "The value that it is compared with."),
    Column("message", TEXT, "What was found, in a sentence."),
    Column(
        "message_sv",
        TEXT,
        "The same in Swedish, of remarks that name municipalities; codes of municipalities, sectors, targets and lines "
        "stand in ''. Missing where there is no Swedish sentence.",
        nullable=True,
    ),
    Column("likely_cause", TEXT, "The likely cause when it fails: what to look at first."),
    Column(
        "acknowledgement",
        TEXT,
        "Who stands for what was found, until when and why (data/acknowledged.yaml); empty for nobody.",
    ),
    Column(
        "offending_keys",
        TEXT,
        "The first keys at fault, at most ten; those of municipalities with a folder come first.",
    ),
    Column(
        "municipality_codes",
        TEXT,
        "All municipalities that the rows at fault are about, separated by spaces; empty where no row names one.",
    ),
    Column("offending_count", INTEGER, "How many rows are at fault.", minimum=0),
    Column("finding_no", INTEGER, "Number of the finding within its check.", minimum=1),
    Column(
        "item_kind",
        TEXT,
        "Kind of the manifest's line.",
        allowed=("snapshot", "ledger", "configuration", "code", "table", "option"),
    ),
    Column("item_name", TEXT, "What the line is about: a release, a file, a table, an option."),
    Column("item_value", TEXT, "Its value: a hash, a version, an option's setting.", nullable=True),
    Column("row_count", INTEGER, "Rows in the table.", nullable=True, minimum=0),
    Column("column_name", TEXT, "Column described."),
    Column("column_order", INTEGER, "Position of the column in its table.", minimum=1),
    Column("column_kind", TEXT, "Type of the values.", allowed=("string", "integer", "number", "boolean", "datetime")),
    Column("column_unit", TEXT, "Unit of the values; missing for text.", nullable=True),
    Column("is_key", BOOLEAN, "Whether the column is part of the table's key."),
    Column("is_nullable", BOOLEAN, "Whether values may be missing. A missing number is never a zero."),
    Column("may_be_summed", TEXT, "Whether rows may be added up.", allowed=("yes", "no", "within one release")),
    Column(
        "sum_requires",
        TEXT,
        "Columns that have to be fixed to one value each before rows may be added up, separated by spaces: the whole "
        "key where they never may; empty for text and where nothing has to be fixed.",
    ),
    Column("description", TEXT, "What it means."),
    Column("derived_from", TEXT, "Columns that it is computed from, separated by spaces; empty at a source."),
)
