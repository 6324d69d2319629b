"""Indicators of purchases: per krona, per resident, per kilogram of food, and the halving of purchases.

Ratios come from sums. What has no input (no population, no weighed food, no base year chosen) is missing, and says why.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.contracts import table
from klimat_pipeline.spend.footprint.database import frame, put
from klimat_pipeline.spend.footprint.mappings import SpendReference

if TYPE_CHECKING:
    import duckdb

FOOD = "food"
_QUERY = """
    SELECT municipality_code, year, terms.factor_set, terms.factor_gwp_set, terms.price_year,
        sum(emissions_mg) FILTER (is_mapped)::BIGINT / 1e6 AS kg,
        sum(amount_ore) FILTER (is_mapped)::BIGINT / 1e2 AS sek,
        sum(real_ore) FILTER (is_mapped)::BIGINT / 1e2 AS real_sek,
        sum(emissions_mg) FILTER (is_mapped AND food.category IS NOT NULL)::BIGINT / 1e6 AS food_kg_co2e,
        sum(weighed_mg) FILTER (figure_from = 'spend' AND food.category IS NOT NULL)::BIGINT / 1e6 AS weighed_kg_co2e,
        sum(quantity_g) FILTER (figure_from = 'spend' AND food.category IS NOT NULL)::BIGINT / 1e3 AS weighed_kg
    FROM small LEFT JOIN food_categories AS food USING (category) JOIN terms USING (municipality_code, year)
    WHERE left_out_rule = '' GROUP BY ALL ORDER BY ALL
"""


def spend_indicators(
    con: "duckdb.DuckDBPyConnection",
    reference: SpendReference,
    population: pd.DataFrame,
    chosen: Mapping[str, SpendFactors],
) -> pd.DataFrame:
    """``spend/spend_indicators`` from the cube.

    Args:
        con: the database with ``footprint.cube`` and ``terms``.
        reference: which categories are food.
        population: ``clean/population``; a ratio uses the residents of its own year.
        chosen: configuration by municipality: the base year of the halving, where somebody has chosen one.
    """
    food = reference.categories.loc[reference.categories["purchase_area"] == FOOD, "category"]
    put(con, "food_categories", {"category": list(food)}, ("VARCHAR",))
    sums, foods = frame(con, _QUERY), set(food)
    apart = frame(con, "SELECT DISTINCT municipality_code, year, other_year, category FROM other_method")
    people = population.set_index(["municipality_code", "year"])["population"].to_dict()
    by_place = {(row.municipality_code, int(row.year)): row for row in sums.itertuples()}
    rows: list[dict[str, Any]] = []
    for (code, year), row in by_place.items():
        own = chosen.get(code, SpendFactors())
        residents = people.get((code, year))
        base = by_place.get((code, own.halving_base_year)) if own.halving_base_year else None
        no_base = "no base year is chosen (halving_base_year in spend.yaml)"
        if own.halving_base_year and base is None:
            no_base = f"the ledger does not hold the base year {own.halving_base_year}"
        since = f"against {own.halving_base_year}"
        changed = {name: _method_changed(base, row, apart, which) for name, which in (("all", None), ("food", foods))}
        for name, value, unit, note in (
            ("kg_co2e_per_sek", _ratio(row.kg, row.sek), "kg CO2e/SEK", "nominal kronor, mapped part"),
            ("kg_co2e_per_real_sek", _ratio(row.kg, row.real_sek), "kg CO2e/SEK", "deflated kronor, mapped part"),
            (
                "kg_co2e_per_resident",
                _ratio(row.kg, residents),
                "kg CO2e/resident",
                None if residents else f"no population of {year}",
            ),
            ("purchases_t_co2e", _ratio(row.kg, 1000), "t CO2e", "mapped part"),
            ("food_t_co2e", _ratio(row.food_kg_co2e, 1000), "t CO2e", None),
            (
                "kg_co2e_per_kg_food",
                _ratio(row.weighed_kg_co2e, row.weighed_kg),
                "kg CO2e/kg",
                "lines of food that state their weight" if row.weighed_kg else "no line of food states its weight",
            ),
            (
                "purchases_change_pct",
                None if changed["all"] else _change(row, base, "kg"),
                "%",
                changed["all"] or since if base else no_base,
            ),
            (
                "food_change_pct",
                None if changed["food"] else _change(row, base, "food_kg_co2e"),
                "%",
                changed["food"] or since if base else no_base,
            ),
        ):
            rows.append(
                {
                    "municipality_code": code,
                    "year": year,
                    "spend_indicator": name,
                    "spend_indicator_value": value,
                    "spend_indicator_unit": unit,
                    "factor_gwp_set": row.factor_gwp_set,
                    "price_year": row.price_year,
                    "note": note,
                }
            )
    found = pd.DataFrame(rows, columns=table("spend/spend_indicators").column_names)
    return found.astype({"spend_indicator_value": "float64"})


def _method_changed(base: Any, row: Any, apart: pd.DataFrame, categories: set[str] | None) -> str | None:
    """Why a year does not compare with the base year; None where it does.

    Args:
        base: the base year's sums, if there is one.
        row: the year's.
        apart: purchases that one year values by another method than the other (``other_method``).
        categories: of the purchases that are compared; None for all.
    """
    if base is None:
        return None
    if (base.factor_set, base.factor_gwp_set) != (row.factor_set, row.factor_gwp_set):
        return f"method_changed: factors of {base.factor_set} in {base.year}, of {row.factor_set} in {row.year}"
    years = {int(base.year), int(row.year)}
    mine = apart[
        (apart["municipality_code"] == row.municipality_code)
        & apart["year"].isin(years)
        & apart["other_year"].isin(years)
        & (apart["category"].isin(categories) if categories is not None else True)
    ]
    if mine.empty:
        return None
    return (
        f"method_changed: {', '.join(sorted(set(mine['category'])))} by kronor in one of {base.year}, {row.year}, by "
        "an activity or a supplier's figure in the other"
    )


def _ratio(above: Any, below: Any) -> float | None:
    """None where either is missing or the lower is not positive: never infinite."""
    if above is None or below is None or pd.isna(above) or pd.isna(below) or below <= 0:
        return None
    return float(above) / float(below)


def _change(row: Any, base: Any, name: str) -> float | None:
    share = _ratio(getattr(row, name), getattr(base, name)) if base is not None else None
    return None if share is None else (share - 1) * 100
