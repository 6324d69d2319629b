"""Ledgers in Parquet, a row group at a time, as the same Arrow batches of text that ``csv_reader`` makes.

Columns whose values are no texts (lists, structs, bytes) are named as not read; where one of them is needed, the
file is refused.

What does not belong here: types and meaning of the cells (``typed_lines``).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.candidates import plain_header
from klimat_pipeline.spend.ledger.cells import plain
from klimat_pipeline.spend.ledger.csv_reader import Problem
from klimat_pipeline.spend.ledger.decimal_marks import FIGURES, MONEY, mark_of_texts
from klimat_pipeline.spend.ledger.file_format import FileFormat, with_columns
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.reference import LedgerReference

if TYPE_CHECKING:
    import pyarrow as pa

#: Lines of a Parquet file that are looked at to find what its columns are, and row groups that they are taken from.
_LOOKED_AT, _GROUPS = 5000, 8
#: Of a larger last row group, only the beginning is looked at.
_LARGEST_LAST = 200_000
_SWEDEN = "Europe/Stockholm"
#: From here on (2 ** 17), neighbours among numbers of four bytes are more than an oere apart.
_NO_OERE_FROM = 131_072


class ParquetReader:
    """A Parquet file, a row group at a time; line numbers count its rows from 1."""

    def __init__(self, path: Any, form: FileFormat, settings: SpendSettings, reference: LedgerReference) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            self._file = pq.ParquetFile(path.open("rb"))
        except pa.ArrowInvalid:
            raise LedgerError(
                f"{form.file}: cannot be opened as Parquet. Was it cut off on the way? Export it again."
            ) from None
        self.form = form
        #: Columns whose values are no texts, with what they are.
        self._no_texts: dict[str, str] = {}
        rows = self._some_rows()
        self._recognise(rows, settings, reference)
        self.form = replace(self.form, decimal_mark=mark_of_texts(form.file, self._text_amounts(), settings))
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self.blank = 0
        self.last_line = self._file.metadata.num_rows

    def _recognise(self, rows: list[list[str]], settings: SpendSettings, reference: LedgerReference) -> None:
        """Tell what the columns are; a column that holds no texts has no name by which it could be chosen."""
        names = self._file.schema_arrow.names
        told = f"not read, for they hold no texts: {self._listed()}" if self._no_texts else ""
        usable = ["" if name in self._no_texts else name for name in names]
        try:
            self.form = with_columns(self.form, usable, rows, settings, reference)
        except LedgerError as error:
            raise (LedgerError(f"{error} Columns {told}. Export them as texts.") if told else error) from None
        if told:
            self.form = replace(self.form, header=plain_header(names), remarks=(*self.form.remarks, f"columns {told}"))

    def _listed(self) -> str:
        return ", ".join(f"{name!r} ({kind})" for name, kind in self._no_texts.items())

    def _some_rows(self) -> list[list[str]]:
        """Some rows from all over the file, as texts: the beginnings of some row groups, and all over the last."""
        last = self._file.num_row_groups - 1
        if last < 0:
            return []
        groups = range(0, last, max(last // _GROUPS, 1))
        begun = (next(self._file.iter_batches(_LOOKED_AT // _GROUPS, row_groups=[group]), None) for group in groups)
        batches = list(filter(None, begun))
        rows = self._file.metadata.row_group(last).num_rows
        step = max(rows // _LOOKED_AT, 1)
        for batch in self._file.iter_batches(_LARGEST_LAST, row_groups=[last]):
            batches.append(batch.take(list(range(0, batch.num_rows, step))))
            if rows > _LARGEST_LAST:
                break  # one row group is the whole of a large file
        return [row for batch in batches for row in self._rows_of(batch)]

    def _rows_of(self, batch: "pa.RecordBatch") -> list[list[str]]:
        """Rows as texts; of a column that holds none, the cells are empty."""
        import pyarrow as pa

        texts = []
        for field, column in zip(batch.schema, batch.columns, strict=True):
            try:
                texts.append(self._as_texts(column).to_pylist())
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                self._no_texts[field.name] = str(field.type)
                texts.append([""] * batch.num_rows)
        return [[plain(cell) for cell in row] for row in zip(*texts, strict=True)]

    def _text_amounts(self) -> list[tuple[str, str]]:
        """Amounts of the columns that hold texts, from the beginning of the file."""
        import pyarrow as pa

        schema = self._file.schema_arrow
        self._numbers: set[str] = set()
        texts = []
        for field in (field for field in FIGURES if field in self.form.fields):
            name = schema.names[self.form.fields[field]]
            kind = schema.field(name).type
            kind = kind.value_type if pa.types.is_dictionary(kind) else kind
            if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
                texts += [name] if field in MONEY else []
            else:
                self._numbers.add(name)
        if not texts:
            return []
        first = next(self._file.iter_batches(batch_size=_LOOKED_AT, columns=texts), None)
        rows = first.to_pylist() if first is not None else []
        return [(name, row[name]) for row in rows for name in texts if row[name]]

    def batches(self) -> Iterator["pa.RecordBatch"]:
        """All rows, every value as text."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        by_field = {field: self._file.schema_arrow.names[place] for field, place in self.form.fields.items()}
        names = list(by_field.values())
        first = 1
        for batch in self._file.iter_batches(batch_size=122_880, columns=names):
            arrays = [pa.array(np.arange(first, first + batch.num_rows, dtype=np.int64))]
            for name in names:
                try:
                    column = self._as_texts(batch.column(name))
                except pa.ArrowInvalid:
                    raise LedgerError(
                        f"{self.form.file}: rows {first:,} to {first + batch.num_rows - 1:,}, column {name!r}: holds "
                        "bytes that are no UTF-8 text. Export the column as texts."
                    ) from None
                if name in self._numbers and self.form.decimal_mark == ",":
                    column = pc.replace_substring(column, ".", ",")
                arrays.append(column)
            self._refuse_lost_oere(batch, [by_field[field] for field in MONEY if field in by_field])
            first += batch.num_rows
            yield pa.RecordBatch.from_arrays(arrays, names=["line", *self.form.fields])

    def _refuse_lost_oere(self, batch: "pa.RecordBatch", amounts: list[str]) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        for name in (name for name in amounts if batch.schema.field(name).type == pa.float32()):
            largest = pc.max(pc.abs(batch.column(name))).as_py()
            if largest is not None and _NO_OERE_FROM <= largest < float("inf"):
                raise LedgerError(
                    f"{self.form.file}: column {name!r} holds numbers of four bytes (float32), which have lost their "
                    f"oere from {_NO_OERE_FROM:,} kronor on (such as {largest:.0f}). Export it as decimal or float64."
                )

    def _as_texts(self, column: "pa.Array") -> "pa.Array":
        """Every value as text. An instant becomes its day in Sweden; a time without a zone keeps its hours."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if isinstance(column, pa.DictionaryArray):
            column = column.dictionary_decode()
        if pa.types.is_timestamp(column.type):
            if column.type.tz:
                column = self._in_sweden(column)
            days = column.cast(pa.date32(), safe=False)
            midnight = pc.equal(days.cast(column.type), column)
            column = days if pc.all(midnight).as_py() is not False else pc.strftime(column, "%Y-%m-%d %H:%M:%S")
        return pc.fill_null(column.cast(pa.string()), "")

    def _in_sweden(self, column: "pa.Array") -> "pa.Array":
        import pyarrow as pa
        import pyarrow.compute as pc

        local = pc.local_timestamp(column.cast(pa.timestamp(column.type.unit, tz=_SWEDEN)))
        told = f"dates are instants in {column.type.tz}: read as days in Sweden"
        if told not in self.form.remarks:
            self.form = replace(self.form, remarks=(*self.form.remarks, told))
        days = local.cast(pa.date32(), safe=False)
        return days.cast(local.type)
