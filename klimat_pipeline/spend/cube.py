"""The cube: one pass over the lines (and one over what classifies them), then every result is a sum over it.

Amounts are whole oere, emissions whole milligrams and quantities whole grams, so sums do not depend on the order of
lines, files or threads, and every table adds up to every other. A cube row's emissions are rounded to a milligram.
What does not belong here: result tables, and what replaces spend (``hybrid``).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.errors import ConfigurationError, ContractError, ProblemsError
from klimat_pipeline.spend.classification import CLASSIFIED, put_class_maps, put_model_map
from klimat_pipeline.spend.engine import put
from klimat_pipeline.spend.factors import COLUMNS, factor_table
from klimat_pipeline.spend.mappings import SpendReference
from klimat_pipeline.spend.own import Own

if TYPE_CHECKING:
    import duckdb

#: Milligrams per oere of one kilogram per krona.
MG_PER_ORE = 1e6 / 100
#: What identifies a row of the cube.
DIMENSIONS = (
    "municipality_code",
    "year",
    "month",
    "unit",
    "supplier_id",
    "supplier_kind",
    "contract_id",
    "account",
    "category",
    "classified_by",
    "left_out_rule",
)

#: What is asked of lines to classify them, with lines and kronor: a scan of few columns, of which few values differ.
#: A supplier counts here only where the municipality maps it itself.
_GROUPED = """
    SELECT municipality_code, year, account, account_text, cpv, sni, currency, left_out_rule, {supplier} AS supplier_id,
        count(*) AS lines, sum(amount_ore) AS amount_ore
    FROM lines {listed}
    GROUP BY ALL
"""
_LISTED = """LEFT JOIN (
        SELECT DISTINCT municipality_code AS code, supplier_id AS listed_id FROM listed_suppliers
    ) ON code = municipality_code AND listed_id = supplier_id"""
#: Every class of lines with what it is valued by; a number stands for all of it while lines are grouped.
_CLASSES = """
    CREATE OR REPLACE TEMP TABLE classes AS
    SELECT k.*, r.sek_per_unit, dense_rank() OVER (
            ORDER BY k.municipality_code, k.year, k.category, k.step, k.left_out_rule
        )::INTEGER AS kind
    FROM classified AS k
    LEFT JOIN rates AS r ON r.currency = k.currency AND r.year = k.year AND r.municipality_code = k.municipality_code
"""
_KINDS = """
    CREATE OR REPLACE TEMP TABLE kinds AS
    SELECT k.*, coalesce(d.deflator, 1) AS deflator, f.mg_per_ore
    FROM (SELECT DISTINCT kind, municipality_code, year, category, step, left_out_rule FROM classes) AS k
    LEFT JOIN factors AS f ON f.municipality_code = k.municipality_code AND f.year = k.year
        AND f.category = k.category
    LEFT JOIN deflators AS d ON d.municipality_code = k.municipality_code AND d.year = k.year
        AND d.category = CASE WHEN k.category IN ('', 'unmapped') THEN '*' ELSE k.category END
"""
#: The only pass over the lines themselves, a year at a time: a smaller table of groups stays in memory.
_CUBE = """
    SELECT k.municipality_code, k.year, c.month, c.unit, c.supplier_id, c.supplier_kind, c.contract_id, c.account,
        k.category, k.step AS classified_by, k.left_out_rule, c.lines::BIGINT AS lines,
        c.ore::BIGINT AS amount_ore, coalesce(c.quantity_g, 0)::BIGINT AS quantity_g,
        coalesce(c.weighed_ore, 0)::BIGINT AS weighed_ore,
        round(c.ore::BIGINT * k.deflator)::BIGINT AS real_ore,
        coalesce(round(c.ore::BIGINT * k.mg_per_ore), 0)::BIGINT AS emissions_mg,
        (k.mg_per_ore IS NOT NULL) AS is_mapped,
        coalesce(round(c.weighed_ore::BIGINT * k.mg_per_ore), 0)::BIGINT AS weighed_mg,
        'spend' AS figure_from,
        '' AS replacement_id
    FROM (
        SELECT k.kind, l.month::BIGINT AS month, l.unit, l.supplier_id, l.supplier_kind, l.contract_id, l.account,
            count(*) AS lines, sum({ore}) AS ore, {weighed}
        FROM (SELECT *, {supplier} AS mapped_supplier FROM lines {listed} WHERE year = $year) AS l
        JOIN (SELECT * FROM classes WHERE year = $year) AS k ON k.municipality_code = l.municipality_code
            AND k.account = l.account AND k.account_text = l.account_text AND k.cpv = l.cpv AND k.sni = l.sni
            AND k.currency = l.currency AND k.left_out_rule = l.left_out_rule AND k.supplier_id = l.mapped_supplier
        GROUP BY ALL
    ) AS c JOIN kinds AS k USING (kind)
"""
_GRAMS = "CASE lower(l.quantity_unit) WHEN 'kg' THEN 1e3 WHEN 'g' THEN 1 WHEN 'ton' THEN 1e6 WHEN 't' THEN 1e6 END"
_WEIGHED = (
    f"sum(round(l.quantity * {_GRAMS})::BIGINT) AS quantity_g, "
    f"sum(CASE WHEN l.quantity * {_GRAMS} IS NOT NULL THEN l.amount_ore END) AS weighed_ore"
)
_NOT_WEIGHED = "0 AS quantity_g, 0 AS weighed_ore"
#: Few lines say what they weigh, and Parquet knows where none does.
_IS_WEIGHED = """
    SELECT 1 FROM lines WHERE quantity IS NOT NULL AND lower(quantity_unit) IN ('kg', 'g', 'ton', 't') AND year = $year
    LIMIT 1
"""
_LOST = """
    SELECT (SELECT coalesce(sum(lines), 0) FROM grouped), (SELECT coalesce(sum(lines), 0) FROM cube)
"""
_SMALL = """
    CREATE OR REPLACE TEMP TABLE small AS
    SELECT municipality_code, year, month, unit, category, classified_by, left_out_rule, is_mapped, figure_from,
        sum(lines)::BIGINT AS lines, sum(amount_ore)::BIGINT AS amount_ore, sum(real_ore)::BIGINT AS real_ore,
        sum(emissions_mg)::BIGINT AS emissions_mg, sum(quantity_g)::BIGINT AS quantity_g,
        sum(weighed_mg)::BIGINT AS weighed_mg
    FROM cube GROUP BY ALL
"""


def build_cube(
    con: "duckdb.DuckDBPyConnection",
    reference: SpendReference,
    own: Own,
    chosen: Mapping[str, SpendFactors],
) -> pd.DataFrame:
    """Make the table ``cube`` from the view ``lines``.

    Args:
        con: the database, with the view ``lines``.
        reference: the reference tables.
        own: what municipalities map themselves.
        chosen: the configuration by municipality; one without has the defaults.

    Returns:
        The factors used: ``factors.COLUMNS`` and ``municipality_code``.

    Raises:
        ProblemsError: an index or a rate is missing, or a currency cannot be converted.
    """
    _group(con, own)
    put_class_maps(con, reference, own)
    put_model_map(con)
    used = _factors(con, reference, chosen)
    _put_rates(con, reference, chosen)
    con.execute(f"CREATE OR REPLACE TEMP VIEW classified AS {CLASSIFIED}")
    _train(con, chosen)
    _sum_lines(con, own)
    return used


def put_small_cube(con: "duckdb.DuckDBPyConnection") -> None:
    """``small``: the cube without suppliers, contracts and accounts, for the tables that do not ask for them."""
    con.execute(_SMALL)


def _group(con: "duckdb.DuckDBPyConnection", own: Own) -> None:
    """``grouped``: what lines are classified by, each once."""
    names = ("municipality_code", "supplier_id")
    put(con, "listed_suppliers", {name: list(own.suppliers[name]) for name in names}, ("VARCHAR", "VARCHAR"))
    con.execute(f"CREATE OR REPLACE TEMP TABLE grouped AS {_GROUPED.format(**_suppliers(own))}")


def _suppliers(own: Own) -> dict[str, str]:
    """SQL of the suppliers that a municipality maps itself; most map none."""
    if own.suppliers.empty:
        return {"supplier": "''", "listed": ""}
    return {"supplier": "coalesce(listed_id, '')", "listed": _LISTED}


def _sum_lines(con: "duckdb.DuckDBPyConnection", own: Own) -> None:
    """``cube``, from the classes and the lines.

    Raises:
        ContractError: lines were lost between the two scans: a cell of theirs is missing, where it should be empty.
    """
    con.execute(_CLASSES)
    con.execute(_KINDS)
    foreign = con.execute("SELECT 1 FROM classes WHERE currency <> 'SEK' LIMIT 1").fetchall()
    ore = "CASE WHEN k.currency = 'SEK' THEN l.amount_ore ELSE round(l.amount_ore * k.sek_per_unit)::BIGINT END"
    parts = {"ore": ore if foreign else "l.amount_ore", **_suppliers(own)}
    made = "CREATE OR REPLACE TEMP TABLE cube AS"
    for (year,) in con.execute("SELECT DISTINCT year FROM grouped ORDER BY 1").fetchall():
        weighed = con.execute(_IS_WEIGHED, {"year": year}).fetchall()
        con.execute(f"{made} {_CUBE.format(weighed=_WEIGHED if weighed else _NOT_WEIGHED, **parts)}", {"year": year})
        made = "INSERT INTO cube"
    ((before, after),) = con.execute(_LOST).fetchall()
    if before != after:
        raise ContractError(f"typed ledger lines: {before - after:,} of {before:,} have a column without a value.")


def _factors(
    con: "duckdb.DuckDBPyConnection", reference: SpendReference, chosen: Mapping[str, SpendFactors]
) -> pd.DataFrame:
    years: dict[str, list[int]] = {}
    for code, year in con.execute("SELECT DISTINCT municipality_code, year FROM grouped ORDER BY ALL").fetchall():
        years.setdefault(code, []).append(year)
    frames: list[pd.DataFrame] = []
    problems: list[str] = []
    for code, own_years in years.items():
        try:
            table = factor_table(own_years, reference, chosen.get(code, SpendFactors()))
        except ProblemsError as error:
            problems += [f"{code}: {problem}" for problem in error.problems]
        except ConfigurationError as error:
            problems.append(f"{code}: {error}")
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
    query = "SELECT DISTINCT municipality_code, currency, year FROM grouped WHERE currency <> 'SEK' ORDER BY ALL"
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
