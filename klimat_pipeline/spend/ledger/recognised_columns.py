"""What was recognised of a ledger's columns: which is what, and how its cells are read.

What does not belong here: how it is recognised (``columns``, ``amount_columns``, ``periods``).
"""

from dataclasses import dataclass, field

from klimat_pipeline.spend.ledger.dates import PLAIN, DateForm


@dataclass(slots=True)
class Columns:
    """What was recognised.

    Attributes:
        header: names as they stand, made plain.
        fields: place of every field.
        meaning: of the names that were chosen, by field.
        remarks: what a reader should know.
        warnings: what a reader should look at.
        period: first day of the period that all lines are of, where no column holds a date.
        period_by_name: whether the file's name told it, or the year.
        year: of all lines, where a column holds months or quarters without one.
        dates: how dates are read.
        credit_is_negative: whether credits have a minus already.
        side_words: how the column of signs says which lines are credits, a key of ``signs.WORDS``.
        vat_is_rate: whether the column of VAT holds rates, not kronor.
        unit_ore: oere in one of what amounts are stated in.
    """

    header: tuple[str, ...]
    fields: dict[str, int] = field(default_factory=dict)
    meaning: dict[str, frozenset[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    period: str = ""
    period_by_name: bool = False
    year: str = ""
    dates: DateForm = PLAIN
    credit_is_negative: bool = False
    side_words: str = ""
    vat_is_rate: bool = False
    unit_ore: int = 100
