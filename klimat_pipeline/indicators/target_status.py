"""How far each target of a municipality's contract is, of whatever kind, along every path.

Emissions targets have a row per release and released year since the baseline; targets without a release (construction,
meals, purchases, consumption) have ``local`` in its place. A target that cannot be quantified has one row with the
reason: never a zero, and never a baseline that its document does not give; the newest figure stands there, if any.

A year is compared with the baseline on the basis of its row in ``indicators/sector_indicators``; what is summed or
fitted over all years since the baseline (cumulative excess, budget, the year that the trend reaches) is corrected only
where all of them are on one corrected level (``series_basis``), else as reported. The path of a carbon budget is about
the sum, so its rows stand on that basis altogether.

What belongs here: which figures a target is held against. What does not: the rows of one target (``target_rows``),
and whether the targets fit together (``target_coherence``).
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.basis import CORRECTED, REPORTED
from klimat_pipeline.indicators.target_rows import Row, Series, along, standing
from klimat_pipeline.inventory.gases import MIXED, NOT_STATED

LOCAL, NO_PATH = "local", "none"
EMISSIONS, CONSTRUCTION, PURCHASES, CONSUMPTION = "emissions", "construction", "purchases", "consumption"
UNITS = {
    EMISSIONS: "t CO2e",
    CONSTRUCTION: "kg CO2e/m2",
    "meals_per_kg": "kg CO2e/kg",
    "meals_per_portion": "kg CO2e/portion",
    PURCHASES: "t CO2e",
    CONSUMPTION: "t CO2e/resident",
}
#: Emissions by basis.
FIGURES = {CORRECTED: "emissions_corrected_t_co2e", REPORTED: "emissions_reported_t_co2e"}
#: What a meal's emissions are divided by.
_PER = {"meals_per_kg": "food_kg", "meals_per_portion": "portions"}


def target_status(
    sectors: pd.DataFrame,
    targets: pd.DataFrame,
    construction: pd.DataFrame,
    meals: pd.DataFrame,
    spend: pd.DataFrame | None = None,
    consumption: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The status of every contract target along every path.

    Args:
        sectors: ``indicators/sector_indicators``: emissions and baselines of targets with sectors, by release.
        targets: ``clean/targets``.
        construction: ``clean/construction_projects``.
        meals: ``clean/served_meals``.
        spend: ``spend/spend_indicators``; None where there is no spend analysis.
        consumption: ``clean/consumption_emissions``.

    Returns:
        ``indicators/target_status``.
    """
    own = targets[targets["target_kind"] == "contract"]
    held = sectors[sectors["target_kind"] == "contract"]
    groups = dict(iter(held.groupby(["municipality_code", "target_id"], sort=False)))
    rows: list[Row] = []
    for target in own.to_dict("records"):
        key = (target["municipality_code"], target["target_id"])
        if target["target_measure"] == EMISSIONS:
            for _, frame in groups[key].groupby("release_id") if key in groups else ():
                rows += _of_emissions(target, frame.sort_values("year"))
        else:
            rows += _of_measure(target, *_measured(target, construction, meals, spend, consumption))
    for row in rows:
        reason = row.pop("_reason", None)
        if reason is not None:  # the reason first: it is what a reader of "no_data" looks for
            row["note"] = f"{reason}; {row['note']}" if isinstance(row["note"], str) else reason
    contract = table("indicators/target_status")
    frame = pd.DataFrame(rows, columns=contract.column_names)
    frame = frame.astype(
        {c.name: "Int64" if c.nullable else "int64" for c in contract.columns if c.kind == "integer"}
        | {c.name: "float64" for c in contract.columns if c.kind == "number"}
        | {c.name: "bool" for c in contract.columns if c.kind == "boolean"}
    )
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)


def _named(target: Row) -> Row:
    shared = (
        *("municipality_code", "target_id", "target_name_sv", "target_name_en", "boundary", "target_measure"),
        *("target_gas_basis", "baseline_year", "target_year", "target_pct", "note"),
    )
    return {name: target[name] for name in shared} | {"target_unit": UNITS[target["target_measure"]]}


def _of_emissions(target: Row, frame: pd.DataFrame) -> list[Row]:
    """Rows of a target on national figures, one release."""
    last = frame.iloc[-1]
    placed = {name: last[name] for name in ("release_id", "is_current_release", "gas_basis", "gwp_set")}
    named = _named(target) | placed
    after = frame[frame["year"] >= (target["baseline_year"] or 0)] if pd.notna(target["baseline_year"]) else frame
    after = after[after["emissions_t_co2e"].notna()]
    base = last["baseline_t_co2e"]
    if pd.isna(target["target_pct"]) or pd.isna(base) or after.empty:
        return [named | _unknown(_why(target, base)) | {"year": int(last["year"]), "is_latest_year": True}]
    named["trend_from_year"] = last["trend_from_year"]
    return list(along(named, target, *_series(after), budgets=True))


def _series(frame: pd.DataFrame) -> tuple[list[Series], list[Series]]:
    """Per year the series that it is compared with the baseline on, and the one that sums run over."""
    years, now = frame["year"].to_numpy(float), frame["basis"].to_numpy(str)
    corrected = np.flatnonzero(now == CORRECTED)
    bases = {REPORTED: float(frame["baseline_reported_t_co2e"].iloc[-1])}
    if len(corrected):
        bases[CORRECTED] = float(frame["baseline_t_co2e"].iloc[corrected[-1]])
    whole = {basis: Series(years, frame[FIGURES[basis]].to_numpy(float), base, basis) for basis, base in bases.items()}
    so_far = [CORRECTED if (now[: i + 1] == CORRECTED).all() else REPORTED for i in range(len(years))]
    return [whole[basis].until(i + 1) for i, basis in enumerate(now)], [
        whole[basis].until(i + 1) for i, basis in enumerate(so_far)
    ]


def _why(target: Row, base: float) -> str:
    """Why a target cannot be quantified."""
    if pd.isna(target["target_pct"]):
        return "the document gives no number"
    if pd.isna(target["baseline_year"]):
        return "the document gives no baseline year" + (
            "" if target["sector_codes"] else ", and national data do not hold what it speaks of"
        )
    if not target["sector_codes"]:
        return "national data do not hold what it speaks of"
    return f"the release does not hold the baseline year {target['baseline_year']}" if pd.isna(base) else "no data"


def _unknown(reason: str) -> Row:
    return {"path": NO_PATH, "status": "no_data", "interpolated_years": None, "_reason": reason}


def _measured(
    target: Row,
    construction: pd.DataFrame,
    meals: pd.DataFrame,
    spend: pd.DataFrame | None,
    consumption: pd.DataFrame | None,
) -> tuple[pd.DataFrame, str]:
    """``year``, ``value``, ``gwp_set`` and, for construction, ``reference`` of a measure; and the reason if empty."""
    code, measure = target["municipality_code"], target["target_measure"]
    if measure == CONSTRUCTION:
        mine = construction[construction["municipality_code"] == code]
        area = mine["gross_area_m2"]
        sums = (
            mine.assign(
                _impact=mine["impact_kg_per_m2"] * area, _reference=mine["reference_kg_per_m2"] * area, _area=area
            )
            .groupby("year", as_index=False)[["_impact", "_reference", "_area"]]
            .sum()
        )
        return pd.DataFrame(
            {
                "year": sums["year"],
                "value": sums["_impact"] / sums["_area"],
                "reference": sums["_reference"] / sums["_area"],
                "gwp_set": "not stated",
            }
        ), "construction.csv holds no project"
    if measure in _PER:
        mine = meals[(meals["municipality_code"] == code) & (meals[_PER[measure]] > 0)]
        value = mine["emissions_kg_co2e"] / mine[_PER[measure]]
        return mine.assign(value=value), f"meals.csv holds no year with {_PER[measure]}"
    if measure == CONSUMPTION:
        nobody = pd.DataFrame(columns=["year", "value", "gwp_set"])
        if consumption is None:
            return nobody, "there are no figures of consumption"
        mine = consumption[consumption["municipality_code"] == code]
        mine = mine.assign(value=mine["emissions_per_resident_t_co2e"], gwp_set=NOT_STATED)
        return mine, "data/reference/consumption.csv does not hold it"
    if spend is None:
        return pd.DataFrame(columns=["year", "value", "gwp_set"]), "there is no spend analysis"
    mine = spend[(spend["municipality_code"] == code) & (spend["spend_indicator"] == target["spend_indicator"])]
    mine = mine.assign(value=mine["spend_indicator_value"], gwp_set=mine["factor_gwp_set"])
    return mine, f"the spend analysis has no indicator {target['spend_indicator']}: is there a ledger?"


def _of_measure(target: Row, series: pd.DataFrame, missing: str) -> list[Row]:
    """Rows of a target on the municipality's own data."""
    measure, named = target["target_measure"], _named(target) | {"release_id": LOCAL, "is_current_release": True}
    series = series[series["value"].notna()].sort_values("year") if len(series) else series
    ahead = {"year": int(target["target_year"]), "is_latest_year": True}
    without = None
    if pd.isna(target["target_pct"]) and pd.isna(target["target_level"]):
        without = "the document gives no number"
        if pd.isna(target["baseline_year"]) and measure == CONSUMPTION:
            without += " and no baseline year"
    elif pd.isna(target["baseline_year"]) and pd.isna(target["target_level"]) and measure != CONSTRUCTION:
        without = "the document gives no baseline year" + (f"; and {missing}" if series.empty else "")
    elif series.empty:
        without = missing
    if without is not None:
        now = (
            {"current_value": float(series["value"].iloc[-1]), "year": int(series["year"].iloc[-1])}
            if len(series)
            else {}
        )
        return [named | ahead | _unknown(without) | now]
    if measure == CONSTRUCTION:
        return list(_against_reference(named, target, series))
    years, values = series["year"].to_numpy(float), series["value"].to_numpy(float)
    sets = series["gwp_set"].to_numpy()
    named["gwp_set"] = sets[-1]
    base = values[years == target["baseline_year"]] if pd.notna(target["baseline_year"]) else np.array([])
    if len(base):
        # Years in another set of global warming potentials than the baseline's are not compared with it.
        named["gwp_set"] = sets[years == target["baseline_year"]][0]
        if named["gwp_set"] == MIXED:
            return [named | ahead | _unknown("the baseline's figure mixes sets of global warming potentials")]
        since = (years >= float(target["baseline_year"])) & (sets == named["gwp_set"])
        whole = Series(years[since], values[since], float(base[0]))
        so_far = [whole.until(i + 1) for i in range(len(whole.years))]
        return list(along(named, target, so_far, so_far, budgets=measure == PURCHASES))
    if pd.isna(target["target_level"]):
        return [named | ahead | _unknown(f"no figure for the baseline year {target['baseline_year']}")]
    return [
        named
        | standing(float(value), np.nan, float(target["target_level"]), np.nan)
        | {"year": int(year), "is_latest_year": year == years[-1], "path": NO_PATH}
        for year, value in zip(years, values, strict=True)
    ]


def _against_reference(named: Row, target: Row, series: pd.DataFrame) -> Iterator[Row]:
    """Construction: the projects of a year compared with their reference values, weighted by area; without a path."""
    for row in series.itertuples():
        goal = row.reference * (1.0 + target["target_pct"] / 100.0)
        if pd.notna(target["target_level"]):
            goal = target["target_level"]
        yield (
            named
            | standing(row.value, row.reference, goal, np.nan)
            | {"year": int(row.year), "is_latest_year": row.year == series["year"].max(), "path": NO_PATH}
            | {"gwp_set": row.gwp_set}
        )
