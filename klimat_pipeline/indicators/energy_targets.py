"""Targets for energy as they are meant, and in normal weather: a companion of the official figure, never in its place.

Formulas, with E the emissions of a year, b the baseline year, D its degree days, N those of a normal year and s the
share that follows the weather:

* as_meant: the sum of the main sectors and subsectors that the target means (``subsectors`` in ``municipality.yaml``),
  as reported, where the release has all of them in every year since the baseline; else the target's main sectors whole,
  as in ``indicators/sector_indicators``
* in normal weather: E * (1 - s + s * N / D), and its change since b where b has degree days too

What does not belong here: the status of a target (``sector_indicators``, ``target_status``).
"""

from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.basis import REPORTED

AS_MEANT, MAIN = "as_meant", "main_sectors"
#: Main sectors of energy: a target for nothing else follows the weather.
ENERGY = {"electricity_district_heating", "heating"}
_SERIES = ["municipality_code", "target_id", "release_id"]


def energy_targets(
    sectors: pd.DataFrame, subsectors: pd.DataFrame, targets: pd.DataFrame, degree_days: pd.DataFrame
) -> pd.DataFrame:
    """Follow the contract targets for energy.

    Args:
        sectors: ``indicators/sector_indicators``.
        subsectors: ``corrected/subsector_emissions``.
        targets: ``clean/targets``.
        degree_days: ``clean/degree_days``.

    Returns:
        ``indicators/energy_targets``: targets that mean subsectors, and those of the energy sectors alone.
    """
    meant = targets.loc[targets["target_kind"] == "contract", ["municipality_code", "target_id", "subsector_codes"]]
    own = sectors[(sectors["target_kind"] == "contract") & sectors["emissions_t_co2e"].notna()]
    own = own.merge(meant, on=["municipality_code", "target_id"], how="left", validate="many_to_one")
    of_energy = own["sector_codes"].map(lambda codes: bool(codes) and set(codes.split()) <= ENERGY).astype(bool)
    own = own[of_energy | (own["subsector_codes"] != "")].sort_values([*_SERIES, "year"])
    divided = own.loc[own["subsector_codes"] != "", "municipality_code"].unique()
    parts = subsectors[subsectors["municipality_code"].isin(divided)]
    frames = [_followed(rows, parts) for _, rows in own.groupby(_SERIES, sort=False)]
    contract = table("indicators/energy_targets")
    if not frames:
        return _typed(pd.DataFrame(columns=contract.column_names))
    keys = ["municipality_code", "year"]
    days = degree_days[[*keys, "degree_days", "normal_degree_days", "weather_dependent_pct"]]
    return _typed(_in_normal_weather(pd.concat(frames, ignore_index=True).merge(days, on=keys, how="left")))


def _followed(rows: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """One target on one release, as it is meant or on its main sectors."""
    first = rows.iloc[0]
    rows = rows.assign(energy_basis=MAIN)
    if not first["subsector_codes"]:
        return rows
    place = parts[
        (parts["municipality_code"] == first["municipality_code"]) & (parts["release_id"] == first["release_id"])
    ]
    years, asked = set(rows["year"]), first["subsector_codes"].split()
    held = {part: _of_part(place, part) for part in asked}
    if lacking := [part for part, series in held.items() if not years <= set(series.index)]:
        said = f"the release does not divide so: {', '.join(lacking)}; main sectors are counted whole"
        return rows.assign(note=said)
    sums = sum(held.values(), pd.Series(0.0, index=sorted(years)))
    base = float(sums.get(first["baseline_year"], np.nan))
    emissions = rows["year"].map(sums)
    return rows.assign(
        energy_basis=AS_MEANT,
        basis=REPORTED,
        emissions_t_co2e=emissions,
        baseline_t_co2e=base,
        change_pct=(emissions / base - 1.0) * 100.0 if base > 0 else np.nan,
        target_t_co2e=base * (1.0 + rows["target_pct"] / 100.0),
    )


def _of_part(place: pd.DataFrame, part: str) -> "pd.Series[float]":
    """A main sector by year, or a subsector of it."""
    sector, _, subsector = part.partition("/")
    rows = place[(place["sector_code"] == sector) & place["emissions_reported_t_co2e"].notna()]
    if subsector:
        rows = rows[rows["subsector_code"] == subsector]
    return rows.groupby("year")["emissions_reported_t_co2e"].sum()


def _in_normal_weather(frame: pd.DataFrame) -> pd.DataFrame:
    share = frame["weather_dependent_pct"] / 100.0
    factor = 1.0 - share + share * frame["normal_degree_days"] / frame["degree_days"]
    years = frame.assign(_factor=factor).drop_duplicates(["municipality_code", "year"])
    factors = years.set_index(["municipality_code", "year"])["_factor"]
    at = list(zip(frame["municipality_code"], frame["baseline_year"], strict=True))
    base = frame["baseline_t_co2e"] * factors.reindex(pd.MultiIndex.from_tuples(at)).to_numpy(dtype=float)
    normal = frame["emissions_t_co2e"] * factor
    return frame.assign(
        emissions_normalised_t_co2e=normal,
        change_normalised_pct=(normal / base.where(base > 0) - 1.0) * 100.0,
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    contract = table("indicators/energy_targets")
    kinds: dict[str, Any] = {c.name: "float64" for c in contract.columns if c.kind == "number"}
    kinds |= {"year": "int64", "baseline_year": "Int64", "target_year": "Int64", "is_current_release": "bool"}
    return frame[contract.column_names].astype(kinds).sort_values(list(contract.primary_key), ignore_index=True)
