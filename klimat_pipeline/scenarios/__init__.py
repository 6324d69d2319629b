"""Stage 7, scenarios: the gap to the targets, the actions that close it, the residual, and the cost.

What belongs here: the future. What does not: how far a target is today (``indicators``).
"""
