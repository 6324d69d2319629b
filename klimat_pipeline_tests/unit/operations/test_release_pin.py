"""Making an older release current gives what was published before the newer one came, down to the publication's id."""

import json
import shutil
from pathlib import Path

import pytest

from klimat_pipeline.errors import SnapshotError
from klimat_pipeline.operations.inputs import inputs
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.smhi_snapshots import chosen_snapshots, snapshot_table

REPOSITORY = Path(__file__).resolve().parents[3]
OLD, NEW = "smhi-ggt-2025", "smhi-ggt-2026-06"


@pytest.fixture
def last_year(tmp_path: Path) -> Settings:
    """The same checkout before the newer release came."""
    shutil.copytree(
        REPOSITORY / "data",
        tmp_path / "data",
        ignore=shutil.ignore_patterns("published", "intermediate", "dagster", "fetched"),
    )
    manifest = tmp_path / "data" / "snapshots" / "embedded" / "manifest.json"
    entries = [entry for entry in json.loads(manifest.read_text(encoding="utf-8")) if entry["release_id"] != NEW]
    manifest.write_text(json.dumps(entries), encoding="utf-8")
    return Settings(project_dir=tmp_path, data_dir=tmp_path / "written")


@pytest.fixture
def now(tmp_path: Path) -> Settings:
    return Settings(project_dir=REPOSITORY, data_dir=tmp_path / "now")


def test_a_pinned_release_is_last_years_publication(last_year: Settings, now: Settings) -> None:
    assert inputs(now, releases=[OLD]).publication_id == inputs(last_year).publication_id
    assert inputs(now).publication_id != inputs(last_year).publication_id
    assert list(snapshot_table(now, [OLD])["release_id"]) == [OLD]


def test_the_newest_pinned_changes_nothing(now: Settings) -> None:
    assert inputs(now, releases=[NEW]).publication_id == inputs(now).publication_id
    assert [s.release_id for s in chosen_snapshots(now)] == [OLD, NEW]


def test_unknown_and_twice(now: Settings) -> None:
    with pytest.raises(SnapshotError, match="no such release"):
        chosen_snapshots(now, ["smhi-ggt-1999"])
    with pytest.raises(SnapshotError, match="is asked for already"):
        chosen_snapshots(now, [OLD, NEW])
