"""Totals as the source prints them, and what the nation holds beyond its counties.

Totals never mix with what they sum; they stay as reference for reconciliation. Shipping, aviation, fishing and
hazardous waste belong to no county: the difference is a row of its own, ``unallocated``, not an error.
"""

import pandas as pd

from klimat_pipeline.clean.naming import NATION, TOTAL_CODE, UNALLOCATED
from klimat_pipeline.clean.national_lines import in_contract_form, in_tonnes
from klimat_pipeline.clean.reference import Reference


def clean_area_totals(coded: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Printed totals: nation and counties per main sector and in total, municipalities in total.

    Args:
        coded: raw lines with codes.
        reference: tables of names and units.

    Returns:
        ``clean/area_totals``, with ``unallocated`` rows (area 99) for every release that prints nation and counties.
    """
    lines = coded[coded["subsector_code"] == TOTAL_CODE]
    printed = in_tonnes(
        lines[(lines["area_level"] != "municipality") | (lines["sector_code"] == TOTAL_CODE)], reference
    )
    counties = reference.municipalities["county_code"].nunique()
    everything = pd.concat([printed, _unallocated(printed, counties)], ignore_index=True).astype(
        {"source_row": "Int64"}
    )
    everything["area_name"] = everything["area_code"].map(reference.area_names)
    everything["municipality_code"] = everything["area_code"].where(everything["area_level"] == "municipality")
    return in_contract_form(everything, "clean/area_totals")


def _unallocated(printed: pd.DataFrame, all_counties: int) -> pd.DataFrame:
    """The nation less its counties, for releases that print all of them."""
    held = printed[printed["area_level"] == "county"].groupby("release_id")["area_code"].nunique()
    printed = printed[printed["release_id"].isin(held[held == all_counties].index)]
    keys = ["release_id", "substance", "sector_code", "year", "unit", "gwp_set"]
    counties = printed[printed["area_level"] == "county"].groupby(keys)["emissions_reported_t"].sum()
    nation = printed[printed["area_code"] == NATION].set_index(keys)
    both = nation.join(counties.rename("counties_t"), how="inner").reset_index()
    tonnes = both["emissions_reported_t"] - both["counties_t"]
    return both.assign(
        emissions_reported_t=tonnes,
        emissions_reported_t_co2e=tonnes.where(both["emissions_reported_t_co2e"].notna()),
        area_code=UNALLOCATED,
        area_level="unallocated",
        sheet=None,
        source_row=pd.NA,
        source_column=None,
    ).drop(columns="counties_t")
