"""One refresh for all explanations, and copies of it that a test may change."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from klimat_pipeline.settings import Settings


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder of one refresh with the checkout's own configuration and snapshots."""
    data = tmp_path_factory.mktemp("explain") / "data"
    done = subprocess.run(
        [sys.executable, "-m", "klimat_pipeline.cli", "refresh"],
        env={**os.environ, "KLIMAT_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return data


@pytest.fixture
def settings(refreshed: Path) -> Settings:
    return Settings(data_dir=refreshed)


@pytest.fixture
def changed(refreshed: Path, project: Path, tmp_path: Path) -> Settings:
    """The same publication, with an archive and a database of its own that may be changed."""
    settings = Settings(project_dir=tmp_path, data_dir=tmp_path / "data")
    shutil.copytree(refreshed / "published", settings.published_dir, symlinks=True)
    for part in ("reference", "snapshots/embedded"):
        shutil.copytree(project / "data" / part, tmp_path / "data" / part)
    database = settings.published_dir / "klimat.sqlite"
    database.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return settings
