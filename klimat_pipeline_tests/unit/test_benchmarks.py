"""Benchmarks that reach into a stage still run, on few lines and places, and both sides agree. No clock.

One case is run as the benchmark runs it, in a process of its own; the others are called.
"""

from pathlib import Path

import duckdb
import pytest

from benchmarks import corrections, pathways, read_ledger, spend
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


def test_futures_of_made_up_municipalities() -> None:
    """Two places, ten indicators each, three scenarios; one of the indicators is a target."""
    drawn, probability, sensitivity = pathways.futures(pathways.synthetic(2), 20)
    assert drawn.groupby("municipality_code")["line"].nunique().to_dict() == {"1000": 10, "1001": 10}
    assert set(drawn["year"]) >= {pathways.TARGET_YEAR}
    assert sorted(set(probability["municipality_code"])) == ["1000", "1001"]
    assert set(probability["target_id"]) == {"total"}
    assert set(sensitivity["municipality_code"]) == {"1000", "1001"}


def test_corrections_of_made_up_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six corrections of twelve years each, a third of which replaces with 0.9 t."""
    for name, size in (("PLACES", 3), ("SUBSTANCES", 2), ("SECTORS", 4), ("ENTRIES", 6)):
        monkeypatch.setattr(corrections, name, size)
    emissions = corrections.synthetic_emissions()
    corrected = corrections.applied(emissions, corrections.synthetic_subsectors(), corrections.synthetic_registers())
    assert len(corrected) == len(emissions) == 3 * 2 * 4 * corrections.YEARS
    is_moved = corrected["emissions_t"] != corrected["emissions_reported_t"]
    assert is_moved.sum() == 6 * corrections.YEARS
    assert (corrected["emissions_t"] == 0.9).sum() == 2 * corrections.YEARS
