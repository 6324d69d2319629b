"""What a ledger file is: format, encoding, separator, header and columns; found out by strict rules, and stated.

What does not belong here: which column is what (``columns``), reading the lines (``csv_reader`` and its like), what
their values mean (``typed_lines``).
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO, StringIO
from typing import Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import candidates, columns, titles, whole_lines
from klimat_pipeline.spend.ledger.cells import plain
from klimat_pipeline.spend.ledger.dates import PLAIN, DateForm
from klimat_pipeline.spend.ledger.decimal_marks import mark_of
from klimat_pipeline.spend.ledger.file_hash import FileHash, file_hash, id_of
from klimat_pipeline.spend.ledger.header_rows import Header, find_header
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.opened import GZIP, opened
from klimat_pipeline.spend.ledger.reference import LedgerReference
from klimat_pipeline.spend.ledger.text_encoding import (
    BOMS,
    Decoder,
    TextEncoding,
    text_encoding,
    utf16,
    with_line_feeds,
)

#: How much of a file is looked at to find its separator, header and decimal mark.
SAMPLE = 1024 * 1024
#: How many places of a larger file are looked at besides its beginning, the last of them its end, and how much of each.
_PLACES, _OF_EACH = 8, 16 * 1024
#: A packed file is looked at every so many bytes, and at its end.
_APART = 4 * 1024 * 1024
#: Lines in which a header is looked for, and lines that are looked at below it.
_HEADER_WITHIN, _ROWS = 25, 20_000
#: Amounts whose oere stand in the next column, of a hundred; so many different pairs of digits are no codes; and fields
#: that hold texts.
_CUT_PCT, _CODES = 95, 20
_CUT_INTO = ("item_text", "supplier_name", "account_text", "unit", "quantity_unit")
_SEPARATORS = (";", "\t", "|", ",")
#: Kinds of files by their first bytes that are no ledger, with what to do.
_OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (rb"\xd0\xcf\x11\xe0", "an old or password-protected Excel file. Save it as xlsx or CSV, without password."),
    (rb"%PDF", "a PDF, not a ledger. Ask for the export as CSV or xlsx."),
    (rb"(\xef\xbb\xbf)?\s*[\[{]", "JSON, which is not read. Export it as CSV or Parquet."),
    (rb"(?s)(\xef\xbb\xbf)?\s*<.{0,3000}?(sie\.se/sie5|<(\w+:)?Sie[ >])", "SIE 5 (XML). Export it as SIE 4."),
    (rb"7z|Rar!", "a packed archive. Unpack it and put the ledger into the folder."),
)
_SIE = re.compile(
    rb"(\xef\xbb\xbf)?\s*#(FLAGGA|PROGRAM|FORMAT|GEN|SIETYP|FNAMN|ORGNR|RAR|KPTYP|KONTO)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What was detected.

    Attributes:
        file: name as messages and tables show it.
        sha256: of the file's bytes.
        format: csv, xlsx, parquet or sie.
        encoding: name that Python knows; empty for binary formats.
        code_page: encoding of lines that are not UTF-8; empty where there are none.
        other_pages: encodings that some of those lines may be in instead.
        header: column names as they stand.
        fields: position of every field that was recognised.
        amount_meaning: what the name of the amount's column says of it (net, gross, sek and others).
        skipped: lines before and with the header.
        is_quoted: whether whole lines stand in quotation marks.
        dates: how dates are read.
        period: first day of the period of all lines, where no column holds dates.
        period_by_name: whether the file's name told the period or the year.
        year: of all lines, where a column holds months or quarters without one.
        holds_quarters: whether that column's figures are quarters.
        credit_is_negative: whether credits have a minus already.
        side_words: how the column of signs says which lines are credits, a key of ``signs.WORDS``.
        vat_is_rate: whether the column of VAT holds rates, not kronor.
        unit_ore: oere in one of what amounts are stated in.
        chart: chart of accounts, kommun_bas or bas.
        exported_on: day of the export, where the file says it.
        remarks: what a reader should know.
        warnings: what a reader should look at.
        variant: of bytes that lie there under several names, the period that this one tells.
    """

    file: str
    sha256: str
    size_bytes: int
    format: str
    encoding: str = ""
    code_page: str = ""
    other_pages: tuple[str, ...] = ()
    has_bom: bool = False
    separator: str = ""
    decimal_mark: str = "."
    header: tuple[str, ...] = ()
    fields: dict[str, int] = field(default_factory=dict)
    amount_meaning: tuple[str, ...] = ()
    skipped: int = 0
    is_quoted: bool = False
    dates: DateForm = PLAIN
    period: str = ""
    period_by_name: bool = False
    year: str = ""
    holds_quarters: bool = False
    credit_is_negative: bool = False
    side_words: str = ""
    vat_is_rate: bool = False
    unit_ore: int = 100
    chart: str = "kommun_bas"
    exported_on: str = ""
    remarks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    variant: str = ""

    @property
    def text_encoding(self) -> TextEncoding:
        return TextEncoding(self.encoding, self.code_page, other_pages=self.other_pages)

    @property
    def file_id(self) -> str:
        return id_of(self.sha256, self.variant)

    @property
    def amount_place(self) -> int:
        """Column of the amounts, or of the debits where credits stand apart."""
        return self.fields["amount"] if "amount" in self.fields else self.fields["debit"]


def file_format(
    path: Any, shown: str, settings: SpendSettings, reference: LedgerReference, *, content: FileHash | None = None
) -> FileFormat:
    """Look a file over once, from its first byte to its last.

    Args:
        path: any path that universal-pathlib understands.
        shown: how messages name it.
        settings: what is configured is not detected.
        reference: known names of columns.
        content: its bytes, where somebody has looked at them just now.

    Raises:
        LedgerError: it is empty, of no known format, or its header lacks what a line needs.
    """
    head = _head(path)
    if not head:
        raise LedgerError(f"{shown}: the file is empty.")
    for begins, told in _OTHER_KINDS:
        if re.match(begins, head):
            raise LedgerError(f"{shown}: {told}")
    content = content or file_hash(path)
    wide = utf16(head)
    begins_with = head[: len(head) // 2 * 2].decode(wide, errors="replace").encode() if wide else head
    form = FileFormat(
        shown,
        content.sha256,
        content.size_bytes,
        _kind(begins_with),
        chart=settings.chart or "kommun_bas",
        variant=content.variant,
    )
    if form.format in ("parquet", "xlsx"):
        with path.open("rb") as file:
            if file.read(2) == GZIP:
                raise LedgerError(f"{shown}: a packed {form.format} file. Unpack it and put it into the folder.")
        return form
    form = _with_encoding(form, path, head, content, settings)
    if form.format == "sie":
        return form
    lines = _text(head, form).split("\n")
    if len(head) >= SAMPLE and len(lines) > 1:
        lines.pop()
    elsewhere = _elsewhere(path, form, len(head))
    if whole_lines.are_quoted(lines, _SEPARATORS):
        lines, elsewhere = whole_lines.texts(lines), whole_lines.texts(elsewhere)
        form = replace(form, is_quoted=True, remarks=("whole lines stand in quotation marks; taken off",))
    return _csv(form, lines, elsewhere, settings, reference)


def _head(path: Any) -> bytes:
    with opened(path) as file:
        return file.read(SAMPLE)


def _kind(head: bytes) -> str:
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:4] == b"PK\x03\x04":
        return "xlsx"
    return "sie" if _SIE.match(head) else "csv"


def _with_encoding(form: FileFormat, path: Any, head: bytes, content: FileHash, settings: SpendSettings) -> FileFormat:
    """The form with its encoding: as the settings say, or as the letters tell."""
    found = TextEncoding("utf-8")
    if settings.encoding and settings.encoding != "utf-8":
        found = TextEncoding(settings.encoding, settings.encoding)
    elif wide := utf16(head):
        found = TextEncoding(wide)
    elif not content.is_utf8:
        with opened(path) as file:
            found = text_encoding(file, usual="cp437" if form.format == "sie" else "cp1252")
    warnings = form.warnings
    if found.unclear:
        warnings = (
            *warnings,
            f"the encoding is unclear: read as {found.name}; name it in municipality.yaml, spend: encoding, if letters "
            "are wrong",
        )
    return replace(
        form,
        encoding=found.name,
        code_page=found.code_page,
        other_pages=found.other_pages,
        has_bom=head.startswith(BOMS),
        warnings=warnings,
    )


def _text(piece: bytes, form: FileFormat) -> str:
    """A piece of the file as text with line feeds; a character that is cut off at its end is left out."""
    decoded = b"".join(Decoder(form.text_encoding, form.file).pieces(BytesIO(piece)))
    return with_line_feeds(decoded.decode(errors="replace"))


def _elsewhere(path: Any, form: FileFormat, read: int) -> list[str]:
    """Whole lines from all over a large file: dates of December do not stand at its beginning."""
    if form.encoding.startswith("utf-16") or read < SAMPLE:
        return []
    with path.open("rb") as file:
        if file.read(2) == GZIP:
            pieces = _pieces_of_packed(path)
        else:
            pieces = []
            for place in range(1, _PLACES + 1):
                file.seek(max(form.size_bytes - _OF_EACH, 0) * place // _PLACES)
                pieces.append(file.read(_OF_EACH))
    lines = [line for piece in pieces for line in _text(piece, form).split("\n")[1:-1]]
    return lines + _text(pieces[-1], form).split("\n")[-1:]  # the last line may have no line end


def _pieces_of_packed(path: Any) -> list[bytes]:
    """Pieces from all over a packed file, which is read from its beginning to its end; the last one is its end."""
    pieces: list[bytes] = []
    end = b""
    with opened(path) as file:
        while block := file.read(_APART):
            pieces.append(block[:_OF_EACH])
            end = (end + block)[-_OF_EACH:]
    return [*pieces[1 :: max(len(pieces) // _PLACES, 1)], end]


def header_of(path: Any, shown: str, settings: SpendSettings, reference: LedgerReference) -> tuple[str, ...]:
    """Names of a CSV's or Parquet file's columns as they stand, from its beginning alone; none of other formats."""
    head = _head(path)
    if head[:4] == b"PAR1":
        import pyarrow.parquet as pq

        with path.open("rb") as file:
            return tuple(pq.read_schema(file).names)
    if _kind(head) != "csv" or any(re.match(begins, head) for begins, _ in _OTHER_KINDS):
        return ()
    form = FileFormat(shown, "", 0, "csv")
    lines = _text(head, _with_encoding(form, path, head, file_hash(path), settings)).split("\n")
    try:
        return _header(form, lines, settings, reference)[2].names
    except LedgerError:  # no known name: the first line is as good as any
        separator = max(_SEPARATORS, key=lines[0].count)
        return candidates.plain_header(next(csv.reader(lines[:1], delimiter=separator), []))


def _csv(
    form: FileFormat,
    lines: Sequence[str],
    elsewhere: Sequence[str],
    settings: SpendSettings,
    reference: LedgerReference,
) -> FileFormat:
    separator, skipped, header = _header(form, lines, settings, reference)
    below = lines[skipped:]
    rows = [
        *_rows(below[:: max(-(-len(below) // _ROWS), 1)], separator, len(header.names)),
        *_rows(elsewhere, separator, len(header.names)),
    ]
    above = "\n".join(lines[: skipped - 1])
    form = replace(form, remarks=(*form.remarks, *header.remarks))
    form = with_columns(form, header.names, rows, settings, reference, above=above)
    _refuse_cut_amounts(form, separator, rows, settings)
    column = form.amount_place
    amounts = [row[form.fields[name]] for row in rows for name in ("amount", "debit", "credit") if name in form.fields]
    mark = mark_of(form.file, form.header[column], amounts, separator, settings)
    return replace(form, separator=separator, decimal_mark=mark, skipped=skipped)


def _refuse_cut_amounts(
    form: FileFormat, separator: str, rows: Sequence[Sequence[str]], settings: SpendSettings
) -> None:
    """Amounts with a decimal comma in a file with commas between its cells: the oere stand in the next column.

    Raises:
        LedgerError: behind every amount stand two digits and nothing else.
    """
    at = form.amount_place
    if separator != "," or at + 1 >= len(form.header) or settings.decimal_mark == ".":
        return
    pairs = [(row[at], row[at + 1]) for row in rows if re.search("[0-9]", row[at])]
    cut = [two for one, two in pairs if re.fullmatch(r"[+-]?[0-9 ]+", one) and re.fullmatch(r"[0-9]{2}", two)]
    # Two digits may be a code, but not where no column is named or texts should stand; and codes are few.
    is_code = bool(form.header[at + 1]) and at + 1 not in [form.fields.get(name) for name in _CUT_INTO]
    if pairs and 100 * len(cut) >= _CUT_PCT * len(pairs) and not (is_code and len(set(cut)) < _CODES):
        raise LedgerError(
            f"{form.file}: two digits stand in the column behind every amount of {form.header[at]!r} (such as "
            f"{pairs[0][0]},{pairs[0][1]}): are they the oere, cut off at the decimal comma? Export it with semicolons "
            "or with quotation marks around the amounts; if they are something else, say spend: decimal_mark: '.' in "
            "municipality.yaml."
        )


def _rows(lines: Sequence[str], separator: str, cells: int) -> list[list[str]]:
    """Lines that are rows by themselves, made plain."""
    rows: list[list[str]] = []
    for line in lines:
        try:
            row = next(csv.reader(StringIO(line[:10000]), delimiter=separator), [])
        except csv.Error:
            continue
        if len(row) >= cells:
            rows.append([plain(cell.strip()) for cell in row[:cells]])
    return rows


def _header(
    form: FileFormat, lines: Sequence[str], settings: SpendSettings, reference: LedgerReference
) -> tuple[str, int, Header]:
    """Separator, lines up to the end of the header, and the header: the one that makes most names known."""
    best: tuple[str, int, Header] | None = None
    for separator in (settings.separator,) if settings.separator else _SEPARATORS:
        records = list(_first_records(lines, separator))
        found = find_header([names for _, names in records], settings, reference, form.file)
        if found and (best is None or found.known > best[2].known):
            best = separator, records[found.last][0], found
    if best is None:
        raise LedgerError(
            f"{form.file}: no header found in the first lines: no line names two known columns. Expected names such as "
            "konto_nr, belopp, datum; other names belong in municipality.yaml, spend: columns."
        )
    return best


def _first_records(lines: Sequence[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """The first records and the line after each; a record may hold line breaks inside quotation marks."""
    reader = csv.reader((f"{line[:100_000]}\n" for line in lines[:_HEADER_WITHIN]), delimiter=separator)
    while True:
        try:
            names = next(reader, None)
        except csv.Error:
            continue
        if names is None:
            return
        yield reader.line_num, names


def with_columns(
    form: FileFormat,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    settings: SpendSettings,
    reference: LedgerReference,
    *,
    sheet: str = "",
    above: str = "",
) -> FileFormat:
    """The form with its columns recognised.

    Args:
        form: of the file.
        header: names of its columns.
        rows: some of its lines as texts, made plain.
        settings: of the municipality.
        reference: known names.
        sheet: its name, in a workbook.
        above: what stands above the header.

    Raises:
        LedgerError: a column that every line needs is missing, or may be either of two.
    """
    found = columns.recognised(form.file, header, rows, settings, reference, sheet=sheet, above=above)
    return replace(
        form,
        header=found.header,
        fields=found.fields,
        amount_meaning=tuple(sorted(found.meaning.get("amount", ()))),
        dates=found.dates,
        period=found.period,
        period_by_name=found.period_by_name,
        year=found.year,
        holds_quarters="quarter" in found.meaning.get("booked_on", ()),
        credit_is_negative=found.credit_is_negative,
        side_words=found.side_words,
        vat_is_rate=found.vat_is_rate,
        unit_ore=found.unit_ore,
        remarks=(*form.remarks, *found.remarks),
        warnings=(*form.warnings, *found.warnings),
    )


def form_from_json(data: Mapping[str, Any]) -> FileFormat:
    """What ``dataclasses.asdict`` made of a form, after a way through JSON."""
    made = {**data, "dates": DateForm(**data["dates"])}
    for name in ("header", "remarks", "warnings", "amount_meaning"):
        made[name] = tuple(made[name])
    return FileFormat(**made)


def refuse_what_is_said(form: FileFormat, around: Mapping[str, str], settings: SpendSettings) -> None:
    """Texts that are met once the columns are known may say what titles say.

    Args:
        form: with its columns.
        around: texts by the words for where they stand.
        settings: decide.

    Raises:
        LedgerError: they say that amounts are no kronor or include VAT, and nothing else does.
    """
    is_stated = form.unit_ore != titles.UNITS["kr"]
    said = {*form.amount_meaning, *(["tkr"] if is_stated else [])}  # whatever it is, it is stated
    titles.unit(form.file, around, {}, said, settings, has_currency="currency" in form.fields)
