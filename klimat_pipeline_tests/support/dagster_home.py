"""Dagster's home without a run, made once for a file of tests: making its databases is most of what opening one costs.

Import the fixture where it is used; a test works in a copy of it. What does not belong here: tests of how a home is made.
"""

import shutil
from pathlib import Path

import pytest

from klimat_pipeline.defs.instance import instance
from klimat_pipeline.settings import Settings


@pytest.fixture(scope="module")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds such a home and nothing else."""
    data = tmp_path_factory.mktemp("empty_home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", "")  # set by opening it, and taken back here
        with instance(Settings(data_dir=data)):
            pass
    return data


def settle(empty_home: Path, data: Path) -> None:
    """Give a data folder a home of its own."""
    shutil.copytree(empty_home, data, dirs_exist_ok=True)
