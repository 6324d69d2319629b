"""One ledger file read: its typed lines by year, its balance to the oere, and the lines that did not pass.

What does not belong here: several files beside each other (``store``), the SQL that types a line (``typed_lines``), and
the table and files of the typed lines (``parquet_writer``).
"""

import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import (
    control_sums,
    future_years,
    headers,
    line_functions,
    messages,
    parquet_writer,
    person_names,
    report_remarks,
    signs,
    typed_lines,
)
from klimat_pipeline.spend.ledger.csv_reader import CsvReader, Problem
from klimat_pipeline.spend.ledger.database import MEMORY_MB, database, threads_for
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.file_hash import FileHash
from klimat_pipeline.spend.ledger.format_detection import file_format
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport, TooManyError
from klimat_pipeline.spend.ledger.parquet_reader import ParquetReader
from klimat_pipeline.spend.ledger.personal_numbers import WITHHELD, Pseudonyms, withheld
from klimat_pipeline.spend.ledger.reference import LedgerReference, Rule
from klimat_pipeline.spend.ledger.repetition import refuse_repetition
from klimat_pipeline.spend.ledger.sie_reader import SieReader
from klimat_pipeline.spend.ledger.supplier_ids import SupplierIds
from klimat_pipeline.spend.ledger.suspicions import suspicions
from klimat_pipeline.spend.ledger.xlsx_reader import XlsxReader

if TYPE_CHECKING:
    import duckdb

#: Of a file's bytes, one in so many stays in memory (a hundred million lines of 8.3 GB need more than 600 MB); and how
#: many bytes of text one of a packed file is.
_PART_KEPT, _PACKED = 10, 10


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
    return f"{(MEMORY_MB * 1_000_000 + _text_bytes(form) // _PART_KEPT) // 1_000_000}MB"


def _text_bytes(form: FileFormat) -> int:
    return form.size_bytes * (1 if form.format in ("csv", "sie") else _PACKED)


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
    with database(memory=_memory(form), threads=threads_for(_text_bytes(form)), work=work) as connection:
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
        repeated = headers.take_out_headers(connection, form, way.settings, way.reference)
        passed.headers = len(repeated)
        refuse_repetition(connection, form, sorted([*repeated, *getattr(reader, "parts", ())]), way.settings)
        totals = control_sums.take_out(connection)
        future_years.set_aside(connection)
        passed.problems = [*reader.problems, *_faults(connection, passed, counted.people, way.reference.person_words)]
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
        person_names.withhold(connection, counted.people, way.reference.person_words)
        parquet_writer.write_years(connection, passed.years, work, target, form.file_id)
    passed.problems = [_placed(problem, reader) for problem in sorted(passed.problems, key=lambda one: one.line)]
    for problem in passed.problems:
        passed.add(0, typed_lines.QUARANTINED, 1, problem.amount_ore or 0)
    passed.lines = sum(lines for _, _, lines, _ in passed.rows())
    passed.rounded, passed.blank = counted.rounded, passed.blank + reader.blank
    passed.notes = len(getattr(reader, "notes", ()))
    passed.control_sums = totals.lines
    passed.remarks += sorted(counted.stands_in)
    report_remarks.tell_credits(passed, written)
    report_remarks.tell(passed, counted, cleaned, totals)
    report_remarks.tell_line_balance(passed, reader)
    return passed


def _placed(problem: Problem, reader: Any) -> Problem:
    """The problem with its sheet, where a workbook has several."""
    place = reader.place_of(problem.line) if isinstance(reader, XlsxReader) else ""
    return replace(problem, reason=f"{problem.reason} ({place})") if place else problem


def _faults(
    connection: "duckdb.DuckDBPyConnection",
    passed: LedgerReport,
    people: person_names.PersonNames,
    words: Mapping[str, str],
) -> Iterator[Problem]:
    """Lines that are rows and do not pass; blank ones are counted. No value that is shown names a person."""
    for line, code, value, amount in parquet_writer.faults(connection):
        if code == "blank":
            passed.blank += 1
            continue
        column, reason = typed_lines.REASONS[code]
        shown = person_names.code_to_show(column, value, words)
        said = WITHHELD if people.named_in(value) else withheld(shown)
        yield Problem(line, column, said, reason + report_remarks.hint(code, value, passed.form), amount)


def _refuse_too_many(passed: LedgerReport, settings: SpendSettings) -> None:
    wrong = len(passed.problems)
    if not passed.lines and passed.form.format == "sie":
        return  # nothing is booked yet in that year; the reader has told it
    if not passed.lines:
        raise LedgerError(f"{passed.form.file}: no lines below the header.")
    share = 100 * wrong / passed.lines
    if share > settings.quarantine_limit_pct:
        raise TooManyError(passed, share, settings.quarantine_limit_pct)
