"""Is it a workbook, whole and harmless? Checked before anything else unpacks it.

What does not belong here: what the workbook says (``raw``).
"""

import re
import zipfile
from copy import copy
from io import BytesIO

from klimat_pipeline.errors import Place, WorkbookError

#: Limits of a workbook: the national one unpacks to 14 MB in 16 entries at a ratio of 6.4, so these leave wide room.
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ENTRY_BYTES = 100 * 1024 * 1024
MAX_ENTRIES = 1000
MAX_RATIO = 200
#: Smaller entries may have any ratio: they do no harm.
RATIO_FROM_BYTES = 4 * 1024 * 1024

_ZIP, _OLE, _DIRECTORY_ENTRY = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PK\x01\x02"
#: A directory of as many entries as allowed is a fifth of this.
_DIRECTORY_BYTES = 512 * 1024
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FETCH_AGAIN = "Fetch the file again."
_INTERRUPTED = f"Was the download interrupted? {_FETCH_AGAIN}"
_BOMB = "A zip bomb? Do not open it."


class _RefusedError(Exception):
    def __init__(self, problem: str, advice: str = _FETCH_AGAIN) -> None:
        self.problem = problem
        self.advice = advice
        super().__init__(problem)


def check_workbook(content: bytes, *, name: str, content_type: str | None = None, full: bool = True) -> None:
    """Refuse a file that is no workbook, incomplete, or made to do harm.

    Args:
        content: the file.
        name: its name, for messages.
        content_type: what a server said it is.
        full: also unpack every entry, compare checksums and look for entity declarations. Without it nothing is
            unpacked, which takes less than two milliseconds, for files whose hash was checked.

    Raises:
        WorkbookError: with what was found, and what to do.
    """
    try:
        _check_magic(content, content_type)
        archive = _opened(content)
        _check_directory(archive.infolist())
        if full:
            for entry in archive.infolist():
                _check_entry(archive, entry)
    except _RefusedError as refusal:
        raise WorkbookError(Place(name), refusal.problem, expected="an xlsx workbook", advice=refusal.advice) from None


def _check_magic(content: bytes, content_type: str | None) -> None:
    if not content:
        raise _RefusedError("the file is empty (0 bytes: an empty answer)")
    if content.startswith(_OLE):
        raise _RefusedError(
            "it is password-protected, or an old .xls file",
            "Open it in a spreadsheet program and save it as .xlsx without a password.",
        )
    if not content.startswith(_ZIP):
        text = content[:400].decode("utf-8", "replace")
        start = "".join(c if c.isprintable() else " " for c in text).strip()[:80]
        said = f" of type {content_type}" if content_type else ""
        raise _RefusedError(f"it is no workbook but something else{said}, beginning with {start!r}")


def _check_count(entries: int) -> None:
    if entries > MAX_ENTRIES:
        raise _RefusedError(f"it has {entries:,} entries or more, the limit is {MAX_ENTRIES:,}", _BOMB)


def _opened(content: bytes) -> zipfile.ZipFile:
    # Counted before zipfile makes an object of each: a directory of a million entries costs half a gigabyte, and the
    # number that the file itself states may be wrong. The directory is at the end of the file.
    _check_count(content.count(_DIRECTORY_ENTRY, -_DIRECTORY_BYTES))
    try:
        return zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _RefusedError(f"it is cut off or damaged after {len(content):,} bytes ({error})", _INTERRUPTED) from None


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    """Compare what the zip file says about itself with the limits; nothing is unpacked."""
    _check_count(len(entries))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES:
        raise _RefusedError(f"it would unpack to {unpacked:,} bytes, more than {MAX_UNPACKED_BYTES:,}", _BOMB)
    for entry in entries:
        if entry.file_size > MAX_ENTRY_BYTES:
            raise _RefusedError(
                f"its entry {entry.filename!r} would unpack to {entry.file_size:,} bytes, more than "
                f"{MAX_ENTRY_BYTES:,}",
                _BOMB,
            )
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > RATIO_FROM_BYTES and ratio > MAX_RATIO:
            raise _RefusedError(
                f"its entry {entry.filename!r} unpacks to {ratio:,.0f} times its size, more than {MAX_RATIO}", _BOMB
            )
        if entry.flag_bits & 0x1:
            raise _RefusedError("it is password-protected", "Save it without a password.")
        if entry.compress_type not in _METHODS:
            # No workbook uses other methods, and zipfile unpacks them without any limit.
            raise _RefusedError(f"its entry {entry.filename!r} is packed by method {entry.compress_type}")
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise _RefusedError(f"its entry {twice!r} stands twice")
    if "xl/workbook.xml" not in names:
        raise _RefusedError(
            "it is a zip file without xl/workbook.xml", "Is it another kind of file with the ending changed?"
        )


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack an entry within its announced size, compare the checksum and refuse XML that declares entities."""
    # One byte more than announced is read: an entry that announces less than it holds would otherwise pass, with the
    # checksum of its beginning, and fill the memory of the next reader.
    asked = copy(entry)
    asked.file_size += 1
    try:
        with archive.open(asked) as file:
            data = file.read(asked.file_size)
    except Exception as error:  # zlib, struct, CRC: whatever a damaged entry raises
        raise _RefusedError(f"its entry {entry.filename!r} is damaged ({error})", _INTERRUPTED) from None
    if len(data) != entry.file_size:
        raise _RefusedError(f"its entry {entry.filename!r} does not unpack to the {entry.file_size:,} bytes announced")
    # By content, not by name: any part can be named as a sheet. Without its zero bytes UTF-16 reads as ASCII does.
    if data[:4].lstrip(_BEFORE_XML)[:1] in (b"<", b""):
        text = data.replace(b"\0", b"") if b"\0" in data[:4] else data
        if _DECLARATION.search(text):
            raise _RefusedError(
                f"its entry {entry.filename!r} declares XML entities (<!DOCTYPE or <!ENTITY)",
                "A workbook never does: do not open it.",
            )
