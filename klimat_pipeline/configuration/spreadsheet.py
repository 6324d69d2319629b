"""CSV files as spreadsheets save them: encoding, separator, empty columns and rows at the edges.

Swedish Excel writes semicolons, decimal commas and Windows-1252, "CSV UTF-8" a byte order mark, "Unicode text" UTF-16
with tabs. What does not belong here: what a cell must be (``csv_file``), and ledgers (``spend.ledger``).
"""

import codecs
import csv
import re
from collections.abc import Sequence
from io import StringIO
from itertools import zip_longest

from klimat_pipeline.errors import ConfigurationError

_SEPARATORS = (";", "\t", ",")
#: What Swedish letters of other code pages (Macintosh, DOS) turn into in Windows-1252; no Swedish text has them,
#: but for those that begin or end a word there: ”Folkets hus”, Škoda.
_OTHER_PAGE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u0080-\u009fŒƒ„†‡‰]|(?<=[^\\W\\d_])[ŠšŽž”](?=[^\\W\\d_])"
)


def decoded(content: bytes, shown: str) -> str:
    """The text of a file in UTF-8, UTF-16 with a byte order mark, or Windows-1252.

    Raises:
        ConfigurationError: it is in none of them.
    """
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    text = content.decode("cp1252", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if "\ufffd" in line or _OTHER_PAGE.search(line):
            raise ConfigurationError(
                f"{shown}:{number}: neither UTF-8 nor Windows-1252 (what Swedish Excel writes): {line[:60]!r}. Save it "
                "as CSV UTF-8."
            )
    return text


def delimiter_of(text: str, names: Sequence[str]) -> str:
    """The separator that finds most of the columns in the first line."""
    header = text.split("\n", maxsplit=1)[0]
    return max(_SEPARATORS, key=lambda mark: len({cell.strip(' "\r') for cell in header.split(mark)} & set(names)))


def plain(content: bytes, shown: str, names: Sequence[str], numbers: Sequence[str]) -> str:
    """The file as UTF-8 text with commas and decimal points, every row on the line that it had.

    Args:
        content: the file.
        shown: as messages name it.
        names: the columns that it should have.
        numbers: those of them that hold numbers.

    Raises:
        ConfigurationError: its encoding is none that is read here, or a quotation mark is open.
    """
    text = decoded(content, shown)
    separator = delimiter_of(text, names)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    written = StringIO()
    writer = csv.writer(written, lineterminator="\n")
    header: list[str] = []
    try:
        for cells in reader:
            row = [cell.strip() for cell in cells]
            if not header:
                header = _without_empty_end(row)
            while len(row) > len(header) and not row[-1]:
                row.pop()
            if separator != ",":
                row = [
                    c.replace(",", ".") if name in numbers else c for name, c in zip_longest(header, row, fillvalue="")
                ]
            writer.writerow(row if any(row) else [])
    except csv.Error as error:
        raise ConfigurationError(f"{shown}:{reader.line_num}: {error}. Check the quotation marks.") from None
    return written.getvalue()


def _without_empty_end(header: Sequence[str]) -> list[str]:
    names = list(header)
    while names and not names[-1]:
        names.pop()
    return names
