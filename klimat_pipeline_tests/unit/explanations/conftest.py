"""One refresh for all explanations, and copies of it that a test may change."""

from pathlib import Path

import pytest

from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.default_refresh import Refresh, small_refresh
from klimat_pipeline_tests.support.explained import copy_of

__all__ = ["small_refresh"]


@pytest.fixture(scope="session")
def refreshed(small_refresh: Refresh) -> Path:
    """Data folder of one refresh with the checkout's own configuration and snapshots; nothing is written there."""
    return small_refresh.data


@pytest.fixture
def settings(refreshed: Path) -> Settings:
    return Settings(data_dir=refreshed)


@pytest.fixture
def changed(refreshed: Path, small_country: Path, tmp_path: Path) -> Settings:
    """The same publication, with an archive and a database of its own that may be changed."""
    return copy_of(refreshed, small_country, tmp_path)
