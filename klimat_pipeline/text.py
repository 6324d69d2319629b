"""How names are compared, careless spelling folded away but kept where one letter tells places apart, and counted."""

import unicodedata
from functools import lru_cache


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
