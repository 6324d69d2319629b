"""The cube: the groups of all lines, classified and valued; every result is a sum over it.

Amounts are whole oere, emissions whole milligrams and quantities whole grams, so sums do not depend on the order of
lines, files or threads, and every table adds up to every other. A cube row's emissions are rounded to a milligram.
What does not belong here: result tables, and what replaces spend (``spend_replaced``).
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.spend.footprint.classification import classify, put_model_map
from klimat_pipeline.spend.footprint.database import put
from klimat_pipeline.spend.footprint.local_mappings import LocalMappings
from klimat_pipeline.spend.footprint.mappings import SpendReference
from klimat_pipeline.spend.footprint.spend_factors import COLUMNS, factor_table

if TYPE_CHECKING:
    import duckdb

#: Milligrams per oere of one kilogram per krona.
MG_PER_ORE = 1e6 / 100

_CUBE = """
    CREATE OR REPLACE TEMP TABLE cube AS
    SELECT c.*,
        round(c.amount_ore * coalesce(d.deflator, 1))::BIGINT AS real_ore,
        coalesce(round(c.amount_ore * f.mg_per_ore), 0)::BIGINT AS emissions_mg,
        f.mg_per_ore IS NOT NULL AS is_mapped,
        coalesce(round(c.weighed_ore * f.mg_per_ore), 0)::BIGINT AS weighed_mg,
        'spend' AS figure_from,
        '' AS replacement_id
    FROM (
        SELECT municipality_code, year, month::BIGINT AS month, unit, supplier_id, supplier_kind, contract_id, account,
            account_text, category, classified_by, evidence, left_out_rule, lines, amount_ore, quantity_g, weighed_ore
        FROM classified ANTI JOIN aside USING (municipality_code)
    ) AS c
    LEFT JOIN factors AS f ON f.municipality_code = c.municipality_code AND f.year = c.year AND f.category = c.category
    LEFT JOIN deflators AS d ON d.municipality_code = c.municipality_code AND d.year = c.year
        AND d.category = CASE WHEN c.category IN ('', 'unmapped') THEN '*' ELSE c.category END
"""
_SUMS = """
    sum(lines)::BIGINT AS lines, sum(amount_ore)::BIGINT AS amount_ore, sum(real_ore)::BIGINT AS real_ore,
    sum(emissions_mg)::BIGINT AS emissions_mg, sum(quantity_g)::BIGINT AS quantity_g,
    sum(weighed_mg)::BIGINT AS weighed_mg
"""
_SMALL = f"""
    CREATE OR REPLACE TEMP TABLE small AS
    SELECT municipality_code, year, month, unit, contract_id, account, category, classified_by, left_out_rule,
        is_mapped, figure_from, {_SUMS}
    FROM cube GROUP BY ALL
"""
_SUPPLIERS = f"""
    CREATE OR REPLACE TEMP TABLE suppliers AS
    SELECT municipality_code, year, supplier_id, supplier_kind, left_out_rule, is_mapped, figure_from, {_SUMS}
    FROM cube WHERE left_out_rule = '' GROUP BY ALL
"""


def build_cube(
    con: "duckdb.DuckDBPyConnection",
    reference: SpendReference,
    own: LocalMappings,
    chosen: Mapping[str, SpendFactors],
    aside: Collection[str] = (),
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Make the table ``cube`` from the groups of lines.

    Args:
        con: the database, with ``grouped`` of ``groups.group_parts``.
        reference: the reference tables.
        own: what municipalities map themselves.
        chosen: the configuration by municipality; one without has the defaults.
        aside: municipalities whose lines are left aside, since they could not be read as a whole.

    Returns:
        The factors used (``factors.COLUMNS`` and ``municipality_code``), and what is wrong with the municipalities
        whose lines cannot be valued, such as a mapping, or an index that is missing: they are left aside, too.
    """
    unvalued = classify(con, reference, own)
    used = _factors(con, reference, chosen, aside, unvalued)
    _train(con, chosen, unvalued)
    put(con, "aside", {"municipality_code": sorted({*aside, *unvalued})}, ("VARCHAR",))
    con.execute(_CUBE)
    return used[~used["municipality_code"].isin(unvalued)], unvalued


def put_small_cubes(con: "duckdb.DuckDBPyConnection") -> None:
    """``small``, the cube without suppliers, and ``suppliers``, what counts by supplier alone; most tables ask these.

    Suppliers are what a ledger has most of: without them, or with nothing but them, there is little left to sum.
    """
    con.execute(_SMALL)
    con.execute(_SUPPLIERS)


def _factors(
    con: "duckdb.DuckDBPyConnection",
    reference: SpendReference,
    chosen: Mapping[str, SpendFactors],
    aside: Collection[str],
    unvalued: dict[str, list[str]],
) -> pd.DataFrame:
    """The factors of every municipality and year; ``unvalued`` is given what is wrong with those that have none."""
    years: dict[str, list[int]] = {}
    for code, year in con.execute("SELECT DISTINCT municipality_code, year FROM grouped ORDER BY ALL").fetchall():
        if code not in aside:
            years.setdefault(code, []).append(year)
    frames: list[pd.DataFrame] = []
    for code, own_years in years.items():
        own = chosen.get(code, SpendFactors())
        try:
            table = factor_table(own_years, reference, own)
            for set_id in own.sensitivity_sets:
                factor_table(own_years, reference, own, set_id=set_id)
        except ConfigurationError as error:
            unvalued[code] = [*unvalued.get(code, []), *error.problems]
        else:
            frames.append(table.assign(municipality_code=code))
    columns = ["municipality_code", *COLUMNS]
    used = pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)
    put_factors(con, used)
    # What is not mapped has no price group of its own: the general index, which every category without one has too.
    general = used.groupby(["municipality_code", "year"], sort=True)["deflator"].agg(
        lambda values: values.mode().iat[0]
    )
    deflators = [(str(code), int(year), "*", float(value)) for (code, year), value in general.items()]
    deflators += list(
        zip(used["municipality_code"], map(int, used["year"]), used["category"], used["deflator"], strict=True)
    )
    names = ("municipality_code", "year", "category", "deflator")
    put(
        con,
        "deflators",
        {name: [row[i] for row in deflators] for i, name in enumerate(names)},
        ("VARCHAR", "BIGINT", "VARCHAR", "DOUBLE"),
    )
    return used


def put_factors(con: "duckdb.DuckDBPyConnection", used: pd.DataFrame) -> None:
    """``factors``: milligrams per oere of the year of purchase; a category that the set lacks has no row."""
    known = used[used["kg_per_sek"].notna()]
    put(
        con,
        "factors",
        {
            "municipality_code": list(known["municipality_code"]),
            "year": [int(year) for year in known["year"]],
            "category": list(known["category"]),
            "mg_per_ore": [float(value) * MG_PER_ORE for value in known["kg_per_sek"]],
        },
        ("VARCHAR", "BIGINT", "VARCHAR", "DOUBLE"),
    )


def _train(
    con: "duckdb.DuckDBPyConnection", chosen: Mapping[str, SpendFactors], unvalued: dict[str, list[str]]
) -> None:
    """Classify by a trained model where a municipality wants it; ``unvalued`` is given where none can be trained."""
    wanted = {code: own for code, own in chosen.items() if own.text_model}
    if not wanted:
        return
    from klimat_pipeline.spend.footprint.text_model import model_categories

    found: list[tuple[str, str, str]] = []
    for code, own in wanted.items():
        try:
            found += model_categories(con, {code: own})
        except ConfigurationError as error:
            unvalued[code] = [*unvalued.get(code, []), *error.problems]
    put_model_map(con, found)
