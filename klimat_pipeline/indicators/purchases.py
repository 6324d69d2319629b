"""Purchases as lines of an organisation's scope 3, beside its own activities.

What does not belong here: the footprint of purchases (``spend``), sums of scopes (``scope_indicators``).
"""

import numpy as np
import pandas as pd

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.indicators.scope_indicators import ORGANISATION
from klimat_pipeline.inventory.gases import NOT_STATED

#: The ``organisation_unit`` of purchases among the organisation's lines.
PURCHASES = "purchases"


def with_purchases(organisation: pd.DataFrame, purchases: pd.DataFrame) -> pd.DataFrame:
    """The organisation's activities and, as further lines of scope 3, the purchases of the spend analysis.

    Args:
        organisation: ``inventory/inventory_organisation``.
        purchases: ``spend/spend_scope3``; its rows from activities are in the organisation's inventory already.

    Returns:
        ``inventory/inventory_organisation``; lines of purchases have only the columns that indicators are made from. In
        years of the inventory without a ledger they are not estimated (NE).

    Raises:
        ConfigurationError: both are in CO2e of different sets.
    """
    if purchases.empty:
        return organisation
    besides = purchases[~purchases["is_in_inventory"].astype(bool)]
    lines = pd.DataFrame(
        {
            "boundary": ORGANISATION,
            "municipality_code": besides["municipality_code"],
            "year": besides["year"],
            "organisation_unit": PURCHASES,
            "activity_id": besides["scope3_category"].astype("str") + "_" + besides["figure_from"].astype("str"),
            "scope": "3",
            "scope3_category": besides["scope3_category"].astype("Int64"),
            "method": "",
            "emissions_t_co2e": besides["footprint_t_co2e"],
            "notation_key": None,
            "is_eliminated": False,
            "gwp_set": besides["factor_gwp_set"],
        }
    )
    lines = _with_years_without(lines, organisation)
    sets = organisation.groupby("municipality_code")["gwp_set"].agg(set)
    for code, gwp_set in zip(lines["municipality_code"], lines["gwp_set"], strict=True):
        if other := sets.get(code, set()) - {gwp_set, NOT_STATED}:
            raise ConfigurationError(
                f"{code}: the factors of purchases are in CO2e of {gwp_set}, the organisation's inventory in "
                f"{', '.join(sorted(other))}; sets are never mixed. Choose gwp_set in municipality.yaml or a "
                "factor set in spend.yaml that fit."
            )
    return pd.concat([organisation, lines], ignore_index=True) if len(organisation) else lines.reset_index(drop=True)


def _with_years_without(lines: pd.DataFrame, organisation: pd.DataFrame) -> pd.DataFrame:
    """Purchases, and a line without a number for each in the other years that the municipality has figures for."""
    place = ["municipality_code", "year"]
    years = pd.concat([organisation[place], lines[place]]).drop_duplicates()
    every = lines.drop_duplicates(["municipality_code", "activity_id"]).drop(columns="year")
    every = every.assign(emissions_t_co2e=np.nan, notation_key="NE").merge(years, on="municipality_code", how="inner")
    both = pd.concat([lines, every], ignore_index=True)
    return both.drop_duplicates([*place, "activity_id"], ignore_index=True)
