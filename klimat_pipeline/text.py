"""How names are compared, careless spelling folded away but kept where one letter tells places apart, and counted.

Also how numbers are written in the languages of what people read. What does not belong here: sentences.
"""

import unicodedata
from functools import lru_cache

#: A space that no line breaks at, and the sign of negative numbers.
NO_BREAK, MINUS = "\u00a0", "\u2212"
#: Separators of thousands and decimals.
_SIGNS = {"sv": (NO_BREAK, ","), "en": (",", ".")}


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Letters and digits only, lower case, accents dropped: for sectors, units and headers.

    ``från`` and ``fran``, ``(inkl.avlopp)`` and ``(inkl. avlopp)`` become one. Not for places: Habo is not Håbo.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if c.isalnum())


@lru_cache(maxsize=65536)
def place_key(text: str) -> str:
    """Lower case, composed accents kept, hyphens and all white space one space: for municipalities and counties."""
    composed = unicodedata.normalize("NFC", text.casefold())
    return " ".join(composed.replace("-", " ").replace("\u2010", " ").replace("\u2011", " ").split())


def counted(number: int, one: str, several: str | None = None) -> str:
    """``1 cell``, ``2 cells``; of words that take no s at their end, and of verbs, both forms are given."""
    return f"{number} {one if number == 1 else several or one + 's'}"


def number_text(value: float, decimals: int | None = 0, *, sign: bool = False, language: str = "sv") -> str:
    """A number as a language writes it, by default in Swedish; without decimals given, with those that it has."""
    rounded = (value if decimals is None else round(value, decimals)) + 0.0  # no minus before a zero
    form = "g" if decimals is None else f".{decimals}f"
    text = f"{rounded:{'+' if sign and rounded else ''},{form}}"
    thousands, decimal = _SIGNS[language]
    return text.translate({ord(","): thousands, ord("."): decimal, ord("-"): MINUS})


def percent_sv(value: float, decimals: int | None = 1, *, sign: bool = False) -> str:
    """Per cent in a Swedish sentence."""
    return f"{number_text(value, decimals, sign=sign)}{NO_BREAK}%"


def tonnes_sv(value: float, decimals: int | None = 0, *, sign: bool = False) -> str:
    """Tonnes in a Swedish sentence."""
    return f"{number_text(value, decimals, sign=sign)} ton"
