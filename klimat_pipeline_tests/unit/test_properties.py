"""Examples of properties are the same in every run, whatever was imported before and wherever the tests lie."""

import json
import os
import subprocess
import sys

import pytest
from hypothesis import settings

from klimat_pipeline_tests.support.fuzz import examples, files_with_properties
from klimat_pipeline_tests.support.properties import DAILY, USUAL
from klimat_pipeline_tests.support.shared import REPOSITORY

#: Draws as a test would, and prints what it drew. The argument imports modules with constants of their own first.
DRAWS = """
import importlib, json, sys
from hypothesis import given, settings, strategies as st
from klimat_pipeline_tests.support import properties

for name in sys.argv[2:]:
    importlib.import_module(name)
properties.load()
settings.load_profile(sys.argv[1])
seen = []

def drawn(number, whole, text, letter):
    seen.append(repr((number, whole, text, letter)))

given(st.floats(-1e8, 1e8), st.integers(), st.text(max_size=5), st.sampled_from("ab"))(drawn)()
print(json.dumps(seen))
"""
#: With a few hundred constants between them, and quick to import.
LADEN = (
    "klimat_pipeline.spend.ledger.amounts",
    "klimat_pipeline.spend.ledger.personal_numbers",
    "klimat_pipeline.sources.http",
)


def drawn(profile: str, *modules: str, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", DRAWS, profile, *modules],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_the_same_examples_whatever_is_imported_and_hashed() -> None:
    once = drawn("same every day", PYTHONHASHSEED="1")
    assert len(once) == round(USUAL * DAILY)
    assert drawn("same every day", *LADEN, PYTHONHASHSEED="2", CI="1") == once


def test_fuzz_draws_others_every_time() -> None:
    assert drawn("fuzz") != drawn("fuzz")


def test_the_tests_run_with_the_same_examples_by_default() -> None:
    """What they rely on: no memory of other runs, no clock."""
    now = settings()
    assert now.derandomize and now.database is None and now.deadline is None


@pytest.mark.parametrize("margin", ["", "E   ", "  | ", "    | "], ids=["bare", "error", "first", "of several"])
@pytest.mark.parametrize("words", ["Falsifying example", "Failing test case"])
def test_what_fuzz_finds_is_shown_as_an_example(margin: str, words: str) -> None:
    lines = [f"{words}: test_sums(", "    start=0.0,  # or any other", "    states=[", "        1.5,", "    ],", ")"]
    printed = "".join(f"{margin}{line}\n" for line in ["AssertionError", *lines, "Again"])
    assert examples(printed) == [("test_sums", "@example(\n" + "\n".join(lines[1:-1]) + "\n)")]


def test_fuzz_knows_the_files_with_properties() -> None:
    found = files_with_properties()
    assert "klimat_pipeline_tests/unit/indicators/test_indicator_change_explained.py" in found
    assert "klimat_pipeline_tests/unit/test_properties.py" not in found
