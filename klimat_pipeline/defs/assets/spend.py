"""Assets of the stage ``spend``: ledgers at the door.

The typed lines are a Parquet dataset beside the tables (``<intermediate>/spend/ledger``): millions of lines are no
frame. They are an asset of their own, partitioned by municipality and year; a backfill reads ledgers in parallel and
shows on its page. A refresh reads, in one step for all municipalities, what no backfill has read.
"""

import dagster as dg

from klimat_pipeline.defs.asset_factory import code_version, step
from klimat_pipeline.defs.inputs import INPUTS
from klimat_pipeline.defs.lost_runs import this_process
from klimat_pipeline.defs.partitions import LEDGER_LINES, MUNICIPALITY, YEAR, ledger_partitions
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made

#: An unchanged night ends at the archive's listing, for this stage too.
AFTER = ("sources/smhi_snapshots",)


@dg.asset(
    key=LEDGER_LINES,
    partitions_def=ledger_partitions,
    group_name="spend",
    deps=[INPUTS],
    kinds={"duckdb", "parquet"},
    owners=["team:klimatdata"],
    tags={"topic": "spend"},
    description="Typed lines of accounts payable ledgers, a Parquet dataset by municipality and year: whole oere, "
    "dates, persons withheld, and the rule that leaves a line out.",
    code_version=code_version(),
)
def ledger_lines(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Read a municipality's ledgers and group the lines of a year; the next refresh finds both done.

    Such runs go on beside each other, but beside no refresh; what they leave is for the next one to complete.
    """
    from klimat_pipeline.operations.run_lock import only_run, started_by
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.footprint.prepare import read_year
    from klimat_pipeline.spend.ledger.store import SpendStore

    key = context.partition_key
    assert isinstance(key, dg.MultiPartitionKey)  # noqa: S101 - the asset has no other
    code, year = key.keys_by_dimension[MUNICIPALITY], key.keys_by_dimension[YEAR]
    settings, who = load_settings(), started_by(context.run.tags)
    context.instance.add_run_tags(context.run.run_id, this_process())
    with only_run(settings, who, run=context.run.run_id[:8], tell=context.log.info, reads_ledgers_only=True):
        SpendStore(settings.intermediate_dir).mark(None)
        looked, files = read_year(settings, code, int(year))
    return dg.MaterializeResult(metadata={"ledger files looked at": looked, "files with lines of the year": files})


def _show_partitions(context: dg.AssetExecutionContext, project: Project) -> None:
    """Tell Dagster of partitions that a refresh has read and no backfill has told of."""
    from klimat_pipeline.spend.ledger.store import SpendStore

    folders = SpendStore(project.settings.intermediate_dir).partitions()
    shown = context.instance.get_materialized_partitions(LEDGER_LINES)
    for code, year in sorted(folders):
        partition = dg.MultiPartitionKey({MUNICIPALITY: code, YEAR: year})
        if partition not in shown and ledger_partitions.has_partition_key(partition):
            context.log_event(dg.AssetMaterialization(LEDGER_LINES, partition=partition))


@step(
    "ledgers",
    "spend/spend_files",
    "spend/ledger_totals",
    "spend/spend_quarantine",
    "spend/unread_ledgers",
    kinds=("duckdb", "parquet"),
    after=AFTER,
    ledgers=True,
    tell=_show_partitions,
)
def ledgers(project: Project) -> Made:
    """Every ledger file that is new or changed, read once; its typed lines lie beside the tables.

    A municipality whose ledgers cannot be read keeps what an earlier run read of them; nobody else is held up.
    """
    from klimat_pipeline.spend.ledger.run import read_all
    from klimat_pipeline.spend.ledger.store import SpendStore
    from klimat_pipeline.spend.results.spend_refused import with_last_state

    store, made_from = SpendStore(project.settings.intermediate_dir), project.made_from
    store.mark(None)
    made = read_all(project.settings)
    project.require_unchanged(ledgers=True)
    store.mark(made_from.digest)
    refused = set(made.unread["municipality_code"])
    own = {
        "spend/spend_files": made.files,
        "spend/ledger_totals": made.scope,
        "spend/spend_quarantine": made.quarantine,
    }
    frames = {key: with_last_state(key, frame, project.last_state(key), refused) for key, frame in own.items()}
    frames["spend/unread_ledgers"] = made.unread
    remarks = (
        f"{code}: its ledgers could not be read, its purchases stay as they were: {refusal}"
        for code, refusal in made.unread.itertuples(index=False)
    )
    return Made(frames, remarks=tuple(remarks))
