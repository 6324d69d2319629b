"""Where the reference tables do not fit each other: codes that are defined nowhere, gases and blends half known.

What does not belong here: the form of a table (``reference_tables``), what is made of them (``reference``).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from klimat_pipeline.clean.measures import converted
from klimat_pipeline.errors import ConfigurationError

#: Shares are written with a few decimals; a sum of one is met within this.
_SHARE_TOLERANCE = 1e-6


def refuse_misfits(read: Mapping[str, Any]) -> None:
    """Hold the tables against each other.

    Args:
        read: every reference table by its name.

    Raises:
        ConfigurationError: a code is defined nowhere, a sector cannot be mapped, a gas or blend is not whole.
    """
    municipalities, sectors, aliases = read["municipalities"], read["sectors"], read["subsector_aliases"]
    subsectors = read["subsectors"][read["subsectors"]["sector_code"] != "*"]
    sector_codes = set(sectors["sector_code"])
    _refuse_unknown(read["sector_aliases"]["sector_code"], sector_codes, "sector_aliases.csv", "sector_code")
    _refuse_unknown(subsectors["sector_code"], sector_codes, "subsectors.csv", "sector_code")
    _refuse_unknown(read["sector_quality"]["sector_code"], sector_codes, "sector_quality.csv", "sector_code")
    _refuse_unknown(
        read["municipality_aliases"]["municipality_code"],
        set(municipalities["municipality_code"]),
        "municipality_aliases.csv",
        "municipality_code",
    )
    _refuse_unknown(
        aliases["sector_code"] + "/" + aliases["subsector_code"],
        set(subsectors["sector_code"] + "/" + subsectors["subsector_code"]),
        "subsector_aliases.csv",
        "sector_code/subsector_code",
    )
    _refuse_strange_counties(municipalities)
    lines, mapping = read["inventory_lines"], read["inventory_mapping"]
    for name in ("inventory_mapping", "inventory_notation", "energy_users"):
        _refuse_unknown(read[name]["line"], set(lines["line"]), f"{name}.csv", "line")
        refs = {ref for text in read[name]["gpc_ref"] for ref in text.split("+")}
        _refuse_unknown(refs, set(read["gpc"]["gpc_ref"]), f"{name}.csv", "gpc_ref")
    _refuse_unknown(mapping["sector_code"], sector_codes, "inventory_mapping.csv", "sector_code")
    coarse = set(mapping.loc[mapping["subsector_code"] == "*", "sector_code"])
    if unmapped := sorted(sector_codes - coarse):
        raise ConfigurationError(
            f"data/reference/inventory_mapping.csv: no row '*' for {', '.join(unmapped)}: a release of main sectors "
            "only could not be mapped."
        )
    _refuse_half_known_gases(read)


def _refuse_unknown(values: Iterable[str], known: set[str], file: str, column: str) -> None:
    if unknown := sorted(set(values) - known):
        raise ConfigurationError(f"data/reference/{file}, column {column}: {unknown} is defined nowhere; add it first.")


def _refuse_strange_counties(municipalities: Any) -> None:
    """SCB's codes of municipalities begin with the code of their county."""
    for row in municipalities.itertuples():
        if row.municipality_code[:2] != row.county_code:
            raise ConfigurationError(
                f"data/reference/municipalities.csv: {row.municipality_name} ({row.municipality_code}) stands in "
                f"{row.county_name} ({row.county_code}); a municipality's code begins with its county's."
            )


def _refuse_half_known_gases(read: Mapping[str, Any]) -> None:
    """Every gas has a potential in every set, every refrigerant is whole, every fuel comes in a unit that converts."""
    gwp, blends, fuels = read["gwp"], read["refrigerants"], read["fuels"]
    sets = set(gwp["gwp_set"])
    for gas, own in gwp.groupby("gas"):
        if absent := sorted(sets - set(own["gwp_set"])):
            raise ConfigurationError(f"data/reference/gwp.csv: {gas} has no potential in {', '.join(absent)}.")
    _refuse_unknown(blends["gas"], set(gwp["gas"]), "refrigerants.csv", "gas")
    _refuse_unknown(fuels["ch4_gas"], set(gwp["gas"]), "fuels.csv", "ch4_gas")
    for refrigerant, share in blends.groupby("refrigerant")["mass_share_fraction"].sum().items():
        if abs(share - 1) > _SHARE_TOLERANCE:
            raise ConfigurationError(
                f"data/reference/refrigerants.csv: the shares of {refrigerant} sum to {share:g}, expected 1."
            )
    _refuse_half_known_blends(read["fuel_blends"], fuels)
    for row in fuels.itertuples():
        converted(1.0, row.amount_unit, f"data/reference/fuels.csv, fuel {row.fuel}, column amount_unit")


def _refuse_half_known_blends(blends: Any, fuels: Any) -> None:
    """Every blend is whole, and of fuels that are measured by volume."""
    _refuse_unknown(
        blends["fuel"], set(fuels.loc[fuels["amount_unit"] == "m3", "fuel"]), "fuel_blends.csv", "fuel (sold by m3)"
    )
    for (blend, year), share in blends.groupby(["blend", "year"], dropna=False)["volume_share_fraction"].sum().items():
        if abs(share - 1) > _SHARE_TOLERANCE:
            said = blend if pd.isna(year) else f"{blend} {year:.0f}"
            raise ConfigurationError(
                f"data/reference/fuel_blends.csv: the shares of {said} sum to {share:g}, expected 1."
            )
