"""Refreshes of the checkout's own figures, made once for all tests: with nothing set, and with invented examples."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Answer, Klimat
from klimat_pipeline_tests.support.once import made_once


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
    """A first ``klimat refresh`` with nothing set."""
    folder, answer = made_once(
        tmp_path_factory, "default_refresh", lambda folder: Klimat(folder / "data").apart("refresh")
    )
    return DefaultRefresh(folder / "data", answer)


@pytest.fixture(scope="session")
def with_examples(tmp_path_factory: pytest.TempPathFactory) -> Klimat:
    """The same with the invented examples of local tables."""
    folder, _ = made_once(
        tmp_path_factory,
        "with_examples",
        lambda folder: Klimat(folder / "data").apart("refresh", KLIMAT_EXAMPLES="1"),
    )
    return Klimat(folder / "data", (("KLIMAT_EXAMPLES", "1"),))
