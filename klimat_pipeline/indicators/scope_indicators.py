"""Indicators per scope of an inventory, and sums of scopes.

Formulas, with S(s, m) the sum over an inventory's lines of scope s counted by method m, memo rows left out:

* scopes 1+2 = S(1) + S(2, m), only for years in which both have a number; 1+2+3 likewise
* change = (E / B - 1) * 100 with B the same figure of the baseline year in the same release, undefined for B <= 0;
  both on one basis (``corrected.basis``): corrected where the same corrections have moved the lines of both years, else
  as reported. All sums of a year that hold scope 1 are on its basis, so that scopes still add up
* GWP set = the one that all figures of a sum have, else ``mixed``; a mixed figure has no percentage, nor one against a
  figure of another set
* no change either where a line is estimated in one of the two years and not estimated (NE) in the other: the sums would
  differ by what somebody has counted, not by what was emitted
* share = E / (1+2, or 1+2+3 where there is a scope 3) * 100 of the same method

An organisation's scopes come from its own inventory: supplies inside the group (eliminated rows) are in no sum, and
scope 3 is shown whole and by category. Both inventories are rows of one table and are never added together.

The printed scope 2 of a municipality's own inventory gives a further 1+2 beside ours, marked as printed. What does not
belong here: the lines (``inventory.inventory_territory``, ``inventory.inventory_organisation``).
"""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.code_lists import SCOPES, SUMMED_SCOPES
from klimat_pipeline.corrected.basis import (
    CORRECTED,
    REPORTED,
    levels_of_sums,
    on_basis,
    shared_basis,
    with_levels,
)
from klimat_pipeline.inventory.gases import MIXED, NOT_STATED, common_sets
from klimat_pipeline.inventory.inventory_territory import ALL_GASES

_AT = ["boundary", "municipality_code", "release_id", "is_current_release", "year"]
_FIGURE = ["scope", "scope3_category", "method", "scope2_basis"]
TERRITORY, ORGANISATION = "territory", "organisation"
#: The ``release_id`` of an organisation's inventory, which comes from no national release.
LOCAL = "local"
_CORRECTED, _REPORTED = "emissions_corrected_t_co2e", "emissions_reported_t_co2e"
_SUMMED = [_CORRECTED, _REPORTED, "lines_estimated", "lines_not_estimated"]
#: Lines of a figure that other years of its series have in another state: those estimated here, and those that are not.
_HELD, _LACKING = "_held", "_lacking"
_NO_LINES: frozenset[str] = frozenset()
TOTAL = "total"
#: The method by which scope 1 is shared against a total.
USUAL = "location"


def scope_indicators(
    territory: pd.DataFrame,
    organisation: pd.DataFrame,
    printed: pd.DataFrame,
    corrections: pd.DataFrame,
    targets: pd.DataFrame,
    releases: pd.DataFrame,
    *,
    base_years: Mapping[str, int] = MappingProxyType({}),
    with_folders: Collection[str] | None = None,
) -> pd.DataFrame:
    """Scopes of every inventory, their sums and their change since the baseline.

    Args:
        territory: ``inventory/inventory_territory``.
        organisation: ``inventory/inventory_organisation``, with purchases (``purchases``).
        printed: ``clean/published_inventory``, for its scope 2.
        corrections: ``corrected/corrections``, for the level that each puts a figure on.
        targets: ``clean/targets``: the baseline year of the total.
        releases: ``clean/releases``: gas basis.
        base_years: base year of the organisation by municipality, where somebody has chosen one.
        with_folders: municipalities that account for their inventory; None for all. What is not estimated in the
            territory of others is unknown, not nothing.

    Returns:
        ``indicators/scope_indicators``, t CO2e.
    """
    inventories = [_scopes(_of_territory(territory, corrections)), _scopes(_of_organisation(organisation))]
    parts = pd.concat([*inventories, _printed(territory, printed)], ignore_index=True)
    if with_folders is not None:
        stated = parts["municipality_code"].isin(with_folders) | (parts["boundary"] != TERRITORY)
        parts["lines_not_estimated"] = parts["lines_not_estimated"].astype("Int64").where(stated)
    frame = pd.concat([parts, *_sums(parts)], ignore_index=True)
    frame = _with_change(frame, targets, base_years)
    frame = _with_share(frame)
    frame = _with_gases(frame, releases)
    frame["is_total"] = frame["scope"].map(lambda scope: len(SUMMED_SCOPES[scope]) > 1).astype(bool)
    contract = table("indicators/scope_indicators")
    return frame[contract.column_names].sort_values(list(contract.primary_key)).reset_index(drop=True)


def _of_territory(territory: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    rows = (
        with_levels(territory, corrections)
        .rename(columns={"emissions_t_co2e": _CORRECTED})
        .assign(
            # Only scope 1 has a reported figure besides: nothing corrects the others.
            **{_REPORTED: territory[_REPORTED].fillna(territory["emissions_t_co2e"])},
            part=territory["line"] + "/" + territory["item"],
            scope=territory["scope"].where(~territory["is_memo"], "memo"),
            scope2_basis=(territory["scope"] == "2").map({True: "energy_use", False: ""}),
            scope3_category=0,
        )
    )
    return _for_each_method(rows)


def _of_organisation(organisation: pd.DataFrame) -> pd.DataFrame:
    """Activities as lines; scope 3 once whole and once by category."""
    counted = organisation[~organisation["is_eliminated"].astype(bool)]
    rows = counted.assign(
        release_id=LOCAL,
        is_current_release=True,
        line=counted["organisation_unit"] + "/" + counted["activity_id"],
        level_ids="",
        part="",
        scope2_basis=(counted["scope"] == "2").map({True: "activity", False: ""}),
    )
    by_category = rows[rows["scope3_category"].notna()]
    rows = pd.concat([rows.assign(scope3_category=0), by_category], ignore_index=True)
    rows = rows.astype({"scope3_category": "int64", "emissions_t_co2e": "float64"})
    return rows.assign(**dict.fromkeys((_CORRECTED, _REPORTED), rows["emissions_t_co2e"]))


def _scopes(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per scope and method: the sum of the lines with a number, and the notation keys of those without."""
    numbers = rows[_CORRECTED].notna()
    keys = [*_AT, *_FIGURE]
    sums = rows.groupby(keys)[[_CORRECTED, _REPORTED]].sum(min_count=1)
    held = rows[numbers].groupby(keys)["line"].nunique().rename("lines_estimated")
    # A line counts as missing only if none of its items has a number.
    per_line = rows.groupby([*keys, "line"])[_CORRECTED].count().rename("n").reset_index()
    keyed = rows[~numbers & (rows["notation_key"] == "NE")][[*keys, "line"]].drop_duplicates()
    without = keyed.merge(per_line[per_line["n"] == 0], on=[*keys, "line"])
    lacking = without.groupby(keys).size()
    changing = _changing(per_line[per_line["n"] > 0], without, keys)
    said = rows.loc[~numbers & rows["notation_key"].notna(), [*keys, "notation_key"]].drop_duplicates()
    said = said.sort_values("notation_key").groupby(keys)["notation_key"].agg(" ".join)
    # Where nothing has a number, the set is that of the figures that ought to be there.
    sets = common_sets(rows[numbers].groupby(keys)["gwp_set"]).reindex(sums.index)
    sets = sets.fillna(common_sets(rows.groupby(keys)["gwp_set"]))
    levels = levels_of_sums(rows[numbers], keys, "part")
    counted = [sums, held, lacking.rename("lines_not_estimated"), said, sets, levels, *changing]
    frame = pd.concat(counted, axis=1).reset_index()
    frame["level_ids"] = frame["level_ids"].fillna("").astype("str")
    counts = ["lines_estimated", "lines_not_estimated"]
    frame[counts] = frame[counts].fillna(0).astype("int64")
    frame["notation_key"] = frame["notation_key"].astype(object).where(frame["notation_key"].notna(), None)
    return frame


def _changing(held: pd.DataFrame, lacking: pd.DataFrame, keys: list[str]) -> Iterator["pd.Series[Any]"]:
    """Of each figure the lines that are estimated in some years of its series and not in others, by what they are here.

    Args:
        held: figure and line of those that are estimated.
        lacking: the same of those that are not.
        keys: of a figure.
    """
    series = [*(key for key in keys if key != "year"), "line"]
    changing = held[series].drop_duplicates().merge(lacking[series].drop_duplicates(), on=series)
    for name, lines in ((_HELD, held), (_LACKING, lacking)):
        few = lines.merge(changing, on=series)
        few = few.assign(_named=few["scope"] + "/" + few["line"])
        yield few.groupby(keys)["_named"].agg(frozenset).rename(name)


def _for_each_method(rows: pd.DataFrame) -> pd.DataFrame:
    """Repeat a scope 2 line without energy data for each method, so that it counts as missing in each."""
    unmeasured = (rows["scope"] == "2") & (rows["method"] == "")
    both = [rows[unmeasured].assign(method=method) for method in ("location", "market")]
    return pd.concat([rows[~unmeasured], *both], ignore_index=True)


def _printed(territory: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """Scope 2 as the municipality has printed it, for the releases of all greenhouse gases: the sum of its lines."""
    keys = ["municipality_code", "year"]
    lines = printed_scope_2(printed)
    held = lines[[*keys, "print_line"]].rename(columns={"print_line": "line"}).assign(scope="2")
    # A line that a year does not print is not estimated in it.
    every = held[keys].drop_duplicates().merge(held[["municipality_code", "line"]].drop_duplicates())
    lacking = every.merge(held, how="left", indicator=True)
    lacking = lacking[lacking.pop("_merge") == "left_only"].assign(scope="2")
    sums = lines.groupby(keys).agg(published_t=("published_t", "sum"), lines_estimated=("print_line", "nunique"))
    without = lacking.groupby(keys).size().rename("lines_not_estimated")
    sums = pd.concat([sums, without, *_changing(held, lacking, keys)], axis=1).reset_index()
    whole = territory[territory["scope"].eq("2") & territory["carrier"].notna()]
    frame = whole[_AT].drop_duplicates().merge(sums, on=keys, how="inner")
    return frame.assign(
        scope="2",
        scope3_category=0,
        method="",
        scope2_basis="printed",
        lines_not_estimated=frame["lines_not_estimated"].fillna(0).astype("int64"),
        notation_key=frame["lines_not_estimated"].notna().map({True: "NE", False: None}).astype(object),
        gwp_set=NOT_STATED,
        level_ids="",
        **dict.fromkeys((_CORRECTED, _REPORTED), frame["published_t"]),
    )


def printed_scope_2(printed: pd.DataFrame) -> pd.DataFrame:
    """Scope 2 lines of ``clean/published_inventory``; of a line that several tables print, the first table's counts."""
    lines = printed[(printed["scopes"] == "2") & (printed["print_line"] != TOTAL) & printed["carrier"].isna()]
    lines = lines[lines["published_t"].notna()]
    return lines.sort_values("print_table").drop_duplicates(["municipality_code", "year", "print_line"])


def _sums(parts: pd.DataFrame) -> Iterator[pd.DataFrame]:
    numbers = parts[parts[_CORRECTED].notna() & (parts["scope3_category"] == 0)]
    one, two, three = (numbers[numbers["scope"] == scope] for scope in SCOPES)
    both = _added(one.drop(columns=["method", "scope2_basis", "scope3_category"]), two, "1+2")
    yield both
    yield _added(three.drop(columns=["method", "scope2_basis", "scope3_category"]), both, "1+2+3")


def _added(fixed: pd.DataFrame, varied: pd.DataFrame, scopes: str) -> pd.DataFrame:
    pairs = varied.drop(columns="scope").merge(fixed.drop(columns="scope"), on=_AT, suffixes=("", "_other"))
    for name in _SUMMED:
        pairs[name] = pairs[name] + pairs[f"{name}_other"]
    for name in (_HELD, _LACKING):
        both = zip(pairs[name], pairs[f"{name}_other"], strict=True)
        pairs[name] = [_lines(one) | _lines(two) for one, two in both]
    levels = [
        " ".join(sorted({*one.split(), *two.split()}))
        for one, two in zip(pairs["level_ids"], pairs["level_ids_other"], strict=True)
    ]
    keys = [
        " ".join(sorted({k for text in texts if isinstance(text, str) for k in text.split()})) or None
        for texts in zip(pairs["notation_key"], pairs["notation_key_other"], strict=True)
    ]
    pairs["gwp_set"] = pairs["gwp_set"].where(pairs["gwp_set"] == pairs["gwp_set_other"], MIXED)
    return pairs.assign(
        scope=scopes,
        notation_key=pd.Series(keys, dtype=object, index=pairs.index),
        level_ids=pd.Series(levels, dtype="str", index=pairs.index),
    )[[*_AT, *_FIGURE, *_SUMMED, "notation_key", "gwp_set", "level_ids", _HELD, _LACKING]]


def _lines(held: object) -> frozenset[str]:
    return held if isinstance(held, frozenset) else _NO_LINES


def _with_change(frame: pd.DataFrame, targets: pd.DataFrame, base_years: Mapping[str, int]) -> pd.DataFrame:
    """Add baseline and change; the baseline is that of the municipality's own total target, else the generic one."""
    total = targets[targets["target_id"] == TOTAL].sort_values("target_kind")  # 'contract' before 'generic'
    years = total.dropna(subset="baseline_year").drop_duplicates("municipality_code")
    frame = frame.merge(years[["municipality_code", "baseline_year"]], on="municipality_code", how="left")
    # The targets' baseline is the territory's; an organisation has the base year that somebody chose for it.
    own = frame["municipality_code"].map(dict(base_years)).astype("Float64")
    frame["baseline_year"] = frame["baseline_year"].where(frame["boundary"] == TERRITORY, own)
    same = [name for name in (*_AT, *_FIGURE) if name != "year"]
    named = {_CORRECTED: "_corrected", _REPORTED: "_reported", "level_ids": "_level", "gwp_set": "_set"}
    named |= {_HELD: "_held_then", _LACKING: "_lacking_then"}
    base = frame.loc[frame["year"] == frame["baseline_year"], [*same, *named]]
    base = base.rename(columns=named).assign(_has_base=True)
    frame = frame.merge(base, on=same, how="left", validate="many_to_one")
    frame["basis"] = _basis(frame, same)
    frame["emissions_t_co2e"] = on_basis(frame["basis"], frame[_CORRECTED], frame[_REPORTED])
    frame["baseline_t_co2e"] = on_basis(frame["basis"], frame["_corrected"], frame["_reported"])
    one_set = (frame["_set"] == frame["gwp_set"]) & (frame["gwp_set"] != MIXED)
    comparable = one_set & _same_lines(frame)
    ratio = frame["emissions_t_co2e"] / frame["baseline_t_co2e"].where(comparable & (frame["baseline_t_co2e"] > 0))
    frame["change_pct"] = (ratio - 1.0) * 100.0
    frame["baseline_year"] = frame["baseline_year"].astype("Int64")
    return frame


def _same_lines(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Whether no line of a figure is estimated in its year and not in the baseline's, or the other way round."""
    names = (_HELD, _LACKING, "_held_then", "_lacking_then")
    rows = zip(*(frame[name].map(_lines) for name in names), strict=True)
    same = [not (now & lacking_then or then & lacking_now) for now, lacking_now, then, lacking_then in rows]
    return pd.Series(same, index=frame.index, dtype="bool")


def _basis(frame: pd.DataFrame, series: list[str]) -> "pd.Series[str]":
    """Basis of each row: that of its own comparison, and for sums that of the scope 1 that they hold."""
    alone = pd.Series(np.where(frame["level_ids"] != "", CORRECTED, REPORTED), index=frame.index)
    own = shared_basis(frame["level_ids"], frame["_level"]).where(frame["_has_base"].notna(), alone)
    # The baseline's own row stands beside the newest year, which most readers compare with it.
    last = frame.groupby(series)["year"].transform("max")
    newest = frame.loc[frame["year"] == last, series].assign(_newest=own)
    newest = frame[series].merge(newest, on=series, how="left", validate="many_to_one")["_newest"]
    newest = newest.set_axis(frame.index).where(alone == CORRECTED, REPORTED)
    own = own.where(frame["year"] != frame["baseline_year"], newest)
    one = frame.loc[frame["scope"] == "1", _AT].assign(_one=own)
    one = one[frame.loc[one.index, "scope3_category"] == 0]
    of_one = frame[_AT].merge(one, on=_AT, how="left", validate="many_to_one")["_one"].set_axis(frame.index)
    holds = frame["scope"].map(lambda scope: "1" in SUMMED_SCOPES[scope] and len(SUMMED_SCOPES[scope]) > 1)
    return own.where(~(holds.astype(bool) & of_one.notna()), of_one)


def _with_share(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the share of 1+2 of the same method; scope 1, which has no method, has one of the location-based 1+2."""
    keys = [*_AT, "method", "scope2_basis"]
    frame = frame.reset_index(drop=True)
    totals = frame.loc[(frame["scope"] == "1+2") & (frame["gwp_set"] != MIXED), [*keys, "emissions_t_co2e"]]
    usual = totals[totals["method"] == USUAL].assign(method="", scope2_basis="")
    totals = pd.concat([totals, usual], ignore_index=True).rename(columns={"emissions_t_co2e": "_total"})
    frame = frame.merge(totals, on=keys, how="left", validate="many_to_one")
    total = frame.pop("_total").where(frame["scope"] != "memo")
    total = total.where(frame["gwp_set"] != MIXED)
    frame["share_pct"] = frame["emissions_t_co2e"] / total.where(total > 0) * 100.0
    return frame


def _with_gases(frame: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """Add the gases: a territory has its release's, an organisation all of them."""
    gases = releases.set_index("release_id")["gas_basis"]
    frame["gas_basis"] = frame["release_id"].map(gases).where(frame["boundary"] != ORGANISATION, ALL_GASES)
    return frame
