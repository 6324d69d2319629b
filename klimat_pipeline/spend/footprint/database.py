"""How the database of the spend analysis (``ledger.database``) gets the typed lines and small tables, and gives frames.

What does not belong here: what is computed.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from klimat_pipeline.errors import ContractError

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

#: Types of the two partitions: a municipality's code keeps its zero in front.
PARTITIONS = "{'municipality_code': VARCHAR, 'year': BIGINT}"
#: Columns of the typed lines that the footprint needs, besides the two partitions.
NEEDED = (
    "unit",
    "supplier_id",
    "supplier_name",
    "supplier_kind",
    "account",
    "account_text",
    "amount_ore",
    "month",
    "contract_id",
    "cpv",
    "sni",
    "quantity",
    "quantity_unit",
    "left_out_rule",
)


def has_lines(root: Any) -> bool:
    """Whether a dataset of typed lines is there: a folder with a Parquet file, any path universal-pathlib knows."""
    return root.exists() and next(iter(root.glob("municipality_code=*/year=*/*.parquet")), None) is not None


def view_lines(
    con: "duckdb.DuckDBPyConnection", root: Any, pattern: str = "municipality_code=*/year=*/*.parquet"
) -> None:
    """Make the dataset, or those of its files that a pattern names, known as ``lines``.

    Raises:
        ContractError: a column that the footprint needs is missing.
    """
    con.sql(
        f"SELECT * FROM read_parquet($path, hive_partitioning = true, hive_types = {PARTITIONS})",  # noqa: S608
        params={"path": f"{root}/{pattern}"},
    ).create_view("lines", replace=True)
    present = {row[0] for row in con.execute("DESCRIBE lines").fetchall()}
    if lacking := [name for name in NEEDED if name not in present]:
        raise ContractError(f"typed ledger lines: columns {', '.join(lacking)} are missing.")


def put(
    con: "duckdb.DuckDBPyConnection", name: str, columns: Mapping[str, Sequence[Any]], types: Sequence[str]
) -> None:
    """A small table from columns of values; the types are SQL's, names are ours and never from a file."""
    import pyarrow as pa

    kinds = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_()}
    arrays = [pa.array(list(values), kinds[kind]) for values, kind in zip(columns.values(), types, strict=True)]
    arrow = pa.Table.from_arrays(arrays, names=list(columns))
    con.register(f"_{name}", arrow)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM _{name}")  # noqa: S608 - name is a constant
    con.unregister(f"_{name}")


def frame(con: "duckdb.DuckDBPyConnection", query: str, values: Mapping[str, Any] | None = None) -> "pd.DataFrame":
    """The result of a query as a frame."""
    return con.execute(query, values or {}).df()
