"""Ledgers in workbooks, as the same Arrow batches of text that ``csv_reader`` makes.

What does not belong here: types and meaning of the cells (``typed_lines``).
"""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.sources.workbook import MAX_RATIO, RATIO_FROM_BYTES
from klimat_pipeline.spend.ledger.csv_reader import BATCH, Problem, batch_of
from klimat_pipeline.spend.ledger.file_format import FIGURES, MONEY, FileFormat, LedgerError, mark_of_texts, with_header
from klimat_pipeline.spend.ledger.reference import LedgerReference

if TYPE_CHECKING:
    import pyarrow as pa

#: A sheet of a million lines unpacks to some hundred megabytes; all of it is held.
_LARGEST_WORKBOOK = 1024**3


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


class XlsxReader:
    """A workbook: the first sheet whose header is recognised.

    Attributes:
        form: with the header that was found.
    """

    def __init__(self, path: Any, form: FileFormat, settings: SpendSettings, reference: LedgerReference) -> None:
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
                self._figures = [self.form.fields[field] for field in FIGURES if field in self.form.fields]
                money = [self.form.fields[field] for field in MONEY if field in self.form.fields]
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
        for start in range(0, len(numbered), BATCH):
            yield batch_of(numbered[start : start + BATCH], self.form)

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
