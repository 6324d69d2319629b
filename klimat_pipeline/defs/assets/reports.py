"""The asset of the room ``reports``: pages for people, made from the published tables."""

import dagster as dg

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.defs.asset_factory import code_version
from klimat_pipeline.defs.freshness import FRESHNESS
from klimat_pipeline.defs.resources import Project


class Accounts(dg.Config):
    """Whose pages are made.

    Attributes:
        municipalities: codes; empty for those with a folder that have figures or purchases.
    """

    municipalities: list[str] = []


@dg.asset(
    key=["reports", "climate_account"],
    group_name="reports",
    deps=[["published", name] for name in PUBLISHED],
    kinds={"html", "vegalite"},
    owners=["team:klimatdata"],
    tags={"topic": "reports"},
    freshness_policy=FRESHNESS,
    code_version=code_version(),
    description="Climate accounts (klimatredovisning): a self-contained HTML page in Swedish and in English, in full "
    "and in brief, for every municipality with a folder. Of any other: klimat report CODE.",
)
def climate_account(config: Accounts, project: Project) -> dg.MaterializeResult:
    """Write the pages of the publication that readers see."""
    from klimat_pipeline.explanations.database import opened
    from klimat_pipeline.operations.accounts import account_pages
    from klimat_pipeline.reports.climate_account import FOLDER

    settings = project.settings
    with opened(settings) as database:
        publication = database.published["publication_id"]
    written = list(account_pages(settings, config.municipalities))
    listed = "\n".join(f"* [{path.name}]({path.as_uri()})" for path in written)
    return dg.MaterializeResult(
        metadata={
            "pages": dg.MetadataValue.md(listed or "no municipality with a folder has figures"),
            "page_count": len(written),
            "largest_kb": max((path.stat().st_size for path in written), default=0) / 1024,
            "folder": dg.MetadataValue.path(settings.published_dir / FOLDER),
            "publication_id": publication,
            "of any other municipality": "klimat report CODE [--language en] [--short] [--output FILE]",
        },
        data_version=dg.DataVersion(publication),
    )
