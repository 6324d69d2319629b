"""Ledgers in workbooks, as the same Arrow batches of text that ``csv_reader`` makes.

All sheets with the header of the ledger are read, in whatever order their columns stand; every other sheet is named
with its rows. Two kinds of ledger in one workbook are refused. What does not belong here: types and meaning of the
cells (``typed_lines``).
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.sources.workbook import MAX_RATIO, RATIO_FROM_BYTES
from klimat_pipeline.spend.ledger import candidates, dates, number_formats, signs
from klimat_pipeline.spend.ledger.altered_sheets import refuse_altered_sheets
from klimat_pipeline.spend.ledger.cells import plain
from klimat_pipeline.spend.ledger.csv_reader import BATCH, Problem, batch_of
from klimat_pipeline.spend.ledger.decimal_marks import FIGURES, MONEY, mark_of_texts
from klimat_pipeline.spend.ledger.file_format import FileFormat, refuse_what_is_said, with_columns
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.reference import LedgerReference
from klimat_pipeline.text import fold

if TYPE_CHECKING:
    import pyarrow as pa

#: A sheet of a million lines unpacks to some hundred megabytes; all of it is held.
_LARGEST_WORKBOOK = 1024**3
#: Rows in which a header is looked for, and rows below it that are looked at.
_HEADER_WITHIN, _LOOKED_AT = 40, 5000
#: Names of sheets that may hold no purchases, and of those that sum up the others.
_NO_PURCHASES = re.compile(
    r"(?i)makul|annull|budget|prognos|preliminär|utkast|kredit|bestrid|avvisad|ej bokför|kund(?!tjänst)|intäkt|inbetal|"
    r"gamm(al|la)|kopia|exempel|\btest\b|\bmall\b"
)
_SUMMARY = re.compile(r"(?i)summ|total|samman|översikt|helår|pivot|alla\b")
_SEVERAL = 2
#: An account that a spreadsheet shows as a day (6410 is 1917-07-19) would be read as account 1917.
_NO_ACCOUNT = "a date: {}"
#: Name of the column of periods that the sheets' names tell.
_SHEET_PERIOD = "(name of the sheet)"


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


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet of the workbook.

    Attributes:
        name: of the sheet.
        rows: its cells, from its first row on.
        form: with its columns, where it has the header of a ledger.
        failure: what its header lacks, where it nearly has one, or why it cannot be read.
        failed: names of the columns of such a header.
        is_hidden: whether who opens the workbook does not see it.
    """

    name: str
    rows: Sequence[Sequence[Any]]
    form: FileFormat | None = None
    failure: LedgerError | None = None
    failed: frozenset[str] = frozenset()
    is_hidden: bool = False

    @property
    def below(self) -> Sequence[Sequence[Any]]:
        """Rows below the header."""
        return self.rows[self.form.skipped :] if self.form else self.rows

    @property
    def filled(self) -> int:
        """Rows with content below the header."""
        return sum(any(cell != "" for cell in row) for row in self.below)

    @property
    def names(self) -> frozenset[str]:
        """Names of the columns, whatever their order."""
        return frozenset(fold(name) for name in self.form.header if name) if self.form else frozenset()


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
        sheets = [_recognised(sheet, form, settings, reference) for sheet in _sheets(content, form.file)]
        ledgers = _looked_at_together(_ledgers(form.file, sheets), form, settings, reference)
        first = ledgers[0].form
        assert first is not None  # noqa: S101 - only sheets with a header are ledgers
        _refuse_lines_without_header(form.file, sheets, ledgers[0])
        refuse_altered_sheets(form.file, ledgers)
        _refuse_formats(content, ledgers, settings)
        self.form = replace(
            first,
            remarks=(f"sheet {', '.join(sheet.name for sheet in ledgers)}", *first.remarks),
            warnings=(*first.warnings, *_doubted(ledgers), *_not_read(sheets, ledgers)),
        )
        self._sheets = ledgers
        self._account = -1
        self._periods = self._sheet_periods()
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

    def _sheet_periods(self) -> list[str]:
        """Period of every sheet, where no column holds dates and the sheets' names tell different ones."""
        periods = [sheet.form.period if sheet.form else "" for sheet in self._sheets]
        if len(set(periods)) == 1:
            return periods
        header = (*self.form.header, _SHEET_PERIOD)
        told = f"no column holds dates: lines are dated by their sheets' names, {min(periods)} to {max(periods)}"
        self.form = replace(
            self.form,
            header=header,
            fields={**self.form.fields, "booked_on": len(header) - 1},
            period="",
            warnings=(*(text for text in self.form.warnings if "by the file's name" not in text), told),
        )
        return periods

    def batches(self) -> Iterator["pa.RecordBatch"]:
        """All rows with content."""
        before = 0
        for sheet, period in zip(self._sheets, self._periods, strict=True):
            assert sheet.form is not None  # noqa: S101 - as above
            order = [sheet.form.fields.get(field) for field in self.form.fields]
            self._account = sheet.form.fields.get("account", -1)
            figures = set(_places(sheet, FIGURES))
            numbered = [
                (number, self._row(row, order, figures, period))
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

    def _row(self, row: Sequence[Any], order: Sequence[int | None], figures: set[int], period: str) -> Sequence[str]:
        """A row's cells where the form's header has them; figures that are numbers are spelt as amounts in texts."""
        cells = [""] * len(self.form.header)
        for place, own in zip(self.form.fields.values(), order, strict=True):
            cell = period if own is None else row[own]
            text = _text(cell)
            if isinstance(cell, date) and own == self._account:
                text = _NO_ACCOUNT.format(text)
            if own in figures and self.form.decimal_mark == "," and not isinstance(cell, str):
                text = text.replace(".", ",")
            cells[place] = text
        return cells


def _sheets(content: bytes, file: str) -> list[_Sheet]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    try:
        _refuse_bomb(content, file)
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        return [
            _Sheet(
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


def _recognised(sheet: _Sheet, form: FileFormat, settings: SpendSettings, reference: LedgerReference) -> _Sheet:
    """The sheet with its columns, where one of its first rows names them."""
    known = [
        candidates.known_names(list(map(_text, row)), settings, reference) if any(row) else 0
        for row in sheet.rows[:_HEADER_WITHIN]
    ]
    best = max(known, default=0)
    if best < 2:
        return sheet
    at = known.index(best)
    header = [_text(cell) for cell in sheet.rows[at]]
    rows = [_looked_at(row) for row in _spread(sheet.rows[at + 1 :], _LOOKED_AT)]
    try:
        above = "\n".join(_text(cell) for row in sheet.rows[:at] for cell in row)
        found = with_columns(form, header, rows, settings, reference, sheet=sheet.name, above=above)
        return replace(sheet, form=replace(found, skipped=at + 1))
    except LedgerError as error:
        return replace(sheet, failure=error, failed=frozenset(fold(plain(name)) for name in header if name))


def _ledgers(file: str, sheets: Sequence[_Sheet]) -> list[_Sheet]:
    """The sheets that are read: those with the header of the ledger, and no copies of others.

    Raises:
        LedgerError: no sheet has such a header, two sheets have different ones, or one with it cannot be read.
    """
    found = [sheet for sheet in sheets if sheet.form and sheet.filled]
    dated = [sheet for sheet in found if sheet.form and "booked_on" in sheet.form.fields]
    found = dated or found
    if not found:
        found = [sheet for sheet in sheets if sheet.form][:1]
    if not found:
        failures = [sheet.failure for sheet in sheets if sheet.failure]
        raise failures[0] if failures else LedgerError(f"{file}: no sheet has a header with known columns.")
    # A summary names less than the ledger that it was made of.
    most = max(found, key=lambda sheet: len(sheet.form.fields) if sheet.form else 0)
    assert most.form is not None  # noqa: S101 - as above
    for sheet in sheets:
        if sheet.failure and sheet.filled and sheet.failed == most.names:
            raise sheet.failure  # its kronor would be left out
    same = [sheet for sheet in found if sheet.names == most.names]
    different = [sheet for sheet in found if sheet.names != most.names]
    rivals = different if dated else [s for s in different if s.form and not set(s.form.fields) < set(most.form.fields)]
    if rivals:
        raise LedgerError(
            f"{file}: the sheets {most.name} ({most.filled:,} rows) and "
            f"{', '.join(f'{sheet.name} ({sheet.filled:,} rows)' for sheet in rivals)} have different headers, and "
            "each could be the ledger. Leave one kind in the workbook, or save each as a file of its own."
        )
    kept: list[_Sheet] = []
    for sheet in sorted(same, key=lambda sheet: -sheet.filled):
        if not any(_is_within(sheet, other) for other in kept):
            kept.append(sheet)
    ledgers = [sheet for sheet in same if sheet in kept]
    return [sheet for sheet in ledgers if not _sums_up(sheet, [one for one in ledgers if one is not sheet])]


def _looked_at_together(
    ledgers: Sequence[_Sheet], form: FileFormat, settings: SpendSettings, reference: LedgerReference
) -> list[_Sheet]:
    """Sheets with the same header, each with what the rows of all tell: January may have no credit, February one."""
    forms = [sheet.form for sheet in ledgers if sheet.form]
    if len(ledgers) == 1 or len({one.header for one in forms}) > 1:
        return list(ledgers)
    rows = [_looked_at(row) for sheet in ledgers for row in _spread(sheet.below, _LOOKED_AT // len(ledgers))]
    told = (
        with_columns(form, one.header, rows, settings, reference, sheet=s.name)
        for s, one in zip(ledgers, forms, strict=True)
    )
    return [
        replace(sheet, form=replace(found, skipped=one.skipped))
        for sheet, one, found in zip(ledgers, forms, told, strict=True)
    ]


def _spread(rows: Sequence[Sequence[Any]], most: int) -> Sequence[Sequence[Any]]:
    """Not more than so many rows, from all over a sheet: credits of December do not stand at its beginning."""
    return rows[:: max(-(-len(rows) // most), 1)]


def _looked_at(row: Sequence[Any]) -> list[str]:
    return [plain(_text(cell).strip()) for cell in row]


def _sums_up(sheet: _Sheet, others: Sequence[_Sheet]) -> bool:
    """Whether a sheet is the sums of the others: as many kronor, in fewer rows, of no month that they do not have.

    Its name says so, or something that every row of the others has, such as a supplier, is in none of its rows.
    """
    if not others or sheet.filled >= sum(other.filled for other in others):
        return False
    said, ore, months = _said(sheet), _ore(sheet), _months(sheet)
    whole = frozenset.intersection(*map(_said, others))
    if not (_SUMMARY.search(sheet.name) or whole - said):
        return False
    return ore != 0 and ore == sum(map(_ore, others)) and months <= frozenset().union(*map(_months, others))


def _said(sheet: _Sheet) -> frozenset[str]:
    """Fields that every row of a sheet has; of a row of totals, little is asked."""
    fields = sheet.form.fields if sheet.form else {}
    rows = [row for row in sheet.below if sum(cell != "" for cell in row) > 2]
    return frozenset(name for name, place in fields.items() if all(row[place] != "" for row in rows))


def _ore(sheet: _Sheet) -> int:
    place = sheet.form.amount_place if sheet.form else 0
    return sum(signs.ore(_text(row[place])) or 0 for row in sheet.below)


def _months(sheet: _Sheet) -> frozenset[tuple[int, int]]:
    """Year and month of all rows, as far as they tell; none where no column holds dates."""
    if not sheet.form or "booked_on" not in sheet.form.fields:
        return frozenset()
    place, form = sheet.form.fields["booked_on"], sheet.form.dates
    days = filter(None, (dates.day(_text(row[place]), form) for row in sheet.below))
    return frozenset((day.year, day.month) for day in days)


def _is_within(sheet: _Sheet, other: _Sheet) -> bool:
    """Whether a sheet is a copy of another or of a part of it."""
    own, there = (
        Counter(tuple(map(str, row)) for row in one.below if any(cell != "" for cell in row)) for one in (sheet, other)
    )
    forms = [one.form for one in (sheet, other) if one.form]
    return len({(form.header, form.period) for form in forms}) == 1 and own <= there


def _refuse_lines_without_header(file: str, sheets: Sequence[_Sheet], ledger: _Sheet) -> None:
    """A sheet that goes on where another ended: its first row is a line of the ledger, not a header.

    Raises:
        LedgerError: there is one; its kronor would be left out.
    """
    assert ledger.form is not None  # noqa: S101 - only sheets with a header are ledgers
    places = {name: ledger.form.fields[name] for name in ("amount", "booked_on") if name in ledger.form.fields}
    for sheet in sheets:
        row = next((row for row in sheet.rows if any(cell != "" for cell in row)), ())
        if sheet.form or sheet.failure or "amount" not in places or max(places.values()) >= len(row):
            continue
        is_amount = isinstance(row[places["amount"]], int | float) and not isinstance(row[places["amount"]], bool)
        day = _text(row[places["booked_on"]]) if "booked_on" in places else ledger.form.period
        if is_amount and dates.day(day, ledger.form.dates):
            raise LedgerError(
                f"{file}: sheet {sheet.name} ({sheet.filled:,} rows) has lines like those of sheet {ledger.name}, but "
                "no header. Copy the header into its first row, or take the sheet out."
            )


def _refuse_formats(content: bytes, ledgers: Sequence[_Sheet], settings: SpendSettings) -> None:
    """Amounts that are shown in another currency, or in thousands, are in it.

    Raises:
        LedgerError: they are, and nothing else says so.
    """
    for sheet in ledgers:
        assert sheet.form is not None  # noqa: S101 - only sheets with a header are ledgers
        form = sheet.form
        shown = number_formats.of_column(content, sheet.name, form.amount_place, form.skipped + 1)
        refuse_what_is_said(form, {"in the number format of its amounts": shown}, settings)


def _doubted(ledgers: Sequence[_Sheet]) -> list[str]:
    """Sheets that are read beside others although they may hold no purchases: by their names, or out of sight."""
    if len(ledgers) < _SEVERAL:
        return []
    names = [sheet.name for sheet in ledgers if _NO_PURCHASES.search(sheet.name)]
    told = f"lines of the sheets {', '.join(names)} count as they stand: are they purchases, and have credits a minus?"
    hidden = [sheet.name for sheet in ledgers if sheet.is_hidden]
    seen = f"lines of the hidden sheets {', '.join(hidden)} count: are they purchases, and no others hold them?"
    return [told] * bool(names) + [seen] * bool(hidden)


def _not_read(sheets: Sequence[_Sheet], ledgers: Sequence[_Sheet]) -> list[str]:
    others = [sheet for sheet in sheets if sheet not in ledgers and sheet.filled]
    return (
        [f"sheets not read: {', '.join(f'{sheet.name} ({sheet.filled:,} rows)' for sheet in others)}"] if others else []
    )


def _places(sheet: _Sheet, names: Sequence[str]) -> list[int]:
    return [sheet.form.fields[name] for name in names if name in sheet.form.fields] if sheet.form else []


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")[: 19 if cell.time() != datetime.min.time() else 10]
    return cell.isoformat() if isinstance(cell, date) else str(cell)
