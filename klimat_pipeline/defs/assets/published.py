"""Assets of the stage ``published``, and of the mart made from them: all tables at once or none.

They are downstream of every blocking check.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from klimat_pipeline.contracts import MART, PUBLISHED, upstream
from klimat_pipeline.defs.asset_factory import GATHERED, code_reference, code_version, described
from klimat_pipeline.defs.assets.mart import MART_SPECS
from klimat_pipeline.defs.check_results import upstream_result, upstream_spec
from klimat_pipeline.defs.failures import as_failures
from klimat_pipeline.defs.freshness import FRESHNESS
from klimat_pipeline.defs.inputs import INPUTS
from klimat_pipeline.defs.pages import kept_plots, page
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.errors import PublishServiceError
from klimat_pipeline.garbage import free_memory
from klimat_pipeline.published.shape import SHOWN

#: Pause before publishing is tried again, with what has been computed.
_PAUSE_S = 5
#: Tables whose pictures the page of a table of the mart shows.
_PLOTS_OF = {
    "mart/fact_emissions": ("corrected/emissions",),
    "mart/fact_target_path": ("scenarios/pathways", "indicators/sector_indicators"),
    "mart/fact_target_status": ("indicators/sector_indicators",),
    "mart/fact_gap": ("scenarios/gap_table",),
    "mart/fact_spend": ("spend/spend_by_category",),
    "mart/fact_purchase_footprint": ("spend/spend_by_category",),
}
TABLES = {contract.key: contract for contract in (*PUBLISHED.values(), *MART.values())}


def _publish(context: dg.AssetExecutionContext, project: Project):
    """Shape, audit and publish; the switch to the new version is the last thing that happens.

    It takes only tables of one digest, the one that there is now and that names the publication. It reads them itself:
    as inputs of the step, every one of them would be two events in Dagster's history.
    """
    from klimat_pipeline.mart.star import KEPT, Refresh, star
    from klimat_pipeline.operations.run_lock import refuse_if_lost
    from klimat_pipeline.published.parquet import last_mart
    from klimat_pipeline.published.publication import publish as publish_tables
    from klimat_pipeline.published.shape import shape

    made_from = project.begin()
    if not context.selected_asset_keys:  # checks alone: of what is stored, and nothing is published
        yield from _checks(context, project)
        return
    project.tables.forget()  # all tables at once are the largest thing that a run holds
    free_memory()
    shaped = shape(project.read_arrow, made_from)
    now = datetime.now(UTC)
    refresh = Refresh(made_from.publication_id, _started_at(context) or now, now)
    mart = star(shaped, refresh, last_mart(project.settings.published_dir, KEPT))
    project.require_unchanged()
    refuse_if_lost()
    try:
        report = publish_tables(
            shaped, publication_id=made_from.publication_id, settings=project.settings, now=now, mart=mart
        )
    except PublishServiceError as error:  # a database that goes away for a moment; nothing else passes by itself
        raise dg.RetryRequested(max_retries=2, seconds_to_wait=_PAUSE_S) from error
    for remark in report.remarks:
        context.log.warning(remark)
    for key, contract in TABLES.items():
        arrow = shaped[contract.name] if contract.stage == "published" else mart[contract.name]
        plots = _PLOTS_OF.get(key, (SHOWN.get(contract.name, key),))
        metadata: dict[str, Any] = page(contract, arrow, project) | dict(kept_plots(project, plots))
        asset, version = dg.AssetKey(key.split("/")), made_from.publication_id
        if asset in context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key=asset, metadata=metadata, data_version=dg.DataVersion(version))
        else:  # published too: a publication is all tables or none, whichever was asked for
            context.log_event(dg.AssetMaterialization(asset, metadata=metadata, tags={"dagster/data_version": version}))
    yield from _checks(context, project)


def _told(context: dg.AssetExecutionContext, project: Project):
    with as_failures():
        yield from _publish(context, project)


def _checks(context: dg.AssetExecutionContext, project: Project) -> Iterator[dg.AssetCheckResult]:
    """What failed upstream of each table, as the findings say that were gathered last."""
    findings = project.read_arrow(GATHERED).to_pylist()
    for check in sorted(context.selected_asset_check_keys):
        key = check.asset_key.to_user_string()
        yield upstream_result(key, upstream(key), findings)


def _started_at(context: dg.AssetExecutionContext) -> datetime | None:
    """When the run began; None where Dagster does not keep it, as in tests of one step."""
    record = context.instance.get_run_record_by_id(context.run.run_id)
    began = record.start_time if record else None
    return datetime.fromtimestamp(began, UTC) if began else None


_SPECS = [
    dg.AssetSpec(
        **described(contract, ("sqlite", "parquet", "postgres")),
        deps=[INPUTS, SHOWN.get(name, GATHERED).split("/")],
        freshness_policy=FRESHNESS,
        code_version=code_version(),
    )
    for name, contract in PUBLISHED.items()
] + MART_SPECS
publish = dg.multi_asset(
    name="publish",
    specs=[spec.merge_attributes(metadata=code_reference(_publish)) for spec in _SPECS],
    check_specs=[upstream_spec(key) for key in TABLES],
    can_subset=True,
)(_told)
