"""Assets of the stage ``sources``: the snapshot archive, asked anew when the run is live."""

import dagster as dg

from klimat_pipeline.contracts import table
from klimat_pipeline.defs.jobs import NIGHTLY
from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import check_specs, checked, described


# A multi-asset of one: only there are outputs and checks optional, and without an output all downstream is skipped.
@dg.multi_asset(
    name="sources__smhi_snapshots",
    outs={
        "smhi_snapshots": dg.AssetOut(
            **described(table("sources/smhi_snapshots"), ("xlsx",)), is_required=False, io_manager_key="io_manager"
        )
    },
    check_specs=check_specs("sources/smhi_snapshots"),
    can_subset=True,
)
def smhi_snapshots(context: dg.AssetExecutionContext, project: Project):
    """Fetch if live, then list the archive; nothing new ends the nightly job here, and all downstream is skipped."""
    from klimat_pipeline.defs.confirmation import confirm_unchanged
    from klimat_pipeline.intake import fetch_all, snapshot_table
    from klimat_pipeline.intake_prices import refresh_prices
    from klimat_pipeline.manifest import inputs, is_up_to_date

    settings = project.settings
    if settings.live if project.live is None else project.live:
        fetch_all(settings, log=context.log.info)
        refresh_prices(settings, log=context.log.info)
    made_from = inputs(settings, municipalities=project.municipalities, releases=project.releases)
    if context.run.job_name == NIGHTLY and not project.force and is_up_to_date(settings, made_from):
        confirm_unchanged(context, made_from)
        return
    yield checked(context, snapshot_table(settings, project.releases))
