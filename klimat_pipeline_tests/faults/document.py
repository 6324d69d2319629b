"""``docs/faults.md`` from the table of faults beside this module: ``python -m ... docs/faults.md``.

Each row names the test that breaks the thing for real. What does not belong here: the tests.
"""

import csv
import sys
from itertools import groupby
from pathlib import Path

ROWS = Path(__file__).with_name("faults.csv")
_HEAD = """# What can go wrong

Made from `klimat_pipeline_tests/faults/faults.csv` by `make docs`: {number} faults, each tried by the test in its row
(below `klimat_pipeline_tests/`), nearly all with the real thing broken: servers on loopback, a disk that is full, processes
that are killed, an embedded PostgreSQL. Exit codes: [operations.md](operations.md#exit-codes). In every case readers see a
whole publication, and every message says where, what was found, and what to do.
"""


def rows() -> list[dict[str, str]]:
    """The faults, in the order of the file."""
    with ROWS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document() -> str:
    """The whole page."""
    found = rows()
    lines = [_HEAD.format(number=len(found))]
    for area, faults in groupby(found, key=lambda row: row["area"]):
        lines += [
            f"## {area.capitalize()}\n",
            "| fault | what is seen | exit code | what readers see | how it recovers | test |",
        ]
        lines.append("|---|---|---|---|---|---|")
        for row in faults:
            file, _, name = row["test"].partition("::")
            cells = [row[key] for key in ("fault", "seen", "exit_code", "readers_see", "recovery")]
            lines.append(
                f"| {' | '.join(cells)} | `{Path(file).name}`: {name.removeprefix('test_').replace('_', ' ')} |"
            )
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
