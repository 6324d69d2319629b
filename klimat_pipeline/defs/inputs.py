"""What all assets are made from, as an asset of its own: so that the UI's "unsynced" means what a step would refuse.

Files that people edit, snapshots, ledgers, options and code are no assets. Their digest is reported as the data version
of one external asset, by every run when it begins and by a sensor that looks once a minute; when it changes, Dagster
shows everything downstream as out of date.

What does not belong here: what the digest is made of (``operations.inputs``).
"""

import dagster as dg

from klimat_pipeline.errors import KlimatError
from klimat_pipeline.operations.inputs import inputs
from klimat_pipeline.published.manifest import Inputs
from klimat_pipeline.settings import load_settings

INPUTS = dg.AssetKey(["sources", "all_inputs"])
_VERSION = "dagster/data_version"
#: What a run can be for; empty for all. The sensor asks whether what the last run was for has changed.
_CHOSEN = ("municipalities", "releases")

inputs_asset = dg.AssetSpec(
    key=INPUTS,
    group_name="sources",
    kinds={"csv", "yaml", "xlsx"},
    description="Everything that tables are made from: snapshots, configuration, reference tables, ledgers, options "
    "and code. Its data version is the digest that a table made now would carry.",
)


def report(instance: dg.DagsterInstance, made_from: Inputs) -> bool:
    """Report the present inputs to Dagster, unless it has them already.

    Returns:
        Whether they were new to it.
    """
    last = _last(instance)
    if last and last.tags and last.tags.get(_VERSION) == made_from.digest:
        return False
    now = dg.AssetMaterialization(
        INPUTS,
        tags={_VERSION: made_from.digest},
        metadata={
            "publication_id": made_from.publication_id,
            **{name: " ".join(getattr(made_from, name)) for name in _CHOSEN},
        },
    )
    instance.report_runless_asset_event(now)
    return True


def _last(instance: dg.DagsterInstance) -> dg.AssetMaterialization | None:
    """The last report."""
    last = instance.get_latest_materialization_event(INPUTS)
    return last.asset_materialization if last else None


@dg.sensor(
    name="changed_inputs",
    description="Shows the assets as out of date when a file that they are made from has changed. Starts no run.",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def changed_inputs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    last = _last(context.instance)
    told = last.metadata if last else {}
    chosen = {name: str(told[name].value).split() for name in _CHOSEN if name in told}
    try:
        made_from = inputs(
            load_settings(), municipalities=chosen.get("municipalities", ()), releases=chosen.get("releases", ())
        )
    except KlimatError as error:  # a file that is being edited; the next run names it
        return dg.SkipReason(f"the inputs cannot be read just now: {error}")
    is_news = report(context.instance, made_from)
    return dg.SkipReason(f"inputs {'have changed to' if is_news else 'are still'} {made_from.digest}")
