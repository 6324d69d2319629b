"""All benchmarks, one line each: the ratio first, then what it is of, the medians, the limit, and every single run."""

from benchmarks import (
    corrections,
    default_refresh,
    pathways,
    provenance,
    read_ledger,
    read_workbook,
    spend,
    unchanged_refresh,
)

for benchmark in (
    read_workbook,
    corrections,
    unchanged_refresh,
    default_refresh,
    provenance,
    pathways,
    spend,
    read_ledger,
):
    benchmark.main()
