"""One refresh for all explanations, and copies of it that a test may change."""

from pathlib import Path

import pytest

from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.default_refresh import DefaultRefresh, default_refresh
from klimat_pipeline_tests.support.explained import copy_of

__all__ = ["default_refresh"]


@pytest.fixture(scope="session")
def refreshed(default_refresh: DefaultRefresh) -> Path:
    """Data folder of one refresh with the checkout's own configuration and snapshots; nothing is written there."""
    return default_refresh.data


@pytest.fixture
def settings(refreshed: Path) -> Settings:
    return Settings(data_dir=refreshed)


@pytest.fixture
def changed(refreshed: Path, project: Path, tmp_path: Path) -> Settings:
    """The same publication, with an archive and a database of its own that may be changed."""
    return copy_of(refreshed, project, tmp_path)
