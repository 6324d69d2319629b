"""Dagster wiring only, one thin file a stage with the stage's name; no arithmetic.

``wiring`` generates descriptions, schemas and checks from the contracts, ``io`` stores tables, ``project`` is the
resource through which assets reach settings and configuration, ``jobs`` holds the job and its schedule, ``instance``
opens Dagster's history. Nothing is imported here: Dagster's own programs load ``instance`` alone.
"""
