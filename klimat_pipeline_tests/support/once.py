"""Something slow that is made once for all tests and all their workers.

Tests read the folder as it is; one that writes there, or runs anything in it, takes a copy.
"""

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Answer


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Answer]) -> tuple[Path, Answer]:
    """Made by whichever worker asks first; the others wait for it.

    Args:
        factory: of temporary folders.
        name: of the folder.
        make: makes it in the folder that it is given, and says how that ended.

    Returns:
        The folder, and the answer, which is one of success.
    """
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # each worker has a folder of its own in there
    folder = root / name
    folder.mkdir(exist_ok=True)
    said = folder / "answer.json"
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.is_file():
            made = make(folder)
            said.write_text(json.dumps([made.code, made.text]), encoding="utf-8")
    answer = Answer(*json.loads(said.read_text(encoding="utf-8")))
    assert answer.code == 0, answer.text
    return folder, answer
