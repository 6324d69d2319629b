"""Refreshes made once for all tests: the default of all municipalities, and those of the small country."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Answer, Klimat
from klimat_pipeline_tests.support.hostile_ledger import put_hostile_ledgers
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
def hostile_ledger(tmp_path_factory: pytest.TempPathFactory, small_country: Path) -> tuple[Refresh, int]:
    """The same with the invented examples of local tables, and a hostile ledger of Helsingborg's; its sum in oere."""

    def make(folder: Path) -> Answer:
        shutil.copytree(small_country / "data", folder / "checkout" / "data")
        ore = put_hostile_ledgers(folder / "checkout" / "data" / "municipalities" / "1283_helsingborg")
        (folder / "ore").write_text(str(ore), encoding="utf-8")
        return Klimat(folder / "data", environment(folder))("refresh")

    def environment(folder: Path) -> tuple[tuple[str, str], ...]:
        return (
            ("KLIMAT_PROJECT_DIR", str(folder / "checkout")),
            ("KLIMAT_EXAMPLES", "1"),
            ("KLIMAT_PERSONAL_KEY", "a key that only this test knows"),
        )

    folder, answer = made_once(tmp_path_factory, "hostile_ledger", make)
    return Refresh(folder / "data", answer, environment(folder)), int((folder / "ore").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def with_examples(hostile_ledger: tuple[Refresh, int]) -> Klimat:
    """A refresh with the invented examples of local tables."""
    refresh, _ = hostile_ledger
    return Klimat(refresh.data, refresh.environment)
