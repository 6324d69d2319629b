"""``klimat ledger unmapped``: what is to be mapped next, as a CSV to fill in and read back.

What does not belong here: how lines are classified (``spend``).
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klimat_pipeline.errors import ConfigurationError

if TYPE_CHECKING:
    from klimat_pipeline.settings import Settings

app = typer.Typer(help="Ledgers of accounts payable.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep ``unmapped`` a command of its own, also while it is the only one."""


@app.command()
def unmapped(
    municipality: Annotated[
        str | None, typer.Option("--municipality", "-m", help="Only this code's accounts or suppliers.")
    ] = None,
    suppliers: Annotated[bool, typer.Option("--suppliers", help="List suppliers in place of accounts.")] = False,
    file: Annotated[Path | None, typer.Option("--out", help="Write here; otherwise to the terminal.")] = None,
) -> None:
    """List the largest unmapped accounts or suppliers, ready to be filled in."""
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.ledger.store import SpendStore

    settings = load_settings()
    kept = SpendStore(settings.intermediate_dir)
    text = unmapped_csv(settings, kept.dataset, municipality, suppliers=suppliers, parts=kept.parts)
    if file is None:
        typer.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")


def unmapped_csv(
    settings: "Settings",
    root: Any,
    municipality: str | None = None,
    *,
    suppliers: bool = False,
    parts: Path | None = None,
) -> str:
    """The rows as CSV, texts harmless in a spreadsheet.

    Args:
        settings: where reference tables and municipalities' folders lie.
        root: the dataset of typed lines.
        municipality: a code; all without one.
        suppliers: legal persons in place of accounts.
        parts: folder of the groups that the last run has kept; without one, nothing is kept.

    Raises:
        ConfigurationError: there are no typed lines yet, or none of that municipality.
    """
    from klimat_pipeline.configuration.spend_factors import load_spend_factors
    from klimat_pipeline.spend.footprint.cube import build_cube
    from klimat_pipeline.spend.footprint.database import database, has_lines
    from klimat_pipeline.spend.footprint.groups import group_parts
    from klimat_pipeline.spend.footprint.local_mappings import load_local_mappings
    from klimat_pipeline.spend.footprint.prices import current_reference
    from klimat_pipeline.spend.results.unmapped import as_csv, unmapped_accounts, unmapped_suppliers

    if not has_lines(root) or (municipality and not (root / f"municipality_code={municipality}").exists()):
        of = f" of {municipality}" if municipality else ""
        raise ConfigurationError(f"There are no ledger lines{of} yet: add a ledger and run klimat refresh.")
    reference = current_reference(settings)
    own = load_local_mappings(settings.municipalities_dir, reference.category_codes)
    with TemporaryDirectory(prefix="klimat_parts_") as passing, database() as con:
        group_parts(con, root, parts or Path(passing))
        build_cube(con, reference, own, load_spend_factors(settings.municipalities_dir))
        found = unmapped_suppliers(con) if suppliers else unmapped_accounts(con)
    return as_csv(found[found["municipality_code"] == municipality] if municipality else found)
