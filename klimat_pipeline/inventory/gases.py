"""From factors of single gases to CO2 equivalents of one set of global warming potentials.

Formula: t CO2e per unit = sum over gases of (t of the gas per unit) x GWP100(gas, set). Biogenic carbon dioxide has a
GWP of zero and has a column of its own. Sets are never mixed: a factor that was summed under another set is refused.
What does not belong here: which factor an activity takes (``inventory_territory``, ``inventory_organisation``).
"""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from klimat_pipeline.clean.emission_factors import CO2E
from klimat_pipeline.clean.measures import converted
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.errors import ConfigurationError, ProblemsError

NOT_STATED, MIXED = "not stated", "mixed"
BIOGENIC = "co2_biogenic"
KEYS = ("municipality_code", "carrier", "year", "method")


def common_set(sets: Iterable[str]) -> str:
    """The set of global warming potentials that all figures of a sum have; ``mixed`` where they have several."""
    known = set(sets)
    return known.pop() if len(known) == 1 else MIXED


def common_sets(grouped: Any) -> "pd.Series[str]":
    """The same for every group of a grouped column of sets."""
    return grouped.first().where(grouped.nunique() == 1, MIXED)


def potentials(reference: Reference, gwp_set: str) -> dict[str, float]:
    """GWP100 of every gas in a set.

    Raises:
        ConfigurationError: there is no such set.
    """
    chosen = reference.gwp[reference.gwp["gwp_set"] == gwp_set]
    if chosen.empty:
        known = ", ".join(sorted(reference.gwp["gwp_set"].unique()))
        raise ConfigurationError(f"GWP set {gwp_set!r} is not in data/reference/gwp.csv; expected {known}.")
    return dict(zip(chosen["gas"], chosen["gwp_100"].astype(float), strict=True))


def co2e_factors(factors: pd.DataFrame, reference: Reference, gwp_set: str) -> pd.DataFrame:
    """Factors of all gases of a carrier as one factor in CO2e.

    Args:
        factors: ``clean/emission_factors``.
        reference: global warming potentials.
        gwp_set: AR4, AR5 or AR6.

    Returns:
        One row per ``KEYS``: ``t_co2e_per_unit``, ``biogenic_co2_t_per_unit``, ``printed_t_co2e_per_unit`` (missing
        where nothing else is printed), ``per_unit``, ``factor_gwp_set`` (``mixed`` where the gases have several),
        ``data_quality``, ``factor_source`` and ``factor_note``.

    Raises:
        ProblemsError: factors in CO2e rest on another set, or gases of one factor are per different units.
    """
    if problems := factor_problems(factors, gwp_set):
        raise ProblemsError(problems)
    known = {**potentials(reference, gwp_set), CO2E: 1.0}
    potential = factors["gas"].map(known).astype("float64")  # of no factors the map has the type of their names
    tonnes = factors["factor_t_per_unit"]
    printed = factors["printed_value"] / factors["factor_value"] * tonnes * potential
    frame = factors.assign(
        t_co2e_per_unit=tonnes * potential,
        biogenic_co2_t_per_unit=tonnes.where(factors["gas"] == BIOGENIC),
        printed_t_co2e_per_unit=printed,
        # What weighs nothing (biogenic carbon dioxide) says nothing of the set.
        factor_gwp_set=factors["gwp_set"].where(factors["gas"] == CO2E, gwp_set).where(potential > 0),
    )
    grouped = frame.groupby(list(KEYS), as_index=False, sort=True)
    return grouped.agg(
        t_co2e_per_unit=("t_co2e_per_unit", "sum"),
        biogenic_co2_t_per_unit=("biogenic_co2_t_per_unit", lambda values: values.sum(min_count=1)),
        printed_t_co2e_per_unit=("printed_t_co2e_per_unit", lambda values: values.sum(min_count=1)),
        per_unit=("per_unit", "first"),
        factor_gwp_set=("factor_gwp_set", lambda sets: common_set(sets.dropna()) if sets.notna().any() else gwp_set),
        data_quality=("data_quality", "first"),
        factor_source=("source", lambda sources: "; ".join(dict.fromkeys(sources))),
        factor_note=("note", "first"),
    )


def factor_problems(factors: pd.DataFrame, gwp_set: str) -> list[str]:
    """Factors that cannot be summed in a set: given in CO2e of another, or with gases per different units."""
    other = factors[(factors["gas"] == CO2E) & ~factors["gwp_set"].isin([gwp_set, NOT_STATED])]
    units = factors.groupby(list(KEYS))["per_unit"].unique()
    return [
        f"{row.municipality_code} factors.csv: {row.carrier} {row.year} is in CO2e of {row.gwp_set}, the inventory in "
        f"{gwp_set}; sets are never mixed. Give the factor gas by gas, or in {gwp_set}."
        for row in other.itertuples()
    ] + [
        f"{code} factors.csv: {carrier} {year} has gases per {' and '.join(found)}; give them per one kind of activity."
        for (code, carrier, year, _), found in units.items()
        if len(found) > 1
    ]


def fuel_factors(reference: Reference, gwp_set: str) -> pd.DataFrame:
    """Direct emissions of the fuels of ``data/reference/fuels.csv``, per canonical amount unit and per MWh.

    Formula of a blend per m3: the sum over its fuels of volume share * factor per m3; per MWh that over its energy.

    Formula per MWh (net calorific value): kg fossil CO2 / 1000 + (g CH4 x GWP of methane of the fuel's origin + g N2O x
    GWP) / 1e6; per amount unit: the same times the unit's MWh.

    Args:
        reference: fuels, blends and global warming potentials.
        gwp_set: AR4, AR5 or AR6.

    Returns:
        Two rows per fuel and use (``per_unit``: m3 or t, and MWh), of a blend per year that it has: ``carrier``,
        ``use``, ``year`` (missing: all), ``per_unit``, ``t_co2e_per_unit``, ``biogenic_co2_t_per_unit``,
        ``factor_gwp_set``, ``factor_source``.

    Raises:
        ConfigurationError: there is no such set.
    """
    known, fuels = potentials(reference, gwp_set), reference.fuels
    per_mwh = (
        fuels["co2_fossil_kg_per_mwh"] / 1000 * known["co2_fossil"]
        + fuels["ch4_g_per_mwh"] / 1e6 * fuels["ch4_gas"].map(known)
        + fuels["n2o_g_per_mwh"] / 1e6 * known["n2o"]
    )
    sizes = [converted(1.0, unit, "data/reference/fuels.csv") for unit in fuels["amount_unit"]]
    energy = fuels["mwh_per_unit"] / [size for size, _ in sizes]
    frames = [
        pd.DataFrame(
            {
                "carrier": fuels["fuel"],
                "use": fuels["use"],
                "year": pd.Series(pd.NA, index=fuels.index, dtype="Int64"),
                "per_unit": unit,
                "t_co2e_per_unit": per_mwh * mwh,
                "biogenic_co2_t_per_unit": fuels["co2_biogenic_kg_per_mwh"] / 1000 * mwh,
                "factor_gwp_set": gwp_set,
                "factor_source": fuels["source"],
            }
        )
        for unit, mwh in (([unit for _, unit in sizes], energy), ("MWh", 1.0))
    ]
    return pd.concat([*frames, *_blend_factors(frames[0].assign(mwh=energy), reference)], ignore_index=True)


def _blend_factors(fuels: pd.DataFrame, reference: Reference) -> list[pd.DataFrame]:
    """Blends by volume, from their fuels' factors per m3; for the uses that all their fuels have."""
    values = ["t_co2e_per_unit", "biogenic_co2_t_per_unit", "mwh"]
    blends = reference.fuel_blends
    by_volume = fuels[fuels["per_unit"] == "m3"].drop(columns="year")
    parts = blends.merge(by_volume, left_on="fuel", right_on="carrier")
    parts[values] = parts[values].mul(parts["volume_share_fraction"], axis=0)
    of = ["blend", "year", "use"]
    sums = parts.groupby(of, dropna=False)[values].sum()
    held = parts.groupby(of, dropna=False)["fuel"].nunique()
    named = {"factor_gwp_set": ("factor_gwp_set", "first"), "factor_source": ("source", "first")}
    whole = sums.join(parts.groupby(of, dropna=False).agg(**named)).assign(held=held).reset_index()
    asked = blends.groupby(["blend", "year"], dropna=False)["fuel"].nunique().rename("asked").reset_index()
    whole = whole.merge(asked, on=["blend", "year"])
    whole = whole[whole["held"] == whole["asked"]].rename(columns={"blend": "carrier"})
    per_mwh = whole.assign(**{name: whole[name] / whole["mwh"] for name in values[:2]}, per_unit="MWh")
    return [one.drop(columns=["mwh", "held", "asked"]) for one in (whole.assign(per_unit="m3"), per_mwh)]


def refrigerant_factors(reference: Reference, gwp_set: str) -> pd.DataFrame:
    """T CO2e per tonne of refrigerant: the sum over its gases of mass share x GWP.

    Args:
        reference: compositions and global warming potentials.
        gwp_set: AR4, AR5 or AR6.

    Returns:
        One row per refrigerant: ``carrier``, ``per_unit`` (t), ``t_co2e_per_unit``, ``factor_gwp_set``,
        ``factor_source``.

    Raises:
        ConfigurationError: there is no such set.
    """
    blends = reference.refrigerants
    weighted = blends["mass_share_fraction"] * blends["gas"].map(potentials(reference, gwp_set))
    frame = blends.assign(t_co2e_per_unit=weighted).groupby("refrigerant", as_index=False, sort=True)
    sums = frame.agg(t_co2e_per_unit=("t_co2e_per_unit", "sum"), factor_source=("source", "first"))
    return sums.rename(columns={"refrigerant": "carrier"}).assign(per_unit="t", factor_gwp_set=gwp_set)
