"""Dagster wiring only, no arithmetic; files are named after Dagster's concepts, those of ``assets`` after the stages.

``asset_factory`` generates descriptions, schemas and checks from the contracts, ``io_managers`` stores tables,
``resources`` is how assets reach settings and configuration, ``jobs`` holds jobs and schedules.
"""
