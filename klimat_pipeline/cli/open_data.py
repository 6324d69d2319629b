"""``klimat opendata``: the mart as a folder that a web server can serve as open data.

What does not belong here: files and catalogue (``reports.open_data``).
"""

from pathlib import Path
from typing import Annotated

import typer

from klimat_pipeline.cli.terminal import out


def opendata(
    folder: Annotated[
        Path, typer.Argument(help="Folder that is served; versions are added to it.", show_default=False)
    ],
    url: Annotated[str, typer.Option("--url", help="Address that the folder is served at.")],
    publisher: Annotated[str, typer.Option("--publisher", help="Name of who answers for the data.")],
    publisher_uri: Annotated[str, typer.Option("--publisher-uri", help="Its identifier, such as its address.")],
    contact: Annotated[str, typer.Option("--contact", help="Mail address for questions.")],
    license_: Annotated[
        str,
        typer.Option("--license", help="Address of the figures' licence. Check the sources' terms: DATA_LICENSES.md."),
    ],
) -> None:
    """Write the mart as open data: CSV files, data package and a DCAT-AP-SE catalogue; versions never change."""
    from klimat_pipeline.reports.dcat import Publisher
    from klimat_pipeline.reports.open_data import write_open_data
    from klimat_pipeline.settings import load_settings

    who = Publisher(publisher, publisher_uri, contact, url, license_)
    written = write_open_data(load_settings(), folder, who)
    said = "written" if written.is_new else "there already, unchanged"
    out.print(f"[green]{said}[/] {written.version}; catalogue {folder / 'dcat.ttl'}", soft_wrap=True)
