"""Whether amounts have a decimal comma or a decimal point, told by the amounts themselves.

What does not belong here: reading an amount once the mark is known (``amounts``).
"""

import re
from collections import Counter
from collections.abc import Sequence

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.ledger_error import LedgerError

#: Fields whose decimal mark is the file's.
MONEY = ("amount", "debit", "credit", "vat")
#: Fields that are spelt in the file's decimal mark, whatever a cell holds.
FIGURES = (*MONEY, "quantity")


class AmbiguousMarkError(ValueError):
    """Amounts such as 1.234 and none that tells what the mark means; ``value`` is one of them, and no more."""

    def __init__(self, value: str) -> None:
        super().__init__(value)
        self.value = value


def mark_of(file: str, column: str, amounts: Sequence[str], separator: str, settings: SpendSettings) -> str:
    """The decimal mark of a column of amounts; the settings go first.

    Args:
        file: as messages name it.
        column: its name.
        amounts: some of its cells.
        separator: between cells; without any mark, the one that goes with it is taken.
        settings: may say it.

    Raises:
        LedgerError: it cannot be told.
    """
    if settings.decimal_mark:
        return settings.decimal_mark
    try:
        return decimal_mark(amounts, separator)
    except AmbiguousMarkError as error:
        raise LedgerError(
            f"{file}: column {column}: {error.value!r} may be thousands or decimals, and no amount tells which. "
            'Say it in municipality.yaml, spend: decimal_mark: "," or "."'
        ) from None


def mark_of_texts(file: str, texts: Sequence[tuple[str, str]], settings: SpendSettings) -> str:
    """The decimal mark of amounts that are texts where a file has numbers too; a point where none is a text.

    Args:
        file: a workbook or Parquet file, as messages name it.
        texts: column and amount, of those cells alone that are texts.
        settings: may say it.

    Raises:
        LedgerError: it cannot be told.
    """
    texts = [(column, text) for column, text in texts if text.strip()]
    if not texts:
        return "."
    return mark_of(file, texts[0][0], [text for _, text in texts], "", settings)


def decimal_mark(amounts: Sequence[str], separator: str) -> str:
    """The decimal mark that the amounts speak for; without any mark, the one that goes with the separator.

    Raises:
        AmbiguousMarkError: every mark has three digits behind it and at most three before it.
    """
    votes: Counter[str] = Counter()
    unclear = ""
    for text in amounts:
        figure = re.sub(r"[^0-9.,]", "", text)
        match = re.search(r"([.,])([0-9]+)$", figure)
        if match is None:
            continue
        mark, decimals = match.groups()
        if figure.count(mark) > 1:  # 1.234.567: a mark that stands twice sets thousands apart
            votes["," if mark == "." else "."] += 1
        elif len(decimals) != 3 or not re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", figure):
            votes[mark] += 1
        else:
            unclear = unclear or figure
    if unclear and not votes:
        raise AmbiguousMarkError(unclear)
    if votes[","] == votes["."]:
        return "." if separator == "," else ","
    return "," if votes[","] > votes["."] else "."
