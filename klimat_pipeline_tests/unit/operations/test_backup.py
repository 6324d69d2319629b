"""A backup rehearsed: into another folder, with a damaged file, and on PostgreSQL."""

import json
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from klimat_pipeline.cli.faults import in_words
from klimat_pipeline.errors import ConfigurationError, DiskError
from klimat_pipeline.operations.backup import back_up, restore
from klimat_pipeline.published.publication import current_publications
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.default_refresh import Refresh, small_refresh  # noqa: F401 - a fixture
from klimat_pipeline_tests.support.full_disk import fill, small_disk  # noqa: F401 - a fixture
from klimat_pipeline_tests.support.postgres import database_url, postgres_server  # noqa: F401 - fixtures


def small(data: Path) -> Settings:
    """A data folder with something of everything in it."""
    import sqlite3

    settings = Settings(data_dir=data)
    for name in ("snapshots/fetched/manifest.json", "published/parquet/pub-0/x.parquet", "status/state.json"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(f"content of {name}", encoding="utf-8")
    (data / "published" / "parquet" / "latest").symlink_to("pub-0")
    (data / "dagster" / "history").mkdir(parents=True)
    with sqlite3.connect(data / "dagster" / "history" / "runs.db") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE runs AS SELECT 42 AS number")
    return settings


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.readlink().name.encode() if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith((".db", "-wal", "-shm"))
    }


def test_it_comes_back_in_another_folder(tmp_path: Path) -> None:
    import sqlite3

    settings = small(tmp_path / "one")
    back_up(settings, tmp_path / "backup åäö")
    other = Settings(data_dir=tmp_path / "two")
    assert restore(other, tmp_path / "backup åäö") == []
    assert tree(tmp_path / "two") == tree(tmp_path / "one")
    assert (tmp_path / "two" / "published" / "parquet" / "latest").is_symlink()
    with sqlite3.connect(tmp_path / "two" / "dagster" / "history" / "runs.db") as database:
        assert database.execute("SELECT number FROM runs").fetchone() == (42,)


def test_what_lies_in_its_place_is_moved_aside(tmp_path: Path) -> None:
    settings = small(tmp_path / "one")
    back_up(settings, tmp_path / "backup")
    (tmp_path / "one" / "status" / "state.json").write_text("later")
    aside = restore(settings, tmp_path / "backup")
    assert (tmp_path / "one" / "status" / "state.json").read_text() == "content of status/state.json"
    (kept,) = [Path(folder) for folder in aside if "status" in folder]
    assert (kept / "state.json").read_text() == "later"
    (first,) = {Path(folder).relative_to(tmp_path / "one").parts[0] for folder in aside}
    assert first.startswith("before-restore-"), "beside the snapshots it would be a source that is silent"
    back_up(settings, tmp_path / "second")
    assert tree(tmp_path / "second" / "data") == tree(tmp_path / "backup" / "data"), "no backup of what lies aside"


def test_no_room_for_what_comes_back_changes_nothing(
    small_disk: Path,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    settings = small(small_disk / "one")
    backup = tmp_path_factory.mktemp("backups") / "backup"
    back_up(settings, backup)
    fill(small_disk)
    before = tree(small_disk / "one")
    with pytest.raises((OSError, DiskError)) as stopped:
        restore(settings, backup)
    known = in_words(stopped.value)
    assert known is not None and known.exit_code == 74
    assert tree(small_disk / "one") == before
    assert [path.name for path in (small_disk / "one").iterdir() if "restor" in path.name] == []


def test_no_room_for_a_backup_is_one_sentence(
    small_disk: Path,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    settings = small(tmp_path_factory.mktemp("data"))
    fill(small_disk)
    with pytest.raises((OSError, DiskError)) as stopped:
        back_up(settings, small_disk / "backup")
    known = in_words(stopped.value)
    assert known is not None and known.exit_code == 74 and "\n" not in str(known)


def test_a_damaged_history_is_named(tmp_path: Path) -> None:
    settings = small(tmp_path / "one")
    (tmp_path / "one" / "dagster" / "history" / "0a1b.db").write_bytes(b"no database" * 500)
    with pytest.raises(DiskError, match=r"history/0a1b\.db: cannot be copied"):
        back_up(settings, tmp_path / "backup")


def test_configuration_comes_back_when_asked_for(tmp_path: Path) -> None:
    project = tmp_path / "checkout"
    (project / "data" / "municipalities" / "1283").mkdir(parents=True)
    (project / "data" / "municipalities" / "1283" / "municipality.yaml").write_text("code: '1283'")
    settings = Settings(project_dir=project, data_dir=tmp_path / "data")
    back_up(settings, tmp_path / "backup")
    elsewhere = Settings(project_dir=tmp_path / "other", data_dir=tmp_path / "data2")
    restore(elsewhere, tmp_path / "backup")
    assert not elsewhere.municipalities_dir.exists()
    restore(elsewhere, tmp_path / "backup", configuration=True)
    assert tree(elsewhere.municipalities_dir) == tree(settings.municipalities_dir)


@pytest.mark.parametrize("fault", ["changed", "missing", "outside"])
def test_a_damaged_backup_changes_nothing(tmp_path: Path, fault: str) -> None:
    settings = small(tmp_path / "one")
    back_up(settings, tmp_path / "backup")
    manifest = tmp_path / "backup" / "backup.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    victim = tmp_path / "backup" / "data" / "status" / "state.json"
    if fault == "changed":
        victim.write_text("other")
    elif fault == "missing":
        victim.unlink()
    else:
        told["sha256"]["../one/status/state.json"] = told["sha256"]["data/status/state.json"]
        manifest.write_text(json.dumps(told), encoding="utf-8")
    before = tree(tmp_path / "one")
    with pytest.raises(DiskError, match="state.json: missing or damaged"):
        restore(settings, tmp_path / "backup")
    assert tree(tmp_path / "one") == before


def test_only_a_new_folder_and_only_a_backup(tmp_path: Path) -> None:
    settings = small(tmp_path / "one")
    with pytest.raises(ConfigurationError, match="is not empty"):
        back_up(settings, tmp_path / "one")
    with pytest.raises(ConfigurationError, match="is no backup"):
        restore(settings, tmp_path / "one")


def test_a_database_shows_the_same_afterwards(
    tmp_path: Path,
    small_refresh: Refresh,  # noqa: F811
    database_url: SecretStr,  # noqa: F811
) -> None:
    back_up(Settings(data_dir=small_refresh.data), tmp_path / "backup")
    settings = Settings(data_dir=tmp_path / "elsewhere", database_url=database_url)
    restore(settings, tmp_path / "backup")
    shown = set(current_publications(settings).values())
    assert shown == set(current_publications(Settings(data_dir=small_refresh.data)).values())
    with psycopg.connect(database_url.get_secret_value()) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM klimat.sector_indicators").fetchone() == (True,)
