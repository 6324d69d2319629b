"""Arrow schemas derived from the contracts, and the strict conversion of a frame into a table of that schema.

Also the rounding of what is published. What does not belong here: checks of values (``expectations``); this module only
guarantees names, order and types.
"""

from typing import TYPE_CHECKING

import pyarrow as pa

from klimat_pipeline.contracts.model import Column, Table
from klimat_pipeline.errors import ContractError

if TYPE_CHECKING:
    import pandas as pd

_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "datetime": pa.timestamp("us", tz="UTC"),
}


def _field(column: Column) -> pa.Field:
    metadata = {"description": column.description}
    if column.unit:
        metadata["unit"] = column.unit
    return pa.field(column.name, _TYPES[column.kind], nullable=column.nullable, metadata=metadata)


def schema(table: Table) -> pa.Schema:
    """Arrow schema of a table: names, types, nullability, description and unit as field metadata."""
    return pa.schema(
        [_field(column) for column in table.columns],
        metadata={"table": table.key, "primary_key": " ".join(table.primary_key)},
    )


def to_arrow(frame: "pd.DataFrame", table: Table) -> pa.Table:
    """Turn a frame into an Arrow table of the contract's schema.

    Args:
        frame: columns in any order; NaN and None both mean missing.
        table: the contract.

    Returns:
        An Arrow table with the contract's columns in the contract's order.

    Raises:
        ContractError: columns are missing or unknown, or a value cannot be of its column's type.
    """
    missing = [name for name in table.column_names if name not in frame.columns]
    unknown = [str(name) for name in frame.columns if name not in table.column_names]
    if missing or unknown:
        raise ContractError(f"table {table.key}: missing columns {missing}, columns in no contract {unknown}")
    arrays = []
    for column, field in zip(table.columns, schema(table), strict=True):
        try:
            array = pa.Array.from_pandas(frame[column.name], type=field.type)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
            raise ContractError(
                f"table {table.key}, column {column.name}: not of type {column.kind}: {error}"
            ) from None
        arrays.append(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)
    return pa.Table.from_arrays(arrays, schema=schema(table))


def to_pandas(arrow: pa.Table) -> "pd.DataFrame":
    """Turn an Arrow table into a frame in which integers with gaps stay integers (``Int64``) and text is text."""
    import pandas as pd

    nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    with_gaps = {field.name for field in arrow.schema if field.nullable and field.type in nullable}
    plain = arrow.drop_columns(list(with_gaps)) if with_gaps else arrow
    frame = plain.to_pandas()
    for name in with_gaps:
        column = arrow.column(name)
        frame[name] = column.to_pandas(types_mapper=nullable.get)
    return frame[arrow.column_names]


def rounded(values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray | pa.Array:
    """As numpy rounds to the decimals of the column's unit; without minus zeros, which would look like a change."""
    if column.decimals is None:
        return values
    return pa.array(values.to_numpy().astype("float64").round(column.decimals) + 0.0, from_pandas=True)
