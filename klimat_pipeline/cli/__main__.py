"""``python -m klimat_pipeline.cli``."""

from klimat_pipeline.cli import command

command()
