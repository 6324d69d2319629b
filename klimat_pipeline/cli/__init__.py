"""``klimat``: a thin door to what Dagster and ``operations`` do, a module a group of commands.

What does not belong here: arithmetic, parsing, publishing.
"""
