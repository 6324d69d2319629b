"""The default refresh, made once for all tests and all their workers: a first ``klimat refresh`` with nothing set.

Tests read the folder as it is; one that writes there, or runs anything in it, takes a copy (``DefaultRefresh.copy``).
"""

import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Answer, Klimat


@dataclass(frozen=True)
class DefaultRefresh:
    """What the command said, and where it has published.

    Attributes:
        data: the data folder.
        answer: of the command.
    """

    data: Path
    answer: Answer

    def copy(self, to: Path) -> Path:
        """A data folder of one's own with all that the refresh has left, times of change too."""
        return shutil.copytree(self.data, to, symlinks=True)


@pytest.fixture(scope="session")
def default_refresh(tmp_path_factory: pytest.TempPathFactory) -> DefaultRefresh:
    """Made by whichever worker asks first; the others wait for it."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # each worker has a folder of its own in there
    folder = root / "default_refresh"
    folder.mkdir(exist_ok=True)
    data, said = folder / "data", folder / "answer.json"
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.is_file():
            made = Klimat(data).apart("refresh")
            said.write_text(json.dumps([made.code, made.text]), encoding="utf-8")
    answer = Answer(*json.loads(said.read_text(encoding="utf-8")))
    assert answer.code == 0, answer.text
    return DefaultRefresh(data, answer)
