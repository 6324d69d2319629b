"""Tables between stages: one Parquet file per table, in the contract's schema, written whole or not at all.

Every file carries the digest of what its table was made from (in the Parquet footer, so that table and digest are
never separated), and a step that reads a table says which digest it must have. Paths go through universal-pathlib, so
a bucket is a setting. What does not belong here: published tables (``published``), which readers see; what a digest is
made of (``operations.inputs``).
"""

import json
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts import TABLES, Table, table
from klimat_pipeline.contracts.arrow import schema, to_arrow, to_pandas
from klimat_pipeline.errors import StaleTableError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: Bytes of tables that this process keeps in memory after it wrote or read them.
KEPT_BYTES = 32 * 1024 * 1024
#: Where a Parquet file's footer says what its table was made from.
MADE_FROM = b"klimat.made_from"
#: Digests whose inputs are remembered, so that a refusal can name what has changed.
REMEMBERED = 5


class TableStore:
    """The folder (or bucket) of intermediate tables.

    Args:
        root: folder of the tables, any path that universal-pathlib understands.
    """

    def __init__(self, root: Any) -> None:
        from upath import UPath

        self.root = UPath(root)

    def path(self, key: str) -> Any:
        """Where a table is: ``<stage>/<name>.parquet``."""
        return self.root / f"{key}.parquet"

    def write(
        self, key: str, frame: "pd.DataFrame", contract: Table | None = None, *, made_from: str | None = None
    ) -> "pa.Table":
        """Write a frame as the contract describes it; the file is replaced whole.

        Args:
            key: of the table.
            frame: its rows.
            contract: by default the one of that key.
            made_from: digest of what it was made from; a table without one is refused by every step.

        Raises:
            ContractError: the frame does not have the contract's columns and types.
        """
        arrow = to_arrow(frame, contract or table(key))
        self.write_arrow(key, arrow, made_from=made_from)
        return arrow

    def write_arrow(self, key: str, arrow: "pa.Table", *, made_from: str | None = None) -> None:
        """Write a table that has its contract's schema; the file is replaced whole."""
        import pyarrow.parquet as pq

        if made_from is not None:
            arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), MADE_FROM: made_from})
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        # A unique name for every write: two writers must never take each other's draft.
        draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
        try:
            with draft.open("wb") as file:
                pq.write_table(arrow, file, compression="zstd", write_page_checksum=True)
            draft.rename(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _cache.keep(target, arrow)

    def read(self, key: str, *, made_from: str | None = None) -> "pd.DataFrame":
        """Read a table as a frame, from memory if this process has had it and its file was not replaced since.

        Args:
            key: of the table.
            made_from: digest that it must have been made from; None to read it whatever it was made from.

        Raises:
            StaleTableError: it is not there, is damaged, or was made from something else.
        """
        held = self._held(key, made_from)
        if held.frame is None:
            held.frame = to_pandas(held.arrow)
        # Copy on write: nobody can change what the next reader gets.
        return held.frame.copy(deep=False)

    def read_arrow(self, key: str, *, made_from: str | None = None) -> "pa.Table":
        """The same as an Arrow table of the contract's schema, which is not kept for later readers."""
        return self._held(key, made_from, keep=False).arrow

    def forget(self) -> None:
        """Let go of the tables in memory; they are read from their files again."""
        _cache.forget()

    def made_from(self, key: str) -> str | None:
        """Digest of what a stored table was made from; None where there is no whole table, or it does not say."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with self.path(key).open("rb") as file:
                return _digest_of(pq.read_schema(file).metadata)
        except PermissionError:
            raise
        except (pa.ArrowInvalid, OSError, UnicodeDecodeError):  # it is not there, or damaged
            return None

    def remember(self, digest: str, lines: Sequence[str]) -> None:
        """Keep the inputs that a digest stands for, one a line, so that a later refusal can say what has changed."""
        known = self._remembered()
        if digest in known:
            return
        kept = dict([*known.items(), (digest, list(lines))][-REMEMBERED:])
        path = self._memory
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        draft.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        draft.rename(path)

    def changed_since(self, digest: str | None, lines: Sequence[str]) -> list[str] | None:
        """Inputs that differ from those that a digest stands for: the lines that are not in both.

        Returns:
            The lines, of now and of then; None where the digest is not remembered.
        """
        then = self._remembered().get(digest or "")
        return None if then is None else sorted(set(lines) ^ set(then))

    def remove_drafts(self) -> None:
        """Remove what killed writers left; only under the run lock, since another writer may still need its draft."""
        if self.root.exists():
            for draft in self.root.glob("**/.*.part"):
                draft.unlink(missing_ok=True)

    def rename(self, renamed: Mapping[str, str]) -> None:
        """Give tables of an earlier version the names of today; only under the run lock.

        Runs make all tables again, since the code has changed; but where a ledger cannot be read any more, they take
        what an earlier run read of it. What was kept beside a table (findings, pictures) is made again.

        Args:
            renamed: key of today by a key of before. Other files are left alone: a bucket may hold what is not ours.
        """
        if not self.root.exists():
            return
        for path in self.root.glob("*/*.parquet"):
            now = renamed.get(f"{path.parent.name}/{path.stem}")
            if now is not None and self.path(now).exists():
                path.unlink()
            elif now is not None:
                self.path(now).parent.mkdir(parents=True, exist_ok=True)
                path.rename(self.path(now))
        for path in self.root.glob("quality/*/*/*.parquet"):
            if f"{path.parent.name}/{path.stem}" in renamed:
                path.unlink()

    @property
    def _memory(self) -> Any:
        return self.root / "made_from.json"

    def _remembered(self) -> dict[str, list[str]]:
        try:
            found = json.loads(self._memory.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # needed only to explain a refusal
            return {}
        return found if isinstance(found, dict) else {}

    def _held(self, key: str, made_from: str | None, *, keep: bool = True) -> "_CachedTable":
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.path(key)
        held = _cache.get(path)
        if held is None:
            try:
                with path.open("rb") as file:
                    arrow = pq.read_table(file, page_checksum_verification=True)
                # Checksums cover pages, not what describes them; asking for the names raises where one is no text.
                if key in TABLES and arrow.schema.names and arrow.schema.types != schema(TABLES[key]).types:
                    raise StaleTableError(f"table {key} has not its contract's columns: it is damaged or older")
                held = _cache.keep(path, arrow) if keep else _CachedTable(None, arrow, int(arrow.nbytes))
            except FileNotFoundError:
                if made_from is None:
                    raise
                raise StaleTableError(f"table {key} has not been made yet") from None
            except PermissionError:
                raise
            except (pa.ArrowInvalid, OSError, UnicodeDecodeError) as error:  # a page's checksum, or what describes it
                raise StaleTableError(f"table {key} is damaged or cannot be read ({error})") from None
        found = _digest_of(held.arrow.schema.metadata)
        if made_from is not None and found != made_from:
            carried = f"carries the digest {found}" if found else "carries no digest: it failed a check, or is older"
            raise StaleTableError(
                f"table {key} was not made from the present inputs: it {carried}, the present inputs give {made_from}",
                digest=found,
            )
        return held


def _digest_of(metadata: "dict[bytes, bytes] | None") -> str | None:
    found = (metadata or {}).get(MADE_FROM)
    return None if found is None else found.decode()


@dataclass(slots=True)
class _CachedTable:
    """A table as it was written, and as a frame once somebody has asked for one."""

    stamp: tuple[int, int, int] | None
    arrow: "pa.Table"
    arrow_bytes: int
    frame: "pd.DataFrame | None" = None

    @property
    def size(self) -> int:
        return self.arrow_bytes * (1 if self.frame is None else 2)


class _Cache:
    """Tables by file, each with the file's stamp; the least recently used are dropped first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _CachedTable] = OrderedDict()

    def keep(self, path: Any, arrow: "pa.Table") -> _CachedTable:
        held = _CachedTable(_stamp(path), arrow, int(arrow.nbytes))
        self._kept.pop(str(path), None)
        if held.stamp is None or held.size > KEPT_BYTES:
            return held
        self._kept[str(path)] = held
        while sum(one.size for one in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)
        return held

    def forget(self) -> None:
        self._kept.clear()

    def get(self, path: Any) -> _CachedTable | None:
        held = self._kept.get(str(path))
        if held is None or held.stamp != _stamp(path):
            return None
        self._kept.move_to_end(str(path))
        return held


def _stamp(path: Any) -> tuple[int, int, int] | None:
    """What changes when a file is replaced; None for a bucket, where asking costs as much as reading the table."""
    if not isinstance(path, Path):
        return None
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


_cache = _Cache()
