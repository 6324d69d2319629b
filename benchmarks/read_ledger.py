"""A ledger of a million invented lines through the door, against DuckDB's own read of the same CSV into Parquet."""

import os
import tempfile
from pathlib import Path

from benchmarks.ratio import PROJECT, compare


def main() -> None:
    import duckdb
    from upath import UPath

    from klimat_pipeline.configuration.spend import SpendSettings
    from klimat_pipeline.spend.door import Way, read_file
    from klimat_pipeline.spend.example import write_example
    from klimat_pipeline.spend.personal import Pseudonyms
    from klimat_pipeline.spend.reference import load_ledger_reference

    lines = int(os.environ.get("KLIMAT_BENCH_LINES", "1000000"))
    reference = load_ledger_reference(PROJECT / "data" / "reference")
    way = Way(SpendSettings(), reference, reference.rules, Pseudonyms(b"a key for a benchmark"))
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder, "ledger.csv"), Path(folder, "typed")
        write_example(path, lines=lines, seed=3, year=max(year for _, year in reference.rates))

        def theirs() -> None:
            duckdb.execute(
                f"COPY (FROM read_csv('{path}', delim=';', decimal_separator=',', header=true)) "
                f"TO '{target.with_suffix('.parquet')}' (FORMAT parquet, COMPRESSION zstd)"
            )

        compare(
            f"reading a ledger of {lines:,} lines against DuckDB's own read of it into Parquet",
            lambda: read_file(UPath(path), "ledger.csv", way, target),
            theirs,
            limit=1.5,
            runs=1 if lines > 2_000_000 else 3,
        )


if __name__ == "__main__":
    main()
