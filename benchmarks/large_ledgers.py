"""A ledger of ten and one of a hundred million CSV lines to every result table, against a query by hand.

The narrow ledger of ``read_ledger`` over and over in one file (0.8 and 8.3 GB), so that what is measured is what grows
with lines, and memory; the floor is that benchmark's, one run each. KLIMAT_BENCH_MILLIONS says how many ("10 100"
without it), and KLIMAT_BENCH_DIR where the files lie; one for which the disk has no room is left out, and said so. What
does not belong here: the cases (``read_ledger``).
"""

import os
import shutil
import tempfile
from pathlib import Path

from benchmarks import read_ledger
from benchmarks.apart import apart, in_turns, print_cases

SOURCE = "narrow"
FILE = "narrow.csv"
CASES = [f"{case}_{SOURCE}" for case in ("ours", "read", "query")]
#: What the query by hand may take: with 600 MB, as ours has, a hundred million lines are too many for it.
HAND_MEMORY = "6GB"
#: Disk that a million lines take: the file, what the database puts aside, typed lines, and those of the query by hand.
GB_A_MILLION = 0.5


def main() -> None:
    os.environ["KLIMAT_BENCH_HAND_MEMORY"] = HAND_MEMORY
    millions = [int(text) for text in os.environ.get("KLIMAT_BENCH_MILLIONS", "10 100").split()]
    with tempfile.TemporaryDirectory(dir=os.environ.get("KLIMAT_BENCH_DIR")) as name:
        one = Path(name) / "one"
        one.mkdir()
        apart(read_ledger.MODULE, "prepare", one, "1000000")
        for count in millions:
            if (free := shutil.disk_usage(name).free / 1e9) < GB_A_MILLION * count:
                print(
                    f"  -   a ledger of {count:,} million lines: left out, the disk has {free:.0f} GB free", flush=True
                )
                continue
            folder = Path(name) / "many"
            folder.mkdir()
            multiply(one, folder, count)
            middle, _ = in_turns(read_ledger.MODULE, CASES, folder, runs=1)
            size = (folder / FILE).stat().st_size / 1e9
            shutil.rmtree(folder)
            ours, read, query = (middle[case] for case in CASES)
            floor = read["processor"] + query["processor"]
            print(
                f"{ours['processor'] / floor:5.2f}  a ledger of {count:,} million lines ({SOURCE}, {size:.1f} GB) to "
                f"all result tables against DuckDB's own read of it and a query by hand: {ours['processor']:.1f} s of "
                f"processor / {floor:.1f} s, meant to stay below {read_ledger.LIMIT:g}; largest size "
                f"{ours['gigabytes']:.2f} GB, meant to stay below 1 GB and a sixth of the file",
                flush=True,
            )
            print_cases(middle)


def multiply(one: Path, folder: Path, times: int) -> None:
    """The million lines so many times in one file, beside the classes of the query by hand."""
    shutil.copy(one / f"classes_{SOURCE}.parquet", folder)
    with (one / FILE).open("rb") as file, (folder / FILE).open("wb") as many:
        header = file.readline()
        begins = file.tell()
        many.write(header)
        for _ in range(times):
            file.seek(begins)
            shutil.copyfileobj(file, many, 16 * 1024 * 1024)


if __name__ == "__main__":
    main()
