"""Land use beside the total of the same area and year. Never added: the territorial target is about the total alone."""

import pandas as pd

from klimat_pipeline.clean.naming import TOTAL_CODE
from klimat_pipeline.contracts import table


def land_use(given: pd.DataFrame, area_totals: pd.DataFrame) -> pd.DataFrame:
    """Lay the given figures beside the totals of every release.

    Args:
        given: ``clean/reported_land_use``.
        area_totals: ``clean/area_totals``.

    Returns:
        ``indicators/land_use``; a year that no release holds is not in it.
    """
    contract = table("indicators/land_use")
    totals = area_totals[(area_totals["sector_code"] == TOTAL_CODE) & area_totals["emissions_reported_t_co2e"].notna()]
    columns = ["area_code", "year", "release_id", "area_level", "area_name", "emissions_reported_t_co2e"]
    frame = given.merge(totals[columns], on=["area_code", "year"], how="inner", validate="one_to_many")
    return frame[contract.column_names].sort_values(list(contract.primary_key), ignore_index=True)
