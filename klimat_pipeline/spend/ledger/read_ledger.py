"""One ledger file read: its typed lines by year, its balance to the oere, and the lines that did not pass.

What does not belong here: several files beside each other (``store``), the SQL that types a line (``typed_lines``), and
the table and files of the typed lines (``parquet_writer``).
"""

import json
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import (
    control_sums,
    dates,
    headers,
    line_functions,
    messages,
    parquet_writer,
    person_names,
    signs,
    typed_lines,
)
from klimat_pipeline.spend.ledger.cells import CellCleaner
from klimat_pipeline.spend.ledger.csv_reader import CsvReader, Problem
from klimat_pipeline.spend.ledger.database import MEMORY_MB, database
from klimat_pipeline.spend.ledger.file_format import FileFormat, file_format, form_from_json
from klimat_pipeline.spend.ledger.file_hash import FileHash
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.parquet_reader import ParquetReader
from klimat_pipeline.spend.ledger.personal_numbers import WITHHELD, Pseudonyms, withheld
from klimat_pipeline.spend.ledger.reference import LedgerReference, Rule
from klimat_pipeline.spend.ledger.sie_reader import SieReader
from klimat_pipeline.spend.ledger.supplier_ids import SupplierIds
from klimat_pipeline.spend.ledger.suspicions import refuse_repetition, suspicions
from klimat_pipeline.spend.ledger.xlsx_reader import XlsxReader

if TYPE_CHECKING:
    import duckdb

#: Problems that an error message lists.
_LISTED = 10
_READ = "read"
#: Of a file's bytes, one in so many stays in memory (a hundred million lines of 8.3 GB need more than 600 MB); and how
#: many bytes of text one of a packed file is.
_PART_KEPT, _PACKED = 10, 10
#: Digits of a spreadsheet's serial number for a day of our times (45000 is 2023-03-15).
_SERIAL = 5


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a municipality's files are read; the same way and the same bytes give the same result.

    Attributes:
        settings: of the municipality.
        reference: names of columns, exchange rates, words.
        rules: what is left out, the municipality's own first.
        pseudonyms: what stands for persons.
        keeps_item_text: whether lines keep their free text: only a text model reads it.
    """

    settings: SpendSettings
    reference: LedgerReference
    rules: tuple[Rule, ...]
    pseudonyms: Pseudonyms = field(repr=False)
    keeps_item_text: bool = False


@dataclass(slots=True)
class LedgerReport:
    """A file's balance.

    Attributes:
        form: how it was read.
        lines: lines with content but headers and control sums: read, duplicate and quarantined together.
        scope: lines and oere by year and rule; ``counted``, ``quarantined``, ``overlap`` and ``vat_in_amounts`` are
            rules too, of which the last has no lines of its own.
        days: first and last day among the lines that passed.
        years: years that have a Parquet file.
        problems: what did not pass.
        rounded: amounts with more than two decimals.
        blank: lines without content.
        notes: lines about the file, which are none of it.
        headers: lines that are the header once more.
        control_sums: totals that were met; they are no lines.
        remarks: what a reader should know.
        warnings: what a reader should look at.
        against: files that it was held against.
        status: read, or what it is the same as.
    """

    form: FileFormat
    lines: int = 0
    scope: dict[str, tuple[int, int]] = field(default_factory=dict)
    days: tuple[str, str] = ("", "")
    years: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rounded: int = 0
    blank: int = 0
    notes: int = 0
    headers: int = 0
    control_sums: int = 0
    remarks: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    status: str = _READ
    against: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, str, int, int]]:
        """Year (0 where a line tells none), rule, lines, oere."""
        for key, (lines, amount) in sorted(self.scope.items()):
            year, _, rule = key.partition(" ")
            yield int(year), rule, lines, amount

    def add(self, year: int, rule: str, lines: int, amount: int) -> None:
        """Add to a year and rule."""
        before = self.scope.get(f"{year} {rule}", (0, 0))
        self.scope[f"{year} {rule}"] = (before[0] + lines, before[1] + amount)

    def of(self, *rules: str) -> tuple[int, int]:
        """Lines and oere of some rules, all years."""
        found = [(lines, amount) for _, rule, lines, amount in self.rows() if rule in rules]
        return sum(lines for lines, _ in found), sum(amount for _, amount in found)

    @property
    def amount_ore(self) -> int:
        """Everything that the file holds and that can be told."""
        return sum(amount for *_, amount in self.rows())

    def to_json(self) -> str:
        """For the state folder: nothing personal is in it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "LedgerReport":
        """What ``to_json`` wrote."""
        data = json.loads(text)
        form = form_from_json(data.pop("form"))
        data["scope"] = {key: tuple(value) for key, value in data["scope"].items()}
        data["days"] = tuple(data["days"])
        data["problems"] = [Problem(**problem) for problem in data["problems"]]
        return cls(form=form, **data)


def read_ledger(
    path: Any, shown: str, way: ReadOptions, target: Path, *, content: FileHash | None = None
) -> LedgerReport:
    """Read a file and write its typed lines.

    Args:
        path: any path that universal-pathlib understands.
        shown: how tables and messages name it.
        way: how it is read.
        target: folder that gets ``year=<year>/<file id>.parquet``; nothing else of the file is written anywhere.
        content: its bytes, where somebody has looked at them just now.

    Returns:
        The file's balance.

    Raises:
        LedgerError: it cannot be read at all, or more of it than allowed does not pass.
    """
    work, words = target / f".work-{uuid.uuid4().hex}", way.reference.person_words
    try:
        form = file_format(path, shown, way.settings, way.reference, content=content)
        try:
            passed = _through(path, form, way, target, work)
        except _OtherSignsError as told:
            passed = _through(path, form, way, target, work, credit_is_negative=told.credit_is_negative)
        _withhold_persons_in_messages(passed, words)
        _refuse_too_many(passed, way.settings)
    except LedgerError as error:
        error.args = (messages.without_persons(str(error), words),)
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return passed


def _memory(form: FileFormat) -> str:
    """What the database may take: of blocks of lines that are on disk it keeps something, so it grows with the file."""
    size = form.size_bytes * (1 if form.format in ("csv", "sie") else _PACKED)
    return f"{(MEMORY_MB * 1_000_000 + size // _PART_KEPT) // 1_000_000}MB"


def _withhold_persons_in_messages(passed: LedgerReport, words: Mapping[str, str]) -> None:
    """In all that a balance says of its file; values of its lines are looked at where they are found."""

    @cache
    def told(text: str) -> str:
        return messages.without_persons(text, words)

    form = passed.form
    passed.form = replace(
        form,
        header=tuple(map(told, form.header)),
        remarks=tuple(map(told, form.remarks)),
        warnings=tuple(map(told, form.warnings)),
    )
    passed.remarks, passed.warnings = list(map(told, passed.remarks)), list(map(told, passed.warnings))
    passed.problems = [replace(one, reason=told(one.reason)) for one in passed.problems]


def _reader(path: Any, form: FileFormat, way: ReadOptions) -> Any:
    if form.format == "csv":
        return CsvReader(path, form)
    if form.format == "sie":
        return SieReader(path, form, way.settings)
    kind = XlsxReader if form.format == "xlsx" else ParquetReader
    return kind(path, form, way.settings, way.reference)


class _OtherSignsError(Exception):
    """All lines of a file write its credits otherwise than those did that were looked at."""

    def __init__(self, credit_is_negative: bool) -> None:
        super().__init__()
        self.credit_is_negative = credit_is_negative


def _through(
    path: Any, form: FileFormat, way: ReadOptions, target: Path, work: Path, *, credit_is_negative: bool | None = None
) -> LedgerReport:
    """The file typed and written.

    Args:
        path: of the file.
        form: of the file.
        way: how it is read.
        target: folder of the typed lines.
        work: folder to work in.
        credit_is_negative: whether credits have a minus, where all lines have been asked; None where some are to tell.

    Raises:
        _OtherSignsError: some lines told one thing, and all of them another.
    """
    reader = _reader(path, form, way)
    if credit_is_negative is not None:
        reader.form = replace(reader.form, credit_is_negative=credit_is_negative)
    form = reader.form
    passed = LedgerReport(form, remarks=list(form.remarks), warnings=list(form.warnings))
    if way.settings.vat.included and way.settings.vat.rate_pct is None and "vat" not in form.fields:
        raise LedgerError(
            f"{form.file}: amounts are said to include VAT, but no column holds it. Give spend: vat: rate_pct, or the "
            "column's name in spend: columns."
        )
    with database(memory=_memory(form), work=work) as connection:
        counted = line_functions.register(connection, form, way.reference)
        ids = SupplierIds(way.pseudonyms, way.settings.group_numbers)
        statement, values = typed_lines.query(
            form,
            way.settings,
            way.rules,
            "ledger_lines",
            keeps_item_text=way.keeps_item_text,
        )
        cleaned = parquet_writer.put_lines(connection, statement, values, "ledger_lines", reader, ids)
        written = signs.credits_of(connection, form.fields)
        if (
            credit_is_negative is None
            and (written.with_minus or written.without)
            and (written.are_negative != form.credit_is_negative)
        ):
            raise _OtherSignsError(written.are_negative)
        repeated = headers.take_out_headers(connection, form)
        passed.headers = len(repeated)
        refuse_repetition(connection, form, sorted([*repeated, *getattr(reader, "parts", ())]), way.settings)
        totals = control_sums.take_out(connection)
        passed.problems = [*reader.problems, *_faults(connection, passed, counted.people)]
        passed.warnings += [*reader.warnings, *suspicions(connection, form, way.settings)]
        for year, rule, lines, amount in parquet_writer.sums(connection):
            passed.add(year, rule, lines, amount)
        passed.days = parquet_writer.first_and_last_day(connection)
        if zeros := parquet_writer.accounts_with_zeros(connection):
            passed.remarks.append(
                f"zeros in front of accounts are taken off on {zeros:,} lines (0000064100 is 64100): write tables of "
                "your own without them"
            )
        passed.years = sorted({year for year, *_ in passed.rows()})
        person_names.withhold_by_words(connection, counted.people, way.reference.person_words)
        person_names.withhold(connection, counted.people)
        parquet_writer.write_years(connection, passed.years, work, target, form.file_id)
    passed.problems = [_placed(problem, reader) for problem in sorted(passed.problems, key=lambda one: one.line)]
    for problem in passed.problems:
        passed.add(0, typed_lines.QUARANTINED, 1, problem.amount_ore or 0)
    passed.lines = sum(lines for _, _, lines, _ in passed.rows())
    passed.rounded, passed.blank = counted.rounded, passed.blank + reader.blank
    passed.notes = len(getattr(reader, "notes", ()))
    passed.control_sums = totals.lines
    passed.remarks += sorted(counted.stands_in)
    _tell_credits(passed, written)
    _tell(passed, counted, cleaned, totals)
    _line_balance(passed, reader)
    return passed


def _placed(problem: Problem, reader: Any) -> Problem:
    """The problem with its sheet, where a workbook has several."""
    place = reader.place_of(problem.line) if isinstance(reader, XlsxReader) else ""
    return replace(problem, reason=f"{problem.reason} ({place})") if place else problem


def _tell(
    passed: LedgerReport, counted: line_functions.Counted, cleaned: CellCleaner, totals: control_sums.ControlSums
) -> None:
    """What was seen on the way, in words."""
    if counted.unclear:
        passed.remarks.append(
            f"not used: quantities that may be thousands or decimals (1.234, 1,234): {counted.unclear:,}"
        )
    if counted.converted and "currency" in passed.form.fields:
        said = ", ".join(f"{lines:,} in {currency}" for currency, lines in sorted(counted.converted.items()))
        amount, currency = (
            passed.form.header[place] for place in (passed.form.amount_place, passed.form.fields["currency"])
        )
        passed.warnings.append(
            f"amounts of column {currency!r} other than SEK ({said}) are taken times the year's rate: are those of "
            f"{amount!r} in that currency? If they are kronor, leave {currency!r} out, or call {amount!r} Belopp SEK"
        )
    counts = {rule: lines for rule in {rule for _, rule, *_ in passed.rows()} if (lines := passed.of(rule)[0])}
    if counts and typed_lines.COUNTED not in counts:
        most = max(counts, key=lambda rule: counts[rule])
        passed.warnings.append(
            f"no line counts as a purchase: {counts[most]:,} of {sum(counts.values()):,} are left out by the rule "
            f"{most!r}"
        )
    if passed.headers:
        passed.remarks.append(f"the header stands again on {passed.headers:,} lines; they are no lines")
    if totals.lines:
        passed.remarks.append(
            f"control sums: {totals.lines:,} totals, the largest {totals.ore / 100:,.2f}, are the sums of their lines; "
            "they are not counted"
        )
    if cleaned.mended:
        passed.warnings.append(f"letters, digits or control characters put right in {cleaned.mended:,} cells")
    if cleaned.lost:
        passed.warnings.append(f"letters were lost before the export (\ufffd) in {cleaned.lost:,} cells; export again")


def _tell_credits(passed: LedgerReport, found: signs.Credits) -> None:
    """How credits are read, where a column says which they are."""
    if not {"credit", "side"} & set(passed.form.fields):
        return
    how = "added as they stand" if passed.form.credit_is_negative else "taken off"
    passed.remarks.append(f"credits are {how}{': they have a minus' if passed.form.credit_is_negative else ''}")
    if found.with_minus and found.without:
        passed.warnings.append(
            f"{found.with_minus:,} credits have a minus and {found.without:,} have none; all are {how}. Are those that "
            "differ what they say? Look at the export"
        )


def _faults(
    connection: "duckdb.DuckDBPyConnection", passed: LedgerReport, people: person_names.PersonNames
) -> Iterator[Problem]:
    """Lines that are rows and do not pass; blank ones are counted. No value that is shown names a person."""
    for line, code, value, amount in parquet_writer.faults(connection):
        if code == "blank":
            passed.blank += 1
            continue
        column, reason = typed_lines.REASONS[code]
        said = WITHHELD if people.named_in(value) else withheld(value)
        yield Problem(line, column, said, reason + _hint(code, value, passed.form), amount)


def _hint(code: str, value: str, form: FileFormat) -> str:
    """The most frequent cause of such a fault, and what to do about it."""
    if code == "date_impossible" and len(value) == _SERIAL and value.isdigit():
        return (
            "; a spreadsheet's serial number? Format the column as a date, or say spend: date_form: excel in "
            "municipality.yaml (excel-1904 for old Macintosh workbooks)"
        )
    if code == "date_impossible" and dates.two_readings(value):
        return (
            "; may be read in several ways: say which in municipality.yaml, spend: date_form (DD/MM/YYYY, YYMMDD, ...)"
        )
    if code == "amount_text" and value != WITHHELD and not any(map(str.isdigit, value)):
        return "; a second header, or shifted columns? Take the line out or mend it"
    if code == "amount_missing" and form.format == "xlsx":
        return "; a formula that was never computed? Open the workbook and save it"
    if code == "date_missing":
        return "; a row of totals that is not the sum of its lines? Take it out of the file"
    return ""


def _line_balance(passed: LedgerReport, reader: Any) -> None:
    """Every line of the file is somewhere; lines inside a quoted cell belong to their record."""
    if passed.form.format != "csv":
        return
    if reader.trimmed:
        passed.remarks.append(f"{reader.trimmed:,} lines with empty cells beyond the header's, taken as they are")
    if reader.notes:
        passed.remarks.append(f"{passed.notes:,} lines are notes, and no lines: {', '.join(sorted(set(reader.notes)))}")
    if reader.said_lines is not None and reader.said_lines != passed.lines:
        passed.warnings.append(
            f"the file says that it has {reader.said_lines:,} lines, and has {passed.lines:,}: was it cut off?"
        )
    known = passed.form.skipped + passed.lines + passed.blank + passed.notes + passed.headers + passed.control_sums
    inside = reader.last_line - known
    if inside < 0:
        raise LedgerError(f"{passed.form.file}: more lines were read than the file has; please report this.")
    if inside:
        passed.remarks.append(f"{inside:,} line breaks inside cells")


def _refuse_too_many(passed: LedgerReport, settings: SpendSettings) -> None:
    wrong = len(passed.problems)
    if not passed.lines and passed.form.format == "sie":
        return  # nothing is booked yet in that year; the reader has told it
    if not passed.lines:
        raise LedgerError(f"{passed.form.file}: no lines below the header.")
    share = 100 * wrong / passed.lines
    if share > settings.quarantine_limit_pct:
        raise TooManyError(passed, share, settings.quarantine_limit_pct)


class TooManyError(LedgerError):
    """More lines than allowed do not pass; holds what was found, so that it can be shown."""

    def __init__(self, passed: LedgerReport, share: float, limit: float) -> None:
        self.passed = passed
        first = "\n".join(problem_line(passed.form.file, problem) for problem in passed.problems[:_LISTED])
        super().__init__(
            f"{passed.form.file}: {len(passed.problems):,} of {passed.lines:,} lines ({share:.2f} %) do not pass, "
            f"{limit:g} % are allowed (municipality.yaml, spend: quarantine_limit_pct). Read as {stated(passed.form)}. "
            f"First:\n{first}"
        )


def problem_line(file: str, problem: Problem) -> str:
    """``file:line: column ...``."""
    column = f"column {problem.column_name}: " if problem.column_name else ""
    return f"{file}:{problem.line}: {column}{problem.reason}, found {problem.value!r}"


def stated(form: FileFormat) -> str:
    """What was detected, in words."""
    if form.format != "csv":
        return form.format
    separator = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}[form.separator]
    mark = "comma" if form.decimal_mark == "," else "point"
    return f"CSV, {form.encoding}{' with BOM' if form.has_bom else ''}, {separator}, decimal {mark}"


def renamed(passed: LedgerReport, shown: str) -> LedgerReport:
    """The balance of the same bytes under another name."""
    return replace(passed, form=replace(passed.form, file=shown))
