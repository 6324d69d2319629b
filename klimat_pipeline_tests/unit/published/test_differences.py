"""Two versions of a table: what is told of each difference; expected values are written out by hand."""

from typing import Any

import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import given

from klimat_pipeline.published.differences import Difference, MovedColumn, MovedValue, differences

KEY = ("code", "year")
CODES = ["0180", "0180", "1283", None]
YEARS = [2023, 2024, 2024, 2024]


def table(values: list[Any], type_: pa.DataType | None = None) -> pa.Table:
    return pa.table({"code": CODES, "year": YEARS, "t": pa.array(values, type_)})


def compared(before: pa.Table, after: pa.Table) -> Difference:
    return differences(before, after, [KEY])


def test_nothing_differs() -> None:
    assert compared(table([1.0, None, 3.0, 4.0]), table([1.0, None, 3.0, 4.0])) == Difference(rows=4, columns=3)


def test_moved_number_is_told_with_key_and_size() -> None:
    found = compared(table([1.0, 2.0, 4.0, 0.0]), table([1.0, 2.5, 3.0, 0.0]))
    first = MovedValue({"code": "0180", "year": 2024}, 2.0, 2.5)
    second = MovedValue({"code": "1283", "year": 2024}, 4.0, 3.0)
    assert found.moved == (MovedColumn("t", 2, 1.0, 0.25, (first, second)),)
    assert found.values_moved == 2
    assert not found.same


@pytest.mark.parametrize(
    ("before", "after", "absolute"),
    [
        (None, 0.0, None),
        (0.0, None, None),
        (float("nan"), None, None),
        (None, float("nan"), None),
        (0.0, float("nan"), None),
        (0.0, 5.0, 5.0),
        (0.1, 0.1 + 2**-56, 2**-56),
        (0.0, -0.0, 0.0),
        (float("inf"), 1.0, float("inf")),
    ],
)
def test_missing_zero_not_a_number_and_the_last_bit_are_different(
    before: float | None, after: float | None, absolute: float | None
) -> None:
    found = compared(table([1.0, before, 1.0, 1.0], pa.float64()), table([1.0, after, 1.0, 1.0], pa.float64()))
    (column,) = found.moved
    assert (column.moved, column.largest_absolute) == (1, absolute)


def test_not_a_number_equals_itself() -> None:
    values = table([float("nan"), 1.0, float("nan"), None])
    assert compared(values, values).same


def test_rows_missing_and_new_are_told_by_key() -> None:
    whole = table([1.0, 2.0, 3.0, 4.0])
    found = compared(whole.slice(0, 3), whole.slice(1))
    assert (found.missing_rows, found.missing_keys) == (1, ({"code": "0180", "year": 2023},))
    assert (found.new_rows, found.new_keys) == (1, ({"code": None, "year": 2024},))
    assert found.moved == ()
    assert not found.same


def test_rows_in_another_order_are_a_remark() -> None:
    before = table([1.0, 2.0, 3.0, 4.0])
    found = compared(before, before.take([3, 1, 0, 2]))
    assert found.reordered
    assert found.same
    assert not compared(before, before.take([0, 2, 3])).reordered


def test_columns_in_another_order_are_a_remark() -> None:
    before = table([1.0, 2.0, 3.0, 4.0])
    found = compared(before, before.select(["t", "year", "code"]))
    assert found.columns_reordered
    assert found.same


def test_columns_missing_and_new() -> None:
    before = table([1.0, 2.0, 3.0, 4.0])
    found = compared(before, before.rename_columns(["code", "year", "kg"]))
    assert (found.missing_columns, found.new_columns, found.same) == (("t",), ("kg",), False)


def test_another_type_is_told_and_the_values_are_compared_nevertheless() -> None:
    found = compared(table([1, 2, 3, 4], pa.int64()), table([1.0, 2.0, 3.5, 4.0]))
    assert found.types == ("t: int64, now double",)
    assert found.values_moved == 1
    found = compared(table(["1", "2", "3", "x"]), table([1, 2, 3, 4]))
    assert found.types == ("t: string, now int64",)
    assert [(each.before, each.after) for each in found.moved[0].examples] == [("x", "4")]


def test_the_first_key_that_tells_rows_apart_counts() -> None:
    before = table([1.0, 2.0, 3.0, 4.0])
    assert differences(before, before, [("absent",), ("year",), KEY]).same
    found = differences(before, before, [("absent",), ("year",)])
    assert found.without_key == "no key tells the rows of both apart (tried: absent or year); 4 rows, now 4"
    assert not found.same


def test_empty_tables() -> None:
    whole = table([1.0, 2.0, 3.0, 4.0])
    assert compared(whole.slice(0, 0), whole.slice(0, 0)) == Difference(rows=0, columns=3)
    assert compared(whole.slice(0, 0), whole).new_rows == 4


def test_truths_texts_and_whole_numbers() -> None:
    for before, after in ((True, False), ("a", "b"), (2**53, 2**53 + 1)):
        found = compared(table([before] * 4), table([before, before, after, before]))
        assert found.moved[0].examples == (MovedValue({"code": "1283", "year": 2024}, before, after),)


CELLS = {
    "number": (st.none() | st.floats(), pa.float64()),
    "integer": (st.none() | st.integers(-(2**63), 2**63 - 1), pa.int64()),
    "text": (st.none() | st.text(max_size=3), pa.string()),
    "truth": (st.none() | st.booleans(), pa.bool_()),
}
KEYS = st.lists(
    st.tuples(st.none() | st.text("ab", max_size=2), st.none() | st.integers(0, 2)), unique=True, min_size=1, max_size=8
)


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    keys = draw(KEYS)
    columns = {
        name: pa.array(draw(st.lists(cells, min_size=len(keys), max_size=len(keys))), type_)
        for name, (cells, type_) in CELLS.items()
    }
    code, year = zip(*keys, strict=True)
    return pa.table({"code": pa.array(code, pa.string()), "year": pa.array(year, pa.int64()), **columns})


@given(tables(), st.randoms(use_true_random=False))
def test_a_table_equals_itself_in_any_order(before: pa.Table, chance: Any) -> None:
    order = list(range(before.num_rows))
    chance.shuffle(order)
    assert compared(before, before) == Difference(before.num_rows, before.num_columns)
    assert compared(before, before.take(order)).same


@given(st.data(), tables(), st.sampled_from(sorted(CELLS)))
def test_any_single_changed_cell_is_found(data: st.DataObject, before: pa.Table, name: str) -> None:
    row = data.draw(st.integers(0, before.num_rows - 1))
    values = before[name].to_pylist()
    # NaN and minus zero are told apart by their writing.
    new = data.draw(CELLS[name][0].filter(lambda value: repr(value) != repr(values[row])))
    changed = [*values[:row], new, *values[row + 1 :]]
    after = before.set_column(before.column_names.index(name), name, pa.array(changed, CELLS[name][1]))
    found = compared(before, after)
    (column,) = found.moved
    (moved,) = column.examples
    assert (column.name, column.moved, moved.key) == (name, 1, before.select(list(KEY)).to_pylist()[row])
    assert (repr(moved.before), repr(moved.after)) == (repr(values[row]), repr(new))
