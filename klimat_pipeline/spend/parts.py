"""Groups of lines per typed ledger file, kept: a new month's file costs that file, and the groups of the others are
read.

A part is what the only pass over the lines makes of one typed file, as a folder of four Parquet files:

* ``kinds``: what classifies a line, its contract and supplier aside; each kind once, named by a hash.
* ``parties``: unit, supplier and contract; each combination once, named by a hash.
* ``groups``: lines, whole oere and grams of the lines that agree in kind, party and month.
* ``names``: of legal persons.

It follows from the bytes of the typed file and from the code here alone, and is named by their hash; mappings, factors,
prices and configuration come after it, so changing them reads no line anew. What does not belong here: classification,
emissions (``cube``), reading ledgers (``door``).
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.errors import ContractError
from klimat_pipeline.spend.content import content_of
from klimat_pipeline.spend.engine import database, view_lines
from klimat_pipeline.spend.placed import quoted

if TYPE_CHECKING:
    import duckdb

#: Modules whose change makes every part anew, as another version of the database does: its hashes may be others.
_CODE = ("engine", "parts")
_MEMORY = "hashes.json"
#: What is one number in ``groups``; it is the same in every file, so that parts need not know of each other.
_KIND = ("municipality_code", "year", "account", "account_text", "cpv", "sni", "currency", "left_out_rule")
_PARTY = ("municipality_code", "unit", "supplier_id", "supplier_kind", "contract_id")
_AGREE = f"""
    hash({", ".join(_KIND)}) AS kind, hash({", ".join(_PARTY)}) AS party, currency <> 'SEK' AS is_foreign,
    month::INTEGER AS month
"""
_GRAMS = "round(quantity * CASE lower(quantity_unit) WHEN 'kg' THEN 1e3 WHEN 'g' THEN 1 ELSE 1e6 END)::BIGINT"
#: What was weighed comes on top, without lines and kronor: few lines say so, and Parquet knows where none does. Whole
#: oere and grams of a file fit in 64 bits (9e16 kronor); wider ones Parquet would round.
_AGREEING = f"""
    CREATE OR REPLACE TEMP TABLE agreeing AS
    SELECT {_AGREE}, count(*) AS lines, sum(amount_ore)::BIGINT AS amount_ore, 0::BIGINT AS quantity_g,
        0::BIGINT AS weighed_ore, min(file_row_number) AS first_row
    FROM lines GROUP BY ALL
    UNION ALL
    SELECT {_AGREE}, 0 AS lines, 0 AS amount_ore, sum({_GRAMS})::BIGINT AS quantity_g,
        sum(amount_ore)::BIGINT AS weighed_ore, min(file_row_number) AS first_row
    FROM lines WHERE quantity IS NOT NULL AND lower(quantity_unit) IN ('kg', 'g', 'ton', 't') GROUP BY ALL
"""  # noqa: S608 - names of this module
_NAMES = """
    SELECT municipality_code, supplier_id, min(supplier_name) AS supplier_name
    FROM lines WHERE supplier_kind = 'legal' AND supplier_name <> '' GROUP BY ALL
"""


def _first_of(what: str, names: Sequence[str]) -> str:
    """What a hash stands for, read from the first line that has it: the database goes to those rows alone."""
    return f"""
        SELECT {what}, {", ".join(names)}
        FROM lines JOIN (SELECT {what}, min(first_row) AS file_row_number FROM agreeing GROUP BY {what})
        USING (file_row_number)
    """  # noqa: S608 - names of this module


_PARTS = {
    "kinds": _first_of("kind", _KIND),
    "parties": _first_of("party", _PARTY),
    "groups": "SELECT * EXCLUDE (first_row) FROM agreeing",
    "names": _NAMES,
}
#: Kronor of other currencies are rounded group by group: they are grouped over all files, so that splitting a file
#: changes nothing.
_READ = """
    CREATE OR REPLACE TEMP TABLE grouped AS
    SELECT * FROM read_parquet($groups, hive_partitioning = false) WHERE NOT is_foreign
    UNION ALL
    SELECT kind, party, is_foreign, month, sum(lines)::BIGINT, sum(amount_ore)::BIGINT, sum(quantity_g)::BIGINT,
        sum(weighed_ore)::BIGINT
    FROM read_parquet($groups, hive_partitioning = false) WHERE is_foreign GROUP BY ALL
"""
_MISSING = " + ".join(
    f"(SELECT count(*) FROM {table} WHERE {' || '.join(f'{name}::VARCHAR' for name in names)} IS NULL)"  # noqa: S608
    for table, names in (("kinds", _KIND), ("parties", _PARTY))
)
_SAME = """
    (SELECT count(*) - count(DISTINCT kind) FROM kinds) + (SELECT count(*) - count(DISTINCT party) FROM parties)
"""


def group_parts(con: "duckdb.DuckDBPyConnection", root: Any, store: Path) -> None:
    """Make ``kinds``, ``parties``, ``grouped`` and ``supplier_names`` from the parts of all typed files.

    Parts that are missing are made, and those of no file removed.

    Args:
        con: the database.
        root: the dataset of typed lines.
        store: folder of the parts.

    Raises:
        ContractError: a column of the typed lines is missing, or a cell of theirs.
    """
    parts = make_parts(con, root, store)
    present = set(parts)
    for path in store.glob("municipality_code=*/year=*/*"):
        if path not in present and not path.name.startswith("."):
            shutil.rmtree(path, ignore_errors=True)
    paths = {name: [str(part / f"{name}.parquet") for part in parts] for name in _PARTS}
    for name in ("kinds", "parties"):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT * "  # noqa: S608 - a name of this module
            "FROM read_parquet($paths, hive_partitioning = false)",
            {"paths": paths[name]},
        )
    con.execute(_READ, {"groups": paths["groups"]})
    names = con.sql("SELECT * FROM read_parquet($paths, hive_partitioning = false)", params={"paths": paths["names"]})
    names.create_view("supplier_names", replace=True)
    _refuse_faults(con)


def _refuse_faults(con: "duckdb.DuckDBPyConnection") -> None:
    ((missing, same),) = con.execute(f"SELECT {_MISSING}, {_SAME}").fetchall()
    if missing:
        raise ContractError(
            f"typed ledger lines: {missing:,} kinds of lines have a cell without a value where text is empty. Remove "
            "the folder spend/ledger of the intermediate tables: the next run reads the ledgers anew."
        )
    if same:  # one in some 1e10 ledgers
        raise ContractError("typed ledger lines: two kinds of lines have one hash. Change the text of an account.")


def make_parts(
    con: "duckdb.DuckDBPyConnection", root: Any, store: Path, *, code: str = "*", year: int | None = None
) -> list[Path]:
    """The parts of the typed files of a municipality and year, or of all; those that are missing are made.

    Two runs may make the same part: each writes a draft of its own, and one takes the place.

    Returns:
        Their folders, by municipality, year and file.
    """
    pattern = f"municipality_code={code}/year={'*' if year is None else year}/*.parquet"
    parts = []
    for typed, key in _keyed(sorted(root.glob(pattern), key=str), store):
        place = Path(*typed.parts[-3:-1])
        part = store / place / f"{typed.stem}-{key}"
        parts.append(part)
        if part.is_dir():
            continue
        draft = part.with_name(f".{part.name}.{uuid.uuid4().hex}")
        draft.mkdir(parents=True)
        try:
            view_lines(con, root, f"{place.as_posix()}/{typed.name}")
            con.execute(_AGREEING)
            for name, query in _PARTS.items():
                con.execute(f"COPY ({query}) TO '{quoted(draft / name)}.parquet' (FORMAT parquet, COMPRESSION lz4)")
            con.execute("DROP TABLE agreeing")
            with suppress(OSError):  # another run was first
                draft.rename(part)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
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
            known[name] = [*stamp, content_of(file).sha256]
        yield file, hashlib.sha256(f"{known[name][2]}{_code()}".encode()).hexdigest()[:16]
    if known != before:
        store.mkdir(parents=True, exist_ok=True)
        draft = memory.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(known, indent=0, sort_keys=True), encoding="utf-8")
        draft.replace(memory)


@lru_cache(maxsize=1)
def _code() -> str:
    here = Path(__file__).parent
    code = b"".join((here / f"{name}.py").read_bytes() for name in _CODE)
    return hashlib.sha256(code + version("duckdb").encode()).hexdigest()
