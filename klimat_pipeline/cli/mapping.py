"""``klimat ledger mapping`` and ``klimat ledger unmapped``: what accounts are taken for, and what to map next.

Both go by the ledgers as they were last read and by the mappings as they are now, so a change of a mapping shows before
a refresh. What does not belong here: how lines are classified (``spend``).
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klimat_pipeline.cli.terminal import headed, out
from klimat_pipeline.errors import ConfigurationError, ProblemsError

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from klimat_pipeline.settings import Settings

app = typer.Typer(help="Ledgers of accounts payable.", no_args_is_help=True)
_Municipality = Annotated[
    str | None, typer.Option("--municipality", "-m", help="Only this code's accounts or suppliers.", show_default=False)
]
#: Accounts that the terminal shows of every municipality.
_SHOWN = 40


@app.command()
def mapping(
    municipality: _Municipality = None,
    file: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write all of it here, as CSV.", show_default=False)
    ] = None,
) -> None:
    """Show what every account is taken for, on what evidence and with what weight; the largest first."""
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.ledger.store import SpendStore
    from klimat_pipeline.spend.results.spend_mapping import spend_mapping
    from klimat_pipeline.spend.results.unmapped import for_spreadsheet

    settings = load_settings()
    kept = SpendStore(settings.intermediate_dir)
    found = asked(settings, kept.dataset, municipality, spend_mapping, parts=kept.parts)
    if file is not None:
        file.write_bytes(for_spreadsheet(found))
        headed("written", f" {len(found):,} accounts to {file}")
        return
    for (code, year), rows in found.groupby(["municipality_code", "year"], sort=False):
        out.print(f"{code}, {year}: {_shares(rows)}", soft_wrap=True)
        for row in rows.head(_SHOWN).itertuples():
            tonnes = "" if row.emissions_t_co2e != row.emissions_t_co2e else f"{row.emissions_t_co2e:,.0f} t"
            out.print(
                f"{row.amount_sek:>16,.0f} SEK {tonnes:>10}  {row.account} {row.account_text}: {row.category} "
                f"({row.step}{': ' if row.evidence else ''}{row.evidence})",
                soft_wrap=True,
                markup=False,
            )
        if len(rows) > _SHOWN:
            out.print(f"... and {len(rows) - _SHOWN:,} more; all of them: --output FILE")


def _shares(rows: "pd.DataFrame") -> str:
    """Kronor that count, and how much of them is mapped."""
    counted = rows[rows["step"] != "left_out"]
    whole = counted["amount_sek"].sum()
    mapped = counted.loc[counted["category"] != "unmapped", "amount_sek"].sum()
    share = f"{mapped / whole:.1%}" if whole > 0 else "none"
    return f"{whole:,.0f} SEK of purchases, {share} of them mapped"


@app.command()
def unmapped(
    municipality: _Municipality = None,
    suppliers: Annotated[bool, typer.Option("--suppliers", help="List suppliers in place of accounts.")] = False,
    file: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write here, for a spreadsheet; rows of the file that are filled in stay. Otherwise to the terminal.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """List the largest unmapped accounts or suppliers, ready to be filled in."""
    import pandas as pd

    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.ledger.store import SpendStore
    from klimat_pipeline.spend.results.unmapped import (
        as_csv,
        filled_in,
        for_spreadsheet,
        unmapped_accounts,
        unmapped_suppliers,
    )

    settings = load_settings()
    kept = SpendStore(settings.intermediate_dir)
    listed = unmapped_suppliers if suppliers else unmapped_accounts
    found = asked(settings, kept.dataset, municipality, listed, parts=kept.parts)
    if file is None:
        typer.echo(as_csv(found), nl=False)
        return
    filled = filled_in(file, found)
    left = found[~found.iloc[:, 1].isin(filled.iloc[:, 1])]
    file.write_bytes(for_spreadsheet(pd.concat([filled, left.astype(object)])))
    stay = f", below {len(filled):,} that are filled in" if len(filled) else ""
    headed("written", f" {len(left):,} rows to fill in to {file}{stay}")


def asked(
    settings: "Settings",
    root: Any,
    municipality: str | None,
    of: "Callable[[duckdb.DuckDBPyConnection], pd.DataFrame]",
    *,
    parts: Path | None = None,
) -> "pd.DataFrame":
    """A table of the classified lines, of one municipality or of all.

    Args:
        settings: where reference tables and municipalities' folders lie.
        root: the dataset of typed lines.
        municipality: a code; all without one.
        of: makes the table.
        parts: folder where the last run kept its groups of lines; without one, they are made anew and not kept.

    Raises:
        ConfigurationError: there are no typed lines yet, or none of that municipality.
    """
    from klimat_pipeline.configuration.spend_factors import load_spend_factors
    from klimat_pipeline.spend.footprint.cube import build_cube
    from klimat_pipeline.spend.footprint.database import has_lines
    from klimat_pipeline.spend.footprint.groups import group_parts
    from klimat_pipeline.spend.footprint.local_mappings import load_local_mappings
    from klimat_pipeline.spend.footprint.prices import current_reference
    from klimat_pipeline.spend.ledger.database import database

    if not has_lines(root) or (municipality and not (root / f"municipality_code={municipality}").exists()):
        said = f" of {municipality}" if municipality else ""
        raise ConfigurationError(f"There are no ledger lines{said} yet: add a ledger and run klimat refresh.")
    reference = current_reference(settings)
    local = load_local_mappings(settings.municipalities_dir, reference.category_names)
    with TemporaryDirectory(prefix="klimat_parts_") as passing, database() as con:
        group_parts(con, root, parts or Path(passing))
        _, unvalued = build_cube(con, reference, local, load_spend_factors(settings.municipalities_dir))
        found = of(con)
    if problems := unvalued.get(municipality or "", []):
        raise ProblemsError([f"{municipality}: {problem}" for problem in problems])
    return found[found["municipality_code"] == municipality] if municipality else found
