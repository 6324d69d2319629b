"""Vocabulary of the contracts: ``Column`` and ``Table``, plain frozen data.

Kinds are those of Frictionless Table Schema, so that the data package needs no translation. What does not belong here:
any one column or table (``columns``, ``tables``).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["string", "integer", "number", "boolean", "datetime"]
Additive = Literal["yes", "no", "within one release"]

#: Decimals that published numbers are rounded to, by unit. Finer digits are noise of floating point.
DECIMALS = {"t": 3, "t CO2e": 3, "t CO2e/year": 3, "%": 4, "%/year": 4, "t CO2e/resident": 4, "fraction": 6, "": 6}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: meaning, type, unit and what its values may be.

    Attributes:
        name: English snake_case with the unit as suffix.
        kind: type of the values.
        description: what it means; ends up in every catalogue, so write it for a reader of the table.
        unit: unit of measurement, None for text and identifiers.
        nullable: whether a value may be missing; a missing number is never a zero.
        pattern: regular expression that every text must match in full.
        minimum, maximum: inclusive bounds.
        allowed: the only values that may occur.
        additive: whether rows may be summed over this column (``no`` for shares, paths, medians, stocks of text).
        sum_requires: columns that have to be fixed for this one before rows may be added up, besides the table's.
        lineage: ``stage/table.column`` names that the values are computed from.
        label_sv, description_sv: Swedish name and meaning, of what the mart shows.
    """

    name: str
    kind: Kind
    description: str
    unit: str | None = None
    nullable: bool = False
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()
    additive: Additive = "no"
    sum_requires: tuple[str, ...] = ()
    lineage: tuple[str, ...] = ()
    label_sv: str = ""
    description_sv: str = ""

    def use(self, *lineage: str, **changes: Any) -> "Column":
        """The column as one table uses it: with its lineage there, and with that table's changes."""
        return replace(self, lineage=lineage or self.lineage, **changes)

    @property
    def decimals(self) -> int | None:
        """Decimals of the published number, None where the value is no measurement."""
        return DECIMALS.get(self.unit or "", 6) if self.kind == "number" else None


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        key: ``stage/name``: the asset key, the module and the file.
        description: one or two sentences for a reader; the first line is what a list shows.
        columns: in order.
        primary_key: columns that identify a row.
        title: short label.
        owner: who answers for it.
        topic: what it is about, a tag in the catalogue.
        headline: how a published table marks its rows of the headline series (``is_headline``): 'all' where figures
            are compared or summed over municipalities, 'own' where each municipality is followed by itself; empty
            where there is nothing to choose.
        foreign_keys: columns, each with the table and the column (its key) that the values are found in.
        sum_requires: columns that have to be fixed to one value each before rows may be added up.
        description_sv: the description in Swedish, of what the mart shows.
        telling: columns that a preview shows; empty for the key and the first measures.
    """

    key: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    owner: str = "team:klimatdata"
    topic: str = "emissions"
    headline: Literal["", "all", "own"] = ""
    foreign_keys: tuple[tuple[str, str, str], ...] = ()
    sum_requires: tuple[str, ...] = ()
    description_sv: str = ""
    telling: tuple[str, ...] = ()

    @property
    def headline_key(self) -> list[str]:
        """Columns that identify a fact: the key, without the release that reports it."""
        return [name for name in self.primary_key if not name.startswith("release_id")]

    def fixed_for_sums(self, column: Column) -> str:
        """What has to be fixed before rows may be added up, separated by spaces; the whole key where they never may."""
        if column.kind not in ("number", "integer"):
            return ""
        fixed = self.primary_key if column.additive == "no" else (*self.sum_requires, *column.sum_requires)
        return " ".join(fixed)

    @property
    def stage(self) -> str:
        return self.key.split("/")[0]

    @property
    def name(self) -> str:
        return self.key.split("/")[1]

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.key} has no column {name}")


def published(
    source: Table,
    *,
    drop: Iterable[str] = (),
    extra: tuple[Column, ...] = (),
    description: str = "",
    headline: Literal["", "all", "own"] = "",
    sums: str = "",
) -> Table:
    """Contract of a published table, derived from the contract of the table that it shows, whose name it has.

    Every column keeps its description and bounds, and its lineage is the same column of ``source``; ``extra`` columns
    (the publication) come last; ``sums`` names what has to be fixed before rows may be added up.
    """
    hidden = set(drop)
    kept = tuple(column.use(f"{source.key}.{column.name}") for column in source.columns if column.name not in hidden)
    return replace(
        source,
        key=f"published/{source.name}",
        description=description or source.description,
        columns=kept + extra,
        headline=headline,
        sum_requires=tuple(sums.split()),
    )
