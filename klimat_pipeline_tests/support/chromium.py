"""Headless Chromium, driven as a process; and pages as the standard library reads them.

Tests that need it are skipped, with the reason, on a machine that has none: CI has it, a new machine need not.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")


def chromium(page: Path, *flags: str) -> str:
    """What a page has become once its scripts have run.

    Args:
        page: a file.
        flags: of the browser, such as what colours it prefers.
    """
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip(f"none of {', '.join(_NAMES)} is on this machine, so nothing can open the page")
    home = page.parent / "chromium"
    command = [program, *_FLAGS, f"--user-data-dir={home}", "--virtual-time-budget=20000", *flags]
    shown = subprocess.run(
        [*command, "--dump-dom", page.as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    return shown.stdout
