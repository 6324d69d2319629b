"""Sector indicators: a municipality's emissions compared with their baseline, target and the line between.

Formulas, with E the emissions of a year y, B those of the baseline year b, p the target's change in per cent (negative)
and t the target year:

* change since the baseline: (E / B - 1) * 100, undefined for B = 0
* target level: T = B * (1 + p / 100)
* path: B + (T - B) * (y - b) / (t - b) from the baseline year on; after the target year it stays at T
* gap: E - path, positive is too much
* required yearly change: (T - E) / (t - y), and as a percentage ((T / E) ** (1 / (t - y)) - 1) * 100; zero once reached
* trend: compound change and least-squares line since a configured year (``trend``); the projection is the value of
  that line in the target year, not below zero

What does not belong here: targets of other kinds (``targets``), scopes (``scopes``).
"""

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.indicators.trend import compound_change_pct, least_squares

#: The target that sums every sector; shares are shares of it.
TOTAL = "total"
#: Corrected and reported figures.
_FIGURES = ["emissions_t_co2e", "emissions_reported_t_co2e"]


def sector_indicators(
    emissions: pd.DataFrame, targets: pd.DataFrame, population: pd.DataFrame, releases: pd.DataFrame
) -> pd.DataFrame:
    """Compute the indicators of every municipality, target, release and year.

    Args:
        emissions: ``corrected/emissions``.
        targets: ``clean/targets``; a contract target replaces the generic one with the same id, on releases of its
            gases.
        population: ``clean/population``.
        releases: ``clean/releases``.

    Returns:
        ``indicators/sectors``. A target that national data cannot quantify has one row per release, in its last year,
        with status ``no_data``.
    """
    valued = emissions[emissions["emissions_t_co2e"].notna()]
    followed = _followed(valued, targets, releases)
    frame = pd.concat([_sums(valued, followed), _not_quantified(followed, releases)], ignore_index=True)
    frame = frame.sort_values(["release_id", "municipality_code", "target_id", "year"]).reset_index(drop=True)
    frame = _against_baseline(frame)
    frame = _trends(frame)
    frame = _shares(frame, population)
    frame["is_latest_year"] = frame["year"].eq(frame["release_id"].map(releases.set_index("release_id")["last_year"]))
    frame["status"] = _status(frame)
    contract = table("indicators/sectors")
    return frame[contract.column_names].sort_values(list(contract.primary_key)).reset_index(drop=True)


def _followed(emissions: pd.DataFrame, targets: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """Targets per release: the contract's own where the release has its gases, else the generic one."""
    held = emissions[
        ["release_id", "substance", "municipality_code", "is_current_release", "gwp_set"]
    ].drop_duplicates()
    held = held.merge(releases[["release_id", "gas_basis"]], on="release_id", how="left", validate="many_to_one")
    pairs = held.merge(targets, on="municipality_code", how="inner", validate="many_to_many")
    # A fossil target can be followed on carbon dioxide alone; one for all gases cannot.
    speaks_of_it = (
        (pairs["target_kind"] == "generic")
        | (pairs["gas_basis"] == "all greenhouse gases")
        | (pairs["target_gas_basis"] == "fossil")
    )
    pairs = pairs[speaks_of_it].assign(_own=lambda p: p["target_kind"] == "contract")
    pairs = pairs.sort_values("_own", kind="stable")
    return pairs.drop_duplicates(["release_id", "municipality_code", "target_id"], keep="last").drop(columns="_own")


def _sums(emissions: pd.DataFrame, followed: pd.DataFrame) -> pd.DataFrame:
    """Emissions of every target: the sum of its sectors."""
    quantified = followed[followed["sector_codes"] != ""]
    parts = quantified.assign(sector_code=quantified["sector_codes"].str.split(" ")).explode("sector_code")
    keys = ["release_id", "municipality_code", "target_id", "year"]
    lines = parts[["release_id", "municipality_code", "target_id", "sector_code"]].merge(
        emissions[["release_id", "municipality_code", "sector_code", "year", *_FIGURES, "correction_ids"]],
        on=["release_id", "municipality_code", "sector_code"],
        how="inner",
        validate="many_to_many",
    )
    sums = lines.groupby(keys, as_index=False)[_FIGURES].sum()
    corrected = lines[lines["correction_ids"] != ""].groupby(keys)["correction_ids"].agg(_together)
    sums = sums.merge(corrected.rename("correction_ids").reset_index(), on=keys, how="left", validate="one_to_one")
    return sums.merge(quantified, on=["release_id", "municipality_code", "target_id"], validate="many_to_one")


def _not_quantified(followed: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    rows = followed[followed["sector_codes"] == ""]
    last = releases.set_index("release_id")["last_year"]
    return rows.assign(year=rows["release_id"].map(last).astype("int64"), **dict.fromkeys(_FIGURES, np.nan))


def _together(ids: "pd.Series[str]") -> str:
    """All corrections of several cells, each once."""
    return " ".join(sorted({one for text in ids for one in text.split()}))


def _against_baseline(frame: pd.DataFrame) -> pd.DataFrame:
    keys = ["release_id", "municipality_code", "target_id"]
    emissions, year = frame["emissions_t_co2e"], frame["year"].astype(float)
    base = frame[frame["year"].eq(frame["baseline_year"].astype("Float64")).fillna(False).astype(bool)]
    base = base[[*keys, *_FIGURES]].rename(columns=dict(zip(_FIGURES, ["baseline_t_co2e", "_reported"], strict=True)))
    frame = frame.merge(base, on=keys, how="left", validate="many_to_one")
    baseline, base_year = frame["baseline_t_co2e"], frame["baseline_year"].astype(float)
    target_year, target_pct = frame["target_year"].astype(float), frame["target_pct"].astype(float)
    target = baseline * (1.0 + target_pct / 100.0)
    progress = ((year - base_year) / (target_year - base_year)).clip(upper=1.0)
    path = (baseline + (target - baseline) * progress).where(year >= base_year)
    years_left = (target_year - year).where(target_year > year)
    met = emissions <= target
    required = ((target - emissions) / years_left).where(~met, 0.0).where(target.notna())
    with np.errstate(divide="ignore", invalid="ignore"):
        required_pct = (
            np.power((target / emissions.where(emissions > 0)).clip(lower=0.0), 1.0 / years_left) - 1.0
        ) * 100.0
    return frame.assign(
        change_t_co2e=emissions - baseline,
        change_pct=(emissions / baseline.where(baseline > 0) - 1.0) * 100.0,
        change_reported_pct=(
            frame["emissions_reported_t_co2e"] / frame["_reported"].where(frame["_reported"] > 0) - 1.0
        )
        * 100.0,
        correction_ids=frame["correction_ids"].fillna(""),
        target_t_co2e=target,
        target_path_t_co2e=path,
        gap_t_co2e=emissions - path,
        required_t_co2e_per_year=required,
        required_pct_per_year=required_pct.where(~met, 0.0).where(target.notna()),
    )


def _trends(frame: pd.DataFrame) -> pd.DataFrame:
    """Change since the trend's first year, for rows after it; missing where the release lacks that year."""
    keys = ["release_id", "municipality_code", "target_id"]
    group = frame.groupby(keys, sort=False).ngroup()
    year, from_year = frame["year"].astype(float), frame["trend_from_year"].astype(float)
    since = year - from_year
    emissions = frame["emissions_t_co2e"]
    start = emissions.where(since == 0).groupby(group).transform("max")
    frame["trend_from_year"] = frame["trend_from_year"].astype("Int64").where(start.notna())
    frame["trend_compound_pct_per_year"] = compound_change_pct(start, emissions, since)

    inside = (since >= 0) & start.notna()
    line = least_squares(since, emissions.where(inside), group).where(inside, axis=0)
    before = line.groupby(group).shift(1)
    ahead = frame["target_year"].astype(float) - from_year
    frame["trend_t_co2e_per_year"] = line["slope"]
    frame["projected_t_co2e"] = (line["intercept"] + line["slope"] * ahead).clip(lower=0.0)
    frame["projected_without_last_t_co2e"] = (before["intercept"] + before["slope"] * ahead).clip(lower=0.0)
    return frame


def _shares(frame: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    keys = ["release_id", "municipality_code", "year"]
    totals = frame.loc[frame["target_id"] == TOTAL, [*keys, "emissions_t_co2e"]]
    frame = frame.merge(
        totals.rename(columns={"emissions_t_co2e": "_total"}), on=keys, how="left", validate="many_to_one"
    )
    frame["share_of_total_pct"] = frame["emissions_t_co2e"] / frame["_total"].where(frame["_total"] > 0) * 100.0
    residents = population[["municipality_code", "year", "population"]]
    frame = frame.merge(residents, on=["municipality_code", "year"], how="left", validate="many_to_one")
    frame["population"] = frame["population"].astype("Int64")
    frame["emissions_per_resident_t_co2e"] = frame["emissions_t_co2e"] / frame["population"].astype(float)
    return frame.drop(columns="_total")


def _status(frame: pd.DataFrame) -> np.ndarray:
    """Status of each row; the strictest that applies: target reached, on the path, above it."""
    emissions = frame["emissions_t_co2e"]
    without_target = (frame["target_kind"] == "generic") & frame["target_pct"].isna() & emissions.notna()
    return np.select(
        [
            without_target,
            emissions.isna() | frame["target_path_t_co2e"].isna(),
            emissions <= frame["target_t_co2e"],
            emissions <= frame["target_path_t_co2e"],
        ],
        ["no_target", "no_data", "reached", "on_track"],
        default="behind",
    ).astype(object)
