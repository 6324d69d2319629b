"""Use cases that cross stages: take a file in, collect what a publication is made from, validate, freeze, lock.

Called by the command and by Dagster alike. What does not belong here: anything of one stage alone, anything of
Dagster's (``defs``), what a terminal shows (``cli``).
"""
