"""Ledgers that are no CSV: workbooks, Parquet and SIE 4, as the same Arrow batches of text that ``lines`` makes.

What does not belong here: types and meaning of the cells (``typed``).
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.sources.workbook import MAX_RATIO, RATIO_FROM_BYTES
from klimat_pipeline.spend.detect import Form, LedgerError, mark_of_texts, with_header
from klimat_pipeline.spend.lines import Problem, batch_of
from klimat_pipeline.spend.reference import LedgerReference

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 50_000
#: A sheet of a million lines unpacks to some hundred megabytes; all of it is held.
_LARGEST_WORKBOOK = 1024**3
#: Fields whose decimal mark is the file's.
_MONEY = ("amount", "vat")
#: Fields that are spelt in the file's decimal mark, whatever a cell holds.
_FIGURES = (*_MONEY, "quantity")
#: Amounts of a Parquet file that are looked at to find their decimal mark.
_LOOKED_AT = 5000


def _refuse_bomb(content: bytes, file: str) -> None:
    """A workbook says how large it is before it is unpacked.

    Raises:
        LedgerError: it would unpack to more than a ledger can be, or to many times its size.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > RATIO_FROM_BYTES and ratio > MAX_RATIO:
            raise LedgerError(
                f"{file}: its entry {entry.filename!r} unpacks to {ratio:,.0f} times its size, more than {MAX_RATIO}. "
                "A zip bomb? Do not open it; export the ledger again."
            )
    if unpacked > _LARGEST_WORKBOOK:
        raise LedgerError(
            f"{file}: it would unpack to {unpacked:,} bytes, more than {_LARGEST_WORKBOOK:,}. Export it as CSV "
            "or Parquet."
        )


class SheetLines:
    """A workbook: the first sheet whose header is recognised.

    Attributes:
        form: with the header that was found.
    """

    def __init__(self, path: Any, form: Form, settings: SpendSettings, reference: LedgerReference) -> None:
        from python_calamine import CalamineWorkbook

        content = path.read_bytes()
        try:
            _refuse_bomb(content, form.file)
            book = CalamineWorkbook.from_filelike(BytesIO(content))
        except LedgerError:
            raise
        except Exception as error:  # calamine has an error type of its own for each fault of a file
            raise LedgerError(
                f"{form.file}: cannot be opened as a workbook ({type(error).__name__}). Was it cut off on the way? "
                "Export it again as xlsx or CSV."
            ) from None
        failure: LedgerError | None = None
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for at, row in enumerate(rows[:20]):
                try:
                    header = [str(cell).strip() for cell in row]
                    self.form = replace(with_header(form, header, settings, reference), skipped=at + 1)
                except LedgerError as error:
                    failure = failure or (error if len([c for c in row if c != ""]) > 3 else None)
                    continue
                self.form = replace(self.form, remarks=(f"sheet {name}", *self.form.remarks))
                self._rows = rows[at + 1 :]
                self._figures = [self.form.fields[field] for field in _FIGURES if field in self.form.fields]
                money = [self.form.fields[field] for field in _MONEY if field in self.form.fields]
                texts = [(header[n], cell) for row in self._rows for n in money if isinstance(cell := row[n], str)]
                self.form = replace(self.form, decimal_mark=mark_of_texts(self.form, texts, settings))
                self.problems: list[Problem] = []
                self.blank = sum(all(cell == "" for cell in row) for row in self._rows)
                self.last_line = len(rows)
                return
        raise failure or LedgerError(f"{form.file}: no sheet has a header with known columns.")

    def batches(self) -> Iterator["pa.RecordBatch"]:
        """All rows with content."""
        numbered = [
            (number, self._texts(row))
            for number, row in enumerate(self._rows, start=self.form.skipped + 1)
            if any(cell != "" for cell in row)
        ]
        for start in range(0, len(numbered), _BATCH):
            yield batch_of(numbered[start : start + _BATCH], self.form)

    def _texts(self, row: Sequence[Any]) -> list[str]:
        """A row's cells; figures that are numbers are spelt as amounts that are texts."""
        cells = [_text(cell) for cell in row]
        if self.form.decimal_mark == ",":
            for place in self._figures:
                if not isinstance(row[place], str):
                    cells[place] = cells[place].replace(".", ",")
        return cells


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell)


class ParquetLines:
    """A Parquet file, a row group at a time; line numbers count its rows from 1."""

    def __init__(self, path: Any, form: Form, settings: SpendSettings, reference: LedgerReference) -> None:
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
        for field in (field for field in _FIGURES if field in self.form.fields):
            name = header[self.form.fields[field]]
            kind = schema.field(name).type
            kind = kind.value_type if pa.types.is_dictionary(kind) else kind
            if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
                texts += [name] if field in _MONEY else []
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


_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|\{([^}]*)\}|(\S+)')
_SIE_FIELDS = ("account", "account_text", "amount", "booked_on", "voucher", "unit", "item_text", "quantity", "buyer_id")


class SieLines:
    """SIE 4 with transactions: every ``#TRANS`` of every voucher; what was struck out (``#BTRANS``) stays out."""

    def __init__(self, path: Any, form: Form) -> None:
        fields = {name: place for place, name in enumerate(_SIE_FIELDS)}
        self.form = replace(form, header=_SIE_FIELDS, fields=fields, decimal_mark=".")
        self.problems: list[Problem] = []
        self._rows = list(self._transactions(path))
        self.blank = 0
        self.last_line = len(self._rows) + len(self.problems)
        if not self._rows:
            raise LedgerError(
                f"{form.file}: a SIE file without transactions (#TRANS): it holds balances only. Export type 4."
            )
        self.form = replace(self.form, remarks=(*form.remarks, f"company: {self._company}" if self._company else ""))

    def batches(self) -> Iterator["pa.RecordBatch"]:
        """All transactions."""
        for start in range(0, len(self._rows), _BATCH):
            yield batch_of(self._rows[start : start + _BATCH], self.form)

    def _transactions(self, path: Any) -> Iterator[tuple[int, Sequence[str]]]:
        self._company = number = voucher = day = text = ""
        accounts: dict[str, str] = {}
        units: dict[str, str] = {}
        later = []
        content = path.read_bytes().decode(self.form.encoding, errors="replace")
        for at, line in enumerate(content.splitlines(), start=1):
            stripped = line.strip()
            if not stripped.startswith("#"):
                continue
            token = _tokens(stripped)
            label, rest = token[0].upper(), [*token[1:], *[""] * 8]
            if label == "#FNAMN":
                self._company = rest[0]
            elif label == "#ORGNR":
                number = rest[0]
            elif label == "#KONTO":
                accounts[rest[0]] = rest[1]
            elif label == "#OBJEKT" and rest[0] == "1":
                units[rest[1]] = rest[2]
            elif label == "#VER":
                voucher, day, text = f"{rest[0]}{rest[1]}", rest[2], rest[3]
            elif label == "#TRANS":
                objects = _TOKEN.findall(rest[1])
                flat = [a or c for a, _, c in objects]
                unit = next((flat[i + 1] for i in range(0, len(flat) - 1, 2) if flat[i] == "1"), "")
                cells = [rest[0], "", rest[2], rest[3] or day, voucher, unit, rest[4] or text, rest[5], number]
                later.append((at, cells))
        for at, cells in later:
            cells[1], cells[5] = accounts.get(cells[0], ""), units.get(cells[5], cells[5])
            yield at, cells


def _tokens(line: str) -> list[str]:
    return [quoted.replace('\\"', '"') if quoted else braces or bare for quoted, braces, bare in _TOKEN.findall(line)]
