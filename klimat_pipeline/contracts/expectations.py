"""Great Expectations suites derived from the contracts: columns, types, keys, nulls, bounds, allowed values.

Great Expectations takes seconds to import: call ``suite`` inside a check, never when definitions load.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts.model import Column, Table

if TYPE_CHECKING:
    import great_expectations as gx

#: How the pandas engine calls the types of a column (numpy, nullable and Arrow-backed spellings).
_TYPES = {
    "string": ["str", "string", "object", "StringDtype", "category"],
    "integer": ["int64", "Int64", "int32", "Int64Dtype"],
    "number": ["float64", "Float64", "float"],
    "boolean": ["bool", "boolean", "BooleanDtype"],
    "datetime": ["datetime64[us, UTC]", "datetime64[ns, UTC]", "datetime64", "DatetimeTZDtype", "Timestamp"],
}


def suite(table: Table) -> "gx.ExpectationSuite":
    """The suite of a table; every expectation carries an id ``<column>:<what>`` to find its result by."""
    import great_expectations as gx

    built = gx.ExpectationSuite(name=table.key)
    for expectation in _expectations(table):
        built.add_expectation(expectation)
    return built


def _expectations(table: Table) -> Iterator[Any]:
    import great_expectations.expectations as gxe

    yield gxe.ExpectTableColumnsToMatchOrderedList(column_list=table.column_names, meta={"check": "table:columns"})
    if len(table.primary_key) == 1:
        yield gxe.ExpectColumnValuesToBeUnique(column=table.primary_key[0], meta={"check": "table:key"})
    else:
        yield gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.primary_key), meta={"check": "table:key"})
    for column in table.columns:
        yield from _column_expectations(column)


def _column_expectations(column: Column) -> Iterator[Any]:
    import great_expectations.expectations as gxe

    def named(what: str) -> dict[str, Any]:
        return {"column": column.name, "meta": {"check": f"{column.name}:{what}"}}

    yield gxe.ExpectColumnValuesToBeInTypeList(type_list=_TYPES[column.kind], **named("type"))
    if not column.nullable:
        yield gxe.ExpectColumnValuesToNotBeNull(**named("not_null"))
    if column.allowed:
        yield gxe.ExpectColumnValuesToBeInSet(value_set=list(column.allowed), **named("allowed"))
    if column.pattern:
        yield gxe.ExpectColumnValuesToMatchRegex(regex=f"^(?:{column.pattern})$", **named("pattern"))
    if column.minimum is not None or column.maximum is not None:
        yield gxe.ExpectColumnValuesToBeBetween(
            min_value=column.minimum, max_value=column.maximum, **named("bounds")
        )
