"""``klimat reproduce``: a kept publication made again in a process of its own. What does not belong here: comparing
(``operations.reproduce``).
"""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from klimat_pipeline.cli.apart import klimat_apart
from klimat_pipeline.cli.terminal import err, headed, out


def reproduce(
    publication: Annotated[str, typer.Argument(help="Kept publication, such as pub-0123456789abcdef.")] = "latest",
) -> None:
    """Make a kept publication again from its manifest and the archive; every byte has to be the same."""
    from klimat_pipeline.operations.reproduce import differences, kept, lay_out
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    folder, made_from = kept(settings, publication)
    with tempfile.TemporaryDirectory(prefix="klimat-reproduce-") as elsewhere, out.status("making it again"):
        data = Path(elsewhere) / "data"
        there, releases = lay_out(settings, made_from, data)
        options = [f"--release={name}" for name in releases]
        options += [f"--municipality={code}" for code in made_from.municipalities]
        done = klimat_apart(there.project_dir, data, "refresh", *options)
        if done.returncode != 0:
            err.print(done.stdout)
            raise typer.Exit(done.returncode)
        differing = differences(folder, there.published_dir / "parquet" / folder.name)
    if differing:
        headed("not the same", f": {', '.join(differing)}", colour="red", to=err)
        raise typer.Exit(1)
    headed("reproduced", f" {folder.name}: every file the same, byte for byte")
