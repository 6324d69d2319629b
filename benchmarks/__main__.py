"""All benchmarks, one line each: the ratio first, then what it is of, the medians, the limit, and every single run."""

from benchmarks import corrections, default_refresh, provenance, read_workbook, spend, unchanged_refresh

for benchmark in (read_workbook, corrections, unchanged_refresh, default_refresh, provenance, spend):
    benchmark.main()
