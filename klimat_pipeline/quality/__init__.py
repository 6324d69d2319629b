"""Checks: do tables keep their contract, do sums agree (reconciliation), are figures likely (plausibility)?

Pure functions from tables to findings. ``catalogue`` lists which table has which checks. What does not belong here:
how they show in the UI, and what a failed one stops (``defs``).
"""
