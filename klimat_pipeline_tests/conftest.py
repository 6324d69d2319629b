"""For all tests: nothing that is set outside reaches them, and nothing is reported anywhere."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from klimat_pipeline.garbage import expect_many_objects
from klimat_pipeline_tests.pipeline.commands import Answer
from klimat_pipeline_tests.support import properties
from klimat_pipeline_tests.support.once import made_once
from klimat_pipeline_tests.support.shared import REPOSITORY, shared_path
from klimat_pipeline_tests.support.small_country import make_small_country

_KEPT = {"KLIMAT_RENEW_SNAPSHOT", "KLIMAT_SHARED_DIR"}

#: Settings of ours, of Dagster and of PostgreSQL's library; a proxy, which cannot reach the servers of the tests; what
#: terminals are told about colours and width.
_TAKEN_AWAY = re.compile(r"(KLIMAT|DAGSTER)_.*|PG[A-Z]+|(HTTPS?|ALL|NO)_PROXY|COLUMNS|(FORCE|NO)_COLOR", re.IGNORECASE)

for _name in [name for name in os.environ if _TAKEN_AWAY.fullmatch(name)]:
    if _name not in _KEPT:
        del os.environ[_name]
os.environ["GX_ANALYTICS_ENABLED"] = "false"
expect_many_objects()  # as every process of ours does: with Python's own thresholds a refresh takes a fifth longer


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout."""
    return REPOSITORY


@pytest.fixture(scope="session", autouse=True)
def small_country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the configuration and the snapshots of all tests lie that name no other place."""

    def make(folder: Path) -> Answer:
        make_small_country(folder)
        return Answer(0, "made")

    folder, _ = made_once(tmp_path_factory, "small_country", make)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KLIMAT_PROJECT_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session")
def shared_file() -> Callable[[str], Path]:
    """Path of a file of others; the test is skipped, with the reason, where it is absent."""
    return lambda name: shared_path(*name.split("/"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole runs of the pipeline first: begun last, one file of them would keep one worker busy alone at the end."""
    runs = REPOSITORY / "klimat_pipeline_tests" / "pipeline"
    items.sort(key=lambda item: not item.path.is_relative_to(runs))


properties.load()
