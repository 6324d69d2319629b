"""Look for examples that break a property: new ones in every round, until the time is spent (``make fuzz``).

Run as ``python -m klimat_pipeline_tests.support.fuzz SECONDS [FILE...]``. What it finds belongs into the tests as an
``@example``, for ``make test`` draws the same examples every day.
"""

import itertools
import os
import random
import re
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from klimat_pipeline_tests.support.properties import FUZZ
from klimat_pipeline_tests.support.shared import REPOSITORY

_TESTS = REPOSITORY / "klimat_pipeline_tests"
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+::\S+)", re.MULTILINE)
#: What pytest puts before the lines of an error, and before those of several.
_MARGIN = re.compile(r"^(?:E {3}|[ |+-]*\| ?)", re.MULTILINE)
#: Hypothesis has called it both.
_FALSIFYING = re.compile(r"^(?:Falsifying example|Failing test case): (\w+)\(\n(.*?)\n\)$", re.MULTILINE | re.DOTALL)
#: pytest's codes of a round that is no finding: all passed, and none left to run.
_FINE = (0, 5)

HOW_TO = """\
An example becomes part of the tests as a line above its test, with the reason of the failure beside it:

    from hypothesis import example

    {example}
    def {name}(...):

Arguments that are fixtures (tmp_path) are left out. Where an argument is no literal (st.data(), a function), build it
by hand, or write a plain test. Then mend what it found; `make test` runs the example every time."""


@dataclass
class Search:
    """What was run and found so far; shared by the threads that run pytest.

    Attributes:
        files: files with properties.
        ends: when no further run begins, on the monotonic clock.
        found: tests that failed; they are not run again.
        lock: for what is found and printed.
    """

    files: Sequence[str]
    ends: float
    runs: int = 0
    found: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def rounds(self) -> Iterator[tuple[str, int]]:
        """Every file with a new seed, again and again, in an order of its own: a short search begins elsewhere too."""
        chance = random.SystemRandom()
        while True:
            for file in chance.sample(self.files, len(self.files)):
                yield file, chance.getrandbits(32)

    def run(self, work: tuple[str, int]) -> None:
        """Run the properties of one file with one seed, unless the time is spent."""
        if time.monotonic() >= self.ends:
            return
        file, seed = work
        options = [f"--hypothesis-profile={FUZZ}", f"--hypothesis-seed={seed}", "-m", "hypothesis"]
        left_out = [f"--deselect={test}" for test in sorted(self.found)]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", *options, *left_out, file],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        with self.lock:
            self.runs += 1
        if done.returncode in _FINE:
            return
        with self.lock:
            failed = set(_FAILED.findall(done.stdout)) or {file}
            # Another thread may have found it meanwhile.
            if new := failed - self.found:
                print(report(done.stdout + done.stderr, new, " ".join(options[:2])), flush=True)
            self.found |= failed


def report(printed: str, failed: set[str], options: str) -> str:
    """What pytest printed, how to see it again, and the examples as they are written into a test."""
    lines = [printed, f"Again: python -m pytest {options} {' '.join(sorted(failed))}"]
    for name, example in examples(printed):
        lines.append(HOW_TO.format(example=example.replace("\n", "\n    "), name=name))
    return "\n".join(lines)


def examples(printed: str) -> list[tuple[str, str]]:
    """Tests that were falsified and the ``@example`` of each, from what hypothesis printed."""
    return [
        (name, f"@example(\n{textwrap.indent(textwrap.dedent(arguments), '    ')}\n)")
        for name, arguments in _FALSIFYING.findall(_MARGIN.sub("", printed))
    ]


def files_with_properties() -> list[str]:
    """Files of tests that use hypothesis, by their paths in the checkout."""
    return [
        path.relative_to(REPOSITORY).as_posix()
        for path in sorted(_TESTS.rglob("test_*.py"))
        if "@given" in path.read_text(encoding="utf-8")
    ]


def main(seconds: float, files: Sequence[str]) -> int:
    """Search for so many seconds; what has begun by then is still finished.

    Returns:
        1 when something was found.
    """
    files = files or files_with_properties()
    search = Search(files, time.monotonic() + seconds)
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        rounds = search.rounds()
        while time.monotonic() < search.ends:
            list(pool.map(search.run, itertools.islice(rounds, workers)))
    said = f"{len(search.found)} broken: {' '.join(sorted(search.found))}" if search.found else "nothing found"
    print(f"{search.runs} runs of {len(files)} files with properties: {said}")
    return int(bool(search.found))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), [Path(name).as_posix() for name in sys.argv[2:]]))
