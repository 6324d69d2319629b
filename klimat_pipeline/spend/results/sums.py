"""Sums over the cube, shared by the result tables: what is summed, and the terms that the figures are given in."""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.spend.footprint.database import frame, put
from klimat_pipeline.spend.footprint.deflator import OWN_YEAR, STANDS_IN

if TYPE_CHECKING:
    import duckdb

#: Sums of every result table. Whole numbers are summed, so the order of rows, files and threads does not matter.
SUMS = """
    sum(lines)::BIGINT AS ledger_lines,
    sum(amount_ore)::BIGINT / 1e2 AS spend_sek,
    coalesce(sum(amount_ore) FILTER (is_mapped), 0)::BIGINT / 1e2 AS mapped_sek,
    sum(real_ore)::BIGINT / 1e2 AS spend_real_sek,
    coalesce(sum(amount_ore) FILTER (figure_from <> 'spend'), 0)::BIGINT / 1e2 AS replaced_sek,
    CASE WHEN bool_or(is_mapped) THEN sum(emissions_mg)::BIGINT / 1e9 END AS footprint_t_co2e,
    coalesce(sum(emissions_mg) FILTER (figure_from = 'spend'), 0)::BIGINT / 1e9 AS footprint_spend_t_co2e,
    coalesce(sum(emissions_mg) FILTER (figure_from = 'activity'), 0)::BIGINT / 1e9 AS footprint_activity_t_co2e,
    coalesce(sum(emissions_mg) FILTER (figure_from = 'supplier'), 0)::BIGINT / 1e9 AS footprint_supplier_t_co2e
"""
TERMS = ("factor_set", "factor_gwp_set", "price_year", "price_basis")


def put_terms(con: "duckdb.DuckDBPyConnection", used: pd.DataFrame, replaced: pd.DataFrame) -> None:
    """``terms``: factor set, GWP set, price year and price basis of every municipality and year.

    Figures that replace spend and rest on another set of potentials make the whole 'mixed', in plain sight.

    Args:
        con: the database.
        used: the factors in use, as ``footprint.cube.build_cube`` gives them.
        replaced: ``spend/spend_replaced``.
    """
    other = {
        (code, year): set(rows["factor_gwp_set"])
        for (code, year), rows in replaced.groupby(["municipality_code", "year"])
    }
    rows = []
    for (code, year), own in used.groupby(["municipality_code", "year"], sort=True):
        sets = set(own["gwp_set"]) | other.get((code, year), set())
        rows.append(
            (
                code,
                int(year),
                own["set_id"].iat[0],
                sets.pop() if len(sets) == 1 else "mixed",
                int(own["price_year"].iat[0]),
                STANDS_IN if (own["price_basis"] == STANDS_IN).any() else OWN_YEAR,
            )
        )
    names = ("municipality_code", "year", *TERMS)
    put(
        con,
        "terms",
        {name: [row[i] for row in rows] for i, name in enumerate(names)},
        ("VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "BIGINT", "VARCHAR"),
    )


def summed(con: "duckdb.DuckDBPyConnection", key: str, dimensions: str, source: str = "small") -> pd.DataFrame:
    """The sums by municipality, year and further dimensions, in the form of a table's contract.

    Args:
        con: the database with ``terms`` and what is summed.
        key: the table.
        dimensions: SQL of the further dimensions, ``expression AS name``; a constant of the caller.
        source: SQL of what is summed; a constant of the caller. ``small`` knows all but suppliers.
    """
    query = f"""
        SELECT s.*, t.factor_set, t.factor_gwp_set, t.price_year, t.price_basis
        FROM (
            SELECT municipality_code, year, {dimensions}, {SUMS}
            FROM {source} WHERE left_out_rule = '' GROUP BY ALL
        ) AS s JOIN terms AS t USING (municipality_code, year)
    """  # noqa: S608 - constants of this stage, no value
    contract = table(key)
    # In the order of the key before anything is divided: a sum of fractions depends on its order.
    found = frame(con, query).sort_values(list(contract.primary_key), ignore_index=True)
    found["kg_co2e_per_sek"] = (found["footprint_t_co2e"] * 1000 / found["mapped_sek"]).where(found["mapped_sek"] > 0)
    whole = found.groupby(["municipality_code", "year"])["footprint_t_co2e"].transform("sum")
    found["share_of_footprint_pct"] = (found["footprint_t_co2e"] / whole * 100).where(whole > 0)
    return found
