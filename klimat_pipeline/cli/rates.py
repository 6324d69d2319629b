"""``klimat rates``: exchange rates of purchases and factors. What does not belong here: reading them (``spend``)."""

from pathlib import Path
from typing import Annotated

import typer

from klimat_pipeline.cli.terminal import out
from klimat_pipeline.cli.waiting import alone

app = typer.Typer(help="Exchange rates of purchases and factors.", no_args_is_help=True)


@app.command()
def fetch() -> None:
    """Fetch the annual mean of every currency of data/reference/exchange_rates.csv from the Riksbank."""
    from klimat_pipeline.operations.rate_intake import fetch_rates
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    with alone(settings, "klimat rates fetch"):
        taken = fetch_rates(settings, log=lambda text: out.print(f"  {text}", style="dim", markup=False))
    out.print(f"{sum(found.is_new for found in taken)} new snapshot(s)")


@app.command()
def add(
    currency: Annotated[str, typer.Argument(help="ISO code, such as EUR.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="An answer of the Riksbank's service, JSON.", show_default=False)],
) -> None:
    """Take an answer that somebody saved by hand. The same bytes twice add nothing."""
    from klimat_pipeline.operations.rate_intake import add_rates
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    with alone(settings, "klimat rates add"):
        taken = add_rates(settings, currency, file)
    if not taken.is_new:
        out.print(f"already in the archive as {taken.snapshot.release_id}; nothing added", soft_wrap=True)
        return
    out.print(f"[green]added[/] {taken.snapshot.release_id} (sha256 {taken.snapshot.sha256[:12]})", soft_wrap=True)


@app.command("list")
def list_() -> None:
    """Show every rate and where it is from."""
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.ledger.rates import current_rates

    rates = current_rates(load_settings())
    for currency in rates.currencies:
        for year in rates.by_year(currency):
            found = rates.of(currency, year)
            assert found is not None  # noqa: S101 - it is one of its years
            out.print(f"{currency} {year} {found.sek_per_unit:>10.4f}  {found.source}", soft_wrap=True, markup=False)
