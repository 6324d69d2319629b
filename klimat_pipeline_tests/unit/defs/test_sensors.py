"""What the daemon does by itself: it tells how runs ended, and begins them when something is new."""

from pathlib import Path

import dagster as dg
import pytest

from klimat_pipeline.defs import sensors
from klimat_pipeline.defs.instance import instance
from klimat_pipeline.defs.lost_runs import GONE
from klimat_pipeline.errors import DiskError
from klimat_pipeline.operations.nights import read_state
from klimat_pipeline.operations.run_lock import COMMAND, PUBLICATION_ID, STARTED_BY
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.receivers import webhook


@dg.op
def breaks() -> None:
    raise DiskError("/data: the disk is full")


@dg.op
def works() -> None:
    pass


@dg.job(executor_def=dg.in_process_executor)
def bad() -> None:
    breaks()


@dg.job(executor_def=dg.in_process_executor)
def good() -> None:
    works()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(tmp_path))
    return Settings(data_dir=tmp_path)


def test_runs_of_the_daemon_are_told_and_those_of_the_command_are_left_to_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook() as (hook, posts), instance(settings) as history:
        monkeypatch.setenv("KLIMAT_ALERT_WEBHOOK_URL", hook)
        for tags in ({}, {STARTED_BY: COMMAND}):
            failed = bad.execute_in_process(instance=history, raise_on_error=False, tags=tags)
            sensors.tell_of_failure(
                dg.build_run_status_sensor_context(
                    sensor_name="tell_of_failure",
                    dagster_event=failed.get_run_failure_event(),
                    dagster_instance=history,
                    dagster_run=failed.dagster_run,
                ).for_run_failure()
            )
        assert [post["event"] for post in posts] == ["failed"]
        assert "/data: the disk is full" in posts[0]["text"] and "klimat_pipeline.errors" not in posts[0]["text"]
        done = good.execute_in_process(instance=history)
        sensors.tell_of_success(
            dg.build_run_status_sensor_context(
                sensor_name="tell_of_success",
                dagster_event=done.get_run_success_event(),
                dagster_instance=history,
                dagster_run=done.dagster_run,
            )
        )
        assert [post["event"] for post in posts] == ["failed", "recovered"]
    assert [night.outcome for night in read_state(settings).nights] == ["failed", "published"]


def test_a_killed_run_of_the_command_is_told_by_the_daemon(settings: Settings) -> None:
    with instance(settings) as history:
        failed = bad.execute_in_process(instance=history, raise_on_error=False, tags={STARTED_BY: COMMAND})
        event = dg.DagsterEvent(
            event_type_value=dg.DagsterEventType.RUN_FAILURE.value,
            job_name="bad",
            message=GONE,
            event_specific_data=None,
        )
        context = dg.build_run_status_sensor_context("x", event, history, failed.dagster_run)
        sensors._note(context, "failed", GONE)
    assert [night.reason for night in read_state(settings).nights] == [GONE]


def test_a_refresh_that_published_is_followed_by_the_accounts(settings: Settings) -> None:
    with instance(settings) as history:
        for tags, key in (({PUBLICATION_ID: "pub-1"}, "pub-1"), ({}, None)):
            done = good.execute_in_process(instance=history, tags=tags)
            context = dg.build_run_status_sensor_context(
                sensor_name="accounts_after_refresh",
                dagster_event=done.get_run_success_event(),
                dagster_instance=history,
                dagster_run=done.dagster_run,
            )
            asked = sensors.accounts_after_refresh(context)
            assert getattr(asked, "run_key", None) == key


def test_a_change_begins_a_run_once_it_has_settled(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(cursor: str | None) -> tuple[object, str | None]:
        context = dg.build_sensor_context(cursor=cursor)
        return sensors.refresh_on_change(context), context.cursor

    first, cursor = asked(None)
    assert isinstance(first, dg.SkipReason) and "looked at again" in str(first.skip_message)
    second, same = asked(cursor)
    assert isinstance(second, dg.RunRequest) and second.run_key == cursor == same
    assert second.run_config["resources"]["project"]["config"] == {"only_if_changed": True}
    monkeypatch.setenv("KLIMAT_DRAWS", "999")
    third, other = asked(cursor)
    assert isinstance(third, dg.SkipReason) and other != cursor


def test_the_source_is_asked_once_a_day(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from klimat_pipeline_tests.support import misbehaving_server as server

    with server.MisbehavingServer([server.status("404 Not Found")]) as source:
        monkeypatch.setenv("KLIMAT_SMHI_URL", source.url)
        context = dg.build_sensor_context()
        for _ in range(3):
            assert isinstance(sensors.new_release(context), dg.SkipReason)
        assert len(source.requests) == 1
