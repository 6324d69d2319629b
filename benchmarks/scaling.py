"""What a million ledger lines cost in each part, and how result tables grow with municipalities (docs/scaling.md).

A million lines are read from CSV, typed and grouped; the result tables are made from the groups of 32, 8 and 1
municipalities' million lines, as a refresh does it when the groups are there. Every part runs once, in a process of its
own: seconds of processor, not a ratio. KLIMAT_BENCH_DIR says where the files lie meanwhile.
"""

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.apart import apart, main_of
from benchmarks.spend import MEMORY, inputs

MODULE, LINES, COUNTS = "benchmarks.scaling", 1_000_000, (32, 8, 1)


def main() -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("KLIMAT_BENCH_DIR")) as name:
        folder = Path(name)
        for case in CASES:
            own = apart(MODULE, case, folder)
            print(f"{case}: {own['processor']:.1f} s of processor, {own['gigabytes']:.2f} GB", flush=True)
        for what in ("read", "lines", "parts"):
            files = list((folder / what).rglob("*.parquet"))
            print(f"{what}: {sum(file.stat().st_size for file in files) / 1e6:.0f} MB, {_rows(files):,} rows")


def _rows(files: list[Path]) -> int:
    import pyarrow.parquet as pq

    return sum(pq.ParquetFile(file).metadata.num_rows for file in files)


def write(folder: Path) -> None:
    """The inputs: a ledger as CSV, and the typed lines of so many municipalities."""
    from klimat_pipeline.spend.ledger.example import write_example
    from klimat_pipeline_tests.support.ledgers import write_many

    write_example(folder / "ledger.csv", lines=LINES, seed=3, year=2023)
    for number in range(max(COUNTS)):
        write_many(folder / "lines", LINES, municipality_code=f"{number + 1:04}", years=(2023,))


def read(folder: Path) -> None:
    """From CSV to typed lines: detected, validated, persons withheld, balanced."""
    from benchmarks.ratio import PROJECT
    from klimat_pipeline.configuration.spend import SpendSettings
    from klimat_pipeline.spend.ledger.read_files import read_ledgers
    from klimat_pipeline.spend.ledger.store import SpendStore

    settings = SpendSettings(ledgers=[str(folder / "ledger.csv")])
    read_ledgers({"9999": (folder, settings)}, PROJECT / "data" / "reference", b"a key", SpendStore(folder / "read"))


def group(folder: Path) -> None:
    """A million typed lines to their groups."""
    from klimat_pipeline.spend.footprint.groups import make_parts

    make_parts(folder / "lines", folder / "parts", code="0001", year=2023)


def group_others(folder: Path) -> None:
    from klimat_pipeline.spend.footprint.groups import make_parts

    for number in range(1, max(COUNTS)):
        make_parts(folder / "lines", folder / "parts", code=f"{number + 1:04}", year=2023)


def results(folder: Path, count: int) -> None:
    """From groups to all result tables."""
    import pandas as pd

    from klimat_pipeline.contracts import table
    from klimat_pipeline.spend.results.all_tables import spend_results

    root = folder / f"of_{count}"
    root.mkdir()
    for number in range(count):
        name = f"municipality_code={number + 1:04}"
        (root / name).symlink_to(folder / "lines" / name)
    reference, own = inputs()
    empty = {
        what: pd.DataFrame(columns=table(key).column_names)
        for what, key in (
            ("passed", "spend/ledger_totals"),
            ("organisation", "inventory/inventory_organisation"),
            ("population", "clean/population"),
        )
    }
    empty["passed"] = empty["passed"].astype({"year": "int64"})
    spend_results(root, reference, own, {}, memory=MEMORY, parts=folder / "parts", **empty)


CASES: dict[str, Callable[..., None]] = {"write": write, "read": read, "group": group, "group_others": group_others}
CASES |= {f"results_{count}": partial(results, count=count) for count in COUNTS}

if __name__ == "__main__":
    main_of(main, CASES)
