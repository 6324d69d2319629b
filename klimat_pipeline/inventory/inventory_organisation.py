"""Inventory of the municipal group (GHG Protocol Corporate, operational control): activities times factors, by scope.

Formulas:

* emissions (t CO2e) = amount x t CO2e per unit, in the municipality's GWP set; biogenic CO2 likewise, separately
* scope 2: once per method, location and market; a method without a factor is not estimated (NE)
* a supply from a unit that has scope 1 in the same year is in that unit's scope 1: in scope 2 or 3 of the receiving
  unit it is shown and marked eliminated, to be left out of the group's total

Factors are never guessed, nor taken from another year. What does not belong here: sums (``indicators``), the territory.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.activity import CATEGORIES, GAS, LOCAL, REFRIGERANT
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.code_lists import GRADES
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.inventory.gases import (
    BIOGENIC,
    co2e_factors,
    factor_problems,
    fuel_factors,
    potentials,
    refrigerant_factors,
)

METHODS = ("location", "market")
NOT_ESTIMATED = "NE"
#: Keys that a factor is found by; the unit of the amount has to match as well.
_KEYS = ["factor_kind", "factor_of", "year", "method"]
_ACTIVITY = ["year", "organisation_unit", "activity_id"]
_FACTOR = [
    "t_co2e_per_unit",
    "biogenic_co2_t_per_unit",
    "factor_gwp_set",
    "factor_source",
    "factor_note",
    "factor_quality",
]


def organisation_inventory(
    activity: pd.DataFrame, factors: pd.DataFrame, reference: Reference, gwp_sets: Mapping[str, str]
) -> pd.DataFrame:
    """The inventory of every municipal group, activity by activity.

    Args:
        activity: ``clean/activity_data``.
        factors: ``clean/emission_factors``.
        reference: fuels, refrigerants, global warming potentials.
        gwp_sets: AR4, AR5 or AR6 by municipality.

    Returns:
        ``inventory/inventory_organisation``, t CO2e. A notation key stays as it is; scope 2 has a row per method.

    Raises:
        ProblemsError: a municipality has no GWP set, factors rest on another, activities have none, or one per another
            unit; all of them at once.
    """
    contract = table("inventory/inventory_organisation")
    frames, problems = [], []
    for code, own in activity.groupby("municipality_code", sort=True):
        if code not in gwp_sets:
            problems.append(f"{code} activity.csv: no GWP set is chosen for the municipality.")
            continue
        used = factors[(factors["municipality_code"] == code) & factors["carrier"].isin(own["carrier"])]
        if unfit := factor_problems(used, gwp_sets[code]):
            problems += unfit
            continue
        known = _known_factors(used, own["year"].unique(), reference, gwp_sets[code])
        rows = _matched(own, known)
        problems += _problems(rows, known)
        frames.append(_emissions(rows, gwp_sets[code]))
    if problems:
        raise ProblemsError(problems)
    if not frames:
        return pd.DataFrame(columns=contract.column_names)
    frame = pd.concat(frames, ignore_index=True)
    return frame[contract.column_names].sort_values(list(contract.primary_key)).reset_index(drop=True)


def _known_factors(own: pd.DataFrame, years: np.ndarray, reference: Reference, gwp_set: str) -> pd.DataFrame:
    """Every factor that an activity may use, in one table; those of the reference tables hold for all years."""
    local = co2e_factors(own, reference, gwp_set).assign(factor_kind=LOCAL)
    local = local.rename(columns={"data_quality": "factor_quality"})
    gases = pd.DataFrame(potentials(reference, gwp_set).items(), columns=["carrier", "t_co2e_per_unit"])
    # How much biogenic carbon dioxide came with another measured gas is unknown, which is not zero.
    gases["biogenic_co2_t_per_unit"] = np.where(gases["carrier"] == BIOGENIC, 1.0, np.nan)
    general = pd.concat(
        [
            fuel_factors(reference, gwp_set).rename(columns={"use": "factor_kind"}),
            refrigerant_factors(reference, gwp_set).assign(factor_kind=REFRIGERANT),
            gases.assign(factor_kind=GAS, per_unit="t", factor_gwp_set=gwp_set),
        ],
        ignore_index=True,
    ).assign(method="")
    # What has no year of its own holds for all.
    always = general[general["year"].isna()].drop(columns="year").merge(pd.DataFrame({"year": years}), how="cross")
    general = pd.concat([always, general[general["year"].isin(years)]], ignore_index=True).astype({"year": "int64"})
    every = pd.concat([local, general], ignore_index=True).rename(columns={"carrier": "factor_of"})
    return every[[*_KEYS, "per_unit", *_FACTOR]]


def _matched(own: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Activities, in scope 2 once per method, each with its factor where there is one."""
    rows = own.assign(
        factor_kind=[CATEGORIES[category].factor_kind for category in own["category"]],
        factor_of=own["gas"].where(own["gas"].notna(), own["carrier"]),
    )
    bought = rows["scope"] == "2"
    twice = rows[bought].merge(pd.DataFrame({"method": METHODS}), how="cross")
    rows = pd.concat([rows[~bought].assign(method=""), twice], ignore_index=True)
    fitting = known.rename(columns={"per_unit": "amount_unit"})
    return rows.merge(fitting, on=[*_KEYS, "amount_unit"], how="left", validate="many_to_one")


def _problems(rows: pd.DataFrame, known: pd.DataFrame) -> list[str]:
    """Activities that have a number and no factor, or a factor per another unit."""
    units = known.groupby(_KEYS)["per_unit"].agg(" or ".join).rename("per_units").reset_index()
    lacking = rows["amount"].notna() & rows["t_co2e_per_unit"].isna()
    found = rows.groupby(_ACTIVITY)["t_co2e_per_unit"].transform("count") > 0
    asked = rows[lacking].assign(found=found[lacking]).merge(units, on=_KEYS, how="left")
    bad = asked[asked["per_units"].notna() | ~asked["found"]]
    return list(
        dict.fromkeys(
            f"{row.municipality_code} activity.csv: {row.organisation_unit}/{row.activity_id} {row.year}: "
            + (
                f"the amount is in {row.amount_unit}, the factor of {row.factor_of} per {row.per_units}"
                if isinstance(row.per_units, str)
                else f"no factor for {row.factor_of} {row.year}; add it to factors.csv with its source, "
                "or give a notation key instead of the amount"
            )
            for row in bad.itertuples()
        )
    )


def _emissions(rows: pd.DataFrame, gwp_set: str) -> pd.DataFrame:
    unknown = rows["amount"].notna() & rows["t_co2e_per_unit"].isna()
    sources = rows.loc[rows["scope"] == "1", ["year", "organisation_unit"]].drop_duplicates()
    supplied = rows[["year", "supplier_unit"]].merge(
        sources, left_on=["year", "supplier_unit"], right_on=["year", "organisation_unit"], how="left"
    )
    eliminated = supplied["organisation_unit"].notna().to_numpy()
    no_factor = pd.Series(np.where(unknown, "no factor of the " + rows["method"] + " method for the year", None))
    counted = pd.Series(np.where(eliminated, "counted in scope 1 of " + rows["supplier_unit"].astype(str), None))
    of_factor = rows["factor_source"].where(rows["amount"].notna())
    return rows.assign(
        boundary="organisation",
        emissions_t_co2e=rows["amount"] * rows["t_co2e_per_unit"],
        biogenic_co2_t=rows["amount"] * rows["biogenic_co2_t_per_unit"],
        notation_key=rows["notation_key"].where(~unknown, NOT_ESTIMATED),
        is_eliminated=eliminated,
        data_quality=_worse(rows["data_quality"], rows["factor_quality"]),
        gwp_set=rows["factor_gwp_set"].fillna(gwp_set),
        source=_joined(rows["source"], "factor: " + of_factor),
        note=_joined(rows["note"], rows["factor_note"], no_factor, counted),
    )


def _worse(*grades: "pd.Series[str]") -> list[str | None]:
    """The worse of the grades, since a product is as good as its worse factor; a missing grade is ignored."""
    return [
        max((grade for grade in both if isinstance(grade, str)), key=GRADES.index, default=None)
        for both in zip(*grades, strict=True)
    ]


def _joined(*texts: "pd.Series[str]") -> list[str | None]:
    return ["; ".join(text for text in row if isinstance(text, str)) or None for row in zip(*texts, strict=True)]
