"""What is about to be published, checked against its contracts before any target is touched.

What does not belong here: whether the figures are right (``quality``), and how a target stores them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from klimat_pipeline.contracts.arrow import schema
from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table
from klimat_pipeline.contracts.sql import checked_identifier
from klimat_pipeline.errors import PublishError

PUBLICATION_ID = "publication_id"


@dataclass(frozen=True)
class Candidate:
    """Tables that are fit to be published.

    Attributes:
        publication_id: the same in every row of every table.
        published_at: when, in UTC.
        tables: by published name, in the contracts' order, each with the schema of its contract and in one chunk.
        contracts: by published name.
    """

    publication_id: str
    published_at: datetime
    tables: Mapping[str, pa.Table]
    contracts: Mapping[str, Table]

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return sum(int(table.nbytes) for table in self.tables.values())

    def value_counts(self, name: str) -> tuple[int, ...]:
        """Rows, then values present in each column in the contract's order: what an audit must find again."""
        table = self.tables[name]
        return (table.num_rows, *(table.num_rows - column.null_count for column in table.columns))


def candidate(
    tables: Mapping[str, pa.Table], *, publication_id: str, now: datetime, contracts: Mapping[str, Table]
) -> Candidate:
    """Check tables and put them into the form that every target relies on: one row a key, and a fact's headline once.

    Raises:
        PublishError: a table is missing, unknown or not as its contract says; the message names table and column.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    if not re.fullmatch(col(PUBLICATION_ID).pattern or "", publication_id):
        raise PublishError(f"'{publication_id}' is no publication id; expected {col(PUBLICATION_ID).pattern}")
    missing, unknown = sorted(contracts.keys() - tables.keys()), sorted(tables.keys() - contracts.keys())
    if missing or unknown:
        raise PublishError(f"all published tables go out together: missing {missing}, without a contract {unknown}")
    checked = {
        checked_identifier(name): _checked(name, tables[name], contract, publication_id)
        for name, contract in contracts.items()
    }
    for name, contract in contracts.items():
        for column, of, key in contract.foreign_keys:
            _require_no_orphans(name, checked[name][column], of, checked[of][key])
    return Candidate(publication_id, now.astimezone(UTC), checked, contracts)


def _checked(name: str, table: pa.Table, contract: Table, publication_id: str) -> pa.Table:
    expected = schema(contract)
    if not table.schema.equals(expected, check_metadata=False):
        raise PublishError(
            f"table {name} does not have the columns of its contract: {_differences(table.schema, expected)}. "
            "Make it with contracts.arrow.to_arrow"
        )
    # Without metadata and chunks the same rows give the same bytes.
    table = pa.Table.from_arrays(table.combine_chunks().columns, schema=expected)
    for column, values in zip(contract.columns, table.columns, strict=True):
        if values.null_count and not column.nullable:
            raise PublishError(f"table {name}, column {column.name}: {values.null_count} values missing, none may be")
        if pa.types.is_floating(values.type) and not pc.all(pc.is_finite(values), min_count=0).as_py():
            raise PublishError(f"table {name}, column {column.name}: a number is infinite or not a number")
    strangers = [found for found in pc.unique(table[PUBLICATION_ID]).to_pylist() if found != publication_id]
    if strangers:
        raise PublishError(
            f"table {name}: {PUBLICATION_ID} must be '{publication_id}' in every row, found '{strangers[0]}' as well"
        )
    _require_unique_key(name, table, list(contract.primary_key))
    if contract.headline:
        _require_unique_key(name, table.filter(table["is_headline"]), contract.headline_key, " of the headline series")
    return table


def _differences(found: pa.Schema, expected: pa.Schema) -> str:
    lines = [f"{field.name} is missing" for field in expected if field.name not in found.names]
    lines += [f"{field.name} is in no contract" for field in found if field.name not in expected.names]
    lines += [
        f"{field.name} is {found.field(field.name).type}{'' if found.field(field.name).nullable else ' not null'}, "
        f"expected {field.type}{'' if field.nullable else ' not null'}"
        for field in expected
        if found.names.count(field.name) == 1 and not found.field(field.name).equals(field)
    ]
    return "; ".join(lines) or f"order is {found.names}, expected {expected.names}"


def _require_unique_key(name: str, table: pa.Table, keys: list[str], of: str = "") -> None:
    groups = table.select(keys).group_by(keys, use_threads=False).aggregate([([], "count_all")])
    if groups.num_rows == table.num_rows:
        return
    repeated = groups.filter(pc.greater(groups["count_all"], 1)).slice(0, 3).to_pylist()
    raise PublishError(f"table {name}: rows{of} that share a key, which must be unique, among them {repeated}")


def _require_no_orphans(name: str, values: pa.ChunkedArray, of: str, keys: pa.ChunkedArray) -> None:
    strangers = pc.unique(values).filter(pc.invert(pc.is_in(pc.unique(values), value_set=pc.unique(keys)))).drop_null()
    if len(strangers):
        raise PublishError(f"table {name}: no row of {of} for {strangers.slice(0, 3).to_pylist()}")
