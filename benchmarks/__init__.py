"""Benchmarks: how long something takes against something else on the same machine, never in seconds alone.

``python -m benchmarks`` (or ``make bench``) prints all; each module runs by itself too, e.g.
``python -m benchmarks.read_workbook``. Nothing here passes or fails: machines differ, and so do their moods.
"""
