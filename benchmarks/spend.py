"""Ten million typed ledger lines: from Parquet to every result table, against one query by hand.

The query joins the same classes and factors, deflates, and aggregates by the same dimensions once, at the same memory
limit; the classes are handed to it ready-made. Each runs in a process of its own, whose largest size is printed.
KLIMAT_BENCH_TYPED_LINES says how many lines (ten million without it).
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.apart import apart, in_turns, main_of, print_cases
from benchmarks.ratio import PROJECT

MODULE, LIMIT, LIMIT_GB, RUNS, MEMORY = "benchmarks.spend", 1.5, 1.5, 3, "600MB"

BY_HAND = """
    CREATE TEMP TABLE result AS
    SELECT l.municipality_code, l.year, l.month, l.unit, l.supplier_id, l.supplier_kind, l.contract_id, l.account,
        k.category, k.classified_by, l.left_out_rule, count(*) AS lines, sum(l.amount_ore) AS ore,
        sum(l.amount_ore * f.deflator) AS real_ore, sum(l.amount_ore * f.kg_per_sek) AS kg
    FROM lines AS l
    JOIN classes AS k USING (account, account_text, cpv, sni, left_out_rule)
    LEFT JOIN hand_factors AS f ON f.year = l.year AND f.category = k.category
    GROUP BY ALL
"""


def main() -> None:
    lines = int(os.environ.get("KLIMAT_BENCH_TYPED_LINES", "10000000"))
    with tempfile.TemporaryDirectory(dir=os.environ.get("KLIMAT_BENCH_DIR")) as folder:
        apart(MODULE, "prepare", Path(folder), str(lines))
        middle, found = in_turns(MODULE, ["ours", "hand"], Path(folder), RUNS)
    mine, hand = middle["ours"], middle["hand"]
    each = " ".join(f"{a['wall'] / b['wall']:.2f}" for a, b in zip(found["ours"], found["hand"], strict=True))
    print(
        f"{mine['wall'] / hand['wall']:5.2f}  {lines:,} typed lines from Parquet to all result tables against one "
        f"DuckDB query by hand: {mine['wall']:.2f} s / {hand['wall']:.2f} s, meant to stay below {LIMIT:g}  [{each}]; "
        f"largest size {mine['gigabytes']:.2f} GB, meant to stay below {LIMIT_GB:g} GB",
        flush=True,
    )
    print_cases(middle)


def prepare(folder: Path, lines: int) -> None:
    """The lines, and for the query by hand the classes and factors as the pipeline has them."""
    from klimat_pipeline.spend.ledger.database import database
    from klimat_pipeline_tests.support.ledgers import write_many

    root = write_many(folder / "lines", lines)
    reference, own = inputs()
    from klimat_pipeline.spend.footprint.cube import build_cube
    from klimat_pipeline.spend.footprint.groups import group_parts

    with database(memory=MEMORY) as con:
        group_parts(con, root, folder / "parts")
        used, _ = build_cube(con, reference, own, {})
        con.register("used", used)
        con.execute(f"COPY (SELECT * FROM used) TO '{folder}/factors.parquet'")
        con.execute(
            "COPY (SELECT DISTINCT account, account_text, cpv, sni, left_out_rule, category, classified_by "
            f"FROM classified) TO '{folder}/classes.parquet'"
        )


def inputs() -> tuple[Any, Any]:
    from klimat_pipeline.spend.footprint.local_mappings import no_local_mappings
    from klimat_pipeline.spend.footprint.mappings import load_spend_reference

    return load_spend_reference(PROJECT / "data" / "reference"), no_local_mappings()


def ours(folder: Path) -> None:
    import pandas as pd

    from klimat_pipeline.contracts import table
    from klimat_pipeline.spend.results.all_tables import spend_results

    reference, own = inputs()
    organisation = pd.DataFrame(columns=table("inventory/inventory_organisation").column_names)
    passed = pd.DataFrame(columns=table("spend/ledger_totals").column_names).astype({"year": "int64"})
    population = pd.DataFrame(columns=table("clean/population").column_names)
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


def hand(folder: Path) -> None:
    from klimat_pipeline.spend.footprint.database import view_lines
    from klimat_pipeline.spend.ledger.database import database

    with database(memory=MEMORY) as con:
        view_lines(con, folder / "lines")
        con.execute(f"CREATE TEMP TABLE classes AS SELECT * FROM '{folder}/classes.parquet'")
        con.execute(f"CREATE TEMP TABLE hand_factors AS SELECT * FROM '{folder}/factors.parquet'")
        con.execute(BY_HAND)


CASES: dict[str, Callable[..., None]] = {"prepare": prepare, "ours": ours, "hand": hand}

if __name__ == "__main__":
    main_of(main, CASES)
