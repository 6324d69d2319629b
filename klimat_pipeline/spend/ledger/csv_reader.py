"""The rows of a CSV ledger as Arrow batches of text, each with its line number; lines that are no rows are listed.

Arrow parses a few megabytes of whole lines at a time. A quotation mark that is never closed, NUL bytes, and more or
fewer cells than the header has cost their own line and no other. What does not belong here: letters
(``text_encoding``), types and meaning of the cells (``typed_lines``), other formats (``xlsx_reader``,
``parquet_reader``, ``sie_reader``).
"""

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from klimat_pipeline.spend.ledger import amounts, dates, whole_lines
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.header_rows import is_header
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.opened import opened
from klimat_pipeline.spend.ledger.text_encoding import Decoder, LineEnds

if TYPE_CHECKING:
    import pyarrow as pa

#: A record may run over this many lines inside its quotation marks.
_LINES_OF_A_RECORD = 50
#: What a line without content may hold; the last sign ends a file of DOS.
_BLANK = " \t\r\f\v\x1a"
#: A line beyond this is not even looked into.
LONGEST_LINE = 128 * 1024 * 1024
#: Fields that are compared with mappings, rules and other lines: white space around them is no part of them.
_TRIMMED = frozenset(
    [
        "buyer_id",
        "buyer_name",
        "unit",
        "account",
        "account_text",
        "currency",
        "side",
        "booked_on",
        "quantity_unit",
        "cpv",
        "supplier_id",
        "supplier_name",
        "contract_id",
        "sni",
    ]
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that could not be read: what was wrong, and its amount where that can be told.

    Attributes:
        value: what was found; never a cell's content where a person's could be in it.
    """

    line: int
    column_name: str
    value: str
    reason: str
    amount_ore: int | None = None


class CsvReader:
    """Reads one file; what it met on the way stands in the attributes when ``batches`` is exhausted.

    Attributes:
        problems: lines that are no rows.
        blank: lines without content.
        notes: kinds of lines about the file (``Antal rader: 12``), which are none of it.
        said_lines: how many lines such a note says that the file has.
        trimmed: lines with nothing but empty cells beyond the header's; they are rows like the others.
        last_line: lines of the file, header included.
        warnings: what a reader should look at.
    """

    def __init__(self, path: Any, form: FileFormat) -> None:
        self.path, self.form = path, form
        self.problems: list[Problem] = []
        self.blank = self.trimmed = 0
        self.notes: list[str] = []
        self.said_lines: int | None = None
        self.last_line = 0
        self.warnings: list[str] = []

    def batches(self) -> Iterator["pa.RecordBatch"]:
        """All rows, in order of their lines; columns ``line`` and one text a recognised field."""
        for chunk, first, count in self._chunks():
            lines = b"\n".join(map(whole_lines.unquoted, chunk.split(b"\n"))) if self.form.is_quoted else chunk
            parsed = _parse(lines, first, count, self.form)
            self.problems += parsed.problems
            self.blank += parsed.blank
            self.trimmed += parsed.trimmed
            self.notes += [kind for kind, _ in parsed.notes]
            self.said_lines = next((said for _, said in parsed.notes if said is not None), self.said_lines)
            yield from parsed.batches

    def _chunks(self) -> Iterator[tuple[bytes, int, int]]:
        """Whole lines as UTF-8, with the number of the first, and how many they are."""
        pending, line = b"", 1
        skip = self.form.skipped
        for piece in self._pieces():
            pending += piece
            if len(pending) > LONGEST_LINE and b"\n" not in pending:
                pending = pending[:1000] + b"\x00"  # the rest of the line is let go; what is left of it is no row
                continue
            end = _end_of_whole_lines(pending)
            if end <= 0:
                continue
            whole, pending = pending[:end], pending[end:]
            whole, line, skip = _after_header(whole, line, skip)
            if whole:
                count = whole.count(b"\n")
                yield whole, line, count
                line += count
        if pending:
            pending, line, skip = _after_header(pending, line, skip)
        if pending:
            count = pending.count(b"\n") + (not pending.endswith(b"\n"))
            yield pending, line, count
            line += count
        self.last_line = line - 1

    def _pieces(self) -> Iterator[bytes]:
        """The file as UTF-8 with line feeds, without a byte order mark."""
        decoder, ends = (
            Decoder(self.form.text_encoding, self.form.file),
            LineEnds(self.form.separator, len(self.form.header)),
        )
        with opened(self.path) as file:
            for piece in decoder.pieces(file):
                yield ends.as_line_feeds(piece)
        yield ends.last()
        if decoder.others:
            other = " and ".join(sorted(decoder.other_encodings))
            self.warnings.append(
                f"{decoder.others:,} lines are in {other}, not in {self.form.encoding} (the first is line "
                f"{decoder.first_other:,}); read as such"
            )


def _after_header(whole: bytes, line: int, skip: int) -> tuple[bytes, int, int]:
    while skip and whole:
        end = whole.find(b"\n") + 1 or len(whole)
        whole, line, skip = whole[end:], line + 1, skip - 1
    return whole, line, skip


def _end_of_whole_lines(pending: bytes) -> int:
    """Where the last whole record ends: a quotation mark that is still open near the end waits for the next chunk."""
    end = pending.rfind(b"\n") + 1
    if end and b'"' in pending and pending.count(b'"', 0, end) % 2:
        start = end
        for _ in range(_LINES_OF_A_RECORD):
            start = pending.rfind(b"\n", 0, start - 1) + 1
            if pending.count(b'"', start, end) % 2:
                return start or end
            if start == 0:
                break
    return end


@dataclass(slots=True)
class _Parsed:
    """What was found in a chunk."""

    batches: list["pa.RecordBatch"] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    notes: list[tuple[str, int | None]] = field(default_factory=list)
    blank: int = 0
    trimmed: int = 0


def _parse(chunk: bytes, first: int, count: int, form: FileFormat) -> _Parsed:
    """The rows of some whole lines: by Arrow, and line by line what Arrow cannot read.

    Args:
        chunk: the lines.
        first: number of the first.
        count: how many they are.
        form: of the file.
    """
    found = _Parsed()
    numbers: Sequence[int] = range(first, first + count)
    clean = chunk
    if b'"' in chunk or b"\x00" in chunk:
        lines = _numbered(chunk, numbers)
        odd = _take_odd_lines(lines, form, found)
        numbers = [number for number in numbers if number not in odd]
        clean = b"".join(lines[number] + b"\n" for number in numbers)
    if numbers:
        wrong: list[Any] = []
        table = _arrow(clean, form, wrong)
        if table.num_rows + len(wrong) == len(numbers):
            by_number = {numbers[row.number - 1]: row for row in wrong}
            for number, row in by_number.items():
                _read_line(number, row.text.encode(), form, found)
            rest = [number for number in numbers if number not in by_number]
            found.batches += [_labelled(batch, rest, form) for batch in table.combine_chunks().to_batches()]
        else:  # a quotation mark inside a cell misled Arrow: the whole chunk is read line by line
            found = _Parsed()
            for number, line in _numbered(chunk, range(first, first + count)).items():
                _read_line(number, line, form, found)
    if found.rows:
        found.trimmed = sum(len(cells) > len(form.header) and any(map(str.strip, cells)) for _, cells in found.rows)
        found.batches.append(batch_of(found.rows, form))
    return found


def _numbered(chunk: bytes, numbers: Sequence[int]) -> dict[int, bytes]:
    return dict(zip(numbers, chunk.split(b"\n"), strict=False))


def _arrow(content: bytes, form: FileFormat, wrong: list[Any]) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    def handle(row: Any) -> str:
        wrong.append(row)
        return "skip"

    names = [str(place) for place in range(len(form.header))]
    used = {str(place): pa.string() for place in form.fields.values()}
    return arrow_csv.read_csv(
        pa.BufferReader(content),
        arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(content) + 1),
        arrow_csv.ParseOptions(
            delimiter=form.separator, newlines_in_values=False, ignore_empty_lines=False, invalid_row_handler=handle
        ),
        arrow_csv.ConvertOptions(
            check_utf8=False, column_types=used, include_columns=list(used), strings_can_be_null=False
        ),
    )


def _labelled(batch: "pa.RecordBatch", numbers: Sequence[int], form: FileFormat) -> "pa.RecordBatch":
    """Columns by field, with the line numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    arrays = [pa.array(numbers, pa.int64())]
    for name, place in form.fields.items():
        column = batch.column(str(place))
        arrays.append(pc.utf8_trim_whitespace(column) if name in _TRIMMED else column)
    return pa.RecordBatch.from_arrays(arrays, names=["line", *form.fields])


def batch_of(rows: Sequence[tuple[int, Sequence[str]]], form: FileFormat) -> "pa.RecordBatch":
    """A batch of rows that were read one by one: line number, and cells in the header's order."""
    import pyarrow as pa

    lines = pa.array([line for line, _ in rows], pa.int64())
    arrays = [pa.array([cells[place].strip() for _, cells in rows], pa.string()) for place in form.fields.values()]
    return pa.RecordBatch.from_arrays([lines, *arrays], names=["line", *form.fields])


def _take_odd_lines(lines: Mapping[int, bytes], form: FileFormat, found: _Parsed) -> set[int]:
    """Read by themselves the lines with an unpaired quotation mark or NUL bytes; two may be one row with a line break.

    Returns:
        Their numbers, and those of the lines between such two.
    """
    waiting = deque(number for number, line in lines.items() if line.count(b'"') % 2 or b"\x00" in line)
    taken: set[int] = set()
    while waiting:
        number = last = waiting.popleft()
        if waiting and waiting[0] - number <= _LINES_OF_A_RECORD and b"\x00" not in lines[number]:
            joined = b"\n".join(lines[one] for one in range(number, waiting[0] + 1))
            is_one = _cells(lines[number], form) is None and b"\x00" not in joined
            if is_one and (cells := _cells(joined, form)) and not _holds_rows(cells, form):
                found.rows.append((number, cells))
                last = waiting.popleft()
        if last == number:
            _read_line(number, lines[number], form, found)
        taken.update(range(number, last + 1))
    return taken


def _holds_rows(cells: Sequence[str], form: FileFormat) -> bool:
    """Whether a cell holds whole rows of the file: two stray quotation marks (``8"``) have swallowed them."""
    inside = (line for cell in cells if "\n" in cell for line in cell.split("\n")[1:])
    return any(
        row is not None and amounts.ore(row[form.amount_place], form.decimal_mark) is not None
        for line in inside
        if (row := _cells(line.encode(), form))
    )


def _cells(line: bytes, form: FileFormat) -> list[str] | None:
    """The cells of a record, None where it is none or has another number of cells than the header.

    Cells beyond the header's may stand there as long as they are empty: nothing is shifted by them.
    """
    text = line.decode("utf-8", errors="replace")
    csv.field_size_limit(LONGEST_LINE)
    try:
        cells = next(csv.reader(text.splitlines(keepends=True), delimiter=form.separator, strict=True), [])
    except csv.Error:
        return None
    cells = list(map(str, cells))
    if len(cells) > len(form.header) and any(map(str.strip, cells)):
        # A shifted line whose last cell is empty has an empty cell too many as well: its amount stands elsewhere.
        day = cells[form.fields["booked_on"]] if "booked_on" in form.fields else form.period
        if amounts.ore(cells[form.amount_place], form.decimal_mark) is None or (
            not dates.day(day, form.dates) and any(len(cell) < 30 and dates.day(cell, form.dates) for cell in cells)
        ):
            return None
    fits = len(cells) >= len(form.header) and not any(map(str.strip, cells[len(form.header) :]))
    return cells if fits else None


def _read_line(number: int, line: bytes, form: FileFormat, found: _Parsed) -> None:
    """A line by itself: a row, nothing, or a problem."""
    if b"\x00" in line:
        text = line.replace(b"\x00", b"").decode("utf-8", errors="replace")
        amount = _amount_in(text.split(form.separator), form)
        found.problems.append(Problem(number, "", "NUL bytes", "holds bytes that are no text", amount))
    elif (cells := _cells(line, form)) is not None:
        found.rows.append((number, cells))
    else:
        _not_a_row(number, line.decode("utf-8", errors="replace"), form, found)


def _not_a_row(number: int, text: str, form: FileFormat, found: _Parsed) -> None:
    if not text.strip(_BLANK):
        found.blank += 1
        return
    cells = text.split(form.separator)
    if is_header(cells, form.header):
        raise LedgerError(
            f"{form.file}:{number}: another header begins here, with {len(cells)} columns in the place of "
            f"{len(form.header)}; lines below it would be left out. Save each part as a file of its own."
        )
    if len(cells) < len(form.header):
        label = form.fields.get("account", form.fields.get("account_text", 0))
        if total := whole_lines.short_total(cells, len(form.header), label, form.amount_place):
            found.rows.append((number, total))
            return
        if note := whole_lines.note(cells):
            found.notes.append(note)
            return
    amount = _amount_in(cells, form)
    if text.count('"') % 2:
        value, reason = "unclosed quotation mark", "a quotation mark is never closed"
    else:
        value = f"{len(cells)} cells"
        reason = f"shifted columns: the header has {len(form.header)} cells"
    found.problems.append(Problem(number, "", value, reason, amount))


def _amount_in(cells: Sequence[str], form: FileFormat) -> int | None:
    """The amount of a shifted line: the cell that is as far from the only date as in the header; else none."""
    cells = [cell.strip().strip('"') for cell in cells]
    days = [place for place, cell in enumerate(cells) if len(cell) < 30 and dates.day(cell, form.dates)]
    if len(days) != 1 or "booked_on" not in form.fields:
        return None
    place = days[0] + form.amount_place - form.fields["booked_on"]
    return amounts.ore(cells[place], form.decimal_mark, form.unit_ore) if 0 <= place < len(cells) else None


BATCH = 50_000
