"""The benchmarks of the ledgers reach into the stage: they still run, on few lines, and both sides agree. No clock.

One case is run as the benchmark runs it, in a process of its own; the others are called.
"""

from pathlib import Path

import duckdb

from benchmarks import read_ledger, spend
from benchmarks.apart import apart

LINES = 3000


def test_typed_lines_against_the_query_by_hand(tmp_path: Path) -> None:
    spend.CASES["prepare"](tmp_path, LINES)
    assert apart(spend.MODULE, "ours", tmp_path)["processor"] > 0
    with duckdb.connect() as con:
        con.execute(f"CREATE VIEW lines AS FROM '{tmp_path}/lines/*/*/*.parquet'")
        con.execute(f"CREATE TABLE classes AS FROM '{tmp_path}/classes.parquet'")
        con.execute(f"CREATE TABLE hand_factors AS FROM '{tmp_path}/factors.parquet'")
        con.execute(spend.BY_HAND)
        found = con.execute("SELECT sum(lines), sum(ore) FROM result").fetchall()
        assert found == con.execute("SELECT count(*), sum(amount_ore) FROM lines").fetchall()
        assert found[0][0] == LINES


def test_a_ledger_against_the_query_by_hand(tmp_path: Path) -> None:
    """The narrow ledger; the others are the same cases on another file."""
    read_ledger.CASES["prepare"](tmp_path, LINES)
    for what in ("read_narrow", "ours_narrow", "query_narrow", "direct_narrow", "ours_parquet"):
        read_ledger.CASES[what](tmp_path)
