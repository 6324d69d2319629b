"""``klimat prices``: the price indices that deflate purchases. What does not belong here: reading them (``spend``)."""

from pathlib import Path
from typing import Annotated

import typer

from klimat_pipeline.cli.terminal import out
from klimat_pipeline.cli.waiting import alone

app = typer.Typer(help="Price indices that deflate purchases.", no_args_is_help=True)


@app.command()
def fetch() -> None:
    """Fetch every table of data/reference/price_tables.csv from SCB (KLIMAT_SCB_URL)."""
    from klimat_pipeline.operations.price_intake import fetch_prices
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    with alone(settings, "klimat prices fetch"):
        taken = fetch_prices(settings, log=lambda text: out.print(f"  {text}", style="dim", markup=False))
    out.print(f"{sum(found.is_new for found in taken)} new snapshot(s)")


@app.command()
def add(
    table: Annotated[str, typer.Argument(help="Table of data/reference/price_tables.csv.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="An answer in JSON-stat 2.", show_default=False)],
) -> None:
    """Take an answer that somebody saved by hand. The same bytes twice add nothing."""
    from klimat_pipeline.operations.price_intake import add_prices
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    with alone(settings, "klimat prices add"):
        taken = add_prices(settings, table, file)
    if not taken.is_new:
        out.print(f"already in the archive as {taken.snapshot.release_id}; nothing added", soft_wrap=True)
        return
    out.print(f"[green]added[/] {taken.snapshot.release_id} (sha256 {taken.snapshot.sha256[:12]})", soft_wrap=True)


@app.command("list")
def list_() -> None:
    """Show which index comes from where, and which years it has."""
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.footprint.prices import current_reference

    found = current_reference(load_settings()).price_index
    for (index_id, group), own in found.groupby(["index_id", "price_group"], sort=True):
        years = f"{own['year'].min()}-{own['year'].max()}"
        out.print(f"{index_id:<8} {group:<24} {years}  {own['source'].iat[-1]}", soft_wrap=True, markup=False)
