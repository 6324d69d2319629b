"""A full refresh of the figures in the checkout, against importing the four largest libraries together."""

import tempfile

from benchmarks.ratio import compare, klimat, python

IMPORTS = "import dagster, great_expectations, pandas, sqlalchemy"


def main() -> None:
    def refresh() -> None:
        with tempfile.TemporaryDirectory() as data:
            klimat("refresh", data=data)

    compare(
        "default refresh against importing dagster, great_expectations, pandas and sqlalchemy",
        refresh,
        lambda: python("-c", IMPORTS),
        limit=2.0,
        runs=3,
    )


if __name__ == "__main__":
    main()
