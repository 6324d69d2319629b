"""Assets of the stage ``sources``: the snapshot archive, asked anew when the run is live."""

import dagster as dg

from klimat_pipeline.defs.jobs import NIGHTLY
from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked, wired


@dg.asset(**wired("sources/smhi_snapshots", kinds=("xlsx",)), output_required=False)
def smhi_snapshots(context: dg.AssetExecutionContext, project: Project):
    """Fetch if live, then list the archive; nothing new ends the nightly job here, and all downstream is skipped."""
    from klimat_pipeline.defs.confirmation import confirm_unchanged
    from klimat_pipeline.intake import fetch_all, snapshot_table
    from klimat_pipeline.manifest import inputs, is_up_to_date

    settings = project.settings
    if project.live or settings.live:
        fetch_all(settings, log=context.log.info)
    made_from = inputs(settings, municipalities=project.municipalities)
    if context.run.job_name == NIGHTLY and not project.force and is_up_to_date(settings, made_from):
        confirm_unchanged(context, made_from)
        return
    yield checked(context, snapshot_table(settings))
