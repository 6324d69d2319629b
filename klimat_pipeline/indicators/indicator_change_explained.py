"""Why an indicator's newest figure differs: between two releases, or between two published versions.

An indicator is a function of four things: the release whose history it reads, its year, the local corrections, and the
definition of its target (sectors, baseline year). They are exchanged one after the other, and each step is one cause's
part. With R the reported and C the corrected figure, 1 the earlier release, y1 its last year and D1 its definition, 2
the later ones, the steps from the first value to the last are:

1. C(1, y1, D1), the value in the earlier release
2. R(1, y1, D1): ``corrections``, the earlier ones removed
3. R(2, y1, D1): ``revised_history``, the same years as the later release reports them
4. R(2, y2, D1): ``new_years``, the later release's own last year
5. C(2, y2, D1): ``corrections``, the later ones added: the part is (C2 - R2) - (C1 - R1)
6. C(2, y2, D2), the value in the later release: ``configuration``, exactly 0 where the definition is the same

The measure is either the emissions E of the year, or the change (E / B - 1) * 100 against those of the baseline year,
undefined for B = 0. Where corrections have not moved both to one level, C of either measure is R, as in the indicator
(``corrected.basis``). Where the later release dropped the earlier's last year or its baseline year, steps 3 to 5 use
the earlier release's figure for that missing point: a dropped year counts as not revised.

What belongs here: dividing differences into causes. What does not: the differences of the reported figures themselves
(``release_revisions``), and the indicators (``sector_indicators``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.releases import held_pairs
from klimat_pipeline.contracts.tables.indicators import INDICATOR_CHANGE_EXPLAINED
from klimat_pipeline.corrected.basis import levels_of_sums, on_basis, shared_basis

CAUSES = ("revised_history", "new_years", "corrections", "configuration")
#: Differences are computed in whole units of the last published decimal, so that the published parts sum to the
#: published whole to the last digit.
DECIMALS = INDICATOR_CHANGE_EXPLAINED.column("part").decimals or 0
_UNITS = 10.0**DECIMALS
_REPORTED, _CORRECTED = "emissions_reported_t_co2e", "emissions_t_co2e"
_TARGET = ["municipality_code", "target_id"]
_NO_YEAR = -1
#: Figures of the year and of the baseline year.
_Points = tuple[pd.DataFrame, pd.DataFrame]


def explain(start: Any, states: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Turn successive values into the parts of their causes.

    ``part(cause) = sum of (value - value before)`` over the steps of that cause, so that the parts of all causes sum
    to ``last value - start``.

    Args:
        start: the first value, a number or an array.
        states: cause and value after each step; a cause may occur several times.

    Returns:
        The part of every cause that occurs, rounded to ``DECIMALS``. Where any value is missing, all parts are.
    """
    units: dict[str, Any] = {}
    with np.errstate(over="ignore", invalid="ignore"):
        before = _in_units(start)
        known = np.isfinite(before)
        for cause, value in states:
            after = _in_units(value)
            units[cause] = units.get(cause, 0.0) + (after - before)
            known = known & np.isfinite(units[cause])
            before = after
    # The empty index turns arrays without dimension into numbers.
    return {cause: np.where(known, count / _UNITS, np.nan)[()] for cause, count in units.items()}


def _in_units(value: Any) -> Any:
    """The value in units of the last decimal: whole numbers, whose sums and differences are exact."""
    return np.rint(np.asarray(value, dtype=np.float64) * _UNITS)


def indicator_changes(
    emissions: pd.DataFrame, targets: pd.DataFrame, indicators: pd.DataFrame, releases: pd.DataFrame
) -> pd.DataFrame:
    """Divide the change of every indicator between consecutive releases into its causes.

    The steps and their order are at the top of the module. Within one run a target's definition differs between two
    releases only where a contract target applies to one of them and the generic one to the other.

    Args:
        emissions: ``corrected/emissions``.
        targets: ``clean/targets``.
        indicators: ``indicators/sector_indicators``: which target applies to which release.
        releases: ``clean/releases``.

    Returns:
        ``indicators/indicator_change_explained``: a row per municipality, quantified target, consecutive pair of the
        releases that hold the municipality (``clean.releases.held_pairs``), measure and cause. Parts are missing where
        a value is, such as a change since a baseline of zero, or one that the later release dropped.
    """
    defined = definitions(indicators, targets)
    pairs = held_pairs(emissions, releases, "emissions_reported_t_co2e")
    for side in ("from", "to"):
        pairs = pairs.merge(_side(defined, releases, side), how="inner", validate="many_to_many")
    return _taken_apart(pairs, emissions, emissions)


def compare_publications(before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Divide the change of every indicator between two published versions into its causes.

    The steps are those at the top of the module, from the current release of the earlier version to that of the later
    one, for each municipality and substance. Where both have the same current release, only corrections and
    configuration can differ; a release whose reported figures differ although it is the same one was read by another
    method, which counts as configuration.

    Args:
        before: tables of the earlier version by name: ``sector_indicators``, ``emissions``, ``targets``, ``releases``.
        after: the same of the later version.

    Returns:
        Columns of ``indicators/indicator_change_explained``. Targets that only one version has, or quantifies, are left
        out: there is nothing to compare them with.
    """
    sides = []
    for side, tables in (("from", before), ("to", after)):
        indicators = tables["sector_indicators"]
        defined = definitions(indicators[indicators["is_current_release"].astype(bool)], tables["targets"])
        substances = tables["releases"][["release_id", "substance"]]
        defined = defined.merge(substances, on="release_id", validate="many_to_one")
        sides.append(_side(defined, tables["releases"], side))
    pairs = sides[0].merge(sides[1], on=[*_TARGET, "substance"], how="inner", validate="one_to_one")
    return _taken_apart(pairs, before["emissions"], after["emissions"])


def definitions(indicators: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Definition of each quantified target in every release that it is followed up on.

    Args:
        indicators: ``indicators/sector_indicators``: whether the contract's target or the generic one applies.
        targets: ``clean/targets``.

    Returns:
        Frame of ``municipality_code, target_id, target_kind, release_id, sector_codes, baseline_year``; a missing
        baseline year is -1.
    """
    followed = indicators[[*_TARGET, "target_kind", "release_id"]].drop_duplicates()
    quantified = targets.loc[
        targets["sector_codes"].fillna("") != "", [*_TARGET, "target_kind", "sector_codes", "baseline_year"]
    ]
    found = followed.merge(quantified, on=[*_TARGET, "target_kind"], how="inner", validate="many_to_one")
    found["baseline_year"] = found["baseline_year"].fillna(_NO_YEAR).astype("int64")
    return found


def figures_at(
    emissions: pd.DataFrame,
    release: "pd.Series[str]",
    municipality: "pd.Series[str]",
    sectors: "pd.Series[str]",
    year: "pd.Series[int]",
) -> pd.DataFrame:
    """Sum of sectors in a release, municipality and year, for many of them at once.

    Args:
        emissions: ``corrected/emissions``.
        release: release ids, with the same index as the others.
        municipality: municipality codes.
        sectors: codes of the sectors to sum, separated by spaces.
        year: years.

    Returns:
        Frame of ``emissions_reported_t_co2e, emissions_t_co2e, level_ids`` in the rows' order; missing where
        the release does not hold the point.
    """
    keys = ["release_id", "municipality_code", "sector_code", "year"]
    wanted = {"release_id": release, "municipality_code": municipality, "year": year, "_point": np.arange(len(year))}
    split = {codes: codes.split() for codes in sectors.unique()}
    points = pd.DataFrame({name: np.asarray(values) for name, values in wanted.items()})
    lines = points.assign(sector_code=sectors.map(split).to_numpy()).explode("sector_code")
    if "level_ids" not in emissions:  # published before there were levels: compared whatever the level
        emissions = emissions.assign(level_ids="all")
    usable = emissions[_CORRECTED].notna() & emissions["year"].isin(year.unique())
    found = lines.merge(
        emissions.loc[usable, [*keys, _REPORTED, _CORRECTED, "level_ids"]],
        on=keys,
        how="inner",
        validate="many_to_one",
    )
    sums = found.groupby("_point")[[_REPORTED, _CORRECTED]].sum()
    sums["level_ids"] = levels_of_sums(found, ["_point"], "sector_code").reindex(sums.index).fillna("")
    return sums.reindex(points["_point"]).set_axis(year.index)


def _side(defined: pd.DataFrame, releases: pd.DataFrame, side: str) -> pd.DataFrame:
    """Definitions with the last year of their release, named for the earlier or later side of a pair."""
    last = defined["release_id"].map(releases.set_index("release_id")["last_year"])
    names = {name: f"{name}_{side}" for name in ("release_id", "sector_codes", "baseline_year")}
    return defined.drop(columns="target_kind").assign(**{f"year_{side}": last.astype("int64")}).rename(columns=names)


def _taken_apart(pairs: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """One row per pair, measure and cause. ``before`` and ``after`` are emissions of two versions, or one twice."""
    pairs = pairs.reset_index(drop=True)

    def at(emissions: pd.DataFrame, release: str, definition: str, year: str) -> pd.DataFrame:
        return figures_at(
            emissions,
            pairs[f"release_id_{release}"],
            pairs["municipality_code"],
            pairs[f"sector_codes_{definition}"],
            pairs[year],
        )

    def points(emissions: pd.DataFrame, release: str, definition: str) -> _Points:
        year = f"year_{release}"
        base = f"baseline_year_{definition}"
        return at(emissions, release, definition, year), at(emissions, release, definition, base)

    def filled(points: _Points, values: _Points) -> _Points:
        return points[0].fillna(values[0]), points[1].fillna(values[1])

    first = points(before, "from", "from")
    reread = first if after is before else filled(points(after, "from", "from"), first)
    newest, baseline = points(after, "to", "from")
    revised = filled((at(after, "to", "from", "year_from"), baseline), reread)
    newest_since = (newest, revised[1])
    final = points(after, "to", "to")

    rows = []
    for measure in INDICATOR_CHANGE_EXPLAINED.column("measure").allowed:
        start, end = _value(measure, first, _CORRECTED), _value(measure, final, _CORRECTED)
        states = [
            ("corrections", _value(measure, first, _REPORTED)),
            ("configuration", _value(measure, reread, _REPORTED)),
            ("revised_history", _value(measure, revised, _REPORTED)),
            ("new_years", _value(measure, newest_since, _REPORTED)),
            ("corrections", _value(measure, newest_since, _CORRECTED)),
            ("configuration", end),
        ]
        parts = explain(start, states)
        values = {"value_from": start, "value_to": end, "measure": measure}
        rows += [pairs.assign(cause=cause, part=parts[cause], **values) for cause in CAUSES]
    frame = pd.concat(rows, ignore_index=True)[INDICATOR_CHANGE_EXPLAINED.column_names]
    return frame.sort_values(list(INDICATOR_CHANGE_EXPLAINED.primary_key)).reset_index(drop=True)


def _value(measure: str, points: _Points, figure: str) -> "pd.Series[float]":
    """The measure, rounded, from the figures of its year and of its baseline year; missing where it is no number."""
    now, then = points
    emissions, base = now[figure], then[figure]
    if figure == _CORRECTED:
        basis = shared_basis(now["level_ids"], then["level_ids"]).where(then[_CORRECTED].notna(), "corrected")
        emissions, base = (on_basis(basis, point[_CORRECTED], point[_REPORTED]) for point in points)
    value = emissions if measure == "emissions_t_co2e" else (emissions / base.where(base > 0) - 1.0) * 100.0
    rounded = value.round(DECIMALS)
    return rounded.where(np.isfinite(rounded))
