"""Faults of the machine, with the real thing: a full disk, a bare environment, nights in which clocks change."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from klimat_pipeline.configuration.yaml_file import model_from_yaml
from klimat_pipeline.defs.instance import instance
from klimat_pipeline.errors import ConfigurationError, DiskError
from klimat_pipeline.settings import Settings, load_settings
from klimat_pipeline_tests.pipeline.commands import PROJECT
from klimat_pipeline_tests.support.full_disk import fill, small_disk  # noqa: F401 - a fixture


class _Model(BaseModel):
    a: str


def test_a_nul_byte_in_yaml_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"a: one\nb: t\0wo\n")
    with pytest.raises(ConfigurationError) as stopped:
        model_from_yaml(tmp_path / "x.yaml", _Model, tmp_path)
    (told,) = stopped.value.problems
    assert "x.yaml" in told and "2" in told and "\0" not in told


def test_a_setting_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLIMAT_KEEP_RUNS", "many")
    with pytest.raises(ConfigurationError, match="KLIMAT_KEEP_RUNS"):
        load_settings()


@pytest.mark.parametrize("left_kb", [0, 20, 100])
def test_a_full_disk_is_one_sentence(
    small_disk: Path,  # noqa: F811
    left_kb: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    fill(small_disk, left_kb)
    with pytest.raises(DiskError) as stopped:
        instance(Settings(data_dir=small_disk / "data"))
    assert stopped.value.exit_code == 74 and "\n" not in str(stopped.value)


def test_a_bare_environment_will_do(tmp_path: Path) -> None:
    """Nothing set but where to write, a strict umask, and a space in the path."""
    data = tmp_path / "klimat data åäö"
    done = subprocess.run(
        [sys.executable, "-m", "klimat_pipeline.cli", "init"],
        cwd=PROJECT,
        env={"KLIMAT_DATA_DIR": str(data), "KLIMAT_PROJECT_DIR": os.environ["KLIMAT_PROJECT_DIR"]},
        umask=0o077,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (data / "dagster" / "dagster.yaml").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_schedule_ticks_once_in_the_nights_that_clocks_change(day: str) -> None:
    from dagster._utils.schedules import schedule_execution_time_iterator

    from klimat_pipeline.defs.jobs import nightly_schedule

    zone = ZoneInfo("Europe/Stockholm")
    midnight = datetime.fromisoformat(day).replace(tzinfo=zone)
    ticks = schedule_execution_time_iterator(
        midnight.timestamp(), nightly_schedule.cron_schedule, nightly_schedule.execution_timezone
    )
    first, second = next(ticks), next(ticks)
    assert f"{first.astimezone(zone):%Y-%m-%d %H:%M}" == f"{day} 05:15"
    assert second.astimezone(zone).date() > first.astimezone(zone).date()
