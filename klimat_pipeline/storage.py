"""Tables between stages: one Parquet file a table, in the contract's schema, written whole or not at all.

Paths go through universal-pathlib, so a bucket is a setting. What does not belong here: published tables
(``published``), which readers see.
"""

from collections import OrderedDict
from dataclasses import dataclass
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
        held = self._held(key)
        if held.frame is None:
            held.frame = to_pandas(held.arrow)
        # Copy on write: nobody can change what the next reader gets.
        return held.frame.copy(deep=False)

    def read_arrow(self, key: str) -> "pa.Table":
        """The same as an Arrow table of the contract's schema."""
        return self._held(key).arrow

    def _held(self, key: str) -> "_Held":
        import pyarrow.parquet as pq

        path = self.path(key)
        held = _at_hand.get(path)
        if held is None:
            with path.open("rb") as file:
                held = _at_hand.keep(path, pq.read_table(file))
        return held


@dataclass(slots=True)
class _Held:
    """A table as it was written, and as a frame once somebody asked for one."""

    stamp: tuple[int, int, int] | None
    arrow: "pa.Table"
    frame: "pd.DataFrame | None" = None

    @property
    def size(self) -> int:
        return int(self.arrow.nbytes) * (1 if self.frame is None else 2)


class _AtHand:
    """Tables by file, each with the file's stamp; the longest unused go first. A step has a dozen inputs."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Held] = OrderedDict()

    def keep(self, path: Any, arrow: "pa.Table") -> _Held:
        held = _Held(_stamp(path), arrow)
        self._kept.pop(str(path), None)
        if held.stamp is None or held.size > KEPT_BYTES:
            return held
        self._kept[str(path)] = held
        while sum(one.size for one in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)
        return held

    def get(self, path: Any) -> _Held | None:
        held = self._kept.get(str(path))
        if held is None or held.stamp != _stamp(path):
            return None
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
