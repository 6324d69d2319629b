"""What more municipalities cost: a full refresh of 1, 10, 100 and 290 of them, each in a process of its own.

The checkout's own figures, cut down to so many municipalities, Helsingborg and its folder among them. Turn by turn, so
that a slow minute of the machine hits all; the ratio is against the refresh of one.
"""

import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.ratio import PROJECT, python

COUNTS = (1, 10, 100, 290)
#: What 289 more may cost, in refreshes of one.
LIMIT, RUNS = 1.9, 3
_HELSINGBORG = ("Skåne län", "Helsingborg")


def main() -> None:
    from klimat_pipeline.raw.smhi_workbook import TOTAL
    from klimat_pipeline_tests.support.small_country import make_small_country, municipalities_of

    workbook = next((PROJECT / "data" / "snapshots" / "embedded" / "files").glob("*.xlsx"))
    others = [place for place in municipalities_of(workbook) if place != _HELSINGBORG]
    with tempfile.TemporaryDirectory() as folder:
        checkouts = {count: Path(folder, str(count)) for count in COUNTS}
        for count, checkout in checkouts.items():
            make_small_country(checkout, [(TOTAL, TOTAL), _HELSINGBORG, *others[: count - 1]])
        seconds: dict[int, list[float]] = {count: [] for count in COUNTS}
        for run in range(RUNS + 1):  # the first does not count
            for count, checkout in checkouts.items():
                with tempfile.TemporaryDirectory() as data:
                    started = time.perf_counter()
                    environment = {"KLIMAT_PROJECT_DIR": str(checkout), "KLIMAT_DATA_DIR": data}
                    python("-m", "klimat_pipeline.cli", "refresh", **environment)
                    if run:
                        seconds[count].append(time.perf_counter() - started)
    one = median(seconds[COUNTS[0]])
    for count, times in seconds.items():
        meant = f", meant to stay below {LIMIT:g}" if count == COUNTS[-1] else ""
        spread = " ".join(f"{each:.2f}" for each in times)
        ratio = f"{median(times) / one:5.2f}  refresh of {count} municipalities against that of one"
        print(f"{ratio}: {median(times):.2f} s / {one:.2f} s{meant}  [{spread}]", flush=True)


if __name__ == "__main__":
    main()
