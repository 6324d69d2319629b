"""Amounts as ledgers write them, read exactly or not at all.

The mass of ordinary ones is read in SQL (``typed_lines``), by the same rules. What does not belong here: dates
(``dates``), and which decimal mark a file has (``decimal_marks``).
"""

import re
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'\u2019]")
#: Kronor before or behind a figure, inside or outside its sign.
_KRONOR = re.compile(r"(?i)^([(+-]?)\s*(?:sek|kr\.?)\s*|\s*(?:sek|kr\.?)\s*([)-]?)$")
#: Nothing, as spreadsheets and reports write it (``-``, ``(-)``, ``-,--``), and zeros, which either mark may set apart.
_NOTHING = re.compile(r"-{1,2}|\(-\)|-[,:]-{1,2}|[+-]?0[.,]0+-?")
#: Debit and credit behind an amount, as English programs and Swedish reports write them; one letter alone behind oere,
#: for 12 K may be thousands.
_SIDE = re.compile(r"(?i)(?:(?<=[0-9])\s*(c|d)r|(?<=[0-9])\s*(k|d)(?:redit|red|ebet|eb)|(?<=[,.:][0-9]{2})\s*(k|d))$")
#: A number as a spreadsheet shows it in a narrow cell: ``1,23E+05``. The digits that are not shown are
#: lost where the power of ten is larger than the number of decimals.
_SHORTENED = re.compile(r"[0-9]+[.,]?([0-9]*)[eE]\+([0-9]{2})")
#: Beyond this no ledger line goes; it keeps every sum within 64 bits.
LARGEST_KRONOR = 10**12


def ore(text: str, decimal_mark: str, unit_ore: int = 100) -> int | None:
    """An amount in oere, None where the text is none.

    Thousands may be set apart by spaces, or by the mark that is not the decimal one; a sign may stand behind;
    parentheses mean minus, and so does a word for credit behind (``1 234,50 K``, ``CR``); a dash alone is zero.
    Decimals beyond the second are rounded half to even. Nothing is guessed: with a decimal comma ``1.234`` is a
    thousand and ``1.23`` is no amount; neither is ``1,23E+05``, of which a spreadsheet has left digits out.
    ``unit_ore`` is the oere in one of what amounts are stated in.
    """
    value = kronor(text, decimal_mark)
    if value is None:
        return None
    return int((value * unit_ore).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


@lru_cache(maxsize=65536)
def kronor(text: str, decimal_mark: str) -> Decimal | None:
    """An amount as it stands, before any rounding."""
    text = re.sub("[\u2010-\u2014\u2212]", "-", text.strip())
    text = _KRONOR.sub(lambda match: (match[1] or "") + (match[2] or ""), text)
    text = "0" if _NOTHING.fullmatch(text) else text
    if match := _SIDE.search(text):
        text = text[: match.start()] + "-" * (str(match[match.lastindex or 0]).lower() != "d")
    text = re.sub(r"(?<=[0-9])[,:]-{1,2}$", "", text)  # 1500,- and 1500:- are whole kronor
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1].strip(), True
        if text[:1] in "+-":
            return None
    elif text.endswith(("-", "+")):
        text, negative = text[:-1].strip(), text[-1] == "-"
        if text[:1] in "+-":
            return None
    elif text[:1] in ("+", "-"):
        negative, text = text[0] == "-", text[1:].strip()
    text = re.sub(r":([0-9]{2})$", rf"{decimal_mark}\1", text)  # oere after a colon
    thousands = "." if decimal_mark == "," else ","
    # Groups of three, set apart all in the same way; or no groups.
    whole = (
        rf"(?:[0-9]*|[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|[0-9]{{1,3}}(?:{_SPACES.pattern}[0-9]{{3}})+)"
    )
    if not any(map(str.isdigit, text)) or not re.fullmatch(
        rf"{whole}(?:{re.escape(decimal_mark)}[0-9]+)?(?:[eE]\+?[0-9]{{1,2}})?", text
    ):
        return None
    if (shortened := _SHORTENED.fullmatch(text)) and len(shortened[1]) < int(shortened[2]):
        return None
    plain = _SPACES.sub("", text).replace(thousands, "").replace(decimal_mark, ".")
    value = Decimal(plain)
    if value > LARGEST_KRONOR:
        return None
    return -value if negative else value
