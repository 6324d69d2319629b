"""The file of renames: what it may say, and that the shipped one fits the contracts."""

from pathlib import Path

import pytest

from klimat_pipeline.contracts import PUBLISHED, TABLES
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.published.renames import Renames, load_renames

HEADER = "old_table,old_column,new_table,new_column,since,reason\n"
EVERY = {**TABLES, **PUBLISHED}
#: Assets that are no table.
NO_TABLES = ("sources/all_inputs",)


def renames(folder: Path, *rows: str) -> Renames:
    path = folder / "renames.csv"
    path.write_text(HEADER + "".join(f"{row},2026-01-02,why\n" for row in rows), encoding="utf-8")
    return load_renames(path)


def test_names_are_followed_to_todays(tmp_path: Path) -> None:
    found = renames(tmp_path, "a,,b,", "b,,c,", "a,x,a,y", "c,y,c,z")
    assert [found.table(name) for name in "abcd"] == ["c", "c", "c", "d"]
    assert found.columns_of("c", ["x", "w"]) == {"x": "z", "w": "w"}
    assert found.columns_of("d", ["x"]) == {"x": "x"}


def test_what_has_both_names_keeps_them(tmp_path: Path) -> None:
    found = renames(tmp_path, "a,,b,", "b,x,b,y")
    assert found.table("a", {"a", "b"}) == "a"
    assert found.columns_of("b", ["x", "y"]) == {"x": "x", "y": "y"}


def test_new_tables_and_columns(tmp_path: Path) -> None:
    found = renames(tmp_path, ",,b,", ",,c,x")
    assert (found.new_tables, found.new_columns) == ({"b"}, {("c", "x")})


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (["a,,a,"], "renames.csv:2: a is renamed to itself"),
        (["a,,b,", "a,,c,"], "renames.csv:3: a is renamed twice"),
        (["a,,c,", "b,,c,"], "renames.csv:3: two names become c"),
        (["a,x,a,y", "a,z,a,y"], "renames.csv:3: two names become a.y"),
        (["a,x,b,"], "renames.csv:2: a table is renamed to a table"),
        ([",x,b,y"], "renames.csv:2: a table is renamed to a table"),
        (["a,,b,", "b,,a,"], "renames.csv: a is renamed in a circle"),
        (["a,x,a,y", "a,y,a,x"], "renames.csv: a.x is renamed in a circle"),
        (["a,x,b,x"], "renames.csv: a.x moves to b"),
        (["A b,,c,"], "renames.csv:2: column old_table: expected the form"),
    ],
)
def test_contradictions_are_told(tmp_path: Path, rows: list[str], problem: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        renames(tmp_path, *rows)
    assert problem in str(caught.value)


def test_keys_between_stages_are_followed_to_those_that_there_are(tmp_path: Path) -> None:
    """A key that is a table of today, and a published name, are not among them."""
    found = renames(
        tmp_path,
        "clean/old,,clean/older,",
        "clean/older,,clean/targets,",
        "clean/releases,,clean/x,",
        "spend_scope,,sectors,",
    )
    assert found.keys() == {"clean/old": "clean/targets", "clean/older": "clean/targets"}


def test_the_shipped_file_fits_the_contracts() -> None:
    """Of each rename, today's contracts know one name and not the other: a misspelt one is found when it happens."""
    found = load_renames()
    held = {name: set(contract.column_names) for name, contract in EVERY.items()} | {name: set() for name in NO_TABLES}
    tables = {(old, found.table(old)) for old in found.tables}
    assert [pair for pair in tables if (pair[0] in held) == (pair[1] in held)] == []
    for (table, old), (_, new) in found.columns.items():
        today = held.get(found.table(table)) or held[table]
        last = found.columns_of(found.table(table), [old])[old]
        assert (old in today) != (last in today), (table, old, new)
