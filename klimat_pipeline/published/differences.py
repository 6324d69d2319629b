"""Two versions of one table, value by value: which rows are missing or new, and which values moved.

Exact, without a tolerance: numbers are equal when all their bits are, a missing value equals nothing but a missing
value, and not-a-number equals itself. Whole columns at a time. What does not belong here: which tables are compared
and under which names (``same``), and how a difference is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Rows that are named as examples, of each kind of difference and of each column.
EXAMPLES = 3

Key = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MovedValue:
    """A value before and after, with the key of its row."""

    key: Key
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class MovedColumn:
    """A column whose values moved.

    Attributes:
        name: as the later table has it.
        moved: how many values differ.
        largest_absolute: largest absolute difference of two numbers; None where no two numbers differ.
        largest_relative: the same as a share of the earlier number; differences from zero have no share.
        examples: the first of them, in the order of the later table.
    """

    name: str
    moved: int
    largest_absolute: float | None
    largest_relative: float | None
    examples: tuple[MovedValue, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different in two versions of a table.

    Attributes:
        rows: of the later version.
        columns: how many both versions have.
        missing_columns, new_columns: names that only the earlier or only the later version has.
        types: what became of a column's type, in words.
        missing_rows, new_rows: how many keys only the earlier or only the later version has.
        missing_keys, new_keys: the first of them.
        moved: the columns with other values.
        reordered: whether the rows of both versions stand in another order.
        columns_reordered: whether the columns of both versions stand in another order.
        without_key: why rows could not be paired; no value is compared then.
    """

    rows: int
    columns: int
    missing_columns: tuple[str, ...] = ()
    new_columns: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    missing_rows: int = 0
    new_rows: int = 0
    missing_keys: tuple[Key, ...] = ()
    new_keys: tuple[Key, ...] = ()
    moved: tuple[MovedColumn, ...] = ()
    reordered: bool = False
    columns_reordered: bool = False
    without_key: str | None = None

    @property
    def values_moved(self) -> int:
        """Values that differ, of all columns together."""
        return sum(column.moved for column in self.moved)

    @property
    def same(self) -> bool:
        """Whether everything is the same but the order of rows and columns."""
        return not (
            self.missing_columns
            or self.new_columns
            or self.types
            or self.missing_rows
            or self.new_rows
            or self.moved
            or self.without_key
        )


def differences(before: pa.Table, after: pa.Table, keys: Sequence[Sequence[str]]) -> Difference:
    """Compare two versions of a table.

    Args:
        before: the earlier version, its columns named as the later ones are.
        after: the later version.
        keys: several proposals of columns that identify a row; the first that does so in both versions is used.
    """
    shared = [name for name in after.column_names if name in before.column_names]
    missing = tuple(name for name in before.column_names if name not in shared)
    new = tuple(name for name in after.column_names if name not in shared)
    types = tuple(
        f"{name}: {before.schema.field(name).type}, now {after.schema.field(name).type}"
        for name in shared
        if before.schema.field(name).type != after.schema.field(name).type
    )
    columns_reordered = [name for name in before.column_names if name in shared] != shared
    # A column of another type may still hold the same values.
    old, now = _of_one_type(before.select(shared), after.select(shared))
    for key in keys:
        if not key or not set(key) <= set(shared):
            continue
        numbers = _numbered(old, now, key)
        if all(len(np.unique(side)) == len(side) for side in numbers):
            break
    else:
        tried = " or ".join(", ".join(key) for key in keys) or "none"
        reason = f"no key tells the rows of both apart (tried: {tried}); {before.num_rows} rows, now {after.num_rows}"
        return Difference(
            after.num_rows,
            len(shared),
            missing,
            new,
            types,
            columns_reordered=columns_reordered,
            without_key=reason,
        )
    _, in_old, in_now = np.intersect1d(*numbers, assume_unique=True, return_indices=True)
    order = np.argsort(in_now)
    in_old, in_now = in_old[order], in_now[order]
    only_old = np.setdiff1d(np.arange(old.num_rows), in_old, assume_unique=True)
    only_now = np.setdiff1d(np.arange(now.num_rows), in_now, assume_unique=True)
    return Difference(
        after.num_rows,
        len(shared),
        missing,
        new,
        types,
        len(only_old),
        len(only_now),
        _keys(old, key, only_old),
        _keys(now, key, only_now),
        tuple(_moved(old.take(in_old), now.take(in_now), key)),
        bool((np.diff(in_old) < 0).any()),
        columns_reordered,
    )


def _of_one_type(before: pa.Table, after: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Both tables in one piece, columns of other types made comparable: in the later type, or else as texts."""
    old, now = [], []
    for ours, theirs in zip(before.columns, after.columns, strict=True):
        pair = [ours.combine_chunks(), theirs.combine_chunks()]
        if ours.type != theirs.type:
            try:
                pair[0] = pair[0].cast(theirs.type)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                pair = [values.cast(pa.string()) for values in pair]
        old.append(pair[0])
        now.append(pair[1])
    return pa.table(old, names=before.column_names), pa.table(now, names=after.column_names)


def _numbered(before: pa.Table, after: pa.Table, key: Sequence[str]) -> tuple[Any, Any]:
    """A number for each row, the same for rows of the same key; a missing value is a key like any other."""
    numbers = np.zeros(before.num_rows + after.num_rows, dtype=np.int64)
    for name in key:
        values = pa.chunked_array([*before[name].chunks, *after[name].chunks], before[name].type).combine_chunks()
        codes = pc.dictionary_encode(values, null_encoding="encode").indices.to_numpy(zero_copy_only=False)
        # Two numbers below the count of rows: their combination stays far below 64 bits.
        _, numbers = np.unique(numbers * (len(codes) + 1) + codes, return_inverse=True)
    return numbers[: before.num_rows], numbers[before.num_rows :]


def _moved(before: pa.Table, after: pa.Table, key: Sequence[str]) -> list[MovedColumn]:
    """Columns with other values, of rows that are paired already."""
    found = []
    for name in after.column_names:
        old, now = before[name].combine_chunks(), after[name].combine_chunks()
        rows = np.flatnonzero(_differ(old, now))
        if not len(rows):
            continue
        old, now = old.take(pa.array(rows)), now.take(pa.array(rows))
        first = slice(EXAMPLES)
        keys = _keys(after, key, rows)
        examples = zip(keys, old[first].to_pylist(), now[first].to_pylist(), strict=True)
        moved = tuple(MovedValue(*example) for example in examples)
        found.append(MovedColumn(name, len(rows), *_largest(old, now), moved))
    return found


def _differ(before: Any, after: Any) -> Any:
    """Where two arrays of one type differ."""
    gone, absent = (values.is_null().to_numpy(zero_copy_only=False) for values in (before, after))
    if pa.types.is_floating(before.type):
        old, now = (values.fill_null(0).to_numpy(zero_copy_only=False) for values in (before, after))
        bits = f"u{old.dtype.itemsize}"  # minus zero is shown as one, so it is not the same as zero
        other = (old.view(bits) != now.view(bits)) & ~(np.isnan(old) & np.isnan(now))
    else:
        other = pc.not_equal(before, after).fill_null(False).to_numpy(zero_copy_only=False)
    return (gone != absent) | (other & ~gone & ~absent)


def _largest(before: Any, after: Any) -> tuple[float | None, float | None]:
    """Largest absolute and largest relative difference of the pairs of numbers."""
    if not (pa.types.is_floating(before.type) or pa.types.is_integer(before.type)):
        return None, None
    old, now = (pc.cast(values, pa.float64(), safe=False).to_numpy(zero_copy_only=False) for values in (before, after))
    with np.errstate(all="ignore"):
        absolute = np.abs(now - old)
        relative = absolute / np.abs(old)
    numbers, shares = absolute[~np.isnan(absolute)], relative[np.isfinite(relative)]
    return (float(numbers.max()) if len(numbers) else None, float(shares.max()) if len(shares) else None)


def _keys(table: pa.Table, key: Sequence[str], rows: Any) -> tuple[Key, ...]:
    return tuple(table.select(list(key)).take(pa.array(rows[:EXAMPLES])).to_pylist())
