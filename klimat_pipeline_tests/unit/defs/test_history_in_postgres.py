"""Dagster's history in PostgreSQL by one setting: opened, written, kept bounded."""

import importlib.util
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test
from pydantic import SecretStr

from klimat_pipeline.defs.history import tidy
from klimat_pipeline.defs.instance import instance
from klimat_pipeline.errors import ServiceError
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.failed_job import only_the_fault_is_an_error
from klimat_pipeline_tests.support.postgres import database_url, postgres_server  # noqa: F401 - fixtures

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("dagster_postgres") is None,
    reason="needs the extra dagster-postgres, which the lock installs",
)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")  # set by what is tested, and taken back here


def test_the_history_is_there_and_bounded(
    tmp_path: Path,
    database_url: SecretStr,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = database_url.get_secret_value().replace("postgresql://", "postgresql+psycopg2://")
    monkeypatch.setenv("KLIMAT_DAGSTER_DATABASE_URL", url)
    settings = Settings(data_dir=tmp_path, keep_runs=2)
    key = dg.AssetKey(["published", "one"])
    with instance(settings) as history:
        assert type(history.run_storage).__name__ == "PostgresRunStorage"
        for _ in range(5):
            run = create_run_for_test(history, status=dg.DagsterRunStatus.SUCCESS)
            history.report_engine_event("something", run)
            history.report_runless_asset_event(dg.AssetMaterialization(key))
        history.report_runless_asset_event(dg.AssetMaterialization(["clean", "frozen"]))  # the name of before
        assert tidy(history, settings) == "3 runs, 3 events, 1 renamed assets"
        assert history.all_asset_keys() == [key]
    with instance(settings) as again:
        assert len(again.get_runs()) == 2
        assert len(again.fetch_materializations(key, limit=100).records) == 2
    assert not list((tmp_path / "dagster").glob("history/**/*.db"))


def test_of_a_failed_run_only_the_fault_is_an_error(
    tmp_path: Path,
    database_url: SecretStr,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = database_url.get_secret_value().replace("postgresql://", "postgresql+psycopg2://")
    monkeypatch.setenv("KLIMAT_DAGSTER_DATABASE_URL", url)
    with instance(Settings(data_dir=tmp_path)) as history:
        only_the_fault_is_an_error(history)


def test_a_server_that_does_not_answer_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLIMAT_DAGSTER_DATABASE_URL", "postgresql+psycopg2://klimat:hemligt@127.0.0.1:9/none")
    monkeypatch.setattr("time.sleep", lambda _: None)  # Dagster waits eleven seconds between its tries
    with pytest.raises(ServiceError, match="KLIMAT_DAGSTER_DATABASE_URL") as stopped:
        instance(Settings(data_dir=tmp_path))
    assert "hemligt" not in str(stopped.value)
