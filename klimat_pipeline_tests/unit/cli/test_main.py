"""The command as a process: what it said is all there although it ends at once, and its exit code is the one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from klimat_pipeline_tests.support.shared import REPOSITORY


@pytest.mark.parametrize(
    ("arguments", "code", "said", "at_fault"),
    [
        (["snapshot", "list"], 0, "smhi-ggt-2026-06", ""),
        (["ledger", "check", "absent.csv"], 1, "", "absent.csv: there is no such file"),
        (["nonsense"], 2, "", "No such command 'nonsense'"),
    ],
    ids=["done", "fault", "usage"],
)
def test_output_and_exit_code(tmp_path: Path, arguments: list[str], code: int, said: str, at_fault: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "klimat_pipeline.cli", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "KLIMAT_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert said in done.stdout
    assert at_fault in done.stderr
