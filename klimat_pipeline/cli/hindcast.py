"""``klimat hindcast``: how good the forecasts would have been. What does not belong here: scores (``scenarios``)."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from klimat_pipeline.cli.terminal import out

if TYPE_CHECKING:
    from klimat_pipeline.operations.hindcast import Tried

_SHOWN = ("pinball_pct", "covered_fraction", "below_fraction", "above_fraction", "under_p50_fraction", "width_pct")


def hindcast(
    renew: Annotated[
        bool, typer.Option("--renew", help="Measure the errors anew and write data/reference/scenario_*.csv.")
    ] = False,
) -> None:
    """Score the forecasts on figures that were held out, and hold them to their limits."""
    from klimat_pipeline.operations.hindcast import renewed, tried
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    if renew:
        for name, rows in renewed(settings).items():
            _write(settings.reference_dir / f"{name}.csv", rows)
            out.print(f"wrote {name}.csv, {len(rows)} rows")
    _show(tried(settings))


def _show(found: "Tried") -> None:
    from rich.table import Table

    table = Table("bar", "value", "limit", "holds", box=None, header_style="bold")
    for bar in found.bars:
        value = "no data" if bar.value is None else f"{bar.value:.{bar.digits}f}"
        word = {True: Text("yes", "green"), False: Text("no", "red"), None: Text("-")}[bar.holds]
        table.add_row(bar.name, value, bar.limit, word)
    out.print(table)
    total = found.score[(found.score["sector_code"] == "total") & (found.score["held_out"] == "municipalities")]
    table = Table("totals, 0 is 1-6 years", "years", *_SHOWN, box=None, header_style="bold")
    for row in total.to_dict("records"):
        table.add_row(row["forecast_method"], str(row["horizon_years"]), *(f"{row[name]:.3f}" for name in _SHOWN))
    out.print(table)
    own = found.score[(found.score["forecast_method"] == "published") & (found.score["horizon_years"] == 0)]
    table = Table("published, 1-6 years", "held out", *_SHOWN, box=None, header_style="bold")
    for row in own[own["held_out"] == "municipalities"].to_dict("records"):
        table.add_row(row["sector_code"], row["held_out"], *(f"{row[name]:.3f}" for name in _SHOWN))
    out.print(table)
    table = Table("probability said", "came true", "cases", box=None, header_style="bold")
    for said, came, cases in found.reliability:
        table.add_row(f"{said:.2f}", f"{came:.2f}", str(cases))
    out.print(table)


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
