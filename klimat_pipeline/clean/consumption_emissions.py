"""Consumption-based emissions per resident and in all: the boundary ``residents``, which is added to no other.

What does not belong here: the municipal group's own purchases (``spend``).
"""

import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.clean.residents import with_residents
from klimat_pipeline.contracts import table

_KG_PER_T = 1000.0


def clean_consumption_emissions(reference: Reference, population: pd.DataFrame) -> pd.DataFrame:
    """``clean/consumption_emissions`` from the reference table.

    Args:
        reference: reference tables.
        population: ``clean/population``; the total is missing where no year within three is known.
    """
    frame = with_residents(reference.consumption, population)
    frame["boundary"] = "residents"
    frame["emissions_per_resident_t_co2e"] = frame["kg_co2e_per_resident"] / _KG_PER_T
    frame["emissions_t_co2e"] = frame["emissions_per_resident_t_co2e"] * frame["population"].astype("float64")
    contract = table("clean/consumption_emissions")
    return frame[contract.column_names].sort_values(list(contract.primary_key), ignore_index=True)
