"""Main sectors divided into emissions under the EU Emissions Trading System and other ones.

Formulas, as reported, of a municipality, sector and year with given installations: traded = the sum of its
installations; other = the sector's emissions - traded, or no figure where that is below zero: the two sources then do
not count the same, and nothing says by how much. What does not belong here: the installations themselves
(``clean.ets_installations``).
"""

import pandas as pd

from klimat_pipeline.contracts import table

#: A difference that the rounding of both sources explains, tonnes.
ROUNDING_T = 1.0
_CELL = ["municipality_code", "sector_code", "year"]


def traded_emissions(emissions: pd.DataFrame, installations: pd.DataFrame) -> pd.DataFrame:
    """Divide every main sector of the municipalities and years whose installations are given.

    Args:
        emissions: ``corrected/emissions``.
        installations: ``clean/ets_installations``.

    Returns:
        ``indicators/traded_emissions``; a sector without installations is all other.
    """
    contract = table("indicators/traded_emissions")
    known = installations[["municipality_code", "year"]].drop_duplicates()
    frame = emissions[emissions["emissions_reported_t_co2e"].notna()].merge(known, on=["municipality_code", "year"])
    sums = installations.groupby(_CELL)["installation_t"].agg(["sum", "size"]).reset_index()
    frame = frame.merge(sums, on=_CELL, how="left", validate="many_to_one")
    traded = frame["sum"].fillna(0.0).astype("float64")
    other = frame["emissions_reported_t_co2e"] - traded
    beyond = other < -ROUNDING_T
    frame = frame.assign(
        traded_t_co2e=traded,
        installations=frame["size"].fillna(0).astype("int64"),
        other_t_co2e=other.clip(lower=0.0).where(~beyond),
        note=beyond.map({True: "the installations hold more than the sector", False: None}),
    )
    return frame[contract.column_names].sort_values(list(contract.primary_key), ignore_index=True)
