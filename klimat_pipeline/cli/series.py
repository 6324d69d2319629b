"""``klimat prices``, ``klimat rates``, ``klimat population``: reference series that are fetched, one door for all.

What does not belong here: asking and keeping (``operations.series_intake``), what they are used for.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klimat_pipeline.cli.terminal import headed, out
from klimat_pipeline.cli.waiting import alone

if TYPE_CHECKING:
    from klimat_pipeline.settings import Settings


def _app(name: str, what: str, part: str, lines: Callable[["Settings"], Iterator[str]]) -> typer.Typer:
    app = typer.Typer(help=f"{what[0].upper()}{what[1:]}.", no_args_is_help=True)

    @app.command(help=f"Ask the source for all {part}, and keep what is new.")
    def fetch() -> None:
        from klimat_pipeline.operations.series_intake import fetch_series
        from klimat_pipeline.settings import load_settings

        settings = load_settings()
        with alone(settings, f"klimat {name} fetch"):
            taken = fetch_series(settings, name, log=lambda text: out.print(f"  {text}", style="dim"))
        out.print(f"{sum(found.is_new for found in taken)} new snapshot(s)")

    @app.command(help="Take an answer that somebody saved by hand. The same bytes twice add nothing.")
    def add(
        part: Annotated[str, typer.Argument(help=f"One of the {part}.", show_default=False)],
        file: Annotated[Path, typer.Argument(help="The source's answer.", show_default=False)],
    ) -> None:
        from klimat_pipeline.operations.series_intake import add_to_series
        from klimat_pipeline.settings import load_settings

        settings = load_settings()
        with alone(settings, f"klimat {name} add"):
            taken = add_to_series(settings, name, part, file)
        if not taken.is_new:
            out.print(f"already in the archive as {taken.snapshot.release_id}; nothing added", soft_wrap=True)
            return
        headed("added", f" {taken.snapshot.release_id} (sha256 {taken.snapshot.sha256[:12]})")

    @app.command("list", help="Show what there is, and where it is from.")
    def list_() -> None:
        from klimat_pipeline.settings import load_settings

        for line in lines(load_settings()):
            out.print(line, soft_wrap=True)

    return app


def _prices(settings: "Settings") -> Iterator[str]:
    from klimat_pipeline.spend.footprint.prices import current_reference

    found = current_reference(settings).price_index
    for (index_id, group), rows in found.groupby(["index_id", "price_group"], sort=True):
        years = f"{rows['year'].min()}-{rows['year'].max()}"
        yield f"{index_id:<8} {group:<24} {years}  {rows['source'].iat[-1]}"


def _rates(settings: "Settings") -> Iterator[str]:
    from klimat_pipeline.spend.ledger.rates import current_rates

    rates = current_rates(settings)
    for currency in rates.currencies:
        for year in rates.by_year(currency):
            found = rates.of(currency, year)
            assert found is not None  # noqa: S101 - it is one of its years
            yield f"{currency} {year} {found.sek_per_unit:>10.4f}  {found.source}"


def _population(settings: "Settings") -> Iterator[str]:
    from klimat_pipeline.clean.population import with_fetched
    from klimat_pipeline.clean.reference import load_reference

    found = with_fetched(load_reference(settings.reference_dir), settings).population
    for (year, source), rows in found.groupby(["year", "source"], sort=True):
        yield f"{year} {len(rows):>4} municipalities {rows['population'].sum():>11,} residents  {source}"


SERIES_APPS = {
    "prices": _app("prices", "price indices that deflate purchases, from SCB", "tables of scb_tables.csv", _prices),
    "rates": _app("rates", "exchange rates, from the Riksbank", "currencies of exchange_rates.csv", _rates),
    "population": _app(
        "population", "residents of all municipalities and years, from SCB", "tables of scb_tables.csv", _population
    ),
}
