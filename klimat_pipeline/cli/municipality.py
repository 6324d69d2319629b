"""``klimat municipality``: folders of municipalities.

What does not belong here: what such a folder contains (``configuration``).
"""

from typing import Annotated

import typer

from klimat_pipeline.cli.terminal import headed, out

municipality_app = typer.Typer(help="Folders of municipalities.", no_args_is_help=True)


@municipality_app.command("add")
def municipality_add(
    code: Annotated[str, typer.Argument(help="SCB's four-digit code.", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="Name as SCB writes it.")],
) -> None:
    """Write a commented folder for a municipality, ready to be filled in."""
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.configuration.municipality import load_generic
    from klimat_pipeline.configuration.template import add_municipality
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    generic = load_generic(settings.municipalities_dir / "_all" / "follow_up.yaml")
    folder = add_municipality(
        settings.municipalities_dir,
        code,
        name,
        known_codes=load_reference(settings.reference_dir).municipality_by_code,
        base=generic.baseline_year,
        trend=generic.trend_from_year,
    )
    headed("written", f" {folder}")
    out.print("next: edit it, then klimat validate and klimat refresh")
