"""``klimat ledger``: look into a ledger before the pipeline does, and make an invented one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

ledger_app = typer.Typer(help="Accounts payable ledgers, for the analysis of purchases.", no_args_is_help=True)


@ledger_app.command()
def example(
    folder: Annotated[Path, typer.Argument(help="Where the two files go.")],
    lines: Annotated[int, typer.Option("--lines", min=0, help="Lines of both files together.")] = 100_000,
    first_year: Annotated[
        int | None,
        typer.Option("--first-year", min=1900, max=2198, help="Year of the first file; two years ago if not given."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another number gives another ledger.")] = 1,
) -> None:
    """Write an invented ledger of two years: the same bytes for the same options."""
    from klimat_pipeline.cli import out
    from klimat_pipeline.spend.example import write_example

    with out.status(f"writing {lines:,} invented lines"):
        paths = write_example(folder, lines, first_year=first_year or datetime.now(UTC).year - 2, seed=seed)
    for path in paths:
        out.print(f"wrote {path} ({path.stat().st_size:,} bytes)")
