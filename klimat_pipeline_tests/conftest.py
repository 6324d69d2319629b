"""For all tests: nothing set outside reaches them, nothing is reported anywhere, and real files are used or missed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"

for _name in [name for name in os.environ if name.startswith(("KLIMAT_", "DAGSTER_"))]:
    if _name != "KLIMAT_RENEW_SNAPSHOT":
        del os.environ[_name]
os.environ["GX_ANALYTICS_ENABLED"] = "false"


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def shared_file() -> Callable[[str], Path]:
    """Path of a file beside the checkout; the test is skipped, with the reason, where it is absent."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.is_file():
            pytest.skip(f"../shared/{name} is absent: it is not part of the checkout")
        return path

    return find
