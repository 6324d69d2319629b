"""An invented ledger from CSV and Parquet to every result table, against DuckDB's own read of it and a query by hand.

Of three forms: ``whole``, a CSV of seventeen columns; ``narrow``, of six (sixty to eighty bytes a line); and the whole
one as Parquet. The floor, as somebody would write it by hand, at the same memory limit and with the classes given to
it ready-made:

* ``read``: DuckDB's ``read_csv`` with every type told (nothing is detected), written to Parquet with zstd;
* ``query``: from that Parquet, the join with classes and factors, deflation, and one aggregation;
* ``direct``: the same query over ``read_csv`` itself: nothing is kept, so another question reads the file again.

Ours is what a run does: hash, detect, validate, withhold persons, leave out by rule, quarantine, balance, typed lines
as Parquet by year, overlap, and all result tables. The bar is read + query; ``direct`` is stated beside it. Every part
runs in a process of its own; its processor time, wall time and largest size are printed. KLIMAT_BENCH_LINES says how
many lines (a million without it), KLIMAT_BENCH_DIR where the files lie meanwhile.
"""

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.apart import apart, in_turns, main_of, print_cases
from benchmarks.ratio import PROJECT

MODULE = "benchmarks.read_ledger"
LIMIT, LIMIT_GB, MEMORY, CODE = 4.5, 1.0, "600MB", "9999"
_TYPES = {"belopp": "DECIMAL(15,2)", "datum": "DATE", "antal": "DOUBLE"}
#: What a small export holds: some sixty bytes a line.
_NARROW = ("datum", "leverantor_id", "konto_nr", "konto_text", "forvaltning", "belopp")
_FILES = {"whole": "ledger.csv", "narrow": "narrow.csv", "parquet": "ledger.parquet"}
BY_HAND = """
    CREATE TEMP TABLE result AS
    SELECT year(datum) AS year, month(datum) AS month, forvaltning, leverantor_id, l.konto_nr, k.category,
        k.classified_by, k.left_out_rule, count(*) AS lines, sum(belopp) AS sek,
        sum(belopp::DOUBLE * k.deflator) AS real_sek, sum(belopp::DOUBLE * k.kg_per_sek) AS kg {column}
    FROM {source} AS l JOIN classes AS k ON k.account = l.konto_nr AND k.account_text = l.konto_text {codes}
    GROUP BY ALL
"""
#: What the query asks of a ledger that has it: contracts, and codes that decide the class.
_MORE = {
    "whole": {"column": ", avtal", "codes": "AND k.cpv = coalesce(l.cpv, '') AND k.sni = coalesce(l.sni, '')"},
    "narrow": {"column": "", "codes": ""},
}


def main() -> None:
    lines = int(os.environ.get("KLIMAT_BENCH_LINES", "1000000"))
    with tempfile.TemporaryDirectory(dir=os.environ.get("KLIMAT_BENCH_DIR")) as name:
        folder = Path(name)
        apart(MODULE, "prepare", folder, str(lines))
        cases = [case for case in CASES if case != "prepare"]
        middle, _ = in_turns(MODULE, cases, folder, runs=1 if lines > 2_000_000 else 3)
        sizes = {source: (folder / file).stat().st_size / 1e6 for source, file in _FILES.items()}
    for source, size in sizes.items():
        ours, asked = middle[f"ours_{source}"], "narrow" if source == "narrow" else "whole"
        floor = {
            kind: middle[f"read_{source}"][kind] + middle[f"query_{asked}"][kind] for kind in ("processor", "wall")
        }
        print(
            f"{ours['processor'] / floor['processor']:5.2f}  a ledger of {lines:,} lines ({source}, {size:,.0f} MB) to "
            f"all result tables against DuckDB's own read of it and a query by hand: {ours['processor']:.2f} s of "
            f"processor / {floor['processor']:.2f} s, meant to stay below {LIMIT:g} (wall {ours['wall']:.2f} s / "
            f"{floor['wall']:.2f} s = {ours['wall'] / floor['wall']:.2f}); largest size {ours['gigabytes']:.2f} GB, "
            f"meant to stay below {LIMIT_GB:g} GB",
            flush=True,
        )
    print_cases(middle)


def prepare(folder: Path, lines: int = 1_000_000) -> None:
    """The ledger as CSV and as typed Parquet, and for the query by hand the classes as the pipeline has them."""
    import duckdb

    from klimat_pipeline.spend.footprint.cube import build_cube
    from klimat_pipeline.spend.footprint.groups import group_parts
    from klimat_pipeline.spend.footprint.local_mappings import no_local_mappings
    from klimat_pipeline.spend.footprint.mappings import load_spend_reference
    from klimat_pipeline.spend.ledger.database import database
    from klimat_pipeline.spend.ledger.example import write_example

    write_example(folder / "ledger.csv", lines=lines, seed=3, year=2023)
    with duckdb.connect() as con:
        con.execute(f"COPY (FROM {_typed_csv(folder, 'whole')}) TO '{folder}/ledger.parquet' (FORMAT parquet)")
        con.execute(
            f"COPY (SELECT {', '.join(_NARROW)} FROM read_csv('{folder}/ledger.csv', delim=';', all_varchar=true)) "
            f"TO '{folder}/narrow.csv' (DELIM ';', HEADER)"
        )
    for source in _MORE:
        _door(folder, source)
        with database(memory=MEMORY) as con:
            group_parts(con, folder / "lines", folder / "parts")
            build_cube(con, load_spend_reference(PROJECT / "data" / "reference"), no_local_mappings(), {})
            con.execute(
                "COPY (SELECT DISTINCT account, account_text, cpv, sni, k.category, classified_by, left_out_rule, "
                " deflator, mg_per_ore / 1e4 AS kg_per_sek FROM classified AS k LEFT JOIN factors AS f "
                "USING (municipality_code, year, category) LEFT JOIN deflators AS d ON d.year = k.year AND "
                "d.category = CASE WHEN k.category IN ('', 'unmapped') THEN '*' ELSE k.category END) "
                f"TO '{folder}/classes_{source}.parquet'"
            )


def read(folder: Path, source: str) -> None:
    of = f"'{folder}/ledger.parquet'" if source == "parquet" else _typed_csv(folder, source)
    _hand(folder, f"COPY (FROM {of}) TO '{folder}/hand_{source}.parquet' (FORMAT parquet, COMPRESSION zstd)")


def query(folder: Path, source: str) -> None:
    _hand(folder, BY_HAND.format(source=f"'{folder}/hand_{source}.parquet'", **_MORE[source]), source)


def direct(folder: Path, source: str) -> None:
    _hand(folder, BY_HAND.format(source=_typed_csv(folder, source), **_MORE[source]), source)


CASES: dict[str, Callable[..., None]] = {"prepare": prepare}
for _source in _FILES:
    CASES[f"read_{_source}"] = partial(read, source=_source)
    if _source in _MORE:
        CASES[f"query_{_source}"] = partial(query, source=_source)
        CASES[f"direct_{_source}"] = partial(direct, source=_source)


def _typed_csv(folder: Path, source: str) -> str:
    path = folder / _FILES[source]
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(";")
    columns = {name: _TYPES.get(name, "VARCHAR") for name in names}
    return f"read_csv('{path}', delim=';', decimal_separator=',', header=true, auto_detect=false, columns={columns})"


def _hand(folder: Path, statement: str, source: str = "") -> None:
    from klimat_pipeline.spend.ledger.database import database

    with database(memory=os.environ.get("KLIMAT_BENCH_HAND_MEMORY", MEMORY)) as con:
        if source:
            con.execute(f"CREATE TEMP TABLE classes AS FROM '{folder}/classes_{source}.parquet'")
        con.execute(statement)


def _door(folder: Path, source: str) -> Any:
    from klimat_pipeline.configuration.spend import SpendSettings
    from klimat_pipeline.spend.ledger.read_files import read_ledgers
    from klimat_pipeline.spend.ledger.store import SpendStore

    class Here(SpendStore):
        def lines(self, code: str) -> Path:
            return folder / "lines" / f"municipality_code={code}"

    settings = SpendSettings(ledgers=[str(folder / _FILES[source])])
    return read_ledgers({CODE: (folder, settings)}, PROJECT / "data" / "reference", b"a key", Here(folder / "state"))


def ours(folder: Path, source: str) -> None:
    import shutil

    import pandas as pd

    from klimat_pipeline.contracts import table
    from klimat_pipeline.spend.footprint.local_mappings import no_local_mappings
    from klimat_pipeline.spend.footprint.mappings import load_spend_reference
    from klimat_pipeline.spend.ledger.ledger_totals import ledger_totals
    from klimat_pipeline.spend.ledger.reference import load_ledger_reference
    from klimat_pipeline.spend.results.all_tables import spend_results

    for made in ("lines", "state"):
        shutil.rmtree(folder / made, ignore_errors=True)
    reference = PROJECT / "data" / "reference"
    scope = ledger_totals(_door(folder, source), {CODE: load_ledger_reference(reference).rules})
    empty = {
        what: pd.DataFrame(columns=table(key).column_names)
        for what, key in (("organisation", "inventory/inventory_organisation"), ("population", "clean/population"))
    }
    found = spend_results(
        folder / "lines", load_spend_reference(reference), no_local_mappings(), {}, passed=scope, memory=MEMORY, **empty
    )
    if found["spend/spend_reconciliation"]["amount_ore"].sum() != scope["amount_ore"].sum():
        raise RuntimeError("the balance is not that of the door")


CASES |= {f"ours_{_source}": partial(ours, source=_source) for _source in _FILES}


if __name__ == "__main__":
    main_of(main, CASES)
