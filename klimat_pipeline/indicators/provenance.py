"""Provenance of all published indicators: workbook cells, the municipality's own rows, corrections.

The file's hash stands in ``clean/releases``. What does not belong here: how cells are found (``provenance_sectors``,
``provenance_lines``), reading one back and the formula (``explain``).
"""

import numpy as np
import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.contracts.tables.indicators import PROVENANCE
from klimat_pipeline.indicators.provenance_lines import LineSources, areas_traced, scopes_traced
from klimat_pipeline.indicators.provenance_sectors import sectors_traced


def provenance(
    sectors: pd.DataFrame,
    scopes: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    emissions: pd.DataFrame,
    subsectors: pd.DataFrame,
    territory: pd.DataFrame,
    organisation: pd.DataFrame,
    printed: pd.DataFrame,
    reference: Reference,
) -> pd.DataFrame:
    """Where every published indicator comes from.

    Args:
        sectors: ``indicators/sector_indicators``.
        scopes: ``indicators/scope_indicators``.
        areas: ``indicators/area_shares``.
        emissions: ``clean/reported_emissions``.
        subsectors: ``clean/reported_subsectors``.
        territory: ``inventory/inventory_territory``.
        organisation: ``inventory/inventory_organisation``.
        printed: ``clean/published_inventory``.
        reference: which subsectors each inventory line holds.

    Returns:
        ``indicators/provenance``, one row per indicator. ``indicator_id`` joins, with slashes, the parts of its key in
        its table other than municipality, release and year.
    """
    line_sources = LineSources(emissions, subsectors, territory, organisation, printed, reference)
    frames = [
        sectors_traced(sectors, emissions),
        scopes_traced(scopes, line_sources),
        areas_traced(areas, line_sources),
    ]
    frame = pd.concat([each for each in frames if len(each)] or frames, ignore_index=True)
    order = np.lexsort([pd.factorize(frame[name], sort=True)[0] for name in reversed(PROVENANCE.primary_key)])
    return frame.take(order).reset_index(drop=True)
