"""What a page is made of: sections with paragraphs, key figures, tables and figures; plain data that a template shows.

What does not belong here: HTML (``templates``), and what the parts say (``sections``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Foreign:
    """A text whose language need not be the page's, so that it is read out as what it is.

    What a municipality writes is in the language that it chose, which no file of it states: unknown, as HTML says it.
    """

    text: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A hash, which may break anywhere."""

    text: str


Piece = str | Foreign | Code
#: What stands in one place; of several pieces where they differ in language.
Cell = Piece | tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; as code where it is something to type."""

    kind: ClassVar[str] = "paragraph"
    text: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure that the page opens with, with a sentence on it, and a word on how it stands."""

    label: str
    value: str
    text: str
    status: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Key figures side by side."""

    kind: ClassVar[str] = "key_figures"
    figures: Sequence[KeyFigure]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first column heads its rows; columns that hold numbers are named by position."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: frozenset[int] = frozenset()
    last_is_sum: bool = False
    notes: Sequence[tuple[str, Cell]] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its caption, and its figures as a table."""

    kind: ClassVar[str] = "figure"
    svg: str
    caption: str
    table: Table


Part = Paragraph | KeyFigures | Table | Figure


@dataclass(slots=True)
class Section:
    """A section of the page."""

    anchor: str
    heading: str
    parts: list[Part] = field(default_factory=list)
