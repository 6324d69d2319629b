"""Use cases that cross stages, for the command and for Dagster alike: what a run holds while it goes on.

What does not belong here: anything of one stage alone, anything of Dagster's (``defs``), what a terminal shows.
"""
