"""The cube: one pass over the lines, then every result is a sum over it.

Amounts are whole oere, emissions whole milligrams and quantities whole grams, so sums do not depend on the order of
lines, files or threads, and every table adds up to every other. A cube row's emissions are rounded to a milligram.
What does not belong here: result tables, and what replaces spend (``hybrid``).
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.errors import ConfigurationError, ProblemsError
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

#: The only pass over the lines, a year at a time: a smaller table of groups stays in memory and near the processor.
#: Everything that classifies is still in it, so that no second pass is needed.
_GROUPED = """
    SELECT municipality_code, year, month::BIGINT AS month, unit, supplier_id, supplier_kind, contract_id, account,
        account_text, cpv, sni, currency, left_out_rule, count(*) AS lines, sum(amount_ore) AS amount_ore,
        0::HUGEINT AS quantity_g, 0::HUGEINT AS weighed_ore
    FROM lines WHERE year = $year
    GROUP BY ALL
"""
#: What was weighed comes on top, without lines and kronor. Few lines say so, and Parquet knows where none does.
_WEIGHED = """
    SELECT municipality_code, year, month::BIGINT AS month, unit, supplier_id, supplier_kind, contract_id, account,
        account_text, cpv, sni, currency, left_out_rule, 0 AS lines, 0 AS amount_ore,
        sum(round(quantity * CASE lower(quantity_unit) WHEN 'kg' THEN 1e3 WHEN 'g' THEN 1 ELSE 1e6 END)::BIGINT)
            AS quantity_g,
        sum(amount_ore) AS weighed_ore
    FROM lines
    WHERE quantity IS NOT NULL AND lower(quantity_unit) IN ('kg', 'g', 'ton', 't') AND year = $year
    GROUP BY ALL
"""

_CUBE = """
    CREATE OR REPLACE TEMP TABLE cube AS
    SELECT c.*,
        round(c.amount_ore * coalesce(d.deflator, 1))::BIGINT AS real_ore,
        coalesce(round(c.amount_ore * f.mg_per_ore), 0)::BIGINT AS emissions_mg,
        (f.mg_per_ore IS NOT NULL) AS is_mapped,
        coalesce(round(c.weighed_ore * f.mg_per_ore), 0)::BIGINT AS weighed_mg,
        'spend' AS figure_from,
        '' AS replacement_id
    FROM (
        SELECT k.municipality_code, k.year, k.month, k.unit, k.supplier_id, k.supplier_kind, k.contract_id, k.account,
            k.category, k.step AS classified_by, k.left_out_rule,
            sum(k.lines)::BIGINT AS lines,
            sum(CASE WHEN k.currency = 'SEK' THEN k.amount_ore ELSE round(k.amount_ore * r.sek_per_unit) END)::BIGINT
                AS amount_ore,
            coalesce(sum(k.quantity_g), 0)::BIGINT AS quantity_g,
            coalesce(sum(k.weighed_ore), 0)::BIGINT AS weighed_ore
        FROM classified AS k
        LEFT JOIN rates AS r ON r.currency = k.currency AND r.year = k.year
            AND r.municipality_code = k.municipality_code
        GROUP BY ALL
    ) AS c
    LEFT JOIN factors AS f ON f.municipality_code = c.municipality_code AND f.year = c.year
        AND f.category = c.category
    LEFT JOIN deflators AS d ON d.municipality_code = c.municipality_code AND d.year = c.year
        AND d.category = CASE WHEN c.category IN ('', 'unmapped') THEN '*' ELSE c.category END
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
    group: "Callable[[duckdb.DuckDBPyConnection], None] | None" = None,
) -> pd.DataFrame:
    """Make the table ``cube`` from the view ``lines``.

    Args:
        con: the database, with the view ``lines``.
        reference: the reference tables.
        own: what municipalities map themselves.
        chosen: the configuration by municipality; one without has the defaults.
        group: makes ``grouped`` in another way than from all lines, such as from kept parts.

    Returns:
        The factors used: ``factors.COLUMNS`` and ``municipality_code``.

    Raises:
        ProblemsError: an index or a rate is missing, or a currency cannot be converted.
    """
    (group or group_lines)(con)
    put_class_maps(con, reference, own)
    put_model_map(con)
    used = _factors(con, reference, chosen)
    _put_rates(con, reference, chosen)
    con.execute(f"CREATE OR REPLACE TEMP VIEW classified AS {CLASSIFIED}")
    _train(con, chosen)
    con.execute(_CUBE)
    return used


def put_small_cube(con: "duckdb.DuckDBPyConnection") -> None:
    """``small``: the cube without suppliers, contracts and accounts, for the tables that do not ask for them."""
    con.execute(_SMALL)


def group_lines(con: "duckdb.DuckDBPyConnection") -> None:
    """``grouped``: the sums of all lines that agree in everything the footprint asks for."""
    # The types alone: no line is of that year.
    con.execute(f"CREATE OR REPLACE TEMP TABLE grouped AS {_GROUPED}", {"year": -1})
    for (year,) in con.execute("SELECT DISTINCT year FROM lines ORDER BY 1").fetchall():
        for query in (_GROUPED, _WEIGHED):
            con.execute(f"INSERT INTO grouped {query}", {"year": year})


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
