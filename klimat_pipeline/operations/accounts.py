"""The climate accounts of the municipalities with a folder, from what is published now.

What does not belong here: what a page says (``reports``).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from klimat_pipeline.settings import Settings


def account_pages(settings: Settings, codes: Sequence[str] = ()) -> Iterator[Path]:
    """Write the pages, in full and in brief and in every language, beside the published tables.

    Args:
        settings: where the published tables and the folders are.
        codes: whose; by default those with a folder that have figures or purchases.

    Yields:
        Every page that was written.
    """
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.configuration.municipality import load_municipalities
    from klimat_pipeline.explanations.database import opened
    from klimat_pipeline.reports.climate_account import write_accounts
    from klimat_pipeline.reports.town import has_figures

    if not codes:
        reference = load_reference(settings.reference_dir)
        folders = load_municipalities(
            settings.municipalities_dir,
            sector_codes=reference.sector_codes,
            known_codes=reference.municipality_by_code,
        )
        with opened(settings) as database:
            codes = [own.municipality_code for own in folders if has_figures(database, own.municipality_code)]
    yield from write_accounts(settings, codes)
