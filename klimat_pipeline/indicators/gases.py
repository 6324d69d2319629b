"""All greenhouse gases of a main sector divided by gas: carbon dioxide, methane, nitrous oxide, fluorinated gases.

Formulas, as reported, of a municipality, sector and year:

* of a gas: its tonnes * the warming potential in the set of the release of all gases, or as the source has weighted it
* not_divided = all gases - the gases that are known

A gas is taken from the release of the same edition: one that ends in the same year; of several the one with the same
report date, else the newest. Another edition's figures would show its revisions as a gas. A mass is not valued where
the set has several potentials for it (methane of AR6: fossil or biogenic), nor what was weighted with another set.
What does not belong here: the gases of factors and activities (``inventory.gases``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from klimat_pipeline.clean.reference import Reference, Substance
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.code_lists import GASES
from klimat_pipeline.inventory.gases import NOT_STATED, potentials

ALL, REST = "all", "not_divided"
#: Half of the last digit of the workbooks, tonnes of the substance.
ROUNDING_T = 0.005
_CELL = ["municipality_code", "sector_code", "year"]


@dataclass(frozen=True, slots=True)
class _Part:
    """A release of one substance beside one of all gases, and t CO2e per tonne of it; None where it has no value."""

    substance: Substance
    release_id: str
    is_mass: bool
    potential: float | None


def gases(emissions: pd.DataFrame, releases: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Divide every release of all gases that has releases of single substances beside it.

    Args:
        emissions: ``corrected/emissions``.
        releases: ``clean/releases``.
        reference: substances and warming potentials.

    Returns:
        ``indicators/gases``; empty where there is no workbook of a single substance.
    """
    contract = table("indicators/gases")
    known = reference.substances
    gas_of = releases["substance"].map(lambda code: known[code].gas if code in known else None)
    frames = []
    for whole in releases[gas_of == ALL].to_dict("records"):
        parts = list(_parts(whole, releases[gas_of.isin(GASES)], reference))
        if parts:
            frames.append(_divided(whole, parts, emissions))
    whole_frame = pd.concat(frames) if frames else pd.DataFrame(columns=contract.column_names)
    types = {"gas_t": "float64", "emissions_t_co2e": "float64", "year": "int64", "is_current_release": "bool"}
    return whole_frame[contract.column_names].astype(types).sort_values(list(contract.primary_key), ignore_index=True)


def _parts(whole: dict[str, object], others: pd.DataFrame, reference: Reference) -> Iterator[_Part]:
    same = others[others["last_year"] == whole["last_year"]]
    same = same.assign(_dated=same["report_date"].fillna("") == (whole["report_date"] or ""))
    for code, own in same.sort_values(["_dated", "report_date", "release_id"], na_position="first").groupby(
        "substance"
    ):
        release, substance = own.iloc[-1], reference.substances[str(code)]
        is_mass = release["unit"] != "t CO2e"
        yield _Part(substance, release["release_id"], is_mass, _potential(substance, release, whole, reference))


def _potential(
    substance: Substance, release: "pd.Series[str]", whole: dict[str, object], reference: Reference
) -> float | None:
    if release["unit"] == "t CO2e":
        return 1.0 if release["gwp_set"] in (whole["gwp_set"], NOT_STATED) else None
    known = potentials(reference, str(whole["gwp_set"]))
    values = {known[gas] for gas in substance.gwp_gases if gas in known}
    return values.pop() if len(values) == 1 else None


def _divided(whole: dict[str, object], parts: list[_Part], emissions: pd.DataFrame) -> pd.DataFrame:
    own = emissions[emissions["release_id"] == whole["release_id"]]
    own = own[[*_CELL, "release_id", "is_current_release", "gwp_set", "emissions_reported_t_co2e"]]
    known = []
    for part in parts:
        if part.potential is None:
            continue
        held = emissions.loc[emissions["release_id"] == part.release_id, [*_CELL, "emissions_reported_t"]]
        tonnes = held["emissions_reported_t"]
        known.append(
            held[_CELL].assign(
                greenhouse_gas=part.substance.gas,
                gas_t=tonnes if part.is_mass else np.nan,
                emissions_t_co2e=tonnes * part.potential,
                gas_release_ids=part.release_id,
            )
        )
    if not known:
        return own.iloc[:0].assign(
            greenhouse_gas="", gas_t=np.nan, emissions_t_co2e=np.nan, gas_release_ids="", note=None
        )
    # Several fluorinated substances are one row, whose mass would mean nothing.
    summed = pd.concat(known).groupby([*_CELL, "greenhouse_gas"], as_index=False)
    by_gas = summed.agg(
        gas_t=("gas_t", lambda values: values.iloc[0] if len(values) == 1 else np.nan),
        emissions_t_co2e=("emissions_t_co2e", "sum"),
        gas_release_ids=("gas_release_ids", " ".join),
    )
    rows = by_gas.merge(own, on=_CELL, how="inner", validate="many_to_one").assign(note=None)
    sums = rows.groupby(_CELL).agg(_sum=("emissions_t_co2e", "sum"), _gases=("greenhouse_gas", frozenset)).reset_index()
    rest = own.merge(sums, on=_CELL, how="inner", validate="one_to_one")
    apart = rest["emissions_reported_t_co2e"] - rest["_sum"]
    unvalued = [part.substance.substance for part in parts if part.potential is None]
    notes = {held: _note(held, unvalued) for held in rest["_gases"].unique()}
    rest = rest.assign(
        greenhouse_gas=REST, gas_t=np.nan, emissions_t_co2e=apart, gas_release_ids="", note=rest["_gases"].map(notes)
    )
    return pd.concat([rows, rest], ignore_index=True)


def _note(held: frozenset[str], unvalued: list[str]) -> str | None:
    lacking = [gas for gas in GASES if gas not in held]
    said = [f"without {', '.join(lacking)}"] if lacking else []
    said += [f"{', '.join(unvalued)} has no one potential in the set of all gases"] if unvalued else []
    return "; ".join(said) or None
