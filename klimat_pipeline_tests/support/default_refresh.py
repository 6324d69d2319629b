"""Refreshes made once for all tests: the default of all municipalities, and those of the small country."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Answer, Klimat
from klimat_pipeline_tests.support.once import made_once
from klimat_pipeline_tests.support.shared import REPOSITORY


@dataclass(frozen=True)
class Refresh:
    """What the command said, and where it has published.

    Attributes:
        data: the data folder.
        answer: of the command.
        environment: what was set.
    """

    data: Path
    answer: Answer
    environment: tuple[tuple[str, str], ...]

    def copy(self, to: Path) -> Path:
        """A data folder of one's own with all that the refresh has left, times of change too."""
        return shutil.copytree(self.data, to, symlinks=True)


def _refreshed(factory: pytest.TempPathFactory, name: str, *, apart: bool = False, **environment: str) -> Refresh:
    def make(folder: Path) -> Answer:
        klimat = Klimat(folder / "data", tuple(environment.items()))
        return klimat.apart("refresh") if apart else klimat("refresh")

    folder, answer = made_once(factory, name, make)
    return Refresh(folder / "data", answer, tuple(environment.items()))


@pytest.fixture(scope="session")
def default_refresh(tmp_path_factory: pytest.TempPathFactory) -> Refresh:
    """A first ``klimat refresh`` with nothing set, as a newcomer makes it."""
    return _refreshed(tmp_path_factory, "default_refresh", apart=True, KLIMAT_PROJECT_DIR=str(REPOSITORY))


@pytest.fixture(scope="session")
def small_refresh(tmp_path_factory: pytest.TempPathFactory) -> Refresh:
    """The same in the small country."""
    return _refreshed(tmp_path_factory, "small_refresh")


@pytest.fixture(scope="session")
def with_examples(tmp_path_factory: pytest.TempPathFactory) -> Klimat:
    """The same there with the invented examples of local tables."""
    made = _refreshed(tmp_path_factory, "with_examples", KLIMAT_EXAMPLES="1")
    return Klimat(made.data, made.environment)
