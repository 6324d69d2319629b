"""Ten million typed ledger lines: from Parquet to every result table, against one query by hand.

The query joins the same classes and factors, deflates, and aggregates by the same dimensions once, at the same memory
limit; the classes are handed to it ready-made. Each runs in a process of its own, whose largest size is printed.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.ratio import PROJECT

LINES, LIMIT, RUNS, MEMORY = 10_000_000, 1.5, 3, "900MB"
LIMIT_GB = 1.5

BY_HAND = """
    CREATE TEMP TABLE result AS
    SELECT l.municipality_code, l.year, l.month, l.unit, l.supplier_id, l.supplier_kind, l.contract_id, l.account,
        k.category, k.step, l.left_out_rule, count(*) AS lines, sum(l.amount_ore) AS ore,
        sum(l.amount_ore * f.deflator) AS real_ore, sum(l.amount_ore * f.kg_per_sek) AS kg
    FROM lines AS l
    JOIN classes AS k USING (account, account_text, cpv, sni, left_out_rule)
    LEFT JOIN hand_factors AS f ON f.year = l.year AND f.category = k.category
    GROUP BY ALL
"""


def main(lines: int = LINES) -> None:
    with tempfile.TemporaryDirectory() as folder:
        prepared = run("prepare", folder, str(lines))
        times: dict[str, list[float]] = {"ours": [], "hand": []}
        sizes: dict[str, list[float]] = {"ours": [], "hand": []}
        for _ in range(RUNS):
            for who, taken in times.items():
                said = run(who, folder)
                taken.append(said["seconds"])
                sizes[who].append(said["gigabytes"])
    ratio = median(times["ours"]) / median(times["hand"])
    each = " ".join(f"{a / b:.2f}" for a, b in zip(times["ours"], times["hand"], strict=True))
    print(
        f"{ratio:5.2f}  {prepared['lines']:,} typed lines from Parquet to all result tables against one DuckDB query "
        f"by hand: {median(times['ours']):.2f} s / {median(times['hand']):.2f} s, meant to stay below {LIMIT:g}  "
        f"[{each}]; largest size {max(sizes['ours']):.2f} GB (query {max(sizes['hand']):.2f} GB), meant to stay below "
        f"{LIMIT_GB:g} GB",
        flush=True,
    )


def run(what: str, *arguments: str) -> dict[str, Any]:
    """One of the parts in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.spend", what, *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def prepare(folder: Path, lines: int) -> dict[str, Any]:
    """The lines, and for the query by hand the classes and factors as the pipeline has them."""
    from klimat_pipeline.spend.engine import database
    from klimat_pipeline_tests.support.ledgers import write_many

    root = write_many(folder / "lines", lines)
    reference, own = inputs()
    from klimat_pipeline.spend.cube import build_cube
    from klimat_pipeline.spend.parts import group_parts

    with database(memory=MEMORY) as con:
        group_parts(con, root, folder / "parts")
        used = build_cube(con, reference, own, {})
        con.register("used", used)
        con.execute(f"COPY (SELECT * FROM used) TO '{folder}/factors.parquet'")
        con.execute(
            "COPY (SELECT DISTINCT account, account_text, cpv, sni, left_out_rule, category, step FROM classified) "
            f"TO '{folder}/classes.parquet'"
        )
    return {"lines": lines}


def inputs() -> tuple[Any, Any]:
    from klimat_pipeline.spend.mappings import load_spend_reference
    from klimat_pipeline.spend.own import nothing_own

    return load_spend_reference(PROJECT / "data" / "reference"), nothing_own()


def ours(folder: Path) -> dict[str, Any]:
    import pandas as pd

    from klimat_pipeline.contracts import table
    from klimat_pipeline.spend.results import spend_results

    reference, own = inputs()
    organisation = pd.DataFrame(columns=table("inventory/organisation").column_names)
    passed = pd.DataFrame(columns=table("spend/scope").column_names).astype({"year": "int64"})
    population = pd.DataFrame(columns=table("clean/population").column_names)
    begin_cold()
    started = time.perf_counter()
    spend_results(
        folder / "lines",
        reference,
        own,
        {},
        passed=passed,
        organisation=organisation,
        population=population,
        memory=MEMORY,
    )
    return {"seconds": time.perf_counter() - started, "gigabytes": largest_gb()}


def hand(folder: Path) -> dict[str, Any]:
    from klimat_pipeline.spend.engine import database, view_lines

    begin_cold()
    started = time.perf_counter()
    with database(memory=MEMORY) as con:
        view_lines(con, folder / "lines")
        con.execute(f"CREATE TEMP TABLE classes AS SELECT * FROM '{folder}/classes.parquet'")
        con.execute(f"CREATE TEMP TABLE hand_factors AS SELECT * FROM '{folder}/factors.parquet'")
        con.execute(BY_HAND)
    return {"seconds": time.perf_counter() - started, "gigabytes": largest_gb()}


def begin_cold() -> None:
    """Libraries are loaded on both sides before the clock starts."""
    import duckdb
    import pyarrow.parquet  # noqa: F401

    duckdb.connect().close()


def largest_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        what, folder = sys.argv[1], Path(sys.argv[2])
        said = prepare(folder, int(sys.argv[3])) if what == "prepare" else {"ours": ours, "hand": hand}[what](folder)
        print(json.dumps(said))
