"""The figures of a release as arrays, for forecasts and hindcasts. What does not belong here: forecasts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.method_assumptions import TOTAL
from klimat_pipeline.clean.naming import NATION

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Panel:
    """Figures of one release.

    Attributes:
        release_id: the release.
        municipality_codes: M of them, sorted.
        series: main sectors, sorted, and the total: S of them.
        years: Y of them, ascending, with the release's own gaps.
        tonnes: t CO2e, shape (S, M, Y); NaN where the release has no figure.
        nation: the same of the nation, shape (S, 1, Y); the sum of the municipalities where a release prints none.
    """

    release_id: str
    municipality_codes: tuple[str, ...]
    series: tuple[str, ...]
    years: tuple[int, ...]
    tonnes: Floats
    nation: Floats


def reported_panels(emissions: pd.DataFrame, area_totals: pd.DataFrame) -> list[Panel]:
    """The same as reported, whatever is corrected: what the errors of forecasts are measured on."""
    return panels(emissions.assign(emissions_t_co2e=emissions["emissions_reported_t_co2e"]), area_totals)


def panels(emissions: pd.DataFrame, area_totals: pd.DataFrame) -> list[Panel]:
    """Figures as arrays, a panel per release.

    Args:
        emissions: ``corrected/emissions``; rows without CO2e are left out.
        area_totals: ``clean/area_totals``, for the nation.
    """
    nations = area_totals[area_totals["area_code"] == NATION].assign(
        municipality_code=NATION, emissions_t_co2e=lambda rows: rows["emissions_reported_t_co2e"]
    )
    found = []
    for release, rows in emissions[emissions["emissions_t_co2e"].notna()].groupby("release_id", sort=True):
        sectors, years = np.unique(rows["sector_code"].to_numpy(str)), np.unique(rows["year"].to_numpy("int64"))
        tonnes, codes = _array(rows, sectors, years)
        lost = np.isnan(tonnes) & ~np.isnan(tonnes).all(axis=2, keepdims=True)
        total = np.where(lost.any(axis=0), np.nan, np.nansum(tonnes, axis=0))
        everything = np.concatenate([tonnes, total[None]])
        series = (*map(str, sectors), TOTAL)
        nation = nations[nations["release_id"] == release]
        if nation.empty:
            printed = np.nansum(everything, axis=1, keepdims=True)
        else:
            printed, _ = _array(nation, np.array(series), years)
            # A release may print the nation's sectors without their total.
            printed[-1] = np.where(
                np.isnan(printed[-1]), printed[:-1].sum(axis=0, where=~np.isnan(printed[:-1])), printed[-1]
            )
        found.append(Panel(str(release), tuple(map(str, codes)), series, tuple(map(int, years)), everything, printed))
    return found


def _array(rows: pd.DataFrame, series: Any, years: Any) -> tuple[Floats, Any]:
    rows = rows[rows["sector_code"].isin(series) & rows["year"].isin(years)]
    codes, at = np.unique(rows["municipality_code"].to_numpy(str), return_inverse=True)
    tonnes = np.full((len(series), len(codes), len(years)), np.nan)
    order = {name: place for place, name in enumerate(series)}
    tonnes[rows["sector_code"].map(order), at, np.searchsorted(years, rows["year"])] = rows["emissions_t_co2e"]
    return tonnes, codes
