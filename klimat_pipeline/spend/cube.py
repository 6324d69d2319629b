"""The cube: the groups of all lines, classified and valued; every result is a sum over it.

Its rows are named by numbers (class, party, month); ``purchases`` shows them with their names.

Amounts are whole oere, emissions whole milligrams and quantities whole grams, so sums do not depend on the order of
lines, files or threads, and every table adds up to every other. A cube row's emissions are rounded to a milligram.
What does not belong here: result tables, and what replaces spend (``hybrid``).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.spend.classification import classify, put_model_map
from klimat_pipeline.spend.engine import put
from klimat_pipeline.spend.factors import COLUMNS, factor_table
from klimat_pipeline.spend.mappings import SpendReference
from klimat_pipeline.spend.own import Own

if TYPE_CHECKING:
    import duckdb

#: Milligrams per oere of one kilogram per krona.
MG_PER_ORE = 1e6 / 100

#: Everything about a group but its party and month is one number while groups are summed.
_CLASS_OF = """
    CREATE OR REPLACE TEMP TABLE class_of AS
    SELECT k.kind, k.saying, k.municipality_code, k.year, k.account, k.category, k.step, k.left_out_rule,
        r.sek_per_unit,
        dense_rank() OVER (
            ORDER BY k.municipality_code, k.year, k.account, k.category, k.step, k.left_out_rule
        )::INTEGER AS class
    FROM classified AS k
    LEFT JOIN rates AS r ON r.currency = k.currency AND r.year = k.year AND r.municipality_code = k.municipality_code
"""
_CLASSES = """
    CREATE OR REPLACE TEMP TABLE classes AS
    SELECT k.*, dense_rank() OVER (ORDER BY k.municipality_code, k.year)::INTEGER AS book,
        coalesce(d.deflator, 1) AS deflator, f.mg_per_ore
    FROM (SELECT DISTINCT class, municipality_code, year, account, category, step, left_out_rule FROM class_of) AS k
    LEFT JOIN factors AS f ON f.municipality_code = k.municipality_code AND f.year = k.year AND f.category = k.category
    LEFT JOIN deflators AS d ON d.municipality_code = k.municipality_code AND d.year = k.year
        AND d.category = CASE WHEN k.category IN ('', 'unmapped') THEN '*' ELSE k.category END
"""
_KRONOR = "CASE WHEN k.sek_per_unit IS NULL THEN g.{ore} ELSE round(g.{ore} * k.sek_per_unit)::BIGINT END"
#: Parties by number, and what of a party the small cubes ask for: a group is a few small numbers while it is summed.
_NUMBERED = """
    CREATE OR REPLACE TEMP TABLE places AS
    SELECT row_number() OVER ()::INTEGER AS place, *
    FROM (SELECT DISTINCT municipality_code, unit, contract_id FROM parties);
    CREATE OR REPLACE TEMP TABLE traders AS
    SELECT row_number() OVER ()::INTEGER AS trader, *
    FROM (SELECT DISTINCT municipality_code, supplier_id, supplier_kind FROM parties);
    CREATE OR REPLACE TEMP TABLE numbered AS
    SELECT row_number() OVER ()::INTEGER AS number, party, saying, place, trader
    FROM sayings JOIN places USING (municipality_code, unit, contract_id)
    JOIN traders USING (municipality_code, supplier_id, supplier_kind)
"""
_CUBE = f"""
    CREATE OR REPLACE TEMP TABLE cube AS
    SELECT c.*,
        round(c.amount_ore * k.deflator)::BIGINT AS real_ore,
        coalesce(round(c.amount_ore * k.mg_per_ore), 0)::BIGINT AS emissions_mg,
        (k.mg_per_ore IS NOT NULL) AS is_mapped,
        coalesce(round(c.weighed_ore * k.mg_per_ore), 0)::BIGINT AS weighed_mg,
        'spend' AS figure_from,
        '' AS replacement_id
    FROM (
        SELECT k.class, n.number, g.month, sum(g.lines)::BIGINT AS lines,
            sum({_KRONOR.format(ore="amount_ore")})::BIGINT AS amount_ore, sum(g.quantity_g)::BIGINT AS quantity_g,
            sum({_KRONOR.format(ore="weighed_ore")})::BIGINT AS weighed_ore
        FROM grouped AS g JOIN numbered AS n USING (party)
        JOIN class_of AS k ON k.kind = g.kind AND k.saying = n.saying
        GROUP BY ALL
    ) AS c JOIN classes AS k USING (class)
"""  # noqa: S608 - names of this module
#: The cube with every name spelt out, for those who ask for few of its rows; ``id`` is a row of the cube.
_PURCHASES = """
    CREATE OR REPLACE TEMP VIEW purchases AS
    SELECT c.rowid AS id, k.municipality_code, k.year, c.month, p.unit, t.supplier_id, t.supplier_kind, p.contract_id,
        k.account, k.category, k.step AS classified_by, k.left_out_rule, c.lines, c.amount_ore
    FROM cube AS c JOIN classes AS k USING (class) JOIN numbered USING (number) JOIN places AS p USING (place)
    JOIN traders AS t USING (trader)
"""
_SUMS = """
    sum(lines)::BIGINT AS lines, sum(amount_ore)::BIGINT AS amount_ore, sum(real_ore)::BIGINT AS real_ore,
    sum(emissions_mg)::BIGINT AS emissions_mg, sum(quantity_g)::BIGINT AS quantity_g,
    sum(weighed_mg)::BIGINT AS weighed_mg
"""
_SMALL = f"""
    CREATE OR REPLACE TEMP TABLE small AS
    SELECT k.municipality_code, k.year, p.unit, p.contract_id, k.account, k.category, k.step AS classified_by,
        k.left_out_rule, s.* EXCLUDE (class, place) REPLACE (s.month::BIGINT AS month)
    FROM (
        SELECT class, place, month, is_mapped, figure_from, {_SUMS}
        FROM cube JOIN numbered USING (number) GROUP BY ALL
    ) AS s JOIN classes AS k USING (class) JOIN places AS p USING (place)
"""  # noqa: S608 - names of this module
_SUPPLIERS = f"""
    CREATE OR REPLACE TEMP TABLE suppliers AS
    SELECT b.municipality_code, b.year, t.supplier_id, t.supplier_kind, '' AS left_out_rule, s.* EXCLUDE (book, trader)
    FROM (
        SELECT book, trader, is_mapped, figure_from, {_SUMS}
        FROM cube JOIN numbered USING (number) JOIN classes USING (class) WHERE left_out_rule = '' GROUP BY ALL
    ) AS s JOIN (SELECT DISTINCT book, municipality_code, year FROM classes) AS b USING (book)
    JOIN traders AS t USING (trader)
"""  # noqa: S608 - names of this module


def build_cube(
    con: "duckdb.DuckDBPyConnection", reference: SpendReference, own: Own, chosen: Mapping[str, SpendFactors]
) -> pd.DataFrame:
    """Make the table ``cube`` and the view ``purchases`` from the groups of lines.

    Args:
        con: the database, with ``kinds``, ``parties`` and ``grouped`` of ``parts.group_parts``.
        reference: the reference tables.
        own: what municipalities map themselves.
        chosen: the configuration by municipality; one without has the defaults.

    Returns:
        The factors used: ``factors.COLUMNS`` and ``municipality_code``.

    Raises:
        ProblemsError: an index or a rate is missing, or a currency cannot be converted.
    """
    classify(con, reference, own)
    used = _factors(con, reference, chosen)
    _put_rates(con, reference, chosen)
    _train(con, chosen)
    for statement in (_CLASS_OF, _CLASSES, _NUMBERED, _CUBE, _PURCHASES):
        con.execute(statement)
    return used


def put_small_cubes(con: "duckdb.DuckDBPyConnection") -> None:
    """``small``, the cube without suppliers, and ``suppliers``, what counts by supplier alone; most tables ask these.

    Suppliers are what a ledger has most of: without them, or with nothing but them, there is little left to sum.
    """
    con.execute(_SMALL)
    con.execute(_SUPPLIERS)


def _factors(
    con: "duckdb.DuckDBPyConnection", reference: SpendReference, chosen: Mapping[str, SpendFactors]
) -> pd.DataFrame:
    years: dict[str, list[int]] = {}
    for code, year in con.execute("SELECT DISTINCT municipality_code, year FROM kinds ORDER BY ALL").fetchall():
        years.setdefault(code, []).append(year)
    frames: list[pd.DataFrame] = []
    problems: list[str] = []
    for code, own_years in years.items():
        try:
            table = factor_table(own_years, reference, chosen.get(code, SpendFactors()))
        except ConfigurationError as error:
            problems += [f"{code}: {problem}" for problem in error.problems]
        else:
            frames.append(table.assign(municipality_code=code))
    if problems:
        raise ProblemsError(problems)
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


def _put_rates(con: "duckdb.DuckDBPyConnection", reference: SpendReference, chosen: Mapping[str, SpendFactors]) -> None:
    """``rates`` for lines in other currencies.

    Raises:
        ProblemsError: there is no rate of a currency and year that lines have.
    """
    query = "SELECT DISTINCT municipality_code, currency, year FROM kinds WHERE currency <> 'SEK' ORDER BY ALL"
    general = {
        (row.currency, int(row.year)): float(row.sek_per_unit_annual_mean)
        for row in reference.exchange_rates.itertuples()
    }
    rows: list[tuple[str, str, int, float]] = []
    problems: list[str] = []
    for code, currency, year in con.execute(query).fetchall():
        own = {(r.currency, r.year): r.sek_per_unit for r in chosen.get(code, SpendFactors()).exchange_rates}
        rate: Any = (general | own).get((currency, year))
        if rate is None:
            problems.append(
                f"{code}: lines of {year} are in {currency}, for which there is no exchange rate: add it with its "
                "source to data/reference/exchange_rates.csv or to exchange_rates in spend.yaml."
            )
        else:
            rows.append((code, currency, year, rate))
    if problems:
        raise ProblemsError(problems)
    names = ("municipality_code", "currency", "year", "sek_per_unit")
    put(
        con,
        "rates",
        {name: [row[i] for row in rows] for i, name in enumerate(names)},
        ("VARCHAR", "VARCHAR", "BIGINT", "DOUBLE"),
    )


def _train(con: "duckdb.DuckDBPyConnection", chosen: Mapping[str, SpendFactors]) -> None:
    """Classify by a trained model where a municipality wants it."""
    wanted = {code: own for code, own in chosen.items() if own.text_model}
    if wanted:
        from klimat_pipeline.spend.text_model import model_categories

        put_model_map(con, model_categories(con, wanted))
