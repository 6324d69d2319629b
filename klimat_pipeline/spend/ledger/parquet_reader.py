"""Ledgers in Parquet, a row group at a time, as the same Arrow batches of text that ``csv_reader`` makes.

What does not belong here: types and meaning of the cells (``typed_lines``).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from klimat_pipeline.configuration.spend import SpendSettings
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
        rows = self._some_rows()
        self.form = with_columns(self.form, self._file.schema_arrow.names, rows, settings, reference)
        self.form = replace(self.form, decimal_mark=mark_of_texts(form.file, self._text_amounts(), settings))
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self.blank = 0
        self.last_line = self._file.metadata.num_rows

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
        found: list[list[str]] = []
        for batch in batches:
            texts = [self._as_texts(column).to_pylist() for column in batch.columns]
            found += [[plain(cell) for cell in row] for row in zip(*texts, strict=True)]
        return found

    def _text_amounts(self) -> list[tuple[str, str]]:
        """Amounts of the columns that hold texts, from the beginning of the file."""
        import pyarrow as pa

        schema, header = self._file.schema_arrow, self.form.header
        self._numbers: set[str] = set()
        texts = []
        for field in (field for field in FIGURES if field in self.form.fields):
            name = header[self.form.fields[field]]
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

        by_field = {field: self.form.header[place] for field, place in self.form.fields.items()}
        names = list(by_field.values())
        first = 1
        for batch in self._file.iter_batches(batch_size=122_880, columns=names):
            arrays = [pa.array(np.arange(first, first + batch.num_rows, dtype=np.int64))]
            for name in names:
                column = self._as_texts(batch.column(name))
                if name in self._numbers and self.form.decimal_mark == ",":
                    column = pc.replace_substring(column, ".", ",")
                arrays.append(column)
            first += batch.num_rows
            yield pa.RecordBatch.from_arrays(arrays, names=["line", *self.form.fields])

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
