"""Groups of lines per typed ledger file, kept: a new month costs its own file, and the groups of the others are read.

A part is what one pass over the lines makes of one typed file, as one Parquet file: a row for all lines that agree in
everything that classifies or shows them, with their number, whole oere and grams, and the name of a legal person.

It follows from the bytes of the typed file and from the code here alone, and is named by their hash; mappings, factors,
prices and configuration come after it, so changing them reads no line anew. What does not belong here: classification,
emissions (``cube``), reading ledgers (``ledger.read_ledger``).
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.errors import ContractError
from klimat_pipeline.spend.footprint.database import view_lines, view_parquet
from klimat_pipeline.spend.ledger import seals
from klimat_pipeline.spend.ledger.database import database, threads_for
from klimat_pipeline.spend.ledger.file_hash import file_hash
from klimat_pipeline.spend.ledger.parquet_writer import quoted

if TYPE_CHECKING:
    import duckdb

#: Modules whose change makes every part anew, as another version of the database does.
_CODE = ("database", "groups")
_MEMORY = "hashes.json"
#: Bytes of a typed file, eight to sixteen million lines, above which two threads may not fit into the memory.
_ONE_THREAD_FROM = 200_000_000
#: What classifies a line or shows it; municipality and year are those of the part's folder.
_AGREE = (
    *("account", "account_text", "cpv", "sni", "left_out_rule"),
    *("unit", "supplier_id", "supplier_kind", "contract_id", "month"),
)
_SUMMED = ("lines", "amount_ore", "quantity_g", "weighed_ore")
#: Whole oere and grams of a file fit in 64 bits (9e16 kronor); wider ones Parquet would round.
_GROUPS = f"""
    SELECT {", ".join(_AGREE)}, count(*) AS lines, sum(amount_ore)::BIGINT AS amount_ore,
        coalesce(sum(grams), 0)::BIGINT AS quantity_g,
        coalesce(sum(amount_ore) FILTER (grams IS NOT NULL), 0)::BIGINT AS weighed_ore,
        CASE WHEN supplier_kind = 'legal' AND supplier_name <> '' THEN supplier_name END AS supplier_name
    FROM (
        SELECT *, round(quantity * CASE lower(quantity_unit)
            WHEN 'kg' THEN 1e3 WHEN 'g' THEN 1 WHEN 'ton' THEN 1e6 WHEN 't' THEN 1e6 END)::BIGINT AS grams
        FROM lines
    )
    GROUP BY ALL
"""
#: The same kinds of lines in several files of a year are one kind: how lines are split over files changes no figure.
_MERGED = f"""
    SELECT municipality_code, year, {", ".join(_AGREE)}, supplier_name,
        {", ".join(f"sum({name})::BIGINT AS {name}" for name in _SUMMED)}
    FROM parts GROUP BY ALL
"""
_INCOMPLETE = f"SELECT count(*) FROM grouped WHERE {' OR '.join(f'{name} IS NULL' for name in _AGREE)}"


def group_parts(con: "duckdb.DuckDBPyConnection", root: Any, store: Path) -> None:
    """Make ``grouped`` of the parts of all typed files: each kind of line of a municipality's year once.

    Parts that are missing are made, and those of no file removed.

    Args:
        con: the database.
        root: the dataset of typed lines.
        store: folder of the parts.

    Raises:
        ContractError: a column of the typed lines is missing, or a cell of theirs.
    """
    parts = make_parts(root, store)
    for path in set(store.glob("municipality_code=*/year=*/*")) - {*parts, *map(seals.seal_of, parts)}:
        if path.is_dir():  # as earlier versions kept them
            shutil.rmtree(path, ignore_errors=True)
        elif not path.name.startswith("."):  # a draft of another run
            path.unlink(missing_ok=True)
    view_parquet(con, "parts", map(str, parts))
    if len({part.parent for part in parts}) == len(parts):
        con.execute("CREATE OR REPLACE TEMP VIEW grouped AS FROM parts")
    else:
        con.execute(f"CREATE OR REPLACE TEMP TABLE grouped AS {_MERGED}")
    ((missing,),) = con.execute(_INCOMPLETE).fetchall()
    if missing:
        raise ContractError(
            f"typed ledger lines: {missing:,} kinds of lines have a cell without a value where text is empty. Remove "
            "the folder spend/ledger of the intermediate tables: the next run reads the ledgers anew."
        )


def make_parts(root: Any, store: Path, *, code: str = "*", year: int | None = None) -> list[Path]:
    """The parts of the typed files of a municipality and year, or of all; those that are missing are made.

    Two runs may make the same part: each writes a draft of its own, and one takes the place of the other.

    Returns:
        Their paths, by municipality, year and file.
    """
    pattern = f"municipality_code={code}/year={'*' if year is None else year}/*.parquet"
    parts = []
    for typed, key in _keyed(sorted(root.glob(pattern), key=str), store):
        place = Path(*typed.parts[-3:-1])
        part = store / place / f"{typed.stem}-{key}.parquet"
        parts.append(part)
        if not seals.is_whole(part):
            _make_part(root, f"{place.as_posix()}/{typed.name}", part)
    return parts


def _make_part(root: Any, typed: str, part: Path) -> None:
    """Group the lines of one typed file.

    A small one needs no second thread, and of a very large one two do not fit: each keeps groups of its own at first.
    """
    size = (root / typed).stat().st_size
    part.parent.mkdir(parents=True, exist_ok=True)
    draft = part.with_name(f".{part.name}.{uuid.uuid4().hex}")
    try:
        with database(threads=1 if size > _ONE_THREAD_FROM else threads_for(size)) as con:
            view_lines(con, root, typed)
            con.execute(f"COPY ({_GROUPS}) TO '{quoted(draft)}' (FORMAT parquet, COMPRESSION lz4)")
        seals.put_in_place(draft, part)
    finally:
        draft.unlink(missing_ok=True)


def _keyed(files: Iterable[Any], store: Path) -> Iterator[tuple[Any, str]]:
    """Every file with its key; a file whose size and time are as before is not read for it."""
    memory = store / _MEMORY
    known: dict[str, list[Any]] = json.loads(memory.read_text(encoding="utf-8")) if seals.is_whole(memory) else {}
    before = dict(known)
    for file in files:
        stat, name = file.stat(), "/".join(file.parts[-3:])
        stamp = [stat.st_size, getattr(stat, "st_mtime_ns", 0)]
        if known.get(name, [])[:2] != stamp or not stamp[1]:
            known[name] = [*stamp, _hash_of(file)]
        yield file, hashlib.sha256(f"{known[name][2]}{_code()}".encode()).hexdigest()[:16]
    if known != before:
        store.mkdir(parents=True, exist_ok=True)
        draft = memory.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(known, indent=0, sort_keys=True), encoding="utf-8")
        seals.put_in_place(draft, memory)


def _hash_of(file: Any) -> str:
    """Of the bytes of typed lines, which are what reading put in place."""
    found, seal = file_hash(file).sha256, seals.seal_of(file)
    if seal.is_file() and seal.read_text(encoding="ascii", errors="replace") != found:
        raise ContractError(f"typed ledger lines: {file} is damaged. The next refresh reads the ledger anew.")
    return found


@lru_cache(maxsize=1)
def _code() -> str:
    here = Path(__file__).parent
    code = b"".join((here / f"{name}.py").read_bytes() for name in _CODE)
    return hashlib.sha256(code + version("duckdb").encode()).hexdigest()
