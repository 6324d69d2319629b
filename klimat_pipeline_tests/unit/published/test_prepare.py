"""What publishing needs is tried before anything is computed, and nothing of the trial is left."""

from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from klimat_pipeline.errors import PublishDiskError, PublishError, PublishServiceError
from klimat_pipeline.published.files import exclusive_lock
from klimat_pipeline.published.publication import prepare
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.postgres import database_url, postgres_server  # noqa: F401 - fixtures


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_folders_are_there_afterwards_and_litter_is_not(tmp_path: Path) -> None:
    for name in ("published/.staging-1-klimat.sqlite", "published/parquet/.staging-1/x.parquet"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("left by a killed publisher")
    prepare(Settings(data_dir=tmp_path))
    assert tree(tmp_path) == ["published/.lock"]


def test_another_publisher_is_noticed(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    prepare(settings)
    with exclusive_lock(settings.published_dir), pytest.raises(PublishError, match="another publish is running"):
        prepare(settings)


def test_a_disk_without_room_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(PublishDiskError, match="not enough disk space") as stopped:
        prepare(Settings(data_dir=tmp_path))
    assert stopped.value.exit_code == 74


def test_a_folder_that_is_a_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "parquet").write_text("somebody's")
    with pytest.raises(PublishDiskError, match="parquet"):
        prepare(Settings(data_dir=tmp_path))


def test_a_database_that_does_not_answer_is_noticed(tmp_path: Path) -> None:
    url = SecretStr("postgresql://klimat:hemligt@127.0.0.1:9/none")
    with pytest.raises(PublishServiceError, match="PostgreSQL: ") as stopped:
        prepare(Settings(data_dir=tmp_path, database_url=url))
    assert stopped.value.exit_code == 69 and "hemligt" not in str(stopped.value)


def test_a_database_is_tried_without_a_trace(tmp_path: Path, database_url: SecretStr) -> None:  # noqa: F811
    prepare(Settings(data_dir=tmp_path, database_url=database_url))
    with psycopg.connect(database_url.get_secret_value()) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'klimat%'").fetchall()
    assert found == []


def test_missing_rights_are_noticed(tmp_path: Path, database_url: SecretStr) -> None:  # noqa: F811
    own = database_url.get_secret_value()
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS klimat_reader")
        connection.execute("CREATE ROLE klimat_reader LOGIN")
    reader = SecretStr(own.replace("://postgres", "://klimat_reader", 1))
    with pytest.raises(PublishServiceError, match="permission denied"):
        prepare(Settings(data_dir=tmp_path, database_url=reader))
