"""All benchmarks, each in a process of its own: the ratio first, then what it is of, medians, limit, every run."""

import subprocess
import sys

from benchmarks.ratio import PROJECT

for benchmark in (
    "read_workbook",
    "corrections",
    "unchanged_refresh",
    "default_refresh",
    "municipalities",
    "provenance",
    "pathways",
    "spend",
    "read_ledger",
):
    subprocess.run([sys.executable, "-m", f"benchmarks.{benchmark}"], cwd=PROJECT, check=True)
