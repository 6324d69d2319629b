"""Assets of the stage ``published``: all tables at once or none, downstream of every blocking check."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.defs.asset_factory import PREVIEW_ROWS, code_version, described, markdown_of
from klimat_pipeline.defs.inputs import INPUTS
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.published.shape import SHOWN

if TYPE_CHECKING:
    import pyarrow as pa

#: Nightly refreshes confirm or renew the tables; one missed night is a remark, two are a fault.
FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=50), warn_window=timedelta(hours=26))

_SOURCES = tuple(sorted(set(SHOWN.values())))


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
    ],
    can_subset=True,
)
def publish(context: dg.AssetExecutionContext, project: Project):
    """Shape, audit and publish; the switch to the new version is the last thing that happens.

    It takes only tables of one digest, the one that there is now and that names the publication. It reads them itself:
    as inputs of the step, every one of them would be two events in Dagster's history.
    """
    from klimat_pipeline.operations.run_lock import refuse_if_lost
    from klimat_pipeline.published.publication import publish as publish_tables
    from klimat_pipeline.published.shape import shape

    made_from = project.begin()
    shaped = shape({key: project.read_arrow(key) for key in _SOURCES}, made_from)
    project.require_unchanged()
    refuse_if_lost()
    report = publish_tables(
        shaped, publication_id=made_from.publication_id, settings=project.settings, now=datetime.now(UTC)
    )
    for remark in report.remarks:
        context.log.warning(remark)
    for name, arrow in shaped.items():
        key = dg.AssetKey(["published", name])
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


def _rows(arrow: "pa.Table") -> "Iterator[tuple[Any, ...]]":
    return zip(*(column.to_pylist() for column in arrow.columns), strict=True)
