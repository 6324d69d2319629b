"""Typed lines to their place: one Parquet file a year, and the sums of what was written.

What does not belong here: how lines are made (``typed``, ``quick``).
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from klimat_pipeline.spend import typed

#: Lines that are held before they are written, as one row group of each year.
_HELD = 400_000
#: Bytes that are held before they are written, however few the lines are.
HELD_BYTES = 96 * 1024 * 1024
#: Columns of which every row group says its smallest and largest value: a query passes over what cannot match.
_RANGES = ["line", "amount_ore", "booked_on", "month", "quantity"]
#: Whole numbers, kept as differences: smaller than compressed ones, and sooner written and read.
_WHOLE = ["line", "amount_ore", "booked_on", "month"]
#: The only column in which a line may say nothing; in the others nothing is an empty text.
_MAY_LACK = "quantity"


class Placed:
    """Writes the lines of one file, year by year, into a working folder.

    Args:
        work: folder; ``move`` takes the files out of it when all is well.

    Attributes:
        sums: lines and oere by year and rule.
        vat: lines and oere of VAT by year.
        days: first and last day.
        faults: line, code, value and oere of what does not pass.
    """

    def __init__(self, work: Path) -> None:
        self._work = work
        self._writers: dict[int, Any] = {}
        self._waiting: dict[int, list[Any]] = {}
        self._held = self._bytes = 0
        self._schema: Any = None
        #: Compressing takes a while, in which the next lines can be read.
        self._pool = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        self.sums: dict[tuple[int, str], tuple[int, int]] = {}
        self.vat: dict[int, tuple[int, int]] = {}
        self.days: tuple[str, str] = ("", "")
        self.faults: list[tuple[int, str, str, int | None]] = []

    @property
    def years(self) -> list[int]:
        """Years that have lines."""
        return sorted({year for year, _ in self.sums})

    def add(self, lines: Any) -> None:
        """Take typed lines: a table of ``typed.COLUMNS``, ``year`` (0 for a fault), perhaps ``vat_ore``."""
        import pyarrow as pa

        for year, own in _by_year(lines):
            if year == 0:
                self._fault(own)
                continue
            self._sum(year, own)
            coded = own.select(list(typed.COLUMNS))
            if self._schema is None:
                self._schema = pa.schema([_stored(column) for column in coded.schema])
            self._waiting.setdefault(year, []).append(_as(coded, self._schema))
            self._held += own.num_rows
            self._bytes += coded.nbytes
        if self._held >= _HELD or self._bytes >= HELD_BYTES:
            self._flush()

    def finish(self) -> None:
        """Close the files; nothing can be added after this."""
        self._flush()
        self._wait()
        for writer in self._writers.values():
            writer.close()

    def move(self, target: Path, file_id: str) -> None:
        """Put each finished file in its place, whole."""
        for year in self._writers:
            place = target / f"year={year}" / f"{file_id}.parquet"
            place.parent.mkdir(parents=True, exist_ok=True)
            (self._work / f"{year}.parquet").replace(place)
        self._writers = {}

    def close(self) -> None:
        """Let go of files that were not moved."""
        self._pool.shutdown(wait=True)
        for writer in self._writers.values():
            writer.close()

    def _flush(self) -> None:
        self._wait()
        self._writing = self._pool.submit(self._write, self._waiting)
        self._waiting, self._held, self._bytes = {}, 0, 0

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def _write(self, waiting: dict[int, list[Any]]) -> None:
        import pyarrow as pa

        for year, tables in waiting.items():
            # The chunks stay as they are: joining them would copy every line once more.
            whole = pa.concat_tables(tables).unify_dictionaries()
            self._writer(year).write_table(whole, row_group_size=whole.num_rows)

    def _writer(self, year: int) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if year not in self._writers:
            self._work.mkdir(parents=True, exist_ok=True)
            repeated = [column.name for column in self._schema if pa.types.is_dictionary(column.type)]
            self._writers[year] = pq.ParquetWriter(
                self._work / f"{year}.parquet",
                self._schema,
                compression="lz4",
                use_dictionary=repeated,
                column_encoding=dict.fromkeys(_WHOLE, "DELTA_BINARY_PACKED"),
                write_statistics=_RANGES,
                store_schema=False,
            )
        return self._writers[year]

    def _sum(self, year: int, own: Any) -> None:
        import pyarrow.compute as pc

        for rule, count, ore in _sums(own.column("left_out_rule"), own.column("amount_ore")):
            lines, amount = self.sums.get((year, rule), (0, 0))
            self.sums[year, rule] = (lines + count, amount + ore)
        if "vat_ore" in own.column_names:
            with_vat = pc.sum(pc.not_equal(own.column("vat_ore"), 0)).as_py() or 0
            lines, amount = self.vat.get(year, (0, 0))
            self.vat[year] = (lines + with_vat, amount + (pc.sum(own.column("vat_ore")).as_py() or 0))
        ends = pc.min_max(own.column("booked_on")).as_py()
        first, last = str(ends["min"]), str(ends["max"])
        self.days = (min(filter(None, (self.days[0], first))), max(self.days[1], last))

    def _fault(self, own: Any) -> None:
        rows = own.select(["line", "left_out_rule", "item_text", "amount_ore"]).to_pylist()
        for row in rows:
            code = row["left_out_rule"].removeprefix(typed.QUARANTINE)
            self.faults.append((row["line"], code, row["item_text"], row["amount_ore"]))


def _by_year(lines: Any) -> Iterator[tuple[int, Any]]:
    import pyarrow.compute as pc

    years = pc.unique(lines.column("year")).to_pylist()
    if len(years) == 1:
        yield years[0], lines
        return
    for year in years:
        yield year, lines.filter(pc.equal(lines.column("year"), year))


def _sums(rules: Any, amounts: Any) -> Iterator[tuple[str, int, int]]:
    """Lines and oere by rule; whole numbers of 64 bits throughout."""
    import pyarrow as pa

    coded = rules if pa.types.is_dictionary(rules.type) else rules.dictionary_encode()
    for rule, ore in zip(coded.chunks, amounts.chunks, strict=True):
        table = pa.table({"rule": rule.indices, "ore": ore})
        found = table.group_by("rule", use_threads=False).aggregate([([], "count_all"), ("ore", "sum")])
        for row in found.to_pylist():
            yield rule.dictionary[row["rule"]].as_py(), row["count_all"], row["ore_sum"] or 0


def _stored(column: Any) -> Any:
    """How a column of the first lines is kept in all: what DuckDB gives as text repeats itself too, but for some."""
    import pyarrow as pa

    kind, may_lack = column.type, column.name == _MAY_LACK
    if pa.types.is_string(kind) and column.name not in ("voucher", "invoice_no", "item_text"):
        kind = pa.dictionary(pa.int32(), pa.string())
    return pa.field(column.name, kind, nullable=may_lack)


def _as(table: Any, schema: Any) -> Any:
    """The table in the types of the file; a dictionary keeps only what its lines use."""
    import pyarrow as pa

    arrays = []
    for column in schema:
        own = table.column(column.name)
        if pa.types.is_dictionary(column.type):
            own = own if pa.types.is_dictionary(own.type) else own.cast(pa.string()).dictionary_encode()
        arrays.append(own if own.type == column.type else own.cast(column.type))
    return pa.table(arrays, schema=schema)
