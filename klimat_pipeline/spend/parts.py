"""Groups of lines per typed file, kept: a new month's file costs that file, and the groups of the others are read.

A part is what the cube's only pass over the lines makes of one typed file (``cube.group_lines``): sums of oere and
grams of all lines that agree in everything the footprint asks for. It follows from the bytes of the typed file and from
the code of that pass alone, and is named by their hash; mappings, factors, prices and configuration come after it, so
changing them reads no line anew. What does not belong here: classification and emissions (``cube``), reading ledgers
(``door``).
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.spend.door import quoted
from klimat_pipeline.spend.engine import database, view_lines

if TYPE_CHECKING:
    import duckdb

#: Modules whose change makes every part anew.
_CODE = ("cube", "engine", "parts")
_MEMORY = "hashes.json"
_CHUNK = 4 * 1024 * 1024
_KEYS = (
    "municipality_code, year, month, unit, supplier_id, supplier_kind, contract_id, account, account_text, cpv, sni, "
    "currency, left_out_rule"
)
#: Whole oere and grams of a file fit in 64 bits (9e16 kronor); wider ones Parquet would round.
_WRITTEN = f"""
    SELECT {_KEYS}, lines::BIGINT AS lines, amount_ore::BIGINT AS amount_ore, quantity_g::BIGINT AS quantity_g,
        weighed_ore::BIGINT AS weighed_ore
    FROM grouped
"""  # noqa: S608 - names of this module
#: Kronor of other currencies are rounded group by group: they are grouped over all files, so that splitting a file
#: changes nothing.
_READ = f"""
    CREATE OR REPLACE TEMP TABLE grouped AS
    SELECT * FROM read_parquet($parts, hive_partitioning = false) WHERE currency = 'SEK'
    UNION ALL
    SELECT {_KEYS}, sum(lines)::BIGINT, sum(amount_ore)::BIGINT, sum(quantity_g)::BIGINT, sum(weighed_ore)::BIGINT
    FROM read_parquet($parts, hive_partitioning = false) WHERE currency <> 'SEK' GROUP BY ALL
"""  # noqa: S608 - names of this module


def group_parts(con: "duckdb.DuckDBPyConnection", root: Any, store: Path) -> None:
    """Make ``grouped`` from the parts of all typed files; parts that are missing are made, those of none removed.

    Args:
        con: the database; its view ``lines`` is that of the whole dataset afterwards.
        root: the dataset of typed lines.
        store: folder of the parts.
    """
    parts = make_parts(con, root, store)
    present = set(parts)
    for path in store.glob("municipality_code=*/year=*/*.parquet"):
        if path not in present:
            path.unlink(missing_ok=True)
    con.execute(_READ, {"parts": [str(path) for path in parts]})
    view_lines(con, root)


def make_parts(
    con: "duckdb.DuckDBPyConnection", root: Any, store: Path, *, code: str = "*", year: int | None = None
) -> list[Path]:
    """The parts of the typed files of a municipality and year, or of all; those that are missing are made.

    Two runs may make the same part: each writes a draft of its own, and one takes the place.

    Returns:
        Their paths, by municipality, year and file.
    """
    from klimat_pipeline.spend.cube import group_lines

    pattern = f"municipality_code={code}/year={'*' if year is None else year}/*.parquet"
    parts = []
    for typed, key in _keyed(sorted(root.glob(pattern), key=str), store):
        place = Path(*typed.parts[-3:-1])
        part = store / place / f"{typed.stem}-{key}.parquet"
        parts.append(part)
        if part.is_file():
            continue
        part.parent.mkdir(parents=True, exist_ok=True)
        draft = part.with_name(f".{part.name}.{os.getpid()}")
        try:
            view_lines(con, root, f"{place.as_posix()}/{typed.name}")
            group_lines(con)
            con.execute(f"COPY ({_WRITTEN}) TO '{quoted(draft)}' (FORMAT parquet, COMPRESSION zstd)")
            draft.replace(part)
        finally:
            draft.unlink(missing_ok=True)
    return parts


def make_parts_of(root: Any, store: Path, code: str, year: int) -> list[Path]:
    """The parts of a municipality's year, in a database of their own."""
    with database() as con:
        return make_parts(con, root, store, code=code, year=year)


def _keyed(files: Iterable[Any], store: Path) -> Iterator[tuple[Any, str]]:
    """Every file with its key; a file whose size and time are as before is not read for it."""
    memory = store / _MEMORY
    try:
        known: dict[str, list[Any]] = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    before = dict(known)
    for file in files:
        stat, name = file.stat(), "/".join(file.parts[-3:])
        stamp = [stat.st_size, getattr(stat, "st_mtime_ns", 0)]
        if known.get(name, [])[:2] != stamp or not stamp[1]:
            known[name] = [*stamp, _sha256(file)]
        yield file, hashlib.sha256(f"{known[name][2]}{_code()}".encode()).hexdigest()[:16]
    if known != before:
        store.mkdir(parents=True, exist_ok=True)
        draft = memory.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(known, indent=0, sort_keys=True), encoding="utf-8")
        draft.replace(memory)


def _sha256(file: Any) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    here = Path(__file__).parent
    return hashlib.sha256(b"".join((here / f"{name}.py").read_bytes() for name in _CODE)).hexdigest()
