"""Assets of the stage ``published``, and of the mart made from them: all tables at once or none.

They are downstream of every blocking check.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.defs.asset_factory import PREVIEW_ROWS, code_version, described, markdown_of
from klimat_pipeline.defs.assets.mart import MART_SPECS
from klimat_pipeline.defs.freshness import FRESHNESS
from klimat_pipeline.defs.inputs import INPUTS
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.errors import PublishServiceError
from klimat_pipeline.garbage import free_memory
from klimat_pipeline.published.shape import SHOWN

if TYPE_CHECKING:
    import pyarrow as pa

#: Pause before publishing is tried again, with what has been computed.
_PAUSE_S = 5


@dg.multi_asset(
    name="publish",
    specs=[
        dg.AssetSpec(
            **described(contract, ("sqlite", "parquet", "postgres")),
            deps=[INPUTS, SHOWN[name].split("/") if name in SHOWN else ["quality", "findings"]],
            freshness_policy=FRESHNESS,
            code_version=code_version(),
        )
        for name, contract in PUBLISHED.items()
    ]
    + MART_SPECS,
    can_subset=True,
)
def publish(context: dg.AssetExecutionContext, project: Project):
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
    everything = {("published", name): arrow for name, arrow in shaped.items()}
    everything |= {("mart", name): arrow for name, arrow in mart.items()}
    for path, arrow in everything.items():
        key = dg.AssetKey(path)
        metadata: dict[str, Any] = {
            "dagster/row_count": arrow.num_rows,
            "publication_id": made_from.publication_id,
            "preview": dg.MetadataValue.md(markdown_of(arrow.column_names, _rows(arrow.slice(0, PREVIEW_ROWS)))),
        }
        version = made_from.publication_id
        if key in context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key=key, metadata=metadata, data_version=dg.DataVersion(version))
        else:  # published too: a publication is all tables or none, whichever was asked for
            context.log_event(dg.AssetMaterialization(key, metadata=metadata, tags={"dagster/data_version": version}))


def _started_at(context: dg.AssetExecutionContext) -> datetime | None:
    """When the run began; None where Dagster does not keep it, as in tests of one step."""
    record = context.instance.get_run_record_by_id(context.run_id)
    began = record.start_time if record else None
    return datetime.fromtimestamp(began, UTC) if began else None


def _rows(arrow: "pa.Table") -> "Iterator[tuple[Any, ...]]":
    return zip(*(column.to_pylist() for column in arrow.columns), strict=True)
