"""Checks: the form of tables (contract), do sums agree (reconciliation), are figures likely (plausibility).

Pure functions from tables to findings. Which table has which checks is data (``catalogue``); how they show in the UI
and what a failed one stops is the wiring's business (``defs``).
"""
