"""Is it a workbook, whole and harmless? Looked at from outside, before anything unpacks it.

What does not belong here: what the workbook says (``raw``).
"""

import re
import zipfile
from io import BytesIO
from typing import NoReturn

from klimat_pipeline.errors import Place, WorkbookError

#: Limits of a workbook: the national one unpacks to 14 MB in 16 entries at a ratio of 6.4, so these leave wide room.
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ENTRIES = 1000
MAX_RATIO = 200
#: Small entries may compress extremely well and harm nobody.
RATIO_FROM_BYTES = 4 * 1024 * 1024

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_FETCH_AGAIN = "Fetch the file again."


def check_workbook(content: bytes, *, name: str, content_type: str | None = None, full: bool = True) -> None:
    """Refuse what is no workbook, not whole, or made to harm.

    Args:
        content: the file.
        name: its name, for messages.
        content_type: what a server said it is.
        full: also unpack every entry, compare checksums and look for entity declarations. Without it nothing is
            unpacked: milliseconds, for files whose hash was checked.

    Raises:
        WorkbookError: with what was found, and what to do.
    """

    def refuse(problem: str, advice: str = _FETCH_AGAIN) -> NoReturn:
        raise WorkbookError(Place(name), problem, expected="an xlsx workbook", advice=advice) from None

    if not content:
        refuse("the file is empty (0 bytes: an empty answer)")
    if content.startswith(_OLE):
        refuse(
            "it is password-protected, or an old .xls file",
            "Open it in a spreadsheet program and save it as .xlsx without a password.",
        )
    if not content.startswith(_ZIP):
        start = "".join(c if c.isprintable() else " " for c in content[:200].decode("utf-8", "replace"))[:80].strip()
        said = f" of type {content_type}" if content_type else ""
        refuse(f"it is no workbook but something else{said}, beginning with {start!r}")
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        refuse(f"it is cut off or damaged ({error})", "Was the download interrupted? " + _FETCH_AGAIN)
    if len(entries) > MAX_ENTRIES:
        refuse(f"it has {len(entries)} entries, more than {MAX_ENTRIES}", "A workbook does not: do not open it.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES:
        refuse(
            f"it would unpack to {unpacked:,} bytes, more than {MAX_UNPACKED_BYTES:,}", "A zip bomb? Do not open it."
        )
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > RATIO_FROM_BYTES and ratio > MAX_RATIO:
            refuse(
                f"its entry {entry.filename!r} unpacks to {ratio:.0f} times its size, more than {MAX_RATIO}",
                "A zip bomb? Do not open it.",
            )
        if entry.flag_bits & 0x1:
            refuse("it is password-protected", "Save it without a password.")
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        refuse("it is a zip file without xl/workbook.xml", "Is it another kind of file with the ending changed?")
    if full:
        _unpack_all(archive, entries, refuse)


def _unpack_all(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], refuse: object) -> None:
    """Compare every checksum and refuse XML that declares entities."""
    assert callable(refuse)  # noqa: S101 - narrows the type
    for entry in entries:
        try:
            data = archive.read(entry)
        except Exception as error:  # noqa: BLE001 - zlib, struct, CRC: whatever a damaged entry raises
            refuse(
                f"its entry {entry.filename!r} is damaged ({error})", "Was the download interrupted? " + _FETCH_AGAIN
            )
        # Declarations stand at the head; a sheet's cells cannot hold a bare "<!".
        if entry.filename.endswith((".xml", ".rels")) and _DECLARATION.search(data):
            refuse(f"its entry {entry.filename!r} declares XML entities", "A workbook does not: do not open it.")
