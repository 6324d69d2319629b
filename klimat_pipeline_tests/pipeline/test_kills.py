"""A run killed in whatever phase: readers have what they had, and the next start of anything cleans up.

Killed here is the step that publishes, alone; ``make fuzz`` kills whole refreshes as well, early and as they publish,
and ``make kills`` at random moments.
"""

import signal
from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.kills import STEPS, environment_of, faults_of, killed, started
from klimat_pipeline_tests.support.properties import is_searching

REFRESH = ("refresh", "--force")


@pytest.mark.parametrize(
    ("order", "step"),
    [(("assets", "group:published"), 1), *(((REFRESH, 2), (REFRESH, STEPS)) if is_searching() else ())],
)
def test_whatever_phase_is_killed_readers_keep_what_they_had_and_nothing_is_lost(
    small_refresh: Refresh, tmp_path: Path, order: tuple[str, ...], step: int
) -> None:
    data = small_refresh.copy(tmp_path / "data")
    versions = {path.name for path in (data / "published" / "parquet").glob("pub-*")}
    assert killed(environment_of(data), step, order=order) == -signal.SIGKILL
    assert faults_of(data, versions) == []
    answer = Klimat(data)("refresh")
    assert answer.code == 0, answer.text
    assert started(data) == 0
    assert list(data.rglob(".staging*")) == []
