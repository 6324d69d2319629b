"""Assets of the stage ``sources``: the snapshot archive, asked anew when the run is live."""

import dagster as dg

from klimat_pipeline.defs.asset_factory import checked_together, step
from klimat_pipeline.defs.resources import Project


@step("sources__smhi_snapshots", "sources/smhi_snapshots", kinds=("xlsx",), may_end_run=True)
def smhi_snapshots(context: dg.AssetExecutionContext, project: Project):
    """Fetch if live, look over what people have edited, then list the archive.

    A run that is asked for news only ends here when there is none; one whose configuration has faults, with them all.
    """
    from klimat_pipeline.defs.confirmation import confirm_unchanged
    from klimat_pipeline.operations.refresh import look
    from klimat_pipeline.operations.validate import refuse_faults_once
    from klimat_pipeline.sources.smhi_snapshots import snapshot_table

    settings = project.settings
    found = look(
        settings,
        live=settings.live if project.live is None else project.live,
        municipalities=project.municipalities,
        releases=project.releases,
        log=context.log.info,
    )
    project.begin_with(found.made_from)  # what was fetched is an input
    project.announce(context.instance, context.run)
    if project.only_if_changed and not found.is_news:
        confirm_unchanged(context, found.made_from)
        return
    refuse_faults_once(settings, found.made_from.digest)
    listed = snapshot_table(settings, project.releases)
    yield from checked_together(context, {"sources/smhi_snapshots": listed})
