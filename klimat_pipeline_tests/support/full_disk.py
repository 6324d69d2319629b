"""A file system of one megabyte, to be full. What does not belong here: what a full disk does to whom."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("needs the right to mount a small file system")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)], check=False)
    if done.returncode != 0:
        pytest.skip("needs the right to mount a small file system")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def fill(disk: Path, left_kb: int = 0) -> None:
    """Leave so little room."""
    (disk / "filler").write_bytes(b"\0" * (shutil.disk_usage(disk).free - left_kb * 1024))
