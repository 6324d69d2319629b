"""Trends over years with gaps: the released years are not equidistant, so every formula uses the true span.

What does not belong here: the trend of the scenarios (``scenarios.trend``).
"""

import numpy as np
import pandas as pd


def compound_change_pct(first: pd.Series, last: pd.Series, span: pd.Series) -> pd.Series:
    """Compound yearly change in per cent, ``((last / first) ** (1 / span) - 1) * 100``.

    Args:
        first: value at the start; zero gives no percentage.
        last: value at the end.
        span: years between the two; less than one gives no percentage.
    """
    usable = (first > 0) & (span >= 1)
    ratio = (last / first.where(usable)).astype(float)
    return (np.power(ratio, 1.0 / span.where(usable).astype(float)) - 1.0) * 100.0


def least_squares(year: pd.Series, value: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Line through all points of a group up to and including each row, rows sorted by group and year.

    Args:
        year: years counted from any origin.
        value: value per row; missing leaves the point out.
        groups: group of each row.

    Returns:
        ``slope`` and ``intercept`` per row, missing where fewer than three points lie on or before it.
        Ordinary least squares: slope = (n Sxy - Sx Sy) / (n Sxx - Sx^2).
    """
    x, y = year.astype(float), value.astype(float)
    used = y.notna() & x.notna()
    x, y = x.where(used, 0.0), y.where(used, 0.0)
    sums = pd.DataFrame({"n": used.astype(float), "x": x, "y": y, "xy": x * y, "xx": x * x})
    sums = sums.groupby(groups.to_numpy()).cumsum()
    enough = sums["n"] >= 3
    determinant = (sums["n"] * sums["xx"] - sums["x"] ** 2).where(enough)
    slope = (sums["n"] * sums["xy"] - sums["x"] * sums["y"]) / determinant
    return pd.DataFrame({"slope": slope, "intercept": (sums["y"] - slope * sums["x"]) / sums["n"].where(enough)})
