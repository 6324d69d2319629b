"""Which year's population a figure per resident is divided by: its own year's, or the nearest within three.

What does not belong here: where populations come from (``population``).
"""

import numpy as np
import pandas as pd

#: A population of a year further away than this says nothing about the figure.
NEAREST_YEARS = 3


def with_residents(frame: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Add the residents of every row's municipality in the year nearest to the row's.

    Of two years equally near it is the later, which more municipalities have.

    Args:
        frame: has ``municipality_code`` and ``year``.
        population: ``clean/population``.

    Returns:
        The frame with ``population`` and ``population_year``, both missing where no year within three is known.
    """
    keys = ["municipality_code", "year"]
    asked = frame[keys].drop_duplicates()
    known = population[["municipality_code", "year", "population"]].rename(columns={"year": "population_year"})
    pairs = asked.merge(known, on="municipality_code")
    pairs["_away"] = np.abs(pairs["population_year"] - pairs["year"])
    near = pairs[pairs["_away"] <= NEAREST_YEARS].sort_values(
        [*keys, "_away", "population_year"], ascending=[True, True, True, False]
    )
    chosen = (
        near.drop_duplicates(keys).drop(columns="_away").astype({"population": "Int64", "population_year": "Int64"})
    )
    return frame.merge(chosen, on=keys, how="left", validate="many_to_one")
