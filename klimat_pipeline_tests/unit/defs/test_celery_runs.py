"""Runs on Celery's workers: Dagster's configuration loads with the extra, and one sentence says so without it."""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path

import dagster as dg
import pytest

from klimat_pipeline.defs.instance import instance
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.settings import Settings

NAME = "klimat_pipeline.defs.celery_runs"
URL = "redis://:hemligt@127.0.0.1:9/0"

needs_the_extra = pytest.mark.skipif(
    find_spec("dagster_celery") is None, reason="needs the extra distributed; make distributed runs this file with it"
)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KLIMAT_CELERY_URL", URL)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    return Settings()


def test_without_the_extra_one_sentence_says_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command when it opens the history, and daemon and workers when they load the launcher."""
    monkeypatch.setattr("klimat_pipeline.defs.instance.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"KLIMAT_CELERY_URL is set.*klimat_pipeline\[distributed\]"):
        instance(settings)
    for library in ("dagster_celery", "dagster_celery.launcher"):
        monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ConfigurationError, match=r"is not installed: install klimat_pipeline\[distributed\]"):
        importlib.import_module(NAME)


@needs_the_extra
def test_dagsters_own_configuration_gives_runs_to_workers(settings: Settings) -> None:
    with instance(settings) as history:
        launcher = history.run_launcher
        assert type(launcher).__module__ == NAME and type(launcher).__mro__[1].__module__ == "dagster_celery.launcher"
        assert history.run_monitoring_enabled and history.run_retries_enabled
    app = importlib.import_module(NAME).app
    assert {"execute_job", "resume_job"} <= set(app.tasks)
    assert app.conf.task_acks_late and app.conf.worker_prefetch_multiplier == 1
    assert (
        launcher.celery.conf.broker_transport_options
        == app.conf.broker_transport_options
        == {"visibility_timeout": 10800}
    )
    assert launcher.celery.conf.broker_url == app.conf.broker_url == URL


@needs_the_extra
def test_a_run_whose_process_is_gone_is_noticed_without_asking_the_broker(settings: Settings) -> None:
    from socket import gethostname

    from dagster._core.launcher import WorkerStatus

    run = dg.DagsterRun("nightly_refresh", tags={"klimat/process": f"{gethostname()} 1 0.00"})
    with instance(settings) as history:
        assert history.run_launcher.check_run_worker_health(run).status is WorkerStatus.FAILED


@needs_the_extra
def test_without_an_address_there_is_no_worker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KLIMAT_CELERY_URL")
    with pytest.raises(ConfigurationError, match="KLIMAT_CELERY_URL is not set"):
        importlib.import_module(NAME)
