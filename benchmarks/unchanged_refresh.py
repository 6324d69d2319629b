"""A refresh with nothing new, against importing Dagster and pandas and opening the instance."""

import tempfile

from benchmarks.ratio import compare, klimat, python

OPENING = "import sys, dagster, pandas; dagster.DagsterInstance.from_config(sys.argv[1]).dispose()"


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        klimat("refresh", data=data)
        home = f"{data}/dagster"
        compare(
            "unchanged refresh against importing dagster and pandas and opening the instance",
            lambda: klimat("refresh", data=data),
            lambda: python("-c", OPENING, home, DAGSTER_HOME=home),
            limit=1.3,
        )


if __name__ == "__main__":
    main()
