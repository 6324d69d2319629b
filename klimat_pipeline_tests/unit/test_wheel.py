"""The wheel of a commit is the same, byte for byte, wherever it is built (docs/security.md says how)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from klimat_pipeline_tests.support.shared import REPOSITORY

_BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    """Two folders, two time zones, files of two ages."""
    wheels = []
    for number, zone in enumerate(("UTC", "Asia/Tokyo"), start=1):
        source, out = tmp_path / f"checkout {number}", tmp_path / f"wheel {number}"
        shutil.copytree(
            REPOSITORY / "klimat_pipeline", source / "klimat_pipeline", ignore=shutil.ignore_patterns("__pycache__")
        )
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(REPOSITORY / name, source)
        for path in source.rglob("*"):
            os.utime(path, (number * 10**8, number * 10**8))
        out.mkdir()
        subprocess.run(
            [sys.executable, "-c", _BUILD, str(out)],
            cwd=source,
            env={**os.environ, "TZ": zone, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONPATH": ""},
            umask=0o022,
            capture_output=True,
            check=True,
            timeout=120,
        )
        (wheel,) = out.glob("*.whl")
        wheels.append((wheel.name, wheel.read_bytes()))
    assert wheels[0] == wheels[1]
