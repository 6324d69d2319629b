"""Contracts of the stage ``scenarios``: gap, neutrality, pathways and investment."""

from klimat_pipeline.contracts.model import Table

TABLES: tuple[Table, ...] = ()
