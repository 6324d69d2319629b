"""Dagster's home: shipped once, then the user's."""

from pathlib import Path

import pytest
import yaml

from klimat_pipeline.errors import AccessError, ConfigurationError
from klimat_pipeline.operations.home import prepare_home
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.shared import REPOSITORY

SHIPPED = (REPOSITORY / "data" / "dagster" / "dagster.yaml").read_text(encoding="utf-8")
ON_WORKERS = (REPOSITORY / "data" / "dagster" / "celery.yaml").read_text(encoding="utf-8")
URL = "postgresql+psycopg2://klimat:hemligt@db/dagster"
REDIS = "redis://:hemligt@db/0"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "checkout" / "data" / "dagster").mkdir(parents=True)
    (tmp_path / "checkout" / "data" / "dagster" / "dagster.yaml").write_text(SHIPPED, encoding="utf-8")
    (tmp_path / "checkout" / "data" / "dagster" / "celery.yaml").write_text(ON_WORKERS, encoding="utf-8")
    return tmp_path / "checkout"


def settings(checkout: Path, **others: str) -> Settings:
    return Settings(project_dir=checkout, data_dir=checkout.parent / "åäö data", **others)


def used(checkout: Path) -> Path:
    return checkout.parent / "åäö data" / "dagster" / "dagster.yaml"


def ship(checkout: Path, text: str) -> None:
    (checkout / "data" / "dagster" / "dagster.yaml").write_text(text, encoding="utf-8")


def test_what_is_shipped_is_there_after_the_first_start_and_told_nothing(checkout: Path) -> None:
    for _ in range(2):
        assert prepare_home(settings(checkout)) == (used(checkout).parent, "")
        assert used(checkout).read_text(encoding="utf-8") == SHIPPED


def test_an_edited_file_stays_and_an_upgrade_says_what_is_new(checkout: Path) -> None:
    prepare_home(settings(checkout))
    mine = SHIPPED.replace("max_concurrent_runs: 2", "max_concurrent_runs: 4")
    used(checkout).write_text(mine, encoding="utf-8")
    assert prepare_home(settings(checkout))[1] == ""
    ship(checkout, SHIPPED + "\ncode_servers:\n  wait_for_local_processes_on_shutdown: true\n")
    _, told = prepare_home(settings(checkout))
    assert "is yours and stays" in told
    assert "code_servers:, wait_for_local_processes_on_shutdown: true" in told
    assert used(checkout).read_text(encoding="utf-8") == mine
    assert prepare_home(settings(checkout))[1] == "", "it is told once"


def test_a_file_that_nobody_edited_follows_what_is_shipped(checkout: Path) -> None:
    prepare_home(settings(checkout))
    ship(checkout, SHIPPED + "\n# newer\n")
    assert prepare_home(settings(checkout))[1] == ""
    assert used(checkout).read_text(encoding="utf-8").endswith("# newer\n")


def test_a_file_from_before_it_was_remembered_is_the_users(checkout: Path) -> None:
    used(checkout).parent.mkdir(parents=True)
    used(checkout).write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    assert "is yours and stays" in prepare_home(settings(checkout))[1]
    assert used(checkout).read_text(encoding="utf-8") == "telemetry: {enabled: false}\n"


def test_one_setting_puts_the_history_into_postgresql_and_back(checkout: Path) -> None:
    plain = yaml.safe_load(SHIPPED)
    prepare_home(settings(checkout))
    prepare_home(settings(checkout, dagster_database_url=URL))
    text = used(checkout).read_text(encoding="utf-8")
    assert "hemligt" not in text
    found = yaml.safe_load(text)
    stored = [found.pop(f"{what}_storage") for what in ("run", "event_log", "schedule")]
    assert [each["config"] for each in stored] == [{"postgres_url": {"env": "KLIMAT_DAGSTER_DATABASE_URL"}}] * 3
    assert found == {key: value for key, value in plain.items() if key != "event_log_storage"}
    prepare_home(settings(checkout))
    assert used(checkout).read_text(encoding="utf-8") == SHIPPED


def test_one_setting_gives_runs_to_workers_and_back(checkout: Path) -> None:
    """Every section of celery.yaml takes the place of the shipped one, with the history where it is set to be."""
    plain, other = yaml.safe_load(SHIPPED), yaml.safe_load(ON_WORKERS)
    assert set(other) == {"run_launcher", "run_monitoring", "run_retries", "concurrency"} <= set(plain)
    prepare_home(settings(checkout, celery_url=REDIS))
    text = used(checkout).read_text(encoding="utf-8")
    assert "hemligt" not in text
    assert yaml.safe_load(text) == {**plain, **other}
    prepare_home(settings(checkout, celery_url=REDIS, dagster_database_url=URL))
    found = yaml.safe_load(used(checkout).read_text(encoding="utf-8"))
    assert "postgres_url" in found["event_log_storage"]["config"] and {**found, **other} == found
    prepare_home(settings(checkout))
    assert used(checkout).read_text(encoding="utf-8") == SHIPPED


@pytest.mark.parametrize("url", ["amqp://klimat:hemligt@db//", "filesystem:///x/hemligt"])
def test_another_broker_is_refused_without_its_secrets(checkout: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match="KLIMAT_CELERY_URL must begin with redis://") as stopped:
        prepare_home(settings(checkout, celery_url=url))
    assert "hemligt" not in str(stopped.value)


@pytest.mark.parametrize("url", ["postgresql://klimat:hemligt@db/dagster", "sqlite:///x"])
def test_another_driver_is_refused_without_its_secrets(checkout: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match="postgresql\\+psycopg2://") as stopped:
        prepare_home(settings(checkout, dagster_database_url=url))
    assert "hemligt" not in str(stopped.value)


def test_the_checkouts_own_file_is_not_written_to(checkout: Path) -> None:
    own = Settings(project_dir=checkout)
    assert prepare_home(own)[0] == checkout / "data" / "dagster"
    assert {path.name for path in (checkout / "data" / "dagster").iterdir()} == {"celery.yaml", "dagster.yaml"}
    with pytest.raises(ConfigurationError, match="KLIMAT_DATA_DIR"):
        prepare_home(Settings(project_dir=checkout, dagster_database_url=URL))
    with pytest.raises(ConfigurationError, match="KLIMAT_CELERY_URL is set.*KLIMAT_DATA_DIR"):
        prepare_home(Settings(project_dir=checkout, celery_url=REDIS))


def test_a_read_only_disk_is_no_damaged_one(checkout: Path) -> None:
    import errno

    from klimat_pipeline.operations.home import _refused

    read_only, full = (_refused(checkout, "made", OSError(one, "x")) for one in (errno.EROFS, errno.ENOSPC))
    assert (read_only.exit_code, full.exit_code) == (77, 74)


def test_a_folder_that_may_not_be_written_is_named(checkout: Path) -> None:
    with pytest.raises(AccessError, match=r"/sys/klimat.*somebody else") as stopped:
        prepare_home(Settings(project_dir=checkout, data_dir=Path("/sys/klimat")))
    assert stopped.value.exit_code == 77
