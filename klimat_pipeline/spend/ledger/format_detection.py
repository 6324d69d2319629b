"""A ledger file looked over once: which format it is, in which encoding, and pieces of its text from all over it.

What does not belong here: what its lines look like (``csv_layout``), which column is what (``columns``), and reading
the lines (``csv_reader`` and its like).
"""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import csv_layout, whole_lines
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.file_hash import FileHash, file_hash
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
    if whole_lines.are_quoted(lines, csv_layout.SEPARATORS):
        lines, elsewhere = whole_lines.texts(lines), whole_lines.texts(elsewhere)
        form = replace(form, is_quoted=True, remarks=("whole lines stand in quotation marks; taken off",))
    return csv_layout.with_layout(form, lines, elsewhere, settings, reference)


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
    return csv_layout.header_names(form, lines, settings, reference)
