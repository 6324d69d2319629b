"""Sector indicators: a municipality's emissions compared with their baseline, target and the line between.

Formulas, with E the emissions of a year y, B those of the baseline year b, p the target's change in per cent (negative)
and t the target year:

* change since the baseline: (E / B - 1) * 100, undefined for B = 0
* target level: T = B * (1 + p / 100)
* path: the straight line from B in year b through the interim targets to T in year t (``paths``)
* gap: E - path, positive is too much
* required yearly change: (T - E) / (t - y), and as a percentage ((T / E) ** (1 / (t - y)) - 1) * 100; zero once reached
* trend: compound change and least-squares line since a configured year (``trend``); the projection is the value of
  that line in the target year, not below zero

E and B are on one basis (``corrected.basis``): corrected where the same local corrections have moved both, sector by
sector, else both as reported. The baseline's own row is on the newest year's basis. E stands alone, corrected, where
there is no baseline to compare it with. A trend is corrected where all its years are on one level. Beside it stands
the nation's change in the same sectors since the same baseline year, as reported.

What does not belong here: targets of other kinds (``target_status``), scopes (``scope_indicators``).
"""

import numpy as np
import pandas as pd

from klimat_pipeline.clean.residents import with_residents
from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.basis import CORRECTED, REPORTED, basis_so_far, levels_of_sums, on_basis, shared_basis
from klimat_pipeline.indicators.paths import points_to, straight_line
from klimat_pipeline.indicators.trend import compound_change_pct, least_squares

#: The target that sums every sector; shares are shares of it.
TOTAL = "total"
#: Corrected and reported figures.
_CORRECTED, _REPORTED = "emissions_corrected_t_co2e", "emissions_reported_t_co2e"
_FIGURES = [_CORRECTED, _REPORTED]
_SERIES = ["release_id", "municipality_code", "target_id"]


def sector_indicators(
    emissions: pd.DataFrame,
    targets: pd.DataFrame,
    population: pd.DataFrame,
    releases: pd.DataFrame,
    sectors: pd.DataFrame,
    area_totals: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Compute the indicators of every municipality, target, release and year.

    Args:
        emissions: ``corrected/emissions``.
        targets: ``clean/targets``; a contract target replaces the generic one with the same id, on releases of its
            gases.
        population: ``clean/population``.
        releases: ``clean/releases``.
        sectors: ``clean/sectors``, for the source's own classes of quality.
        area_totals: ``clean/area_totals``, for the nation; without it nothing is said of the nation.

    Returns:
        ``indicators/sector_indicators``. A target that national data cannot quantify has one row per release, in its
        last year, with status ``no_data``.
    """
    valued = emissions[emissions["emissions_t_co2e"].notna()].rename(columns={"emissions_t_co2e": _CORRECTED})
    followed = _followed(valued, targets, releases)
    frame = pd.concat([_sums(valued, followed), _not_quantified(followed, releases)], ignore_index=True)
    frame = frame.sort_values(["release_id", "municipality_code", "target_id", "year"]).reset_index(drop=True)
    frame = _against_baseline(frame)
    frame = _trends(frame)
    frame = _shares(frame, population)
    frame["is_latest_year"] = frame["year"].eq(frame["release_id"].map(releases.set_index("release_id")["last_year"]))
    frame["status"] = _status(frame)
    frame = _with_quality(frame, sectors)
    frame["nation_change_pct"] = _of_the_nation(frame, area_totals)
    contract = table("indicators/sector_indicators")
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
    """Emissions of every target: the sum of its sectors, in years in which none of them is missing.

    A sector that a release holds for nobody is not missing in it: fluorinated gases come from a few sectors only.
    """
    quantified = followed[followed["sector_codes"] != ""]
    parts = quantified.assign(sector_code=quantified["sector_codes"].str.split(" ")).explode("sector_code")
    keys = ["release_id", "municipality_code", "target_id", "year"]
    lines = parts[["release_id", "municipality_code", "target_id", "sector_code"]].merge(
        emissions[["release_id", "municipality_code", "sector_code", "year", *_FIGURES, "correction_ids", "level_ids"]],
        on=["release_id", "municipality_code", "sector_code"],
        how="inner",
        validate="many_to_many",
    )
    known = emissions[["release_id", "sector_code"]].drop_duplicates()
    wanted = parts.merge(known, on=["release_id", "sector_code"]).groupby(keys[:-1]).size()
    held = lines.groupby(keys).size()
    is_whole = held.eq(wanted.reindex(held.index.droplevel("year")).to_numpy())
    sums = lines.groupby(keys)[_FIGURES].sum()[is_whole].reset_index()
    corrected = lines[lines["correction_ids"] != ""].groupby(keys)["correction_ids"].agg(_together)
    levels = levels_of_sums(lines, keys, "sector_code")
    for named in (corrected.rename("correction_ids"), levels):
        sums = sums.merge(named.reset_index(), on=keys, how="left", validate="one_to_one")
    return sums.merge(quantified, on=["release_id", "municipality_code", "target_id"], validate="many_to_one")


def _not_quantified(followed: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    rows = followed[followed["sector_codes"] == ""]
    last = releases.set_index("release_id")["last_year"]
    return rows.assign(year=rows["release_id"].map(last).astype("int64"), **dict.fromkeys(_FIGURES, np.nan))


def _together(ids: "pd.Series[str]") -> str:
    """All corrections of several cells, each once."""
    return " ".join(sorted({one for text in ids for one in text.split()}))


def _against_baseline(frame: pd.DataFrame) -> pd.DataFrame:
    year, base_year = frame["year"].astype(float), frame["baseline_year"].astype(float)
    base = frame[year.eq(base_year)]
    base = base[[*_SERIES, *_FIGURES, "level_ids"]].rename(
        columns={_CORRECTED: "_corrected", _REPORTED: "baseline_reported_t_co2e", "level_ids": "_level"}
    )
    frame = frame.merge(base.assign(_has_base=True), on=_SERIES, how="left", validate="many_to_one")
    has_base, alone = frame["_has_base"].notna(), frame["level_ids"].fillna("") != ""
    basis = shared_basis(frame["level_ids"], frame["_level"])
    basis = basis.where(has_base, pd.Series(np.where(alone, CORRECTED, REPORTED), index=frame.index))
    # The baseline's own row stands beside the newest year, which most readers compare with it.
    newest = basis.groupby(frame.groupby(_SERIES, sort=False).ngroup()).transform("last")
    basis = basis.where(~year.eq(base_year), newest.where(alone, REPORTED))
    emissions = on_basis(basis, frame[_CORRECTED], frame[_REPORTED])
    reported = frame["baseline_reported_t_co2e"]
    baseline = on_basis(basis, frame["_corrected"], reported)
    target_year, target_pct = frame["target_year"].astype(float), frame["target_pct"].astype(float)
    target = baseline * (1.0 + target_pct / 100.0)
    path = pd.Series(np.nan, index=frame.index)
    for steps, of in frame.groupby("interim_targets").groups.items():
        points = points_to((base_year[of], baseline[of]), str(steps), (target_year[of], target[of]))
        path[of] = straight_line(points, year[of])
    years_left = (target_year - year).where(target_year > year)
    met = emissions <= target
    required = ((target - emissions) / years_left).where(~met, 0.0).where(target.notna())
    with np.errstate(divide="ignore", invalid="ignore"):
        required_pct = (
            np.power((target / emissions.where(emissions > 0)).clip(lower=0.0), 1.0 / years_left) - 1.0
        ) * 100.0
    return frame.assign(
        basis=basis.where(emissions.notna(), None),
        emissions_t_co2e=emissions,
        baseline_t_co2e=baseline,
        change_t_co2e=emissions - baseline,
        change_pct=(emissions / baseline.where(baseline > 0) - 1.0) * 100.0,
        change_reported_pct=(frame[_REPORTED] / reported.where(reported > 0) - 1.0) * 100.0,
        correction_ids=frame["correction_ids"].fillna(""),
        target_t_co2e=target,
        target_path_t_co2e=path,
        gap_t_co2e=emissions - path,
        required_t_co2e_per_year=required,
        required_pct_per_year=required_pct.where(~met, 0.0).where(target.notna()),
    )


def _trends(frame: pd.DataFrame) -> pd.DataFrame:
    """Change since the trend's first year, for rows after it; missing where the release lacks that year."""
    group = frame.groupby(_SERIES, sort=False).ngroup()
    year, from_year = frame["year"].astype(float), frame["trend_from_year"].astype(float)
    since = year - from_year
    inside = since >= 0
    level = frame["level_ids"].fillna("")
    first = level.where(since == 0, "").groupby(group).transform("max")
    one_level = ((level == first) & (level != "")) | ~inside
    basis = basis_so_far(one_level, group).where(first != "", REPORTED)

    trends = {name: _trend(frame, frame[name], group, since) for name in _FIGURES}
    start = trends[_REPORTED]["start"]
    frame["trend_from_year"] = frame["trend_from_year"].astype("Int64").where(start.notna())
    for name in trends[_REPORTED].columns.drop("start"):
        frame[name] = on_basis(basis, trends[_CORRECTED][name], trends[_REPORTED][name])
    frame["trend_basis"] = basis.where(inside & start.notna(), None)
    return frame


def _trend(frame: pd.DataFrame, emissions: pd.Series, group: pd.Series, since: pd.Series) -> pd.DataFrame:
    """The trend of one kind of figures."""
    start = emissions.where(since == 0).groupby(group).transform("max")
    inside = (since >= 0) & start.notna()
    line = least_squares(since, emissions.where(inside), group).where(inside, axis=0)
    before = line.groupby(group).shift(1)
    ahead = frame["target_year"].astype(float) - frame["trend_from_year"].astype(float)
    return pd.DataFrame(
        {
            "start": start,
            "trend_compound_pct_per_year": compound_change_pct(start, emissions, since),
            "trend_t_co2e_per_year": line["slope"],
            "projected_t_co2e": (line["intercept"] + line["slope"] * ahead).clip(lower=0.0),
            "projected_without_last_t_co2e": (before["intercept"] + before["slope"] * ahead).clip(lower=0.0),
        }
    )


def _shares(frame: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    keys = ["release_id", "municipality_code", "year"]
    totals = frame.loc[frame["target_id"] == TOTAL, [*keys, *_FIGURES]]
    totals = totals.rename(columns=dict(zip(_FIGURES, ["_corrected_total", "_reported_total"], strict=True)))
    frame = frame.merge(totals, on=keys, how="left", validate="many_to_one")
    total = on_basis(frame["basis"], frame["_corrected_total"], frame["_reported_total"])
    frame["share_of_total_pct"] = frame["emissions_t_co2e"] / total.where(total > 0) * 100.0
    frame = with_residents(frame, population)
    frame["emissions_per_resident_t_co2e"] = frame["emissions_t_co2e"] / frame["population"].astype(float)
    return frame


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


def _of_the_nation(frame: pd.DataFrame, area_totals: pd.DataFrame | None) -> "pd.Series[float]":
    """The nation's change since each row's baseline year in the sectors of its target."""
    if area_totals is None:
        return pd.Series(np.nan, index=frame.index)
    nation = area_totals[(area_totals["area_level"] == "nation") & (area_totals["sector_code"] != TOTAL)]
    by_sector = nation.set_index(["release_id", "year", "sector_code"])[_REPORTED].unstack("sector_code")
    asked = ["release_id", "sector_codes", "year", "baseline_year"]
    few = frame[asked].drop_duplicates()
    sums = {
        (release, codes, year): value
        for codes in few["sector_codes"].dropna().unique()
        if codes and set(codes.split()) <= set(by_sector.columns)
        for (release, year), value in by_sector[codes.split()].sum(axis=1, min_count=1).items()
    }

    def of(year: str) -> "pd.Series[float]":
        keys = zip(few["release_id"], few["sector_codes"], few[year], strict=True)
        return pd.Series([sums.get(key, np.nan) for key in keys], index=few.index, dtype="float64")

    base = of("baseline_year")
    few = few.assign(_change=(of("year") / base.where(base > 0) - 1.0) * 100.0)
    return frame[asked].merge(few, on=asked, how="left", validate="many_to_one").set_axis(frame.index)["_change"]


def _with_quality(frame: pd.DataFrame, sectors: pd.DataFrame) -> pd.DataFrame:
    """The source's classes of quality, from the best to the worst of the target's sectors; none if one is not known."""
    codes = frame["sector_codes"].fillna("")
    for name in ("quality_class_national", "quality_class_geography"):
        known = sectors.dropna(subset=name).set_index("sector_code")[name].to_dict()
        classes = {text: _span([known.get(code) for code in text.split()]) for text in codes.unique()}
        frame[name] = codes.map(classes)
    return frame


def _span(classes: list[str | None]) -> str | None:
    held = [each for text in classes if text for each in text.split("-")]
    if not classes or None in classes:
        return None
    return min(held) if min(held) == max(held) else f"{min(held)}-{max(held)}"
