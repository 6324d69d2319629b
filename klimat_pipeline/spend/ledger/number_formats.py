"""How a workbook shows its amounts: another currency or thousands of kronor may be said by the format of cells alone.

What does not belong here: what the words mean (``titles``), and the cells' values (``xlsx_reader``).
"""

import re
import zipfile
from io import BytesIO
from itertools import islice

#: Formats that a workbook has, and what those say that are of other amounts than kronor.
_CODES = re.compile(r'formatCode="([^"]*)"')
_SAYS_MORE = re.compile(r"(?i)€|£|\[\$(?!-|kr|sek)|eur|usd|gbp|dkk|nok|chf|[tkm]n?\W?kr|[tkm]sek|mil|tus")
#: A comma behind the last digit shows thousands of what the cell holds: its words are not those of the value.
_SHOWN_IN_THOUSANDS = re.compile(r"[0#?],+(?![0#?])")
#: Rows that are looked at.
_LOOKED_AT = 200


def of_column(content: bytes, sheet: str, place: int, first_row: int) -> str:
    """What the formats of a column's numbers say, one a line.

    Args:
        content: of the workbook.
        sheet: its name.
        place: of the column, from 0.
        first_row: of the lines, from 1.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        styles = archive.read("xl/styles.xml").decode("utf-8", "replace") if _has_styles(archive) else ""
    if not any(map(_SAYS_MORE.search, _CODES.findall(styles))):
        return ""
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(content), read_only=True)
    try:
        rows = book[sheet].iter_rows(min_row=first_row, min_col=place + 1, max_col=place + 1)
        formats = {str(cell.number_format) for (cell,) in islice(rows, _LOOKED_AT) if cell.value is not None}
    finally:
        book.close()
    told = sorted(one for one in formats if not _SHOWN_IN_THOUSANDS.search(one))
    return "\n".join(re.sub(r"\[\$\$", "[$US$", one) for one in told)


def _has_styles(archive: zipfile.ZipFile) -> bool:
    return "xl/styles.xml" in archive.namelist()
