"""SQLAlchemy tables derived from the contracts. What does not belong here: connections and writing (``published``)."""

import re
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts.model import Table
from klimat_pipeline.errors import ContractError

if TYPE_CHECKING:
    import sqlalchemy as sa

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")


def checked_identifier(name: str) -> str:
    """The name itself, if it is safe to put into SQL.

    Raises:
        ContractError: anything but lower-case ASCII letters, digits and underscores, or more than 63 of them.
    """
    if not _IDENTIFIER.fullmatch(name):
        raise ContractError(f"'{name}' is no name for a table or column: lower-case ASCII letters, digits, underscores")
    return name


def sql_table(
    table: Table, metadata: "sa.MetaData", *, schema: str | None = None, name: str | None = None
) -> "sa.Table":
    """SQLAlchemy table of a contract, with types, nullability, keys, an index a foreign key, and comments.

    Args:
        table: the contract.
        metadata: collects the tables that belong together.
        schema: database schema, None for the default one.
        name: name in the database, by default the contract's.
    """
    import sqlalchemy as sa

    types: dict[str, sa.types.TypeEngine[Any]] = {
        "string": sa.Text(),
        "integer": sa.BigInteger(),
        "number": sa.Double(),
        "boolean": sa.Boolean(),
        "datetime": sa.DateTime(timezone=True),
    }
    columns = [
        sa.Column(
            checked_identifier(column.name),
            types[column.kind],
            nullable=column.nullable,
            primary_key=column.name in table.primary_key,
            autoincrement=False,
            comment=column.description + (f" Unit: {column.unit}." if column.unit else ""),
        )
        for column in table.columns
    ]
    prefix = f"{schema}." if schema else ""
    references = [sa.ForeignKeyConstraint([column], [f"{prefix}{of}.{key}"]) for column, of, key in table.foreign_keys]
    indexes = [
        sa.Index(f"{table.name}_by_{column}", column)
        for column, *_ in table.foreign_keys
        if column != table.primary_key[0]
    ]
    return sa.Table(
        checked_identifier(name or table.name),
        metadata,
        *columns,
        *references,
        *indexes,
        schema=schema,
        comment=table.description,
    )
