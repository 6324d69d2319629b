"""The typed lines of one ledger file, in a table of the database until all is known: their sums, and Parquet by year.

What does not belong here: what the lines say (``typed_lines``), and the file's balance as the run knows it
(``read_ledger``).
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from klimat_pipeline.spend.ledger import seals, typed_lines
from klimat_pipeline.spend.ledger.cells import CellCleaner
from klimat_pipeline.spend.ledger.csv_reader import Problem, batch_of
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.supplier_ids import SupplierIds

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_FAULTS = "SELECT line, left_out_rule, item_text, amount_ore FROM typed_lines WHERE year = 0 ORDER BY line"
_SUMS = """
    SELECT year, left_out_rule, count(*), sum(amount_ore)::BIGINT FROM typed_lines WHERE year <> 0
    GROUP BY ALL ORDER BY ALL
"""
_VAT = """
    SELECT year, 0, sum(vat_ore)::BIGINT FROM typed_lines WHERE year <> 0 AND vat_ore <> 0
    GROUP BY ALL ORDER BY ALL
"""
_DAYS = "SELECT min(booked_on)::VARCHAR, max(booked_on)::VARCHAR FROM typed_lines WHERE year <> 0"


class Rows(Protocol):
    """A reader of one file (``csv_reader``, ``xlsx_reader``, ``parquet_reader``, ``sie_reader``).

    Attributes:
        form: with the columns that were found.
        problems: lines that are no rows; complete when the batches are exhausted, as ``blank`` and ``last_line`` are.
        blank: lines without content.
        last_line: lines of the file, header included.
        warnings: what a reader should look at; complete when the batches are exhausted.
    """

    form: FileFormat
    problems: list[Problem]
    blank: int
    last_line: int
    warnings: list[str]

    def batches(self) -> "Iterator[pa.RecordBatch]":
        """All rows: ``line``, and one text a recognised field."""


def put_lines(
    con: "duckdb.DuckDBPyConnection",
    statement: str,
    values: Mapping[str, Any],
    source: str,
    rows: Rows,
    ids: SupplierIds,
) -> CellCleaner:
    """Make the table ``typed_lines`` of a reader's rows, whose cells are made plain on the way.

    Args:
        con: the database.
        statement: of ``typed_lines.query``.
        values: its parameters.
        source: what the statement calls the rows.
        rows: read while the database types them; what goes wrong there is raised as it is.
        ids: tells suppliers by their ids.

    Returns:
        What was made plain.
    """
    import duckdb
    import pyarrow as pa

    failures: list[Exception] = []
    cleaner = CellCleaner()

    def batches() -> "Iterator[pa.RecordBatch]":
        try:
            yield from (ids.told(cleaner.cleaned(batch)) for batch in rows.batches())
        except Exception as error:
            failures.append(error)
            raise

    con.register(source, pa.RecordBatchReader.from_batches(ids.told(batch_of((), rows.form)).schema, batches()))
    try:
        con.execute(f"CREATE TEMP TABLE typed_lines AS {statement}", values)
    except duckdb.Error:
        if failures:  # DuckDB would tell its text alone, with whatever stands in it
            raise failures[0] from None
        raise
    return cleaner


def faults(con: "duckdb.DuckDBPyConnection") -> list[tuple[int, str, str, int | None]]:
    """Line, code of ``typed_lines.REASONS`` (or ``blank``), value and oere of every line that does not pass."""
    found = con.execute(_FAULTS).fetchall()
    return [(line, rule.removeprefix(typed_lines.QUARANTINE), value, ore) for line, rule, value, ore in found]


def sums(con: "duckdb.DuckDBPyConnection") -> list[tuple[int, str, int, int]]:
    """Year, rule, lines and oere of what passed; VAT that was taken out of amounts is a rule without lines."""
    by_rule = [
        (year, rule or typed_lines.COUNTED, lines, ore) for year, rule, lines, ore in con.execute(_SUMS).fetchall()
    ]
    return by_rule + [(year, typed_lines.VAT_PART, lines, ore) for year, lines, ore in con.execute(_VAT).fetchall()]


def first_and_last_day(con: "duckdb.DuckDBPyConnection") -> tuple[str, str]:
    """Of what passed; empty texts where nothing did."""
    ((first, last),) = con.execute(_DAYS).fetchall()
    return first or "", last or ""


def accounts_with_zeros(con: "duckdb.DuckDBPyConnection") -> int:
    """Lines of whose account zeros in front were taken off."""
    ((lines,),) = con.execute("SELECT count(*) FILTER (has_zeros) FROM typed_lines WHERE year <> 0").fetchall()
    return int(lines)


def write_years(con: "duckdb.DuckDBPyConnection", years: Iterable[int], work: Path, target: Path, file_id: str) -> None:
    """Write ``year=<year>/<file id>.parquet``; the files take their places when all of them are whole."""
    drafts = {work / f"{year}.parquet": target / f"year={year}" / f"{file_id}.parquet" for year in years}
    for year, draft in zip(years, drafts, strict=True):
        con.execute(
            f"COPY (SELECT {', '.join(typed_lines.COLUMNS)} FROM typed_lines WHERE year = {int(year)}) "
            f"TO '{quoted(draft)}' (FORMAT parquet, COMPRESSION lz4, WRITE_BLOOM_FILTER false)"
        )
    for draft, place in drafts.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        seals.put_in_place(draft, place)


def quoted(path: Path) -> str:
    """A path of ours inside SQL, where COPY takes no parameter."""
    return str(path).replace("'", "''")
