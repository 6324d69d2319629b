"""How the database of the spend analysis (``ledger.database``) gets the typed lines and small tables, and gives frames.

What does not belong here: what is computed.
"""

from collections.abc import Iterable, Mapping, Sequence
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
    view_parquet(con, "lines", [f"{root}/{pattern}"])
    present = {row[0] for row in con.execute("DESCRIBE lines").fetchall()}
    if lacking := [name for name in NEEDED if name not in present]:
        raise ContractError(f"typed ledger lines: columns {', '.join(lacking)} are missing.")


def view_parquet(con: "duckdb.DuckDBPyConnection", name: str, files: Iterable[str]) -> None:
    """Make Parquet files by municipality and year known under a name of ours; like all here it is temporary."""
    listed = ", ".join("'{}'".format(file.replace("'", "''")) for file in files)  # a view takes no parameter
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {name} AS "  # noqa: S608 - names and paths are ours
        f"SELECT * FROM read_parquet([{listed}], hive_partitioning = true, hive_types = {PARTITIONS})"
    )


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
