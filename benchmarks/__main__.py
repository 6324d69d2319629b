"""All benchmarks, each in a process of its own: printed as they come, and kept in ``docs/benchmarks.md``."""

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime

from benchmarks.ratio import PROJECT

BENCHMARKS = (
    "read_workbook",
    "corrections",
    "unchanged_refresh",
    "default_refresh",
    "municipalities",
    "provenance",
    "pathways",
    "spend",
    "read_ledger",
    "large_ledgers",
    "copy_rows",
)
DOCUMENT = PROJECT / "docs" / "benchmarks.md"
#: What ``ratio.compare`` prints: the ratio, of what, and the limit.
_RATIO = re.compile(r"^\s*(?P<ratio>\d+\.\d+)  (?P<what>.+?), meant to stay below (?P<limit>[\d.]+)")
_HEAD = """\
# Benchmarks

Made by `make bench` on {day}: {cores} processors, {machine}, Python {python}. A ratio is of medians, ours against a
floor or a peer measured turn by turn in the same minutes, so that most of the machine's speed drops out; memory is each
case's own, in a process of its own. Above its limit a ratio is **bold**.

| ratio | limit | of what |
|---:|---:|---|
"""


def main() -> None:
    """Run all, and write the document."""
    printed: list[str] = []
    for benchmark in BENCHMARKS:
        command = [sys.executable, "-m", f"benchmarks.{benchmark}"]
        with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                printed.append(line.rstrip())
        if process.returncode:
            sys.exit(process.returncode)
    DOCUMENT.write_text(document(printed), encoding="utf-8")
    print(f"written: {DOCUMENT.relative_to(PROJECT)}")


def document(printed: list[str]) -> str:
    """The table of all ratios, and below it the lines that say more (seconds of processor, memory)."""
    head = _HEAD.format(
        day=datetime.now(UTC).date(), cores=os.cpu_count(), machine=platform.machine(), python=platform.python_version()
    )
    rows, others = [], []
    for line in printed:
        if found := _RATIO.match(line):
            ratio, limit = found["ratio"], found["limit"]
            shown = f"**{ratio}**" if float(ratio) > float(limit) else ratio
            rows.append(f"| {shown} | {limit} | {found['what']} |")
        elif line.strip():
            others.append(f"    {line.strip()}")
    return head + "\n".join(rows) + "\n\n" + "\n".join(others) + "\n"


if __name__ == "__main__":
    main()
