"""``klimat init``, ``klimat ui`` and ``klimat serve``: what is there afterwards, and what is not."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from klimat_pipeline_tests.pipeline.commands import PROJECT, Klimat

#: A program that starts another one, as ``dagster dev`` does, and says both numbers.
PROGRAM = """
import os, subprocess, sys, time
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
try:
    print(os.getpid(), helper.pid, flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    pass
"""
PARENT = "import sys; from klimat_pipeline.cli.services import _until_ended as run; import os; sys.exit(run({}, dict(os.environ)))"


def begun() -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    code = PARENT.format([sys.executable, "-c", PROGRAM])
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    return parent, [psutil.Process(int(number)) for number in parent.stdout.readline().split()]


@pytest.fixture(autouse=True)
def in_the_background() -> Iterator[None]:
    """As a script starts it with ``&``: what is asked to end ignores that, unless the command sees to it."""
    kept = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_is_left_when_the_command_is_ended(number: signal.Signals) -> None:
    parent, processes = begun()
    parent.send_signal(number)
    assert parent.wait(60) == 0
    assert psutil.wait_procs(processes, timeout=60)[1] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent was killed")
def test_what_the_command_started_ends_when_it_is_killed() -> None:
    parent, (program, helper) = begun()
    parent.kill()
    program.wait(60)
    helper.kill()  # Dagster's own program ends its helpers; this one knows nothing of them


def test_nothing_is_left_when_what_it_started_is_killed() -> None:
    parent, (program, helper) = begun()
    program.kill()
    parent.wait(60)
    assert psutil.wait_procs([helper], timeout=60)[1] == []


def test_init_prepares_everything_and_may_be_repeated(tmp_path: Path) -> None:
    klimat = Klimat(tmp_path / "data")
    first, second = klimat("init"), klimat("init")
    assert (first.code, second.code) == (0, 0), first.text + second.text
    assert first.text == second.text
    assert (tmp_path / "data" / "dagster" / "dagster.yaml").is_file()
    assert (tmp_path / "data" / "dagster" / "history" / "runs.db").is_file()


def test_init_names_what_is_in_the_way(tmp_path: Path) -> None:
    klimat = Klimat(tmp_path, (("KLIMAT_DATABASE_URL", "postgresql://klimat:hemligt@127.0.0.1:9/none"),))
    answer = klimat("init")
    assert answer.code == 69 and "PostgreSQL" in answer.text and "hemligt" not in answer.text


def test_serve_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    klimat = Klimat(tmp_path)
    answer = klimat("serve")
    assert answer.code == 1 and "run klimat refresh" in answer.text
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "klimat_mart.sqlite").touch()
    monkeypatch.setattr("klimat_pipeline.cli.services.find_spec", lambda name: None)
    answer = klimat("serve")
    assert answer.code == 1 and "klimat-pipeline[serve]" in answer.text
