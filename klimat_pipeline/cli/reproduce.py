"""``klimat reproduce``: a kept publication made again in a process of its own. What does not belong here: comparing
(``operations.reproduce``).
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klimat_pipeline.cli.terminal import err, headed, out

if TYPE_CHECKING:
    from klimat_pipeline.settings import Settings

#: Settings that another data folder must not share.
_OURS = (
    *("KLIMAT_DATABASE_URL", "KLIMAT_DAGSTER_DATABASE_URL", "KLIMAT_TABLES_URL", "KLIMAT_LIVE", "DAGSTER_HOME"),
    *("KLIMAT_ALERT_", "KLIMAT_HEARTBEAT_URL", "KLIMAT_METRICS_FILE", "KLIMAT_LOG_FILE"),
)


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
        done = _refresh(there, data, releases, made_from.municipalities)
        if done.returncode != 0:
            err.print(done.stdout)
            raise typer.Exit(done.returncode)
        differing = differences(folder, there.published_dir / "parquet" / folder.name)
    if differing:
        headed("not the same", f": {', '.join(differing)}", colour="red", to=err)
        raise typer.Exit(1)
    headed("reproduced", f" {folder.name}: every file the same, byte for byte")


def _refresh(
    settings: "Settings", data: Path, releases: tuple[str, ...], municipalities: tuple[str, ...]
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    environment |= {"KLIMAT_DATA_DIR": str(data), "KLIMAT_PROJECT_DIR": str(settings.project_dir)}
    options = [f"--release={name}" for name in releases] + [f"--municipality={code}" for code in municipalities]
    return subprocess.run(  # noqa: S603 - this very program, no shell
        [sys.executable, "-m", "klimat_pipeline.cli", "refresh", *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
