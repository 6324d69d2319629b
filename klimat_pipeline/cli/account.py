"""``klimat report``: the climate account of a municipality as one HTML page.

What does not belong here: what the page says (``reports``); what a refresh prints at its end (``report``).
"""

from pathlib import Path
from typing import Annotated

import typer

from klimat_pipeline.cli.terminal import headed


def account(
    municipality: Annotated[
        str | None,
        typer.Argument(
            help="Code or name, such as 1283 or Helsingborg; without it all with a folder.", show_default=False
        ),
    ] = None,
    language: Annotated[str, typer.Option("--language", "-l", help="sv or en.")] = "sv",
    short: Annotated[bool, typer.Option("--short", help="Two pages in place of everything.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; by default beside the published tables.")
    ] = None,
) -> None:
    """Write the climate account (klimatredovisning) of a municipality as one HTML page that needs no network."""
    from klimat_pipeline.cli.show import published_code
    from klimat_pipeline.operations.accounts import account_pages
    from klimat_pipeline.reports.climate_account import FOLDER, climate_account, file_name, write
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    if municipality is None:
        for written in account_pages(settings):
            headed("written", f" {written}")
        return
    code = municipality if municipality.isdigit() else published_code(settings, municipality)
    page = climate_account(settings, code, language=language, short=short)
    path = output or settings.published_dir / FOLDER / file_name(code, language, short=short)
    write(path, page)
    headed("written", f" {path} ({len(page.encode()) / 1024:,.0f} kB)")
