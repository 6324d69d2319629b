"""Stage 7, scenarios: what is missing to the targets, what closes it, what is left, and what it costs.

What belongs here: the future. What does not: where a target stands today (``indicators``).
"""
