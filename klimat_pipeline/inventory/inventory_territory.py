"""Territorial inventory (GPC): national figures by line and scope 1, local energy use times factors as scope 2.

Formulas:

* scope 1 of a line: the sum of the corrected national subsectors that ``inventory_mapping.csv`` puts there
* scope 2: energy used (MWh) x factor (t CO2e/MWh) of the same year and method, never extrapolated to another year
* scope 3 of a line: what the municipality gives
* a figure that nobody has estimated is a notation key instead of a number (``inventory_notation.csv``)

One mapping serves all municipalities. What does not belong here: sums over lines and scopes
(``indicators.scope_indicators``).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

import numpy as np
import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.clean.reported_subsectors import NOT_SPLIT
from klimat_pipeline.contracts import table
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.inventory.gases import NOT_STATED, co2e_factors, factor_problems

ALL_GASES = "all greenhouse gases"
METHODS = ("location", "market")
_PLACE = ["release_id", "is_current_release", "municipality_code", "year"]


def territory_inventory(
    subsectors: pd.DataFrame,
    corrections: pd.DataFrame,
    releases: pd.DataFrame,
    energy_use: pd.DataFrame,
    factors: pd.DataFrame,
    scope3: pd.DataFrame,
    reference: Reference,
    *,
    memo_lines: Mapping[str, Collection[str]] = MappingProxyType({}),
    with_folders: Collection[str] | None = None,
) -> pd.DataFrame:
    """The inventory of every municipality, release and year.

    Args:
        subsectors: ``corrected/subsector_emissions``.
        corrections: ``corrected/corrections``, for the quality of corrected figures.
        releases: ``clean/releases``.
        energy_use: ``clean/energy_use``.
        factors: ``clean/emission_factors``.
        scope3: ``clean/territorial_scope3``.
        reference: lines, mapping, notation, global warming potentials.
        memo_lines: lines beside the total, of municipalities whose document has others there than the usual.
        with_folders: municipalities that account for their inventory, and so have a notation key where a number is
            missing; None for all. Of others only the national figures are known: nobody states what they left out.

    Returns:
        ``inventory/inventory_territory``, t CO2e. Only releases with figures in CO2e; scope 2 only for releases of all
        greenhouse gases, since carbon dioxide plus CO2e would have no gas basis.

    Raises:
        ProblemsError: factors or scope 3 of another GWP set, or factors per another unit than energy.
    """
    whole = set(releases.loc[releases["gas_basis"] == ALL_GASES, "gwp_set"])
    if problems := [text for one in whole for text in territory_problems(energy_use, factors, scope3, str(one))]:
        raise ProblemsError(problems)
    valued = subsectors[subsectors["emissions_t_co2e"].notna()]
    one = _scope_1(valued, reference)
    one = _with_quality(one, corrections)
    years = valued[[*_PLACE, "gwp_set"]].drop_duplicates()
    two = _scope_2(years, releases, energy_use, factors, reference)
    three = _scope_3(years, releases, scope3)
    rows = pd.concat([one, two, three], ignore_index=True)
    if with_folders is not None:
        valued, years = (frame[frame["municipality_code"].isin(with_folders)] for frame in (valued, years))
    rows = pd.concat([rows, _without_number(rows, valued, years, reference)], ignore_index=True)
    lines = reference.inventory_lines.set_index("line")
    rows["boundary"] = "territory"
    rows["gpc_sector"] = rows["line"].map(lines["gpc_sector"])
    rows["is_memo"] = rows["line"].map(lines["is_memo"]).astype(bool)
    for code, beside in memo_lines.items():
        own = rows["municipality_code"] == code
        rows.loc[own, "is_memo"] = rows.loc[own, "line"].isin(beside)
    rows["correction_ids"] = rows["correction_ids"].fillna("")
    # What the sources do not place (scope 3, notation keys) has the reference numbers of its line and scope.
    refs = reference.inventory_notation.set_index(["line", "scope"])["gpc_ref"]
    usual = refs.reindex(pd.MultiIndex.from_frame(rows[["line", "scope"]])).to_numpy()
    rows["gpc_ref"] = rows["gpc_ref"].where(rows["gpc_ref"].notna(), usual)
    contract = table("inventory/inventory_territory")
    return rows[contract.column_names].sort_values(list(contract.primary_key)).reset_index(drop=True)


def territory_problems(
    energy_use: pd.DataFrame, factors: pd.DataFrame, scope3: pd.DataFrame, gwp_set: str
) -> list[str]:
    """Factors and scope 3 that do not fit an inventory in a GWP set; all of them."""
    used = _used(factors, energy_use)
    per_other = used[used["per_unit"] != "MWh"].drop_duplicates(["municipality_code", "carrier", "year"])
    other = scope3[scope3["gwp_set"].notna() & ~scope3["gwp_set"].isin([gwp_set, NOT_STATED])]
    return [
        *factor_problems(used, gwp_set),
        *(
            f"{row.municipality_code} factors.csv: {row.carrier} {row.year} is per {row.per_unit}; energy use needs a "
            "factor per energy, such as g/kWh."
            for row in per_other.itertuples()
        ),
        *(
            f"{row.municipality_code} scope3.csv: {row.line} {row.year} is in CO2e of {row.gwp_set}, the inventory in "
            f"{gwp_set}; sets are never mixed."
            for row in other.itertuples()
        ),
        *_misspelt(energy_use, factors),
    ]


def _misspelt(energy_use: pd.DataFrame, factors: pd.DataFrame) -> Iterator[str]:
    """Carriers without any factor whose names are nearly those of carriers that have one: their energy would be NE."""
    known = factors.groupby("municipality_code")["carrier"].unique().to_dict()
    for code, carrier in energy_use[["municipality_code", "carrier"]].drop_duplicates().itertuples(index=False):
        named = list(known.get(code, ()))
        if carrier not in named and (near := get_close_matches(carrier, named, n=1, cutoff=0.85)):
            yield (
                f"{code} energy_use.csv: factors.csv has none for the carrier {carrier!r}; is {near[0]!r} meant? "
                "Write both the same."
            )


def _used(factors: pd.DataFrame, energy_use: pd.DataFrame) -> pd.DataFrame:
    """Factors of the carriers that a municipality uses; others are of its organisation's activities."""
    key = ["municipality_code", "carrier"]
    return factors[pd.MultiIndex.from_frame(factors[key]).isin(pd.MultiIndex.from_frame(energy_use[key]))]


def mapped(subsectors: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Subsectors with their line; one that the mapping does not name takes its sector's row ``*``."""
    columns = ["line", "gpc_ref", "crf_code", "scope"]
    mapping = reference.inventory_mapping
    fine = mapping[mapping["subsector_code"] != "*"][["sector_code", "subsector_code", *columns]]
    coarse = mapping[mapping["subsector_code"] == "*"].set_index("sector_code")[columns]
    frame = subsectors.merge(fine, on=["sector_code", "subsector_code"], how="left", validate="many_to_one")
    for name in columns:
        frame[name] = frame[name].fillna(frame["sector_code"].map(coarse[name]))
    return frame


def _scope_1(valued: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    keys = [*_PLACE, "gwp_set", "line", "scope", "sector_code", "crf_code", "gpc_ref"]
    frame = mapped(valued, reference)
    sums = frame.groupby(keys, as_index=False, observed=True)[["emissions_reported_t_co2e", "emissions_t_co2e"]].sum()
    corrected = frame[frame["correction_ids"] != ""]
    if len(corrected):
        ids = corrected.groupby(keys)["correction_ids"].agg(
            lambda texts: " ".join(dict.fromkeys(" ".join(texts).split()))
        )
        sums = sums.merge(ids.reset_index(), on=keys, how="left", validate="one_to_one")
    else:
        sums["correction_ids"] = None
    return sums.assign(
        item=sums["sector_code"] + "/" + sums["crf_code"],
        method="",
        carrier=None,
        biogenic_co2_t=np.nan,
        notation_key=None,
        note=None,
    ).drop(columns="sector_code")


def _with_quality(rows: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """A corrected figure is as good as its correction says; the national ones come without a grade."""
    grades = dict(zip(corrections["correction_id"], corrections["data_quality_grade"], strict=True))
    worst = ("low", "medium", "high")

    def grade(ids: object) -> str | None:
        found = [grades[i] for i in str(ids).split() if i in grades] if isinstance(ids, str) else []
        return min(found, key=worst.index) if found else None

    return rows.assign(data_quality=[grade(ids) for ids in rows["correction_ids"]])


def _scope_2(
    years: pd.DataFrame,
    releases: pd.DataFrame,
    energy_use: pd.DataFrame,
    factors: pd.DataFrame,
    reference: Reference,
) -> pd.DataFrame:
    """Energy use of the released years, one row per method; a method without a factor is not estimated."""
    whole = releases.loc[releases["gas_basis"] == ALL_GASES, "release_id"]
    places = years[years["release_id"].isin(whole)].merge(energy_use, on=["municipality_code", "year"], how="inner")
    if places.empty:
        return pd.DataFrame()
    frames = []
    for gwp_set, own in places.groupby("gwp_set"):
        known = co2e_factors(_used(factors, energy_use), reference, str(gwp_set)).drop(columns="data_quality")
        every = own.merge(pd.DataFrame({"method": METHODS}), how="cross")
        frames.append(every.merge(known, on=["municipality_code", "carrier", "year", "method"], how="left"))
    frame = pd.concat(frames, ignore_index=True)
    tonnes = frame["energy_mwh"] * frame["t_co2e_per_unit"]
    missing = tonnes.isna()
    return pd.DataFrame(
        {
            **{name: frame[name] for name in (*_PLACE, "carrier", "method")},
            **{name: frame[name] for name in ("line", "gpc_ref", "crf_code")},
            "scope": "2",
            "item": frame["energy_user"] + "/" + frame["carrier"],
            "emissions_t_co2e": tonnes,
            "emissions_reported_t_co2e": np.nan,
            "biogenic_co2_t": frame["energy_mwh"] * frame["biogenic_co2_t_per_unit"],
            "notation_key": missing.map({True: "NE", False: None}),
            "data_quality": frame["data_quality"].where(~missing),
            "gwp_set": frame["factor_gwp_set"].fillna(frame["gwp_set"]),
            "correction_ids": "",
            "note": frame["factor_note"].where(~missing, "no factor of this method for the year (factors.csv)"),
        }
    )


def _scope_3(years: pd.DataFrame, releases: pd.DataFrame, scope3: pd.DataFrame) -> pd.DataFrame:
    """What the municipality gives, beside releases of all greenhouse gases."""
    whole = releases.loc[releases["gas_basis"] == ALL_GASES, "release_id"]
    rows = years[years["release_id"].isin(whole)].merge(
        scope3.rename(columns={"gwp_set": "own_set", "source": "given_by"}),
        on=["municipality_code", "year"],
        how="inner",
    )
    return pd.DataFrame(
        {
            **{name: rows[name] for name in (*_PLACE, "line", "emissions_t_co2e", "notation_key", "data_quality")},
            "gwp_set": rows["own_set"].fillna(rows["gwp_set"]),
            "scope": "3",
            "item": "given",
            "method": "",
            "note": rows["note"].fillna(rows["given_by"]),
        }
    )


def _without_number(
    rows: pd.DataFrame, valued: pd.DataFrame, years: pd.DataFrame, reference: Reference
) -> pd.DataFrame:
    """A notation key for every line and scope that has no number, and the reason."""
    notation = reference.inventory_notation
    wanted = years.merge(notation.rename(columns={"reason": "note"}), how="cross")
    split = valued.loc[valued["subsector_code"] != NOT_SPLIT, [*_PLACE, "sector_code"]].drop_duplicates()
    held = wanted.merge(
        split.rename(columns={"sector_code": "where_unsplit"}),
        on=[*_PLACE, "where_unsplit"],
        how="left",
        indicator="_in",
    )
    wanted = wanted[(held["_in"] == "left_only").to_numpy() | wanted["where_unsplit"].isna().to_numpy()]
    at: Sequence[str] = ["release_id", "municipality_code", "year", "line", "scope"]
    said = rows["emissions_t_co2e"].notna() | (rows["scope"] == "3")  # a notation key that the municipality gave stays
    there = rows.loc[said & ~_is_zero_elsewhere(rows), list(at)].drop_duplicates()
    wanted = wanted.merge(there, on=list(at), how="left", indicator="_there")
    wanted = wanted[wanted["_there"] == "left_only"]
    return wanted.assign(
        item="none",
        method="",
        crf_code=None,
        carrier=None,
        emissions_t_co2e=np.nan,
        emissions_reported_t_co2e=np.nan,
        biogenic_co2_t=np.nan,
        data_quality=None,
        correction_ids="",
    )[[*_PLACE, "gwp_set", "line", "scope", "item", "method", "crf_code", "gpc_ref", "carrier", "notation_key", "note"]]


def _is_zero_elsewhere(rows: pd.DataFrame) -> "pd.Series[bool]":
    """A zero on the line of other transport, which does not say that there is no air, water or rail transport."""
    return (rows["line"] == "transport_other") & (rows["emissions_t_co2e"] == 0)
