"""Reported emissions per municipality and subsector, always summing to their sector.

The source's subsectors do not: some sectors have none, others disagree in some years. What is missing or too much is
the row ``not_split``.
"""

import pandas as pd

from klimat_pipeline.clean.naming import TOTAL_CODE, UNMAPPED
from klimat_pipeline.clean.national_lines import in_contract_form, in_tonnes, with_current
from klimat_pipeline.clean.reference import Reference

NOT_SPLIT = "not_split"
#: Below this a difference is floating-point noise, tonnes.
NOISE_T = 1e-6


def clean_reported_subsectors(
    coded: pd.DataFrame, emissions: pd.DataFrame, current: pd.DataFrame, reference: Reference
) -> pd.DataFrame:
    """Subsector figures of every municipality, with the remainder that makes them sum to their sector.

    Args:
        coded: raw lines with codes.
        emissions: ``clean/reported_emissions``, the sectors to sum to.
        current: each municipality's own headline release.
        reference: tables of names and units.

    Returns:
        ``clean/reported_subsectors``.
    """
    keys = ["release_id", "municipality_code", "sector_code", "year"]
    parts = coded[(coded["area_level"] == "municipality") & (coded["subsector_code"] != TOTAL_CODE)]
    parts = with_current(in_tonnes(parts.rename(columns={"area_code": "municipality_code"}), reference), current)
    parts = parts.merge(reference.subsectors, on=["sector_code", "subsector_code"], how="left", validate="many_to_one")
    unknown = parts["subsector_code"].astype("str").str.startswith(UNMAPPED).astype("bool")
    parts["subsector_name_sv"] = parts["subsector_name_sv"].where(~unknown, parts["subsector_sv"])

    sums = parts.groupby(keys)["emissions_reported_t"].sum().rename("parts_t").reset_index()
    rest = emissions.merge(sums, on=keys, how="left", validate="one_to_one")
    rest["emissions_reported_t"] = _no_noise(rest["emissions_reported_t"] - rest["parts_t"].fillna(0.0))
    rest["emissions_reported_t_co2e"] = rest["emissions_reported_t"].where(rest["emissions_reported_t_co2e"].notna())
    rest = rest[(rest["emissions_reported_t"] != 0) | rest["parts_t"].isna()]
    rest = rest.assign(
        subsector_code=NOT_SPLIT,
        subsector_name_sv=reference.label_sv(NOT_SPLIT),
        subsector_name_en=reference.label_en(NOT_SPLIT),
        sheet=None,
        source_row=pd.NA,
        source_column=None,
    )
    both = pd.concat([parts.astype({"source_row": "Int64"}), rest.astype({"source_row": "Int64"})], ignore_index=True)
    return in_contract_form(both, "clean/reported_subsectors")


def _no_noise(values: "pd.Series[float]") -> "pd.Series[float]":
    return values.where(values.abs() > NOISE_T, 0.0)
