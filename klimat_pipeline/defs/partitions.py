"""Partitions of the typed ledger lines: municipality and year, so that a backfill over either goes on in parallel.

Both come from reference tables, so a damaged one stops the definitions from loading, with its own message.
"""

import dagster as dg

from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.configuration.municipality import municipality_folders
from klimat_pipeline.settings import load_settings
from klimat_pipeline.spend.footprint.mappings import load_spend_reference

LEDGER_LINES = dg.AssetKey(["spend", "ledger_lines"])
MUNICIPALITY, YEAR = "municipality", "year"


def _codes() -> list[str]:
    """SCB's codes, and those of folders that are no municipality, such as the invented example."""
    settings = load_settings()
    known = load_reference(settings.reference_dir).municipality_by_code
    own = {folder.name[:4] for folder in municipality_folders(settings.municipalities_dir, [])}
    return sorted({*known, *own})


def _first_year() -> str:
    """First year that the shipped price index knows: kronor of earlier ones cannot be deflated."""
    return str(load_spend_reference(load_settings().reference_dir).price_index["year"].min())


ledger_partitions = dg.MultiPartitionsDefinition(
    {
        MUNICIPALITY: dg.StaticPartitionsDefinition(_codes()),
        # The running year too: its months come one by one.
        YEAR: dg.TimeWindowPartitionsDefinition(start=_first_year(), fmt="%Y", cron_schedule="0 0 1 1 *", end_offset=1),
    }
)
