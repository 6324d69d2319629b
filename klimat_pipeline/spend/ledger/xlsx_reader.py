"""Ledgers in workbooks, as the same Arrow batches of text that ``csv_reader`` makes.

What does not belong here: which sheets are the ledger (``workbook_sheets``), and types and meaning of the cells
(``typed_lines``).
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.sources.workbook import MAX_RATIO, RATIO_FROM_BYTES
from klimat_pipeline.spend.ledger import number_formats
from klimat_pipeline.spend.ledger.altered_sheets import refuse_altered_sheets
from klimat_pipeline.spend.ledger.csv_reader import BATCH, Problem, batch_of
from klimat_pipeline.spend.ledger.decimal_marks import FIGURES, MONEY, mark_of_texts
from klimat_pipeline.spend.ledger.file_format import FileFormat, refuse_what_is_said
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.reference import LedgerReference
from klimat_pipeline.spend.ledger.workbook_sheets import (
    Sheet,
    differing,
    doubted,
    ledgers_of,
    looked_at_together,
    not_read,
    recognised,
    refuse_lines_without_header,
    text_of,
)

if TYPE_CHECKING:
    import pyarrow as pa

#: A sheet of a million lines unpacks to some hundred megabytes; all of it is held.
_LARGEST_WORKBOOK = 1024**3
#: An account that a spreadsheet shows as a day (6410 is 1917-07-19) would be read as account 1917.
_NO_ACCOUNT = "a date: {}"
#: Name of the column of what the sheets' names tell.
_NAME_OF_SHEET = "(name of the sheet)"


def _refuse_bomb(content: bytes, file: str) -> None:
    """A workbook says how large it is before it is unpacked.

    Raises:
        LedgerError: it would unpack to more than a ledger can be, or to many times its size.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
    if not any(entry.filename.startswith("xl/") for entry in entries):
        raise LedgerError(f"{file}: a packed archive, no workbook. Unpack it and put the ledger into the folder.")
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
    """A workbook: all sheets with the header of the ledger.

    Attributes:
        form: with the columns of the first sheet that is read.
        problems: none: every row of a sheet is a row.
        blank: rows without content.
        last_line: rows of the sheets that are read, one below the other.
        warnings: none beside those of the form.
    """

    def __init__(self, path: Any, form: FileFormat, settings: SpendSettings, reference: LedgerReference) -> None:
        content = path.read_bytes()
        sheets = [recognised(sheet, form, settings, reference) for sheet in _sheets(content, form.file)]
        ledgers = looked_at_together(ledgers_of(form.file, sheets), form, settings, reference)
        first = ledgers[0].form
        assert first is not None  # noqa: S101 - only sheets with a header are ledgers
        refuse_lines_without_header(form.file, sheets, ledgers[0])
        refuse_altered_sheets(form.file, ledgers)
        read = {sheet.name for sheet in ledgers}
        _refuse_formats(content, [sheet for sheet in sheets if sheet.name in read], settings)
        self.form = replace(
            first,
            remarks=(f"sheet {', '.join(sheet.name for sheet in ledgers)}", *first.remarks),
            warnings=(*first.warnings, *differing(ledgers), *doubted(ledgers), *not_read(sheets, ledgers)),
        )
        self._sheets = ledgers
        self._account = -1
        self._told = self._by_names_of_sheets()
        texts = [
            (self.form.header[place], cell)
            for sheet in ledgers
            for place in _places(sheet, MONEY)
            for row in sheet.below
            if isinstance(cell := row[place], str)
        ]
        self.form = replace(self.form, decimal_mark=mark_of_texts(self.form.file, texts, settings))
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self.blank = sum(len(sheet.below) - sheet.filled for sheet in ledgers)
        self.last_line = sum(len(sheet.rows) for sheet in ledgers)

    def _by_names_of_sheets(self) -> list[dict[str, str]]:
        """What every sheet's name tells of its lines, where no column does: their period, or their year."""
        told: list[dict[str, str]] = [{} for _ in self._sheets]
        forms = [sheet.form for sheet in self._sheets if sheet.form]
        ways = (
            ("booked_on", [form.period for form in forms], "dates: lines are dated"),
            ("year", [form.year for form in forms], "years: lines are of those told"),
        )
        for name, values, words in ways:
            if len(set(values)) == 1:
                continue
            for one, value in zip(told, values, strict=True):
                one[name] = value
            self.form = replace(
                self.form,
                header=(*self.form.header, _NAME_OF_SHEET),
                fields={**self.form.fields, name: len(self.form.header)},
                period="" if name == "booked_on" else self.form.period,
                year="" if name == "year" else self.form.year,
                warnings=(
                    *(text for text in self.form.warnings if not text.startswith("no column holds ")),
                    f"no column holds {words} by their sheets' names, {min(values)} to {max(values)}",
                ),
            )
        return told

    def batches(self) -> Iterator["pa.RecordBatch"]:
        """All rows with content."""
        before = 0
        for sheet, told in zip(self._sheets, self._told, strict=True):
            assert sheet.form is not None  # noqa: S101 - as above
            order = {name: sheet.form.fields.get(name) for name in self.form.fields}
            self._account = sheet.form.fields.get("account", -1)
            figures = set(_places(sheet, FIGURES))
            numbered = [
                (number, self._row(row, order, figures, told))
                for number, row in enumerate(sheet.below, start=before + sheet.form.skipped + 1)
                if any(cell != "" for cell in row)
            ]
            for start in range(0, len(numbered), BATCH):
                yield batch_of(numbered[start : start + BATCH], self.form)
            before += len(sheet.rows)

    @property
    def parts(self) -> list[int]:
        """Last line of each sheet but the last."""
        return list(accumulate(len(sheet.rows) for sheet in self._sheets))[:-1]

    def place_of(self, line: int) -> str:
        """Sheet and row of a line, where several sheets are read."""
        for sheet in self._sheets if len(self._sheets) > 1 else ():
            if line <= len(sheet.rows):
                return f"sheet {sheet.name}, row {line}"
            line -= len(sheet.rows)
        return ""

    def _row(
        self, row: Sequence[Any], order: Mapping[str, int | None], figures: set[int], told: Mapping[str, str]
    ) -> Sequence[str]:
        """A row's cells where the form's header has them; figures that are numbers are spelt as amounts in texts."""
        cells = [""] * len(self.form.header)
        for name, place in self.form.fields.items():
            own = order[name]
            cell = told.get(name, "") if own is None else row[own]
            text = text_of(cell)
            if isinstance(cell, date) and own == self._account:
                text = _NO_ACCOUNT.format(text)
            if own in figures and self.form.decimal_mark == "," and not isinstance(cell, str):
                text = text.replace(".", ",")
            cells[place] = text
        return cells


def _sheets(content: bytes, file: str) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    try:
        _refuse_bomb(content, file)
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        return [
            Sheet(
                sheet.name,
                book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False),
                is_hidden=sheet.visible != SheetVisibleEnum.Visible,
            )
            for sheet in book.sheets_metadata
        ]
    except LedgerError:
        raise
    except Exception as error:  # calamine has an error type of its own for each fault of a file
        raise LedgerError(
            f"{file}: cannot be opened as a workbook ({type(error).__name__}). Was it cut off on the way? "
            "Export it again as xlsx or CSV."
        ) from None


def _refuse_formats(content: bytes, ledgers: Sequence[Sheet], settings: SpendSettings) -> None:
    """Amounts that are shown in another currency, or in thousands, are in it.

    Raises:
        LedgerError: they are, and nothing else says so.
    """
    for sheet in ledgers:
        assert sheet.form is not None  # noqa: S101 - only sheets with a header are ledgers
        form = sheet.form
        shown = number_formats.of_column(content, sheet.name, form.amount_place, form.skipped + 1)
        refuse_what_is_said(form, {"in the number format of its amounts": shown}, settings)


def _places(sheet: Sheet, names: Sequence[str]) -> list[int]:
    return [sheet.form.fields[name] for name in names if name in sheet.form.fields] if sheet.form else []
