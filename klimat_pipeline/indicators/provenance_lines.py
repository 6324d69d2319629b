"""Where figures made from inventory lines come from: cells behind scope 1, the municipality's own rows behind the rest.

A line sums subsectors, and the remainder ``not_split`` is its sector less its subsectors: so cells have a sign, and a
cell that is both added and subtracted is left out. It is made in every run, so it works on whole columns. What does
not belong here: targets of whole sectors (``provenance_sectors``).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.clean.reported_subsectors import NOT_SPLIT
from klimat_pipeline.contracts.code_lists import SUMMED_SCOPES
from klimat_pipeline.contracts.tables.indicators import PROVENANCE
from klimat_pipeline.indicators.purchases import PURCHASES
from klimat_pipeline.indicators.scope_indicators import LOCAL, ORGANISATION, printed_scope_2
from klimat_pipeline.inventory.inventory_territory import mapped

_PLACE = ["release_id", "municipality_code", "year"]
_CELL = ["sheet", "source_row", "source_column"]
_SCOPE_KEY = ["boundary", "scope", "scope3_category", "method", "scope2_basis"]
_AREA_KEY = ["definition_id", "area_id", "figure_basis"]
#: Groups that the scope 1 rows of an inventory are summed into.
_ONE, _MEMO = "1", "memo"


@dataclass(frozen=True)
class LineSources:
    """The tables that the lines of inventories are made from."""

    emissions: pd.DataFrame
    subsectors: pd.DataFrame
    territory: pd.DataFrame
    organisation: pd.DataFrame
    printed: pd.DataFrame
    reference: Reference

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Signed cells of every line: place, line, cell, sign, tonnes."""
        valued = self.subsectors[self.subsectors["emissions_reported_t_co2e"].notna()]
        lines = mapped(valued, self.reference)[[*_PLACE, "sector_code", "subsector_code", "line", *_CELL]]
        lines = lines.assign(tonnes=valued["emissions_reported_t"].to_numpy(), sign=1)
        rest = lines.loc[lines["subsector_code"] == NOT_SPLIT, [*_PLACE, "sector_code", "line"]]
        parts = lines[lines["subsector_code"] != NOT_SPLIT]
        whole = self.emissions.rename(columns={"emissions_reported_t": "tonnes"})
        columns = [*_PLACE, "sector_code", *_CELL, "tonnes"]
        keys = [*_PLACE, "sector_code"]
        added = rest.merge(whole[columns], on=keys, how="left", validate="one_to_one").assign(sign=1)
        taken = rest.merge(parts[columns], on=keys, how="inner").assign(sign=-1)
        frame = pd.concat([parts.drop(columns="subsector_code"), added, taken], ignore_index=True)
        return frame.drop(columns="sector_code")

    @cached_property
    def scope_1(self) -> pd.DataFrame:
        """Scope 1 of the territory, with a number."""
        return self.territory[(self.territory["scope"] == "1") & self.territory["emissions_t_co2e"].notna()]


def scopes_traced(scopes: pd.DataFrame, sources: LineSources) -> pd.DataFrame:
    """Where every scope indicator comes from.

    Args:
        scopes: ``indicators/scope_indicators``.
        sources: what they are made from.

    Returns:
        Rows of ``indicators/provenance``: cells and corrections of scope 1 and of the memo lines, rows of the
        municipality's own files for all else.
    """
    frame = scopes.reset_index(drop=True)
    group = np.where(frame["scope"] == _MEMO, _MEMO, np.where(frame["scope"].str.startswith("1"), _ONE, ""))
    wanted = frame[_PLACE].assign(group=group)
    wanted.loc[frame["boundary"] == ORGANISATION, "group"] = ""
    group_of = sources.scope_1[["municipality_code", "line", "is_memo"]].drop_duplicates()
    group_of = group_of.assign(group=np.where(group_of.pop("is_memo"), _MEMO, _ONE))
    own = _own_rows(frame, sources)
    return _rows("scope_indicators", frame, _SCOPE_KEY, wanted, group_of, sources).assign(local_rows=own)


def areas_traced(areas: pd.DataFrame, sources: LineSources) -> pd.DataFrame:
    """Where every area's share comes from.

    Args:
        areas: ``indicators/area_shares``.
        sources: what they are made from.

    Returns:
        Rows of ``indicators/provenance``; printed shares rest on rows of the municipality's print.
    """
    frame = areas.reset_index(drop=True)
    printed = frame["figure_basis"] == "printed"
    wanted = frame[_PLACE].assign(group=frame["of_lines"].where(~printed, ""))
    texts = [text for text in frame["of_lines"].unique() if text]
    group_of = pd.DataFrame([(line, text) for text in texts for line in text.split()], columns=["line", "group"])
    traced = _rows("area_shares", frame, _AREA_KEY, wanted, group_of, sources)
    rows = frame["of_lines"].str.split().map(lambda lines: "; ".join(f"published_inventory.csv:{n}" for n in lines))
    corrected = frame["figure_basis"] == "corrected"
    return traced.assign(
        local_rows=rows.where(printed, ""),
        correction_ids=traced["correction_ids"].where(corrected, ""),
    )


def _keys(group_of: pd.DataFrame) -> list[str]:
    """What a group is made of: lines, of one municipality or of all."""
    return [name for name in ("municipality_code", "line") if name in group_of]


def _rows(
    table_name: str,
    frame: pd.DataFrame,
    key: list[str],
    wanted: pd.DataFrame,
    group_of: pd.DataFrame,
    sources: LineSources,
) -> pd.DataFrame:
    """The columns that all traced figures have: key, cells of their group of lines, corrections."""
    summed = _summed_cells(sources, group_of, set(wanted.loc[wanted["group"] != "", "municipality_code"]))
    at = [*_PLACE, "group"]
    found = wanted.merge(summed, on=at, how="left", validate="many_to_one")
    found = found.merge(_corrections(sources, group_of), on=at, how="left", validate="many_to_one")
    columns = {
        "table_name": table_name,
        **{name: frame[name] for name in ("municipality_code", "release_id", "year")},
        "indicator_id": _joined(frame, key),
        "sheet": found["sheet"].fillna(""),
        "source_cells": found["source_cells"].fillna(""),
        "baseline_cells": "",
        "source_sum_t": found["source_sum_t"].astype("float64"),
        "local_rows": "",
        "correction_ids": found["correction_ids"].fillna(""),
    }
    if "baseline_year" in frame:
        base = wanted.assign(year=frame["baseline_year"]).merge(summed, on=at, how="left", validate="many_to_one")
        columns["baseline_cells"] = base["source_cells"].fillna("")
    return pd.DataFrame({name: columns[name] for name in PROVENANCE.column_names})


def _joined(frame: pd.DataFrame, key: list[str]) -> "pd.Series[str]":
    text = frame[key[0]].astype("str")
    for name in key[1:]:
        text = text + "/" + frame[name].astype("str")
    return text


def _summed_cells(sources: LineSources, group_of: pd.DataFrame, municipalities: set[str]) -> pd.DataFrame:
    """Cells and their sum per place and group of lines, without cells that are both added and subtracted."""
    cells = sources.cells[sources.cells["municipality_code"].isin(municipalities)]
    cells = cells.merge(group_of, on=_keys(group_of), how="inner")
    at = [*_PLACE, "group"]
    net = cells.groupby([*at, *_CELL], observed=True, sort=True).agg(sign=("sign", "sum"), tonnes=("tonnes", "first"))
    net = net[net["sign"] != 0].reset_index()
    if net.empty:
        return pd.DataFrame(columns=[*at, "sheet", "source_cells", "source_sum_t"]).astype({"year": "int64"})
    names = pc.binary_join_element_wise(
        pa.array(np.where(net["sign"] < 0, "-", "")).cast(pa.string()),
        pa.array(net["source_column"], pa.string()),
        pa.array(net["source_row"].to_numpy(dtype=np.int64)).cast(pa.string()),
        "",
    )
    number = net.groupby(at, sort=False).ngroup()
    lists = (
        pa.table({"n": pa.array(number), "cell": names}).group_by("n", use_threads=False).aggregate([("cell", "list")])
    )
    joined = pc.binary_join(lists["cell_list"].combine_chunks(), " ")
    sums = net.assign(source_sum_t=net["tonnes"] * net["sign"]).groupby(at, sort=False, as_index=False)
    frame = sums.agg(sheet=("sheet", "first"), source_sum_t=("source_sum_t", "sum"))
    return frame.assign(source_cells=joined.to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get))


def _corrections(sources: LineSources, group_of: pd.DataFrame) -> pd.DataFrame:
    at = [*_PLACE, "group"]
    held = sources.scope_1[sources.scope_1["correction_ids"] != ""]
    held = held[[*_PLACE, "line", "correction_ids"]].merge(group_of, on=_keys(group_of), how="inner")
    ids = held.groupby(at)["correction_ids"].agg(lambda texts: " ".join(dict.fromkeys(" ".join(texts).split())))
    return ids.reset_index() if len(ids) else pd.DataFrame(columns=[*at, "correction_ids"]).astype({"year": "int64"})


def _own_rows(scopes: pd.DataFrame, sources: LineSources) -> "pd.Series[str]":
    """Rows of the municipality's own files behind every scope indicator, as ``file:row``, joined by semicolons."""
    on = [*_PLACE, *_SCOPE_KEY]
    said = pd.concat(
        [_energy_rows(sources), _printed_rows(scopes, sources), _given_rows(sources), _activity_rows(sources)],
        ignore_index=True,
    )
    texts = said.groupby(on)["token"].agg(lambda tokens: "; ".join(dict.fromkeys(tokens))).reset_index()
    # A sum of scopes has the rows of each: scope 2 and 3 of a territory; scope 1 of a territory has none.
    parts = scopes[on].assign(_row=np.arange(len(scopes)), of=scopes["scope"].map(SUMMED_SCOPES))
    parts = parts.explode("of")
    summed = parts["of"] != parts["scope"]
    two = parts["of"] == "2"
    parts["scope"] = parts["of"]
    parts.loc[summed & ~two, ["method", "scope2_basis"]] = ""
    found = parts.merge(texts, on=on, how="left", validate="many_to_one").dropna(subset="token")
    whole = found.groupby("_row")["token"].agg("; ".join)
    return whole.reindex(np.arange(len(scopes))).fillna("").astype("str")


def _keyed(rows: pd.DataFrame, boundary: str, **key: object) -> pd.DataFrame:
    return rows.assign(boundary=boundary, **({"scope3_category": 0, "method": "", "scope2_basis": ""} | key))[
        [*_PLACE, *_SCOPE_KEY, "token"]
    ]


def _energy_rows(sources: LineSources) -> pd.DataFrame:
    rows = sources.territory[(sources.territory["scope"] == "2") & sources.territory["emissions_t_co2e"].notna()]
    used = rows.assign(token="energy_use.csv:" + rows["item"].astype("str"))
    factors = rows.assign(token="factors.csv:" + rows["carrier"].astype("str"))
    both = pd.concat([used, factors], ignore_index=True)
    return _keyed(both, "territory", scope="2", method=both["method"], scope2_basis="energy_use")


def _printed_rows(scopes: pd.DataFrame, sources: LineSources) -> pd.DataFrame:
    lines = printed_scope_2(sources.printed)
    rows = scopes.loc[scopes["scope2_basis"].eq("printed") & scopes["scope"].eq("2"), _PLACE]
    rows = rows.merge(
        lines[["municipality_code", "year", "print_table", "print_line"]], on=["municipality_code", "year"]
    )
    token = "published_inventory.csv:" + rows["print_table"].astype("str") + "/" + rows["print_line"].astype("str")
    return _keyed(rows.assign(token=token), "territory", scope="2", scope2_basis="printed")


def _given_rows(sources: LineSources) -> pd.DataFrame:
    rows = sources.territory[(sources.territory["scope"] == "3") & sources.territory["emissions_t_co2e"].notna()]
    return _keyed(rows.assign(token="scope3.csv:" + rows["line"].astype("str")), "territory", scope="3")


def _activity_rows(sources: LineSources) -> pd.DataFrame:
    rows = sources.organisation
    rows = rows[rows["emissions_t_co2e"].notna() & ~rows["is_eliminated"].astype(bool)].assign(release_id=LOCAL)
    rows = rows.assign(
        token=np.where(rows["organisation_unit"] == PURCHASES, "ledger:", "activity.csv:")
        + rows["organisation_unit"].astype("str")
        + "/"
        + rows["activity_id"].astype("str"),
        scope2_basis=np.where(rows["scope"] == "2", "activity", ""),
    )
    by_category = rows[rows["scope3_category"].notna()]
    rows = pd.concat([rows.assign(scope3_category=0), by_category], ignore_index=True)
    rows["scope3_category"] = rows["scope3_category"].astype("int64")
    return _keyed(
        rows,
        ORGANISATION,
        scope=rows["scope"],
        scope3_category=rows["scope3_category"],
        method=rows["method"],
        scope2_basis=rows["scope2_basis"],
    )
