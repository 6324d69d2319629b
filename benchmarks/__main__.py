"""All benchmarks, one line each: the ratio first, then what it is of, the medians, the limit, and every single run."""

from benchmarks import corrections, default_refresh, pathways, provenance, read_ledger, read_workbook, unchanged_refresh

for benchmark in (read_workbook, corrections, unchanged_refresh, default_refresh, provenance, pathways, read_ledger):
    benchmark.main()
