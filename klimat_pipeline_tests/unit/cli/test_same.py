"""``klimat same``: which folders are meant, what is printed, and the exit code."""

import json
from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.unit.published.test_same import EMISSIONS, SECTORS, folder


@pytest.fixture
def klimat(tmp_path: Path) -> Klimat:
    """Two publications are kept; the later one has another value."""
    kept = tmp_path / "published" / "parquet"
    kept.mkdir(parents=True)
    folder(kept / "pub-a", {"emissions": EMISSIONS, "sectors": SECTORS})
    moved = [{"code": "0180", "t": 1.5}, EMISSIONS[1]]
    folder(kept / "pub-b", {"emissions": moved, "sectors": SECTORS}, 2)
    (kept / "latest").symlink_to("pub-b")
    return Klimat(tmp_path)


def test_same(klimat: Klimat) -> None:
    # A data folder, its folder of versions, one version, an id: all mean the publication there.
    parquet = klimat.data / "published" / "parquet"
    for before in (klimat.data, parquet, parquet / "latest", "pub-b"):
        answer = klimat("same", str(before))
        assert answer.code == 0, answer.text
        assert "the same: no published value has moved" in answer.text


def test_moved(klimat: Klimat) -> None:
    answer = klimat("same", "pub-a")
    assert answer.code == 1
    assert "emissions 2 2 1 value moved" in answer.text
    assert "sectors 1 2 same" in answer.text
    assert "t: 1 value moved, the largest difference 0.5 (50 %) code=0180: 1.0 became 1.5" in answer.text
    assert "left out: columns publication_id and run_id" in answer.text
    assert "not the same: 1 table with differences" in answer.text


def test_json(klimat: Klimat, capsys: pytest.CaptureFixture[str]) -> None:
    answer = klimat("same", "pub-b", "pub-a", "--json")
    assert answer.code == 1
    found = json.loads(answer.text)
    assert (found["same"], found["before"]["publication_id"]) == (False, "pub-0000000000000002")
    assert [(table["name"], table["same"], table["values_moved"]) for table in found["tables"]] == [
        ("emissions", False, 1),
        ("sectors", True, 0),
    ]
    (moved,) = found["tables"][0]["difference"]["moved"]
    assert moved["examples"] == [{"key": {"code": "0180"}, "before": 1.5, "after": 1.0}]


def test_neither_folder_nor_publication(klimat: Klimat) -> None:
    answer = klimat("same", "pub-c")
    assert answer.code == 1
    assert "pub-c is neither a folder with a publication nor one that is kept" in answer.text
    assert "are latest, pub-a, pub-b." in answer.text
