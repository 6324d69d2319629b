"""The lines of a CSV ledger as Arrow batches of text, each with its line number; whatever is no line goes apart.

A chunk of whole lines is parsed at a time (Arrow, in threads). Quotation marks that are never closed, NUL bytes and
lines with more or fewer cells than the header cost their own line and no other. What does not belong here: types and
meaning of the cells (``typed``), other formats (``sheets``).
"""

import codecs
import csv
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from klimat_pipeline.spend import values
from klimat_pipeline.spend.content import CHUNK
from klimat_pipeline.spend.detect import Form

if TYPE_CHECKING:
    import pyarrow as pa

#: A record may run over this many lines inside its quotation marks.
_LINES_OF_A_RECORD = 50
#: A line beyond this is not even looked into.
LONGEST_LINE = 128 * 1024 * 1024
#: Fields that repeat themselves: Arrow keeps them as dictionaries, and what is asked of them is asked once.
REPEATED = frozenset(
    [
        "buyer_id",
        "buyer_name",
        "unit",
        "account",
        "account_text",
        "currency",
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


class CsvLines:
    """Reads one file; what it met on the way stands in the attributes when ``batches`` is exhausted.

    Attributes:
        problems: lines that are no rows.
        blank: lines without content.
        trimmed: lines with nothing but empty cells beyond the header's; they are rows like the others.
        last_line: lines of the file, header included.
    """

    def __init__(self, path: Any, form: Form) -> None:
        self.path, self.form = path, form
        self.problems: list[Problem] = []
        self.blank = self.trimmed = 0
        self.last_line = 0

    def batches(self) -> Iterator["pa.RecordBatch"]:
        """All rows, in order of their lines; columns ``line`` and one text a recognised field."""
        with ThreadPoolExecutor(2) as pool:
            ahead: deque[Future[_Parsed]] = deque()
            for chunk, first, count in self._chunks():
                ahead.append(pool.submit(_parse, chunk, first, count, self.form))
                if len(ahead) > 2:
                    yield from self._taken(ahead.popleft().result())
            while ahead:
                yield from self._taken(ahead.popleft().result())

    def _taken(self, parsed: "_Parsed") -> Iterator["pa.RecordBatch"]:
        self.problems += parsed.problems
        self.blank += parsed.blank
        self.trimmed += parsed.trimmed
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
                count = _line_ends(whole)
                yield whole, line, count
                line += count
        if pending:
            pending, line, skip = _after_header(pending, line, skip)
        if pending:
            count = _line_ends(pending) + (not pending.endswith(b"\n"))
            yield pending, line, count
            line += count
        self.last_line = line - 1

    def _pieces(self) -> Iterator[bytes]:
        """The file as UTF-8 with line feeds, without a byte order mark."""
        decoder: Any = None
        if self.form.encoding not in ("utf-8", "ascii"):
            decoder = codecs.getincrementaldecoder(self.form.encoding)(errors="replace")
        first, held = True, b""
        with self.path.open("rb") as file:
            while raw := file.read(CHUNK):
                piece = decoder.decode(raw).encode() if decoder else raw
                if first:
                    piece, first = piece.removeprefix(codecs.BOM_UTF8), False
                piece, held = held + piece, b""
                if b"\r" in piece:
                    if piece.endswith(b"\r"):
                        piece, held = piece[:-1], b"\r"
                    piece = _line_feeds(piece)
                yield piece
        if held:
            yield b"\n"


def _line_ends(chunk: bytes) -> int:
    """How many line feeds there are: by numpy, since bytes.count stops at each."""
    import numpy as np

    return int(np.count_nonzero(np.frombuffer(chunk, dtype=np.uint8) == ord("\n")))


def _line_feeds(piece: bytes) -> bytes:
    """A carriage return alone ends a line only where no line feed does."""
    piece = piece.replace(b"\r\n", b"\n")
    return piece.replace(b"\r", b" " if b"\n" in piece else b"\n") if b"\r" in piece else piece


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
    batches: list["pa.RecordBatch"]
    problems: list[Problem]
    blank: int = 0
    trimmed: int = 0


def _parse(chunk: bytes, first: int, count: int, form: Form) -> _Parsed:
    import numpy as np

    found = _Parsed([], [])
    numbers = np.arange(first, first + count, dtype=np.int64)
    clean = chunk
    rows: list[tuple[int, list[str]]] = []
    if b'"' in chunk or b"\x00" in chunk:
        clean, cut, rows = _without_odd_lines(chunk, first, form, found)
        if cut:
            numbers = np.delete(numbers, [line - first for line in cut])
    wrong: list[Any] = []
    table = _arrow(clean, form, wrong) if clean else None
    if table is not None and table.num_rows + len(wrong) != len(numbers):
        # A quotation mark inside a cell misled the parser: line by line, then; it is one chunk.
        found, rows = _Parsed([], []), []
        for number, line in enumerate(chunk.split(b"\n")[:count], start=first):
            _one(number, line, form, found, rows)
        table = None
    elif wrong:
        for row in wrong:
            number = int(numbers[row.number - 1])
            cells = _cells(row.text.encode(), form) if row.actual_columns > row.expected_columns else None
            if cells is None:
                _not_a_row(number, row.text, form, found)
            else:
                rows.append((number, cells))
        numbers = np.delete(numbers, [row.number - 1 for row in wrong])
    if table is not None and table.num_rows:
        found.batches += _labelled(table, numbers, form)
    if rows:
        found.trimmed = sum(len(cells) > len(form.header) and any(map(str.strip, cells)) for _, cells in rows)
        found.batches.append(batch_of(rows, form))
    return found


def _arrow(content: bytes, form: Form, wrong: list[Any]) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    def handle(row: Any) -> str:
        wrong.append(row)
        return "skip"

    names = [str(place) for place in range(len(form.header))]
    repeated = pa.dictionary(pa.int32(), pa.string())
    used = {str(place): repeated if name in REPEATED else pa.string() for name, place in form.fields.items()}
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


def _labelled(table: "pa.Table", numbers: Any, form: Form) -> list["pa.RecordBatch"]:
    import pyarrow as pa

    table = table.combine_chunks()
    arrays = [pa.array(numbers), *(_trimmed(table.column(str(place))) for place in form.fields.values())]
    labelled = pa.table(arrays, names=["line", *form.fields])
    return list(labelled.to_batches())


def _trimmed(column: "pa.ChunkedArray") -> "pa.Array":
    """Without white space around it where the column repeats itself: a look at every entry of its dictionary."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0)
    if not pa.types.is_dictionary(array.type):
        return array
    return pa.DictionaryArray.from_arrays(array.indices, pc.utf8_trim_whitespace(array.dictionary))


def batch_of(rows: Sequence[tuple[int, Sequence[str]]], form: Form, *, repeated: bool = True) -> "pa.RecordBatch":
    """A batch of rows that were read one by one: line number, and cells in the header's order."""
    import pyarrow as pa

    arrays = [pa.array([line for line, _ in rows], pa.int64())]
    for name, place in form.fields.items():
        column = pa.array([cells[place].strip() for _, cells in rows], pa.string())
        arrays.append(column.dictionary_encode() if repeated and name in REPEATED else column)
    return pa.RecordBatch.from_arrays(arrays, names=["line", *form.fields])


def _without_odd_lines(
    chunk: bytes, first: int, form: Form, found: _Parsed
) -> tuple[bytes, list[int], list[tuple[int, list[str]]]]:
    """Take out the lines whose quotation marks do not pair, and those with NUL bytes: each is looked at by itself."""
    import numpy as np

    data = np.frombuffer(chunk, dtype=np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    if not chunk.endswith(b"\n"):
        ends = np.append(ends, len(chunk))
    quotes = np.diff(np.searchsorted(np.flatnonzero(data == ord('"')), ends), prepend=0)
    nul = np.searchsorted(ends, np.flatnonzero(data == 0))
    odd = sorted({*np.flatnonzero(quotes % 2).tolist(), *nul.tolist()})
    if not odd:
        return chunk, [], []
    starts = np.concatenate(([0], ends[:-1] + 1))
    rows: list[tuple[int, list[str]]] = []
    cut: list[int] = []
    waiting = deque(odd)
    while waiting:
        at = waiting.popleft()
        line = chunk[starts[at] : ends[at]]
        last = at
        if waiting and waiting[0] - at <= _LINES_OF_A_RECORD and b"\x00" not in line:
            joined = chunk[starts[at] : ends[waiting[0]]]
            cells = _cells(line, form)
            if cells is None and b"\x00" not in joined and (cells := _cells(joined, form)) is not None:
                last = waiting.popleft()
                rows.append((first + at, cells))
        if last == at:
            _one(first + at, line, form, found, rows)
        cut += range(first + at, first + last + 1)
    kept, begin = [], 0
    for number in cut:
        kept.append(chunk[begin : starts[number - first]])
        begin = int(ends[number - first]) + 1
    kept.append(chunk[begin:])
    return b"".join(kept), cut, rows


def _cells(line: bytes, form: Form) -> list[str] | None:
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
        amount, day = cells[form.fields["amount"]], cells[form.fields["booked_on"]]
        if values.ore(amount, form.decimal_mark) is None or (
            not values.day(day) and any(len(cell) < 30 and values.day(cell) for cell in cells)
        ):
            return None
    fits = len(cells) >= len(form.header) and not any(map(str.strip, cells[len(form.header) :]))
    return cells if fits else None


def _one(number: int, line: bytes, form: Form, found: _Parsed, rows: list[tuple[int, list[str]]]) -> None:
    """A line by itself: a row, nothing, or a problem."""
    if b"\x00" in line:
        text = line.replace(b"\x00", b"").decode("utf-8", errors="replace")
        amount = _amount_in(text.split(form.separator), form)
        found.problems.append(Problem(number, "", "NUL bytes", "holds bytes that are no text", amount))
        return
    cells = _cells(line, form)
    if cells is not None:
        rows.append((number, cells))
        return
    _not_a_row(number, line.decode("utf-8", errors="replace"), form, found)


def _not_a_row(number: int, text: str, form: Form, found: _Parsed) -> None:
    if not text.strip():
        found.blank += 1
        return
    cells = text.split(form.separator)
    amount = _amount_in(cells, form)
    if text.count('"') % 2:
        value, reason = "unclosed quotation mark", "a quotation mark is never closed"
    else:
        value = f"{len(cells)} cells"
        reason = f"shifted columns: the header has {len(form.header)} cells"
    found.problems.append(Problem(number, "", value, reason, amount))


def _amount_in(cells: Sequence[str], form: Form) -> int | None:
    """The amount of a shifted line: the cell that is as far from the only date as in the header; else none."""
    cells = [cell.strip().strip('"') for cell in cells]
    days = [place for place, cell in enumerate(cells) if len(cell) < 30 and values.day(cell)]
    if len(days) != 1:
        return None
    place = days[0] + form.fields["amount"] - form.fields["booked_on"]
    return values.ore(cells[place], form.decimal_mark) if 0 <= place < len(cells) else None
