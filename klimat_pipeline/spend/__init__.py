"""Stage ``spend``: from the accounts payable ledger to typed lines, from lines to a footprint, and to tables.

``ledger`` reads, ``footprint`` values, ``results`` sums; each imports only the ones before it. DuckDB over Arrow and
Parquet, out of core; pandas only for small tables. What does not belong here: the group's own activity
(``inventory``), indicators and targets.
"""
