"""``python -m klimat_pipeline.cli``."""

from klimat_pipeline.cli.main import command

command()
