"""Files of others that lie beside the checkout, not in it: a test that needs one skips where it is absent."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def shared_path(*parts: str) -> Path:
    """Path of a shared file.

    The folder is ``KLIMAT_SHARED_DIR``, by default ``../shared`` seen from the checkout.
    """
    root = Path(os.environ.get("KLIMAT_SHARED_DIR") or REPOSITORY.parent / "shared")
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{'/'.join(parts)} is not in {root}: it belongs to others and is not part of the checkout")
    return path
