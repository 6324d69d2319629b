"""Stage ``spend``: from the accounts payable ledger to typed lines, and from lines to a footprint.

DuckDB over Arrow and Parquet, out of core; pandas only for small tables. What does not belong here: the group's own
activity (``inventory``), indicators and targets.
"""
