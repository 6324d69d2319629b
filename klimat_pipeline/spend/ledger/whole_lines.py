"""Lines of a CSV file that are no rows as they stand: whole lines in quotation marks, and notes about the file.

A program that quotes its own output once more writes ``"6410;""Livs"";100,00"``. Notes (``Antal rader: 12``,
``Sida 1 av 2``, ``(12 rows affected)``, ``Summa;1 200,00``) stand in one cell or two. What does not belong here: rows
(``csv_reader``), totals that stand in a row (``control_sums``).
"""

import re
from collections.abc import Sequence

#: A line that is one quoted cell, in which quotation marks stand twice.
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
#: How a note begins. Its number of lines, if it says one, is held against those of the file.
_NOTE = re.compile(
    r"(?i)\W*(?P<kind>antal( (rader|poster|transaktioner|fakturor|verifikat\w*))?|sida|page|utskri\w*|slut|urval"
    r"|rapport\w*|skapad\w*|exporterad\w*|källa|summa|totalt?"
    r"|(?P<first>[0-9][0-9 .]*) ?(rader|rows|poster|transaktioner)\b)"
    r"(?![^\W\d_])[^0-9]*(?P<number>[0-9][0-9 \u00a0.]*)?"
)
_RULE = re.compile(r"[-=*_+| ;,\t]{3,}")
_TOTAL = re.compile(r"(?i)\W*((?:del|slut|total)?summa|totalt?)\W*\s*([-+(0-9].*)?")


def are_quoted(lines: Sequence[str], separators: Sequence[str]) -> bool:
    """Whether the lines stand whole in quotation marks, with separators inside."""
    some = [line for line in lines if line.strip()][:100]
    return len(some) > 1 and all(
        _QUOTED.fullmatch(line.strip()) and any(mark in line for mark in separators) for line in some
    )


def unquoted(line: bytes) -> bytes:
    """A line without the quotation marks around it; others stand once instead of twice."""
    line = line.strip()
    return line[1:-1].replace(b'""', b'"') if len(line) > 1 and line[:1] == line[-1:] == b'"' else line


def texts(lines: Sequence[str]) -> list[str]:
    """Lines without the quotation marks around them."""
    return [unquoted(line.encode()).decode() for line in lines]


def note(cells: Sequence[str]) -> tuple[str, int | None] | None:
    """What kind of note some cells are, and how many lines it says the file has; None where they are no note.

    Args:
        cells: of a line that has too few of them.
    """
    filled = [cell.strip().strip('"') for cell in cells if cell.strip().strip('"')]
    said = " ".join(filled)
    if _RULE.fullmatch(said):
        return "---", None
    match = _NOTE.match(said)
    if not match or len(filled) > 2 or (len(filled) == 2 and not said.lower().startswith("antal")):
        return None
    number = match["first"] or (match["number"] if match["kind"].lower().startswith("antal") else None)
    digits = re.sub(r"\D", "", number or "")
    return match["kind"], int(digits) if digits else None


def short_total(cells: Sequence[str], length: int, label: int, amount: int) -> list[str] | None:
    """The row of a total that stands in one cell or two (``Summa;300,50``), so that it is held against its lines.

    Args:
        cells: of a line that has too few of them.
        length: cells of a row.
        label: which of them gets the total's name, and
        amount: its amount.
    """
    filled = [cell.strip().strip('"') for cell in cells if cell.strip().strip('"')]
    match = _TOTAL.fullmatch(" ".join(filled[:2])) if len(filled) in (1, 2) else None
    if not match or not match[2]:
        return None
    row = [""] * length
    row[label], row[amount] = match[1], match[2]
    return row
