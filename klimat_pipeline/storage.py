"""Tables between stages: one Parquet file a table, in the contract's schema, written whole or not at all.

Paths go through universal-pathlib, so a bucket is a setting. What does not belong here: published tables
(``published``), which readers see.
"""

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts import Table, table
from klimat_pipeline.contracts.arrow import to_arrow, to_pandas

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: Bytes of tables that this process keeps at hand after it wrote or read them.
KEPT_BYTES = 256 * 1024 * 1024


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
        arrow = to_arrow(frame, contract or table(key))
        self.write_arrow(key, arrow)
        return arrow

    def write_arrow(self, key: str, arrow: "pa.Table") -> None:
        """Write a table that has its contract's schema; the file is replaced whole."""
        import pyarrow.parquet as pq

        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(target.name + ".part")
        with draft.open("wb") as file:
            pq.write_table(arrow, file, compression="zstd")
        draft.rename(target)
        _at_hand.keep(target, arrow)

    def read(self, key: str) -> "pd.DataFrame":
        """Read a table as a frame; what this process wrote or read last, and nobody replaced since, is at hand."""
        import pyarrow.parquet as pq

        path = self.path(key)
        frame = _at_hand.get(path)
        if frame is None:
            with path.open("rb") as file:
                arrow = pq.read_table(file)
            _at_hand.keep(path, arrow)
            frame = _at_hand.get(path)
            if frame is None:
                frame = to_pandas(arrow)
        # Copy on write: nobody can change what the next reader gets.
        return frame.copy(deep=False)


class _AtHand:
    """Tables by file, each with the file's stamp; the longest unused go first. A step has a dozen inputs."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Any, int, pa.Table | pd.DataFrame]] = OrderedDict()

    def keep(self, path: Any, arrow: "pa.Table") -> None:
        stamp = _stamp(path)
        self._kept.pop(str(path), None)
        if stamp is None or arrow.nbytes > KEPT_BYTES:
            return
        self._kept[str(path)] = (stamp, arrow.nbytes, arrow)
        while sum(size for _, size, _ in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)

    def get(self, path: Any) -> "pd.DataFrame | None":
        stamp, size, held = self._kept.get(str(path), (None, 0, None))
        if held is None or stamp != _stamp(path):
            return None
        if not hasattr(held, "iloc"):
            held = to_pandas(held)
            self._kept[str(path)] = (stamp, size, held)
        self._kept.move_to_end(str(path))
        return held


def _stamp(path: Any) -> tuple[int, int, int] | None:
    """What changes when a file is replaced; None for a bucket, whose answer would cost as much as the table."""
    if not isinstance(path, Path):
        return None
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


_at_hand = _AtHand()
