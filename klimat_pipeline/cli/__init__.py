"""The command ``klimat``: a thin layer over Dagster and ``operations``, one module per group of commands.

What does not belong here: arithmetic, parsing, publishing.
"""
