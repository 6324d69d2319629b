"""Assets of the stage ``sources``: the snapshot archive, asked anew when the run is live."""

import dagster as dg

from klimat_pipeline.defs.asset_factory import checked_together, step
from klimat_pipeline.defs.jobs import NIGHTLY
from klimat_pipeline.defs.resources import Project


@step("sources__smhi_snapshots", "sources/smhi_snapshots", kinds=("xlsx",), may_end_run=True)
def smhi_snapshots(context: dg.AssetExecutionContext, project: Project):
    """Fetch if live, then list the archive; nothing new ends the nightly job here, and all downstream is skipped."""
    from klimat_pipeline.defs.confirmation import confirm_unchanged
    from klimat_pipeline.operations.inputs import is_up_to_date
    from klimat_pipeline.operations.intake import fetch_all
    from klimat_pipeline.operations.price_intake import refresh_prices
    from klimat_pipeline.sources.smhi_snapshots import snapshot_table

    settings = project.settings
    if settings.live if project.live is None else project.live:
        fetch_all(settings, log=context.log.info)
        refresh_prices(settings, log=context.log.info)
    made_from = project.begin()  # what was fetched is an input
    project.announce(context.instance, context.run)
    if context.run.job_name == NIGHTLY and not project.force and is_up_to_date(settings, made_from):
        confirm_unchanged(context, made_from)
        return
    listed = snapshot_table(settings, project.releases)
    yield from checked_together(context, {"sources/smhi_snapshots": listed})
