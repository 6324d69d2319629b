"""Tables between stages: written whole or not at all, in the contract's form."""

from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from klimat_pipeline import storage
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import schema, to_pandas
from klimat_pipeline.errors import ContractError, StaleTableError
from klimat_pipeline.settings import Settings
from klimat_pipeline.storage import TableStore
from klimat_pipeline_tests.support.tables import example_table

KEY = "clean/population"


@pytest.fixture
def store(tmp_path: Path) -> TableStore:
    return TableStore(tmp_path)


def frame(rows: int = 3) -> pd.DataFrame:
    return to_pandas(example_table(table(KEY), rows))


def test_what_is_written_is_read(store: TableStore, tmp_path: Path) -> None:
    store.write(KEY, frame())
    pd.testing.assert_frame_equal(store.read(KEY), frame())
    assert pq.read_schema(tmp_path / "clean" / "population.parquet").equals(schema(table(KEY)))


def test_a_bucket_is_a_setting(tmp_path: Path) -> None:
    """Any file system that fsspec knows; here its own in memory."""
    settings = Settings(data_dir=tmp_path, tables_url="memory://tables-of-a-test")
    store = TableStore(settings.tables_root)
    store.write(KEY, frame())
    store.write(KEY, frame(5))
    pd.testing.assert_frame_equal(TableStore(settings.tables_root).read(KEY), frame(5))
    assert [path.name for path in store.root.rglob("*.parquet*")] == ["population.parquet"]
    assert not list(tmp_path.iterdir())


def test_nothing_else_is_left(store: TableStore, tmp_path: Path) -> None:
    store.write(KEY, frame())
    store.write(KEY, frame(5))
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["population.parquet"]
    assert len(store.read(KEY)) == 5


def test_columns_in_any_order_are_stored_in_the_contracts(store: TableStore) -> None:
    store.write(KEY, frame()[[*reversed(table(KEY).column_names)]])
    assert list(store.read(KEY).columns) == table(KEY).column_names


def test_refused_table_leaves_the_last_one(store: TableStore, tmp_path: Path) -> None:
    store.write(KEY, frame())
    before = (tmp_path / "clean" / "population.parquet").read_bytes()
    with pytest.raises(ContractError, match="clean/population"):
        store.write(KEY, frame(5).drop(columns="population"))
    assert (tmp_path / "clean" / "population.parquet").read_bytes() == before


def test_write_that_dies_half_way_leaves_the_last_one(
    store: TableStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(KEY, frame())
    before = (tmp_path / "clean" / "population.parquet").read_bytes()

    def dies(_: object, file: object, **__: object) -> None:
        file.write(b"PAR1 and no more")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", dies)
    with pytest.raises(OSError, match="No space left"):
        store.write(KEY, frame(5))
    monkeypatch.undo()
    assert (tmp_path / "clean" / "population.parquet").read_bytes() == before
    store.write(KEY, frame(5))
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["population.parquet"]


def test_same_table_gives_the_same_bytes(store: TableStore, tmp_path: Path) -> None:
    written = []
    for _ in range(2):
        store.write(KEY, frame(50))
        written.append((tmp_path / "clean" / "population.parquet").read_bytes())
    assert written[0] == written[1]


def test_root_may_be_any_file_system() -> None:
    store = TableStore("memory://klimat-test")
    store.write(KEY, frame())
    assert len(store.read(KEY)) == 3


def test_what_a_reader_does_to_a_table_reaches_no_other(store: TableStore) -> None:
    store.write(KEY, frame())
    mine = store.read(KEY)
    mine["population"] = 0
    mine.loc[0, "municipality_code"] = "0000"
    pd.testing.assert_frame_equal(store.read(KEY), frame())


def test_a_file_that_somebody_else_replaced_is_read_anew(store: TableStore, tmp_path: Path) -> None:
    store.write(KEY, frame())
    assert len(store.read(KEY)) == 3
    other = tmp_path / "other"
    TableStore(other).write(KEY, frame(5))
    (other / "clean" / "population.parquet").rename(tmp_path / "clean" / "population.parquet")
    assert len(store.read(KEY)) == 5


def test_cache_is_bounded(store: TableStore, monkeypatch: pytest.MonkeyPatch) -> None:
    size = store.write(KEY, frame(50)).nbytes
    monkeypatch.setattr("klimat_pipeline.storage.KEPT_BYTES", size)
    store.write(KEY, frame(50))
    store.write("clean/contract_areas", to_pandas(example_table(table("clean/contract_areas"), 1)))
    assert sum(held.size for held in storage._cache._kept.values()) <= size
    assert len(store.read(KEY)) == 50
    monkeypatch.setattr("klimat_pipeline.storage.KEPT_BYTES", 0)
    store.write(KEY, frame(50))
    assert len(store.read(KEY)) == 50


def test_a_table_says_what_it_was_made_from(store: TableStore) -> None:
    store.write(KEY, frame(), made_from="1" * 16)
    assert store.made_from(KEY) == "1" * 16
    assert len(store.read(KEY, made_from="1" * 16)) == 3
    assert store.made_from("clean/contract_areas") is None


@pytest.mark.parametrize("own", [None, "2" * 16])
def test_a_table_of_another_digest_is_refused(store: TableStore, own: str | None) -> None:
    store.write(KEY, frame(), made_from=own)
    with pytest.raises(StaleTableError, match="clean/population was not made from the present inputs") as caught:
        store.read(KEY, made_from="1" * 16)
    assert caught.value.digest == own
    with pytest.raises(StaleTableError):
        store.read_arrow(KEY, made_from="1" * 16)
    assert len(store.read(KEY)) == 3, "a notebook may look at it"


def test_a_table_that_was_never_made_is_refused_in_words(store: TableStore) -> None:
    with pytest.raises(StaleTableError, match="clean/population has not been made yet"):
        store.read(KEY, made_from="1" * 16)


def test_the_digest_is_read_from_the_file_and_not_from_memory(store: TableStore, tmp_path: Path) -> None:
    store.write(KEY, frame(), made_from="1" * 16)
    TableStore(tmp_path / "other").write(KEY, frame(), made_from="2" * 16)
    (tmp_path / "other" / "clean" / "population.parquet").rename(tmp_path / "clean" / "population.parquet")
    with pytest.raises(StaleTableError):
        store.read(KEY, made_from="1" * 16)


def test_what_a_digest_stood_for_is_remembered_for_a_while(store: TableStore) -> None:
    store.remember("a", ["file one", "file two"])
    assert store.changed_since("a", ["file one", "file 2"]) == ["file 2", "file two"]
    assert store.changed_since("b", ["file one"]) is None
    for number in range(storage.REMEMBERED):
        store.remember(str(number), [])
    assert store.changed_since("a", []) is None, "no memory without end"


def test_drafts_have_names_of_their_own_and_dead_ones_are_removed(
    store: TableStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []
    monkeypatch.setattr(pq, "write_table", lambda _, file, **__: names.append(Path(file.name).name))
    store.write(KEY, frame())
    store.write(KEY, frame())
    assert len(set(names)) == 2
    dead = tmp_path / "clean" / ".population.parquet.0123.part"
    dead.write_bytes(b"half")
    store.remove_drafts()
    assert not dead.exists()
    assert (tmp_path / "clean" / "population.parquet").exists()


def test_tables_of_an_earlier_version_get_the_names_of_today(store: TableStore, tmp_path: Path) -> None:
    """One without a successor yet goes on, with its digest; the others go, and nobody else's file is touched."""
    store.write("clean/old", frame(), table(KEY), made_from="1" * 16)
    store.write("clean/former", frame(), table(KEY))
    store.write("clean/targets", frame(5), table(KEY))
    for path in ("clean/theirs", "lake/old", "quality/of/clean/old", "quality/of/clean/areas"):
        store.write(path, frame(), table(KEY))
    store.rename({"clean/old": KEY, "clean/former": "clean/targets"})
    assert store.made_from(KEY) == "1" * 16
    assert len(store.read("clean/targets")) == 5
    left = {path.relative_to(tmp_path).as_posix().removesuffix(".parquet") for path in tmp_path.rglob("*.parquet")}
    assert left == {KEY, "clean/targets", "clean/theirs", "lake/old", "quality/of/clean/areas"}
    TableStore(tmp_path / "nowhere").rename({"clean/old": KEY})


@pytest.mark.parametrize("place", [n / 40 for n in range(40)])
def test_a_table_with_one_wrong_byte_is_refused(store: TableStore, tmp_path: Path, place: float) -> None:
    store.write(KEY, frame(50), made_from="1" * 16)
    path = tmp_path / "clean" / "population.parquet"
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 0xFF
    path.write_bytes(content)
    assert store.made_from(KEY) in (None, "1" * 16)
    with suppress(StaleTableError):  # some bytes stand in no cell
        assert store.read(KEY, made_from="1" * 16).to_dict() == frame(50).to_dict()
