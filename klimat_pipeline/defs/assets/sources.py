"""Assets of the stage ``sources``: the snapshot archive, asked anew when the run is live."""

import dagster as dg

from klimat_pipeline.defs.asset_factory import step
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made


def _look(context: dg.AssetExecutionContext, project: Project) -> bool:
    """Fetch if live; a run that is asked for news only ends here when there is none."""
    from klimat_pipeline.defs.confirmation import confirm_unchanged
    from klimat_pipeline.operations.refresh import look

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
        return False
    return True


@step("sources__smhi_snapshots", "sources/smhi_snapshots", kinds=("xlsx",), goes_on=_look)
def smhi_snapshots(project: Project) -> Made:
    """Look over what people have edited, and end with all its faults if it has any; then list the archive."""
    from klimat_pipeline.operations.validate import refuse_faults_once
    from klimat_pipeline.sources.smhi_snapshots import snapshot_table

    refuse_faults_once(project.settings, project.made_from.digest)
    return Made({"sources/smhi_snapshots": snapshot_table(project.settings, project.releases)})
