"""A refresh killed in whatever phase: readers have what they had, and the next start of anything cleans up.

``make fuzz`` kills at the beginning too, ``make kills`` at random moments.
"""

import signal
from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.kills import STEPS, environment_of, faults_of, killed, started
from klimat_pipeline_tests.support.properties import is_searching


@pytest.mark.parametrize("step", [2, STEPS] if is_searching() else [STEPS])
def test_whatever_phase_is_killed_readers_keep_what_they_had_and_nothing_is_lost(
    small_refresh: Refresh, tmp_path: Path, step: int
) -> None:
    data = small_refresh.copy(tmp_path / "data")
    versions = {path.name for path in (data / "published" / "parquet").glob("pub-*")}
    assert killed(environment_of(data), step) == -signal.SIGKILL
    assert faults_of(data, versions) == []
    answer = Klimat(data)("refresh")
    assert answer.code == 0, answer.text
    assert started(data) == 0
    assert list(data.rglob(".staging*")) == []
