"""Assets of the stage ``sources``: the snapshot archive, asked anew when the run is live."""

import dagster as dg

from klimat_pipeline.defs.jobs import NIGHTLY
from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked_together, step


@step("sources__smhi_snapshots", "sources/smhi_snapshots", kinds=("xlsx",), may_end_run=True)
def smhi_snapshots(context: dg.AssetExecutionContext, project: Project):
    """Fetch if live, then list the archive; nothing new ends the nightly job here, and all downstream is skipped."""
    from klimat_pipeline.defs.confirmation import confirm_unchanged
    from klimat_pipeline.intake import fetch_all, snapshot_table
    from klimat_pipeline.intake_prices import refresh_prices
    from klimat_pipeline.manifest import is_up_to_date

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
