"""The territorial inventory in the GPC's own form: reference numbers, scopes, and the totals BASIC and BASIC+.

The contract's table counts machinery as transport and everything inside Sweden's borders as scope 1; the GPC counts
machinery of industry, farms, services and households with their energy, and aviation and shipping beyond the boundary
as scope 3. The tonnes are the same.

Formulas, scope 2 by location:

* row = sum of the inventory's rows of a reference number
* BASIC = rows of level BASIC; BASIC+ = those and rows of level BASIC+; territorial = all rows of scope 1
* a row that the source does not split belongs to the narrowest total that holds all of it; what BASIC lacks for that is
  told. Without any scope 2 there is no BASIC and no BASIC+

What does not belong here: the lines and totals of the contract (``inventory_territory``).
"""

from collections.abc import Collection
from typing import Any

import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.code_lists import SUMMED_SCOPES
from klimat_pipeline.inventory.gases import common_sets

METHOD = "location"
BASIC, BASIC_PLUS, TERRITORIAL = "BASIC", "BASIC+", "territorial"
_PLACE = ["release_id", "is_current_release", "municipality_code", "year"]
_NAMES = {
    BASIC: "Total BASIC",
    BASIC_PLUS: "Total BASIC+",
    TERRITORIAL: "Total of scope 1, with energy generated for the grid",
}


def gpc_inventory(territory: pd.DataFrame, reference: Reference, municipalities: Collection[str]) -> pd.DataFrame:
    """The GPC's table of municipalities, by release and year.

    Args:
        territory: ``inventory/inventory_territory``.
        reference: the reference numbers.
        municipalities: those that it is made for.

    Returns:
        ``inventory/gpc_inventory``, t CO2e.
    """
    contract = table("inventory/gpc_inventory")
    rows = territory[territory["method"].isin(["", METHOD]) & territory["municipality_code"].isin(municipalities)]
    if rows.empty:
        return pd.DataFrame(columns=contract.column_names)
    known = _references(rows["gpc_ref"].dropna().unique(), reference)
    at = [*_PLACE, "gpc_ref"]
    parts = pd.DataFrame({"emissions_t_co2e": rows.groupby(at)["emissions_t_co2e"].sum(min_count=1)})
    numbers = rows[rows["emissions_t_co2e"].notna()]
    sets = common_sets(numbers.groupby(at)["gwp_set"]).reindex(parts.index)
    parts["gwp_set"] = sets.fillna(common_sets(rows.groupby(at)["gwp_set"]))
    parts = parts.join(_said(rows[rows["emissions_t_co2e"].isna()], at)).reset_index()
    parts = parts.merge(known, on="gpc_ref", how="left", validate="many_to_one").assign(is_total=False)
    frame = pd.concat([parts, *(_total(parts, level) for level in _NAMES)], ignore_index=True)
    frame["notation_key"] = frame["notation_key"].replace("", None)
    frame["note"] = frame["note"].replace("", None)
    return frame[contract.column_names].sort_values(list(contract.primary_key)).reset_index(drop=True)


def _said(rows: pd.DataFrame, at: list[str]) -> pd.DataFrame:
    """Notation keys and notes of what has no number."""
    held = rows.groupby(at)
    return pd.DataFrame(
        {
            "notation_key": held["notation_key"].agg(lambda keys: " ".join(sorted(set(keys.dropna())))),
            "note": held["note"].agg(lambda notes: "; ".join(dict.fromkeys(notes.dropna()))),
        }
    )


def _references(texts: Collection[str], reference: Reference) -> pd.DataFrame:
    """Name, sector, scope and level of each reference number, or of several that are one figure."""
    known = reference.gpc.set_index("gpc_ref").to_dict("index")
    return pd.DataFrame([_joined(text, [known[ref] for ref in text.split("+")]) for text in texts])


def _joined(text: str, parts: list[dict[Any, str]]) -> dict[str, str | None]:
    sectors, levels = {part["gpc_sector"] for part in parts}, {part["gpc_level"] for part in parts}
    return {
        "gpc_ref": text,
        "gpc_name_en": "; ".join(part["gpc_name_en"] for part in parts),
        "gpc_sector": sectors.pop() if len(sectors) == 1 else None,
        "scope": _scopes(part["scope"] for part in parts),
        "gpc_level": levels.pop() if len(levels) == 1 else BASIC_PLUS,
        "holds_basic": " ".join(
            ref for ref, part in zip(text.split("+"), parts, strict=True) if part["gpc_level"] == BASIC
        ),
    }


def _scopes(scopes: Any) -> str:
    found = {one for scope in scopes for one in SUMMED_SCOPES[scope]}
    return "+".join(sorted(found))


def _total(parts: pd.DataFrame, level: str) -> pd.DataFrame:
    """A total of every place."""
    levels = {BASIC: (BASIC,), BASIC_PLUS: (BASIC, BASIC_PLUS)}.get(level)
    held = parts[parts["gpc_level"].isin(levels) if levels else parts["scope"] == "1"]
    numbers = held[held["emissions_t_co2e"].notna()]
    total = pd.DataFrame({"emissions_t_co2e": held.groupby(_PLACE)["emissions_t_co2e"].sum(min_count=1)})
    total["gwp_set"] = common_sets(numbers.groupby(_PLACE)["gwp_set"]).reindex(total.index)
    total["gwp_set"] = total["gwp_set"].fillna(common_sets(held.groupby(_PLACE)["gwp_set"]))
    keys = held[held["notation_key"].notna()].groupby(_PLACE)["notation_key"]
    total["notation_key"] = keys.agg(lambda texts: " ".join(sorted({key for text in texts for key in text.split()})))
    total["scope"] = held.groupby(_PLACE)["scope"].agg(_scopes)
    total["note"] = ""
    if level == BASIC:
        beyond = parts[(parts["gpc_level"] == BASIC_PLUS) & parts["holds_basic"].ne("") & parts["gpc_ref"].notna()]
        lacking = beyond[beyond["emissions_t_co2e"].notna()].groupby(_PLACE)["holds_basic"].agg(" ".join)
        said = "without " + lacking + ", which the source does not tell from what BASIC+ adds"
        total["note"] = said.reindex(total.index).fillna("")
        also = (total["notation_key"].fillna("") + " IE").where(total["note"] != "", total["notation_key"])
        total["notation_key"] = also.map(lambda text: " ".join(sorted(set(text.split()))), na_action="ignore")
    if levels:
        two = parts[(parts["scope"] == "2") & parts["emissions_t_co2e"].notna()].groupby(_PLACE).size()
        whole = two.reindex(total.index).notna()
        total["emissions_t_co2e"] = total["emissions_t_co2e"].where(whole)
        total["note"] = total["note"].where(whole, "no scope 2 is estimated, so there is no such total")
        total["notation_key"] = total["notation_key"].where(whole, "NE")
    return total.reset_index().assign(
        gpc_ref=level, gpc_name_en=_NAMES[level], gpc_sector=None, gpc_level=level, is_total=True
    )
