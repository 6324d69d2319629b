"""Assets of the stage ``spend``: ledgers at the door.

The typed lines are a Parquet dataset beside the tables (``<intermediate>/spend/ledger``): millions of lines are no
frame. A run is one step for all municipalities, since files that have not changed cost nothing; ``spend_backfill``
(``jobs``) reads them by municipality and year, in parallel if wanted.
"""

import dagster as dg

from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked_together, step

#: An unchanged night ends at the archive's listing, for this stage too.
AFTER = ("sources/smhi_snapshots",)


@step(
    "ledgers", "spend/files", "spend/scope", "spend/quarantine", kinds=("duckdb", "parquet"), after=AFTER, ledgers=True
)
def ledgers(context: dg.AssetExecutionContext, project: Project):
    """Every ledger file that is new or changed, read once; its typed lines lie beside the tables."""
    from klimat_pipeline.spend.door_run import read_all
    from klimat_pipeline.spend.ledgers import Spend

    store, made_from = Spend(project.settings.intermediate_dir), project.made_from
    store.mark(None)
    made = read_all(project.settings)
    project.require_unchanged(ledgers=True)
    store.mark(made_from.digest)
    frames = {"spend/files": made.files, "spend/scope": made.scope, "spend/quarantine": made.quarantine}
    yield from checked_together(context, frames)
