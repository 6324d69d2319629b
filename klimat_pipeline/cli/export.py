"""``klimat export``: what is published of a municipality, as others ask for it.

What does not belong here: layouts (``reports.exports``).
"""

from pathlib import Path
from typing import Annotated

import typer

from klimat_pipeline.cli.terminal import out


def export(
    form: Annotated[
        str,
        typer.Argument(
            help="ccc (EU Climate City Contract, A-1.1 to A-1.4 and A-2.1), crf (GCoM Common Reporting Framework, "
            "CDP-ICLEI), gpc (GPC BASIC and BASIC+) or netzerocities.",
            metavar="FORMAT",
            show_default=False,
        ),
    ],
    municipality: Annotated[str, typer.Argument(help="Code or name, such as 1283 or Helsingborg.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="xlsx file; by default beside the published tables.")
    ] = None,
) -> None:
    """Write a municipality's inventory as a workbook in the layout of a reporting framework."""
    from klimat_pipeline.cli.show import published_code
    from klimat_pipeline.reports.climate_account import FOLDER
    from klimat_pipeline.reports.exports.formats import export as written
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    code = municipality if municipality.isdigit() else published_code(settings, municipality)
    path = output or settings.published_dir / FOLDER / f"{form}-{code}.xlsx"
    written(settings, form, code, path)
    out.print(f"[green]written[/] {path}", soft_wrap=True)
