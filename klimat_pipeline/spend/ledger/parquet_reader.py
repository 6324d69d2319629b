"""Ledgers in Parquet, a row group at a time, as the same Arrow batches of text that ``csv_reader`` makes.

What does not belong here: types and meaning of the cells (``typed_lines``).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.csv_reader import Problem
from klimat_pipeline.spend.ledger.file_format import FIGURES, MONEY, FileFormat, LedgerError, mark_of_texts, with_header
from klimat_pipeline.spend.ledger.reference import LedgerReference

if TYPE_CHECKING:
    import pyarrow as pa

#: Amounts of a Parquet file that are looked at to find their decimal mark.
_LOOKED_AT = 5000


class ParquetReader:
    """A Parquet file, a row group at a time; line numbers count its rows from 1."""

    def __init__(self, path: Any, form: FileFormat, settings: SpendSettings, reference: LedgerReference) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            self._file = pq.ParquetFile(path.open("rb"))
            header = self._file.schema_arrow.names
            self.form = with_header(form, header, settings, reference)
        except pa.ArrowInvalid:
            raise LedgerError(
                f"{form.file}: cannot be opened as Parquet. Was it cut off on the way? Export it again."
            ) from None
        self.form = replace(self.form, decimal_mark=mark_of_texts(self.form, self._text_amounts(), settings))
        self.problems: list[Problem] = []
        self.blank = 0
        self.last_line = self._file.metadata.num_rows

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
                column = batch.column(name)
                if isinstance(column, pa.DictionaryArray):
                    column = column.dictionary_decode()
                if pa.types.is_timestamp(column.type):
                    column = column.cast(pa.date32())
                column = pc.fill_null(column.cast(pa.string()), "")
                if name in self._numbers and self.form.decimal_mark == ",":
                    column = pc.replace_substring(column, ".", ",")
                arrays.append(column)
            first += batch.num_rows
            yield pa.RecordBatch.from_arrays(arrays, names=["line", *self.form.fields])
