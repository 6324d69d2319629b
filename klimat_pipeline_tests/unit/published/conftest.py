from pathlib import Path

import pytest

from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.postgres import database_url, postgres_server

__all__ = ["database_url", "postgres_server"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Files only, below the test's own directory."""
    return Settings(data_dir=tmp_path, database_url=None, keep_publications=3)
