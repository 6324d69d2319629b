"""Tables between stages: one Parquet file a table, in the contract's schema, written whole or not at all.

Paths go through universal-pathlib, so a bucket is a setting. What does not belong here: published tables
(``published``), which readers see.
"""

from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts import Table, table
from klimat_pipeline.contracts.arrow import to_arrow, to_pandas

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class TableStore:
    """The folder (or bucket) of intermediate tables.

    Args:
        root: folder of the tables, any path that universal-pathlib understands.
    """

    def __init__(self, root: Any) -> None:
        from upath import UPath

        self.root = UPath(root)

    def path(self, key: str) -> Any:
        """Where a table lies: ``<stage>/<name>.parquet``."""
        return self.root / f"{key}.parquet"

    def write(self, key: str, frame: "pd.DataFrame", contract: Table | None = None) -> "pa.Table":
        """Write a frame as the contract describes it; the file is replaced whole.

        Raises:
            ContractError: the frame does not have the contract's columns and types.
        """
        import pyarrow.parquet as pq

        arrow = to_arrow(frame, contract or table(key))
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(target.name + ".part")
        with draft.open("wb") as file:
            pq.write_table(arrow, file, compression="zstd")
        draft.rename(target)
        return arrow

    def read(self, key: str) -> "pd.DataFrame":
        """Read a table as a frame."""
        import pyarrow.parquet as pq

        with self.path(key).open("rb") as file:
            return to_pandas(pq.read_table(file))
