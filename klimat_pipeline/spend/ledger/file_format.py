"""What a ledger file is: format, encoding, separator, decimal mark, header; found out by strict rules, and stated.

What does not belong here: reading the lines (``csv_reader``), what their values mean (``typed_lines``).
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from typing import Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.errors import KlimatError
from klimat_pipeline.spend.ledger.file_hash import CHUNK, FileHash, begins_as_utf8, file_hash
from klimat_pipeline.spend.ledger.reference import LedgerReference
from klimat_pipeline.text import fold

#: How much of a file is looked at to find its separator, header and decimal mark.
SAMPLE = 1024 * 1024
#: Without these a line says nothing.
NEEDED = ("amount", "booked_on")
#: Of these, two columns of one name would be a guess.
_ONCE = ("amount", "vat", "booked_on", "account", "supplier_id")
_SEPARATORS = (";", "\t", "|", ",")
#: Bytes that Windows-1252 leaves undefined.
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_WINDOWS = re.compile(rb"[\x80-\x9f]")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class LedgerError(KlimatError):
    """A ledger file cannot be read, or more of it than allowed; the message never holds personal data."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What was detected.

    Attributes:
        file: name as messages and tables show it.
        sha256: of the file's bytes.
        format: csv, xlsx, parquet or sie.
        encoding: name that Python knows; empty for binary formats.
        header: column names as they stand.
        fields: position of every field that was recognised.
        skipped: lines before and with the header.
        remarks: what a reader should know.
    """

    file: str
    sha256: str
    size_bytes: int
    format: str
    encoding: str = ""
    has_bom: bool = False
    separator: str = ""
    decimal_mark: str = "."
    header: tuple[str, ...] = ()
    fields: dict[str, int] = field(default_factory=dict)
    skipped: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def file_id(self) -> str:
        return self.sha256[:16]


def file_format(
    path: Any, shown: str, settings: SpendSettings, reference: LedgerReference, *, content: FileHash | None = None
) -> FileFormat:
    """Look a file over once, from its first byte to its last.

    Args:
        path: any path that universal-pathlib understands.
        shown: how messages name it.
        settings: a separator, a decimal mark or columns that are configured are not detected.
        reference: known names of columns.
        content: its bytes, where somebody has looked at them just now.

    Raises:
        LedgerError: it is empty, of no known format, or its header lacks what a line needs.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if not head:
        raise LedgerError(f"{shown}: the file is empty.")
    if head[:4] == b"\xd0\xcf\x11\xe0":
        raise LedgerError(
            f"{shown}: an old or password-protected Excel file. Save it as xlsx or CSV, without password."
        )
    content = content or file_hash(path)
    form = FileFormat(shown, content.sha256, content.size_bytes, "")
    if head[:4] == b"PAR1":
        return replace(form, format="parquet")
    if head[:4] == b"PK\x03\x04":
        return replace(form, format="xlsx")
    if re.match(rb"\s*(\xef\xbb\xbf)?#FLAGGA\b", head):
        return replace(form, format="sie", encoding=_sie_encoding(head))
    form = replace(form, format="csv", encoding=_encoding(path, head, content), has_bom=head.startswith(_MARKS))
    text = codecs.getincrementaldecoder(form.encoding)().decode(head).removeprefix("\ufeff")
    return _csv(form, text, len(head) < SAMPLE, settings, reference)


def header_of(path: Any, shown: str, settings: SpendSettings, reference: LedgerReference) -> tuple[str, ...]:
    """Names of a CSV's or Parquet file's columns as they stand, from its beginning alone; none of other formats."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if head[:4] == b"PAR1":
        import pyarrow.parquet as pq

        with path.open("rb") as file:
            return tuple(pq.read_schema(file).names)
    if head[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") or re.match(rb"\s*(\xef\xbb\xbf)?#FLAGGA\b", head):
        return ()
    encoding = _utf16(head) or ("utf-8" if begins_as_utf8(head) else "cp1252")
    lines = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head).removeprefix("\ufeff").splitlines()
    try:
        separator, at = _header_line(FileFormat(shown, "", 0, "csv"), lines, settings, reference)
    except LedgerError:  # no known name: the first line is as good as any
        separator, at = max(_SEPARATORS, key=(lines or [""])[0].count), 0
    return tuple(name.strip() for name in next(csv.reader(lines[at : at + 1], delimiter=separator), []))


def _sie_encoding(head: bytes) -> str:
    """SIE is code page 437 (#FORMAT PC8); some programs write UTF-8 all the same."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp437"
    return "cp437" if head.isascii() else "utf-8"


def _encoding(path: Any, head: bytes, content: FileHash) -> str:
    """UTF-8 if every byte is, otherwise Windows-1252 or ISO 8859-1; UTF-16 by its mark or its zeros."""
    if wide := _utf16(head):
        return wide
    if content.is_utf8:
        return "utf-8"
    windows, undefined = _windows(path)
    return "cp1252" if windows and not undefined else "latin-1"


def _windows(path: Any) -> tuple[bool, bool]:
    """Whether a text has bytes that are letters in Windows-1252 only, and bytes that are nothing there."""
    windows, undefined = False, False
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if not chunk.isascii():
                windows = windows or bool(_WINDOWS.search(chunk))
                undefined = undefined or bool(_UNDEFINED.search(chunk))
    return windows, undefined


def _utf16(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    some = head[:4096]
    even, odd = some[::2].count(0), some[1::2].count(0)
    if len(some) > 8 and odd > 0.4 * len(some[1::2]) and even < 0.1 * len(some[::2]):
        return "utf-16-le"
    if len(some) > 8 and even > 0.4 * len(some[::2]) and odd < 0.1 * len(some[1::2]):
        return "utf-16-be"
    return ""


def _csv(
    form: FileFormat, text: str, complete: bool, settings: SpendSettings, reference: LedgerReference
) -> FileFormat:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not complete and len(lines) > 1:
        lines.pop()
    separator, at = _header_line(form, lines, settings, reference)
    header = tuple(name.strip() for name in next(csv.reader([lines[at]], delimiter=separator)))
    form = with_header(form, header, settings, reference)
    rows = _sample_rows(lines[at + 1 :], separator, len(header))
    amounts = [row[form.fields["amount"]] for row in rows]
    mark = settings.decimal_mark or _decimal_mark(form, header[form.fields["amount"]], amounts, separator)
    return replace(form, separator=separator, decimal_mark=mark, skipped=at + 1)


def _sample_rows(lines: Sequence[str], separator: str, cells: int) -> list[list[str]]:
    rows: list[list[str]] = []
    for line in lines[:5000]:
        try:
            row = next(csv.reader(StringIO(line[:10000]), delimiter=separator), [])
        except csv.Error:
            continue
        if len(row) == cells:
            rows.append(row)
    return rows


def _header_line(
    form: FileFormat, lines: Sequence[str], settings: SpendSettings, reference: LedgerReference
) -> tuple[str, int]:
    """The line among the first twenty, and the separator, that make most names known."""
    best, found = 0, None
    for separator in (settings.separator,) if settings.separator else _SEPARATORS:
        for at, line in enumerate(lines[:20]):
            try:
                names = next(csv.reader([line[:100_000]], delimiter=separator), [])
            except csv.Error:
                continue
            known = len(_fields(names, settings, reference))
            if known > best:
                best, found = known, (separator, at)
    if found is None or best < 2:
        raise LedgerError(
            f"{form.file}: no header found in the first lines: no line names two known columns. Expected names such as "
            "konto_nr, belopp, datum; other names belong in municipality.yaml, spend: columns."
        )
    return found


def with_header(
    form: FileFormat, header: Sequence[str], settings: SpendSettings, reference: LedgerReference
) -> FileFormat:
    """The form with its columns recognised.

    Raises:
        LedgerError: a column that every line needs is missing, or one field stands in two columns.
    """
    fields = _fields(header, settings, reference)
    missing = [name for name in NEEDED if name not in fields]
    if "account" not in fields and "account_text" not in fields:
        missing.append("account")
    if missing:
        raise LedgerError(
            f"{form.file}: no column for {', '.join(missing)} among {', '.join(map(repr, header))}. "
            "Name it in municipality.yaml, spend: columns."
        )
    twice = [fields[name] for name in _ONCE if name in fields]
    for place in twice:
        if [fold(name) for name in header].count(fold(header[place])) > 1:
            raise LedgerError(
                f"{form.file}: two columns are called {header[place]!r}. Rename the one that is not meant, or name the "
                "meant one in municipality.yaml, spend: columns, under another name."
            )
    unread = [name for place, name in enumerate(header) if place not in fields.values() and name]
    absent = [name for name in ("voucher", "supplier_id", "supplier_name", "account", "buyer_id") if name not in fields]
    remarks = []
    if unread:
        remarks.append(f"columns not read: {', '.join(unread)}")
    if absent:
        remarks.append(f"no column for {', '.join(absent)}")
    return replace(form, header=tuple(header), fields=fields, remarks=(*form.remarks, *remarks))


def _fields(header: Sequence[str], settings: SpendSettings, reference: LedgerReference) -> dict[str, int]:
    """Position of each field: the municipality's own names first, then the first known one."""
    own = {fold(name): field_ for name, field_ in settings.columns.items()}
    fields: dict[str, int] = {}
    for known in (own, reference.columns):
        for place, name in enumerate(header):
            target = known.get(fold(name))
            if target and place not in fields.values():
                fields.setdefault(target, place)
    return fields


def mark_of_texts(form: FileFormat, texts: Sequence[tuple[str, str]], settings: SpendSettings) -> str:
    """The decimal mark of amounts that are texts where a file has numbers too; a point where none is a text.

    Args:
        form: of a workbook or Parquet file.
        texts: column and amount, of those cells alone that are texts.
        settings: may say it.

    Raises:
        LedgerError: it cannot be told.
    """
    texts = [(column, text) for column, text in texts if text.strip()]
    if not texts:
        return "."
    return settings.decimal_mark or _decimal_mark(form, texts[0][0], [text for _, text in texts], "")


def _decimal_mark(form: FileFormat, column: str, amounts: Sequence[str], separator: str) -> str:
    try:
        return decimal_mark(amounts, separator)
    except AmbiguousMarkError as error:
        raise LedgerError(
            f"{form.file}: column {column}: {error.value!r} may be thousands or decimals, and no amount tells which. "
            'Say it in municipality.yaml, spend: decimal_mark: "," or "."'
        ) from None


class AmbiguousMarkError(ValueError):
    """Amounts such as 1.234 and none that tells what the mark means; ``value`` is one of them, and no more."""

    def __init__(self, value: str) -> None:
        super().__init__(value)
        self.value = value


def decimal_mark(amounts: Sequence[str], separator: str) -> str:
    """The decimal mark that the amounts speak for; without any mark, the one that goes with the separator.

    Raises:
        AmbiguousMarkError: every mark has three digits behind it and at most three before it.
    """
    votes: Counter[str] = Counter()
    unclear = ""
    for text in amounts:
        figure = re.sub(r"[^0-9.,]", "", text)
        match = re.search(r"([.,])([0-9]+)$", figure)
        if match is None:
            continue
        mark, decimals = match.groups()
        if figure.count(mark) > 1:  # 1.234.567: a mark that stands twice sets thousands apart
            votes["," if mark == "." else "."] += 1
        elif len(decimals) != 3 or not re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", figure):
            votes[mark] += 1
        else:
            unclear = unclear or figure
    if unclear and not votes:
        raise AmbiguousMarkError(unclear)
    if votes[","] == votes["."]:
        return "." if separator == "," else ","
    return "," if votes[","] > votes["."] else "."


#: Fields whose decimal mark is the file's.
MONEY = ("amount", "vat")

#: Fields that are spelt in the file's decimal mark, whatever a cell holds.
FIGURES = (*MONEY, "quantity")
