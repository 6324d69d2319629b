"""What DuckDB asks Python about while it types lines: only values out of the ordinary reach these functions.

What does not belong here: the SQL (``typed_lines``), and how a value is read (``amounts``, ``dates``,
``personal_numbers``).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from klimat_pipeline.spend.ledger import amounts, dates, personal_numbers
from klimat_pipeline.spend.ledger.database import add_function
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.person_names import PersonNames
from klimat_pipeline.spend.ledger.reference import LedgerReference

if TYPE_CHECKING:
    import duckdb


@dataclass(slots=True)
class Counted:
    """What the functions saw on the way."""

    rounded: int = 0
    unclear: int = 0
    converted: Counter[str] = field(default_factory=Counter)
    stands_in: set[str] = field(default_factory=set)
    people: PersonNames = field(default_factory=PersonNames)


def register(
    connection: "duckdb.DuckDBPyConnection",
    form: FileFormat,
    reference: LedgerReference,
) -> Counted:
    """Give the connection the functions that only values out of the ordinary reach.

    Args:
        connection: of the door.
        form: of the file.
        reference: exchange rates.
    """
    counted = Counted()

    def ore(text: str) -> int | None:
        exact = amounts.kronor(text, form.decimal_mark)
        if exact is None:
            return None
        counted.rounded += exact * form.unit_ore != int(exact * form.unit_ore)
        return amounts.ore(text, form.decimal_mark, form.unit_ore)

    def day(text: str) -> date | None:
        return dates.day(text, form.dates)

    def sek(amount: int, currency: str, year: int) -> int | None:
        from decimal import ROUND_HALF_EVEN, Decimal

        rate = reference.rates.of(currency, year)
        if rate is None:
            return None
        counted.converted[currency] += 1
        if rate.year != year:
            counted.stands_in.add(f"exchange rate of {currency} of {rate.year} stands in for {year}")
        return int((amount * Decimal(str(rate.sek_per_unit))).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))

    def quantity(_: str) -> float | None:
        counted.unclear += 1
        return None

    text, whole = "VARCHAR", "BIGINT"
    functions: tuple[tuple[str, Callable[..., Any], list[str], str], ...] = (
        ("odd_ore", ore, [text], whole),
        ("odd_day", day, [text], "DATE"),
        ("withheld", personal_numbers.withheld, [text], text),
        ("holds_number", personal_numbers.may_hold_number, [text], "BOOLEAN"),
        ("in_sek", sek, [whole, text, whole], whole),
    )
    for name, function, takes, gives in functions:
        # Some give None for a text: by DuckDB's default that is an error, unless missing values are theirs to see.
        add_function(connection, name, _present(function), takes, gives, null_handling="special")
    # It remembers: without side effects DuckDB would ask it of every entry of a dictionary.
    add_function(connection, "noted", counted.people.note, [text], text, side_effects=True)
    add_function(connection, "odd_quantity", quantity, [text], "DOUBLE", null_handling="special", side_effects=True)
    return counted


def _present(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function where its first argument is there; DuckDB reads how many it takes from its signature."""

    def one(value: Any) -> Any:
        return None if value is None else function(value)

    def three(value: Any, second: Any, third: Any) -> Any:
        return None if value is None or third is None else function(value, second, third)

    return one if function.__code__.co_argcount == 1 else three
