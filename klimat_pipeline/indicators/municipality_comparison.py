"""Municipalities side by side by one method: rank, distribution, and similar municipalities.

The same generic indicators for everybody (``_all/follow_up.yaml``: baseline, first year of the trend), in the newest
year of a current release; a municipality's own targets have their own baselines and are not compared. With E_y the
corrected emissions of year y, b the baseline, f the first year of the trend and n the newest year:

* change since the baseline: (E_n / E_b - 1) * 100
* compound yearly change: ((E_n / E_f) ** (1 / (n - f)) - 1) * 100
* mean of yearly percentages: the mean over the years from f to n of each year's own change in per cent; where a
  release has a gap, the years in it share the compound rate between its ends. It is never lower than the compound
  rate: a fall by half and a doubling make 0 per cent compound and 25 per cent on average.
* similar: the nearest (Euclidean distance) in the shares of the main sectors and the logarithm of the total, each
  divided by its standard deviation among the compared; the shares say what kind of emissions, the total how many.

* places: among all, among those of the county, among those of the same of SKR's nine groups; the nation's own value of
  the indicator stands beside them, and what has to be added to the value to reach the median of all.

Rank 1 is the lowest value. Percentages of zero do not exist and are not compared. What does not belong here: a
municipality's own targets (``target_status``).
"""

import numpy as np
import pandas as pd

from klimat_pipeline.clean.residents import with_residents
from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.basis import REPORTED
from klimat_pipeline.indicators.paths import spans

TOTAL = "total"
#: Indicators in words and their units; b, f and n stand for the years.
INDICATORS = {
    "emissions": ("Emissions in {n}", "t CO2e"),
    "per_resident": ("Emissions per resident in {n}", "t CO2e/resident"),
    "share": ("Share of the municipality's total in {n}", "%"),
    "change_since_baseline": ("Change from {b} to {n}", "%"),
    "compound_change": ("Yearly change from {f} to {n}, compound rate", "%/year"),
    "mean_yearly_change": ("Yearly change from {f} to {n}, mean of the yearly percentages{filled}", "%/year"),
}
#: The one that needs a figure for every year.
FILLED = "mean_yearly_change"
_NATION = "00"
_PLACE = ["release_id", "municipality_code"]
_REPORTED = "emissions_reported_t_co2e"
_SERIES = ["municipality_code", "target_id"]


def municipality_comparison(
    emissions: pd.DataFrame,
    targets: pd.DataFrame,
    population: pd.DataFrame,
    municipalities: pd.DataFrame,
    area_totals: pd.DataFrame,
    *,
    similar_count: int,
) -> pd.DataFrame:
    """Compare every municipality with data.

    Releases are never mixed: a municipality that has a newer one is compared with the others on the one they share.

    Args:
        emissions: ``corrected/emissions``, all releases.
        targets: ``clean/targets``, for the generic baseline and first year of the trend.
        population: ``clean/population``.
        municipalities: ``clean/municipalities``: how many there are, in which county and group.
        area_totals: ``clean/area_totals``, for the nation.
        similar_count: how many similar municipalities to name.

    Returns:
        ``indicators/municipality_comparison``, one row per release, municipality, sector (or total) and indicator.
    """
    valued = emissions[emissions[_REPORTED].notna()]
    generic = targets[targets["target_kind"] == "generic"]
    contract = table("indicators/municipality_comparison")
    if valued.empty or generic.empty:
        return pd.DataFrame(columns=contract.column_names)
    base, first = int(generic["baseline_year"].iloc[0]), int(generic["trend_from_year"].iloc[0])
    nation = area_totals[(area_totals["area_level"] == "nation") & (area_totals["sector_code"] != TOTAL)]
    nation = nation.assign(municipality_code=_NATION)
    population = pd.concat([population, _of_the_nation(population, len(municipalities))], ignore_index=True)
    parts, similar, national = [], [], []
    for release, rows in valued.groupby("release_id"):
        wide = _series(rows)
        values = _values(wide, population, base, first)
        missing = spans(sorted(set(range(first, wide.columns.max())) - set(wide.columns)))
        filled = f"; {missing} have no figures and are filled with the constant rate across the gap" if missing else ""
        names = {"b": base, "f": first, "n": wide.columns.max(), "filled": filled}
        values["interpolated_years"] = missing or None
        values["interpolated_years"] = values["interpolated_years"].where(values["indicator"] == FILLED, None)
        values["indicator_text"] = [INDICATORS[name][0].format(**names) for name in values["indicator"]]
        parts.append(values.assign(release_id=release, year=names["n"]))
        own = nation[(nation["release_id"] == release) & nation[_REPORTED].notna()]
        if not own.empty:
            national.append(_values(_series(own), population, base, first).assign(release_id=release))
        alike = similar_municipalities(wide, similar_count)
        similar += [(release, code, other) for code, others in alike.items() for other in others]
    frame = _compared(
        pd.concat(parts, ignore_index=True), pd.DataFrame(similar, columns=[*_PLACE, "_other"]), len(municipalities)
    )
    frame = _among_alike(frame, municipalities)
    frame = _beside_the_nation(frame, national)
    current = valued[["release_id", "municipality_code", "is_current_release"]].drop_duplicates()
    frame = frame.merge(current, on=["release_id", "municipality_code"], how="left", validate="many_to_one")
    frame["basis"] = REPORTED
    frame["indicator_unit"] = [INDICATORS[name][1] for name in frame["indicator"]]
    return frame[contract.column_names].sort_values(list(contract.primary_key)).reset_index(drop=True)


def _of_the_nation(population: pd.DataFrame, everybody: int) -> pd.DataFrame:
    """Residents of the nation in the years in which those of all municipalities are known."""
    years = population.groupby("year")["population"].agg(["sum", "size"])
    whole = years[years["size"] == everybody]
    return pd.DataFrame({"municipality_code": _NATION, "year": whole.index, "population": whole["sum"].to_numpy()})


def _among_alike(frame: pd.DataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """The place among the municipalities of the county and of the same group; missing where the group is not known."""
    frame = frame.merge(municipalities.drop(columns="municipality_name"), on="municipality_code", how="left")
    for name in ("county", "group"):
        known = frame[f"{name}_code"].notna()
        groups = frame[known].groupby(["release_id", "indicator", "target_id", f"{name}_code"])["indicator_value"]
        frame[f"{name}_rank"] = groups.rank(method="min").astype("Int64").reindex(frame.index)
        frame[f"{name}_compared"] = groups.transform("size").astype("Int64").reindex(frame.index)
    return frame


def _beside_the_nation(frame: pd.DataFrame, national: list[pd.DataFrame]) -> pd.DataFrame:
    """The nation's own value, and what has to be added to the municipality's to reach the median."""
    keys = ["release_id", "indicator", "target_id"]
    shown = pd.concat(national) if national else pd.DataFrame(columns=[*keys, "indicator_value"])
    nation = shown[[*keys, "indicator_value"]].rename(columns={"indicator_value": "nation_value"})
    frame = frame.merge(nation, on=keys, how="left", validate="many_to_one").astype({"nation_value": "float64"})
    # Tonnes and shares of the nation are of another size, and no place to reach.
    frame.loc[frame["indicator"] == "emissions", "nation_value"] = np.nan
    return frame.assign(to_median=frame["median_value"] - frame["indicator_value"])


def mean_yearly_change_pct(wide: pd.DataFrame) -> pd.Series:
    """Mean of the yearly percentages of each row; years are the columns, gaps between them share their compound rate.

    Args:
        wide: positive figures, years as columns in ascending order, at least two of them.
    """
    years = wide.columns.to_numpy(dtype="float64")
    spans = np.diff(years)
    values = wide.to_numpy(dtype="float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.power(values[:, 1:] / np.where(values[:, :-1] > 0, values[:, :-1], np.nan), 1.0 / spans) - 1.0
    return pd.Series(rates @ spans / spans.sum() * 100.0, index=wide.index)


def similar_municipalities(wide: pd.DataFrame, count: int) -> dict[str, list[str]]:
    """The nearest municipalities of each, nearest first; equally near ones by their codes.

    Args:
        wide: figures by municipality and sector, years as columns; the newest counts.
        count: how many.
    """
    newest = wide[wide.columns.max()].unstack("target_id").sort_index()
    total = newest.pop(TOTAL)
    shares = newest.div(total.where(total > 0), axis=0).fillna(0.0)
    features = np.column_stack([shares.to_numpy(), np.log(total.clip(lower=1.0).to_numpy())])
    spread = features.std(axis=0)
    features = features / np.where(spread > 0, spread, 1.0)
    squares = (features**2).sum(axis=1)
    # Rounded, so that floating-point noise does not decide the order.
    distance = np.round(squares[:, None] + squares[None, :] - 2.0 * features @ features.T, 9)
    np.fill_diagonal(distance, np.inf)
    codes = newest.index.to_numpy(dtype=str)
    order = np.argsort(distance, axis=1, kind="stable")[:, : min(count, len(codes) - 1)]
    return {str(code): [str(other) for other in codes[row]] for code, row in zip(codes, order, strict=True)}


def _series(rows: pd.DataFrame) -> pd.DataFrame:
    """Figures by municipality and sector or total, years as columns."""
    named = rows[["municipality_code", "sector_code", "year", _REPORTED]]
    sectors = named.rename(columns={"sector_code": "target_id"})
    # A sum that lacks one of the release's sectors is none.
    all_sectors = rows["sector_code"].nunique()
    totals = named.groupby(["municipality_code", "year"])[_REPORTED].sum(min_count=all_sectors).reset_index()
    both = pd.concat([sectors, totals.assign(target_id=TOTAL)], ignore_index=True)
    return both.set_index([*_SERIES, "year"])[_REPORTED].unstack("year").sort_index(axis=1)


def _values(wide: pd.DataFrame, population: pd.DataFrame, base: int, first: int) -> pd.DataFrame:
    newest = int(wide.columns.max())
    now = wide[newest]
    place = now.index.get_level_values("municipality_code")
    totals = now.xs(TOTAL, level="target_id").reindex(place).to_numpy()
    asked = pd.DataFrame({"municipality_code": place.unique(), "year": newest})
    residents = with_residents(asked, population).set_index("municipality_code")["population"]
    found: dict[str, pd.Series] = {
        "emissions": now,
        "per_resident": now / residents.reindex(place).to_numpy(dtype="float64"),
        "share": (now / np.where(totals > 0, totals, np.nan) * 100.0)[now.index.get_level_values("target_id") != TOTAL],
    }
    if base in wide.columns and base < newest:
        found["change_since_baseline"] = (now / wide[base].where(wide[base] > 0) - 1.0) * 100.0
    if first in wide.columns and first < newest:
        ratio = now / wide[first].where(wide[first] > 0)
        found["compound_change"] = (np.power(ratio, 1.0 / (newest - first)) - 1.0) * 100.0
        found[FILLED] = mean_yearly_change_pct(wide[[year for year in wide.columns if year >= first]])
    values = pd.concat(found, names=["indicator"]).rename("indicator_value").reset_index()
    return values[np.isfinite(values["indicator_value"].to_numpy(dtype="float64"))]


def _compared(values: pd.DataFrame, similar: pd.DataFrame, everybody: int) -> pd.DataFrame:
    """Rank, distribution, and the median of the similar municipalities, for every value."""
    keys = ["release_id", "indicator", "target_id"]
    groups = values.groupby(keys)["indicator_value"]
    frame = values.assign(rank=groups.rank(method="min").astype("int64"), compared=groups.transform("size"))
    spread = groups.quantile([0.0, 0.25, 0.5, 0.75, 1.0]).unstack()
    spread.columns = ["lowest_value", "q25_value", "median_value", "q75_value", "highest_value"]
    frame = frame.merge(spread.reset_index(), on=keys, validate="many_to_one")
    frame["rank_text"] = [
        f"{rank} of {compared} with data, {compared} of {everybody} municipalities"
        for rank, compared in zip(frame["rank"], frame["compared"], strict=True)
    ]
    named = similar.groupby(_PLACE)["_other"].agg(" ".join).to_dict()
    places = zip(frame["release_id"], frame["municipality_code"], strict=True)
    frame["similar_codes"] = [named.get(place, "") for place in places]
    others = frame[[*keys, "municipality_code", "indicator_value"]].rename(
        columns={"municipality_code": "_other", "indicator_value": "similar_median_value"}
    )
    pairs = similar.merge(others, on=["release_id", "_other"])
    medians = pairs.groupby([*keys, "municipality_code"])["similar_median_value"].median().reset_index()
    frame = frame.merge(medians, on=[*keys, "municipality_code"], how="left", validate="one_to_one")
    return frame.astype({"similar_median_value": "float64"})
