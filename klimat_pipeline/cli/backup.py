"""``klimat backup`` and ``klimat restore``. What does not belong here: what is copied (``operations.backup``)."""

from pathlib import Path
from typing import Annotated

import typer

from klimat_pipeline.cli.terminal import headed, out
from klimat_pipeline.cli.waiting import alone


def backup(to: Annotated[Path, typer.Argument(help="A new folder.", show_default=False)]) -> None:
    """Copy snapshots, configuration, published files and Dagster's history into a folder."""
    from klimat_pipeline.operations.backup import back_up
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    with alone(settings, "klimat backup"), out.status("copying"):
        number = back_up(settings, to)
    headed("backed up", f" {number} files to {to}")


def restore(
    source: Annotated[Path, typer.Argument(help="Folder of a backup.", show_default=False)],
    configuration: Annotated[
        bool, typer.Option("--configuration", help="Bring municipalities and reference tables back too.")
    ] = False,
) -> None:
    """Bring a backup back; what lies in its place is moved aside. A database shows the same afterwards."""
    from klimat_pipeline.operations.backup import restore as brought_back
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    with alone(settings, "klimat restore"), out.status("checking and copying"):
        aside = brought_back(settings, source, configuration=configuration)
    for folder in aside:
        out.print(f"what was there lies in {folder}; delete it when all is well", soft_wrap=True)
    headed("restored", "; next: klimat refresh, which makes the tables between stages again")
