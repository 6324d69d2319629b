"""A new month's file costs that file: parts of other files stay as they are, and the totals are those of all lines."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.contracts import table
from klimat_pipeline.errors import ContractError
from klimat_pipeline.spend.footprint import groups
from klimat_pipeline.spend.footprint.local_mappings import no_local_mappings
from klimat_pipeline.spend.ledger import seals
from klimat_pipeline.spend.ledger.database import database
from klimat_pipeline.spend.results.all_tables import KEYS, spend_results
from klimat_pipeline_tests.support.damage import wrong_byte
from klimat_pipeline_tests.support.ledgers import write_lines
from klimat_pipeline_tests.unit.spend.purchases import FOOD_KG_PER_SEK, REFERENCE, electricity, food, inventory
from klimat_pipeline_tests.unit.spend.results.test_all_tables import _LINES, _SLOW


def results(root: Path, store: Path | None, **chosen: Any) -> dict[str, pd.DataFrame]:
    empty = pd.DataFrame(columns=table("spend/ledger_totals").column_names)
    return spend_results(
        root,
        REFERENCE,
        no_local_mappings(),
        {"1283": SpendFactors(**chosen)},
        passed=empty,
        organisation=inventory(),
        population=pd.DataFrame(columns=table("clean/population").column_names),
        threads=1,
        parts=store,
    )


def kinds(root: Path, store: Path | None) -> pd.DataFrame:
    """The kinds of lines, which is all that the result tables are computed from; a tenth of the time of these."""
    with TemporaryDirectory() as nowhere, database(threads=1) as con:
        groups.group_parts(con, root, store or Path(nowhere))
        found = con.execute("FROM grouped").df().sort_index(axis="columns")
    return found.sort_values(list(found.columns), ignore_index=True)


def month(root: Path, number: int, *rows: dict[str, Any]) -> None:
    """A month's file beside those that are there."""
    with TemporaryDirectory() as folder:
        for path in write_lines(Path(folder), rows).rglob("*.parquet"):
            place = root / path.relative_to(folder).with_name(f"month{number}.parquet")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())


def kept(store: Path) -> dict[str, tuple[bytes, int]]:
    """Bytes and time of every part, by name."""
    return {
        part.relative_to(store).as_posix(): (part.read_bytes(), part.stat().st_mtime_ns)
        for part in store.glob("municipality_code=*/year=*/*.parquet")
    }


def same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    for key in KEYS:
        pd.testing.assert_frame_equal(one[key], other[key], check_exact=True)


def test_a_new_month_leaves_the_parts_of_the_others_untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, store = tmp_path / "lines", tmp_path / "parts"
    month(root, 1, food(1, 1_000_00), electricity(2, 300_00), food(3, 50_00, year=2022))
    month(root, 2, food(4, 500_00, month=2))
    kinds(root, store)
    before = kept(store)
    assert len(before) == 3  # month 1 has lines of two years
    month(root, 3, food(5, 250_00, month=3), food(6, -1_00, month=1))
    grouped: list[str] = []
    view = groups.view_lines
    monkeypatch.setattr(groups, "view_lines", lambda con, root, *one: (grouped.extend(one), view(con, root, *one)))
    found = results(root, store)
    assert grouped == ["municipality_code=1283/year=2023/month3.parquet"]
    after = kept(store)
    assert {name: after[name] for name in before} == before
    assert len(after) == 4
    same(found, results(root, None))
    # 1,000 + 500 + 250 - 1 kronor of food in 2023, by hand.
    by = found["spend/spend_by_category"].set_index(["year", "spend_category"])
    assert by.loc[(2023, "food_products"), "spend_sek"] == 1749.0
    assert by.loc[(2023, "food_products"), "footprint_t_co2e"] == pytest.approx(1.749 * FOOD_KG_PER_SEK)


def test_other_factors_read_no_line_anew(tmp_path: Path) -> None:
    root, store = tmp_path / "lines", tmp_path / "parts"
    month(root, 1, food(1, 1_000_00, year=2022))
    kinds(root, store)
    before = kept(store)
    doubled = [{"year": 2022, "value": 371.91 / 2, "source": "the test's input"}]
    found = results(root, store, price_index=doubled)
    assert kept(store) == before
    same(found, results(root, None, price_index=doubled))


def test_a_file_that_changed_is_grouped_anew_and_one_that_is_gone_leaves_no_part(tmp_path: Path) -> None:
    root, store = tmp_path / "lines", tmp_path / "parts"
    month(root, 1, food(1, 1_000_00))
    month(root, 2, food(2, 500_00, month=2))
    kinds(root, store)
    before = kept(store)
    month(root, 2, food(2, 700_00, month=2))
    found = results(root, store)
    same(found, results(root, None))
    assert found["spend/spend_by_category"]["spend_sek"].tolist() == [1700.0]
    assert len(kept(store)) == 2
    assert len(kept(store).items() & before.items()) == 1
    (root / "municipality_code=1283" / "year=2023" / "month1.parquet").unlink()
    assert kinds(root, store)["amount_ore"].tolist() == [700_00]
    assert len(kept(store)) == 1


def test_a_part_of_other_code_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, store = tmp_path / "lines", tmp_path / "parts"
    month(root, 1, food(1, 1_000_00))
    kinds(root, store)
    (before,) = kept(store)
    monkeypatch.setattr(groups, "_code", lambda: "another")
    kinds(root, store)
    (after,) = kept(store)
    assert after != before


def test_a_damaged_memory_of_hashes_costs_time_only(tmp_path: Path) -> None:
    root, store = tmp_path / "lines", tmp_path / "parts"
    month(root, 1, food(1, 1_000_00))
    kinds(root, store)
    before = kept(store)
    (store / "hashes.json").write_text("{", encoding="utf-8")
    pd.testing.assert_frame_equal(kinds(root, store), kinds(root, None))
    assert kept(store) == before


def test_large_sums_are_whole(tmp_path: Path) -> None:
    """2^53 + 1 oere and a last oere: floating point would lose one of them."""
    root, store = tmp_path / "lines", tmp_path / "parts"
    month(root, 1, food(1, 2**53), food(2, 1))
    kinds(root, store)
    import pyarrow.parquet as pq

    (part,) = store.rglob("*.parquet")
    found = pq.read_table(part, partitioning=None)
    assert found["amount_ore"].to_pylist() == [2**53 + 1]
    assert str(found.schema.field("amount_ore").type) == "int64"


def test_a_cell_that_is_missing_is_told(tmp_path: Path) -> None:
    """A text without a value would be of no kind: its kronor would be in no table."""
    root = write_lines(tmp_path / "lines", [food(1, 1_00, cpv=None)])
    with pytest.raises(ContractError, match="1 kinds of lines have a cell without a value"):
        kinds(root, tmp_path / "parts")


def test_what_another_run_has_made_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs make the same part: the second finds its place taken, and leaves nothing lying about."""
    root, store = tmp_path / "lines", tmp_path / "parts"
    month(root, 1, food(1, 1_000_00))
    view = groups.view_lines

    def meanwhile(con: Any, root: Path, *one: str) -> None:
        monkeypatch.setattr(groups, "view_lines", view)
        kinds(root, store)
        view(con, root, *one)

    monkeypatch.setattr(groups, "view_lines", meanwhile)
    assert kinds(root, store)["amount_ore"].tolist() == [1000_00]
    assert len(kept(store)) == 1


@_SLOW
@given(rows=_LINES, files=st.integers(2, 4))
def test_parts_change_nothing(rows: list[dict[str, object]], files: int) -> None:
    with TemporaryDirectory() as folder:
        root = write_lines(Path(folder) / "lines", rows, parts=files)
        first, again = kinds(root, Path(folder) / "parts"), kinds(root, Path(folder) / "parts")
        whole = kinds(write_lines(Path(folder) / "whole", rows), None)
    pd.testing.assert_frame_equal(first, whole)
    pd.testing.assert_frame_equal(again, whole)


def test_kinds_of_lines_are_rounded_once_however_they_are_split(tmp_path: Path) -> None:
    """Five oere at 373.89 mg each are 1,869 mg; five rounded figures would be 1,870."""
    root = write_lines(tmp_path / "lines", [food(number, 1) for number in range(5)], parts=5)
    found = results(root, None)["spend/spend_by_category"]
    assert found["footprint_t_co2e"].tolist() == [pytest.approx(1869e-9, rel=1e-9)]


def test_a_part_with_one_wrong_byte_is_made_anew(tmp_path: Path) -> None:
    """Wherever the byte stands; the part that is made anew is the next one's sound one."""
    root, store = tmp_path / "lines", tmp_path / "parts"
    month(root, 1, food(1, 1_000_00))
    kinds(root, store)
    for place in range(0, 100, 10):
        (part,) = store.rglob("*.parquet")
        sound = part.read_bytes()
        wrong_byte(part, place)
        assert kinds(root, store)["amount_ore"].tolist() == [1000_00], place
        (part,) = store.rglob("*.parquet")
        assert part.read_bytes() == sound, place


def test_typed_lines_with_one_wrong_byte_are_not_grouped(tmp_path: Path) -> None:
    root, store = tmp_path / "lines", tmp_path / "parts"
    month(root, 1, food(1, 1_000_00))
    (lines,) = root.rglob("*.parquet")
    seals.put_in_place(lines.rename(lines.with_suffix(".draft")), lines)
    wrong_byte(lines, 30)
    with pytest.raises(ContractError, match="month1.parquet is damaged. The next refresh reads the ledger anew"):
        kinds(root, store)
