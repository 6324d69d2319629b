"""Activities and suppliers' own figures replace the spend that they explain; nothing is counted twice.

A rule names accounts, units and years; its figure is spread over the cube's rows that it names in proportion to their
kronor (credit notes by their size), to the whole milligram, so that every table still adds up. A supplier's own figure
goes before an activity: of an activity's emissions only the share of the kronor that no supplier explains counts. What
does not belong here: emissions of activities (``inventory``).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.contracts import table
from klimat_pipeline.spend.footprint.database import frame, put
from klimat_pipeline.spend.footprint.local_mappings import LocalMappings

if TYPE_CHECKING:
    import duckdb

MG_PER_TONNE = 1e9
MG_PER_KG = 1e6

_MATCHED = """
    CREATE OR REPLACE TEMP TABLE matched AS
    SELECT *, row_number() OVER (
        PARTITION BY municipality_code, year, figure_from, replacement_id
        ORDER BY month, unit, supplier_id, supplier_kind, contract_id, account, account_text, category,
            classified_by, evidence
    ) AS place
    FROM (
        -- a rule may name an account in two of its lines
        SELECT DISTINCT cube.rowid AS id, rules.figure_from, rules.replacement_id, cube.municipality_code, cube.year,
            cube.month, cube.unit, cube.supplier_id, cube.supplier_kind, cube.contract_id, cube.account,
            cube.account_text, cube.category, cube.classified_by, cube.evidence,
            greatest(abs(cube.amount_ore), 1)::HUGEINT AS weight
        FROM cube JOIN rules
            ON rules.municipality_code = cube.municipality_code
            AND cube.year BETWEEN rules.year_from AND rules.year_to
            AND starts_with(cube.account, rules.account_prefix)
            AND (rules.unit = '' OR rules.unit = cube.unit)
            AND (rules.supplier_id = '' OR rules.supplier_id = cube.supplier_id)
        WHERE cube.left_out_rule = ''
    )
"""
#: Whole milligrams: what the running sum of kronor gives, less what it gave before.
_SPREAD = """
    CREATE OR REPLACE TEMP TABLE spread AS
    SELECT id, figure_from, replacement_id, municipality_code, year,
        ((total_mg::HUGEINT * running) // whole - (total_mg::HUGEINT * (running - weight)) // whole)::BIGINT AS mg
    FROM (
        SELECT matched.*, figures.total_mg,
            sum(weight) OVER (w ORDER BY place ROWS UNBOUNDED PRECEDING)::HUGEINT AS running,
            sum(weight) OVER w::HUGEINT AS whole
        FROM matched JOIN figures USING (municipality_code, year, figure_from, replacement_id)
        WINDOW w AS (PARTITION BY municipality_code, year, figure_from, replacement_id)
    )
"""
_APPLIED = """
    UPDATE cube SET emissions_mg = chosen.mg, is_mapped = true, figure_from = chosen.figure_from,
        replacement_id = chosen.replacement_id
    FROM (
        SELECT id, arg_max(mg, figure_from) AS mg, max(figure_from) AS figure_from,
            arg_max(replacement_id, figure_from) AS replacement_id
        FROM spread GROUP BY id
    ) AS chosen
    WHERE cube.rowid = chosen.id
"""
#: Kronor that count by factor in one year, though what explains them in another year would explain them too: the same
#: purchases by two methods, which do not compare.
_OTHER_METHOD = """
    CREATE OR REPLACE TEMP TABLE other_method AS
    SELECT municipality_code, year, other_year, category, sum(amount_ore)::BIGINT AS ore
    FROM (
        SELECT DISTINCT cube.rowid AS id, cube.municipality_code, cube.year, applied.year AS other_year, cube.category,
            cube.amount_ore
        FROM cube JOIN (
            SELECT DISTINCT rules.municipality_code, cube.year, rules.account_prefix, rules.unit, rules.supplier_id
            FROM rules JOIN cube ON cube.municipality_code = rules.municipality_code
                AND cube.figure_from = rules.figure_from AND cube.replacement_id = rules.replacement_id
                AND cube.year BETWEEN rules.year_from AND rules.year_to
        ) AS applied ON applied.municipality_code = cube.municipality_code AND applied.year <> cube.year
            AND starts_with(cube.account, applied.account_prefix)
            AND (applied.unit = '' OR applied.unit = cube.unit)
            AND (applied.supplier_id = '' OR applied.supplier_id = cube.supplier_id)
        WHERE cube.figure_from = 'spend' AND cube.is_mapped AND cube.left_out_rule = ''
    ) GROUP BY ALL
"""
#: Of municipalities whose rules are wrong nothing is left.
_SET_ASIDE = (
    "DELETE FROM cube WHERE list_contains($codes, municipality_code)",
    "DELETE FROM rules WHERE list_contains($codes, municipality_code)",
    "DELETE FROM matched WHERE list_contains($codes, municipality_code)",
)
_REPLACED = """
    SELECT municipality_code, year, replacement_id, figure_from, sum(lines)::BIGINT AS ledger_lines,
        sum(amount_ore) / 1e2 AS replaced_sek, sum(factor_mg) / 1e9 AS footprint_replaced_t_co2e,
        sum(emissions_mg) / 1e9 AS footprint_t_co2e
    FROM cube WHERE figure_from <> 'spend' GROUP BY ALL ORDER BY ALL
"""


def replace_spend(
    con: "duckdb.DuckDBPyConnection", own: LocalMappings, organisation: pd.DataFrame, chosen: Mapping[str, SpendFactors]
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Put activities and suppliers' figures in the place of the spend they explain, in the table ``cube``.

    Makes the table ``other_method``, too: which kronor do not compare with those of another year.

    Args:
        con: the database with ``cube``.
        own: the municipalities' rules and figures.
        organisation: ``inventory/inventory_organisation``.
        chosen: configuration by municipality: the method of scope 2.

    Returns:
        ``spend/spend_replaced``, and what is wrong with a municipality's rules: two explain the same kronor, an
        activity stands in two rules, or a named activity has no figure for a year that has kronor. Its lines are taken
        out of the cube.
    """
    contract = table("spend/spend_replaced")
    if own.replacements.empty and own.supplier_figures.empty:
        _put_rules(con, own)
        con.execute(_OTHER_METHOD)
        return pd.DataFrame(columns=contract.column_names), {}
    figures = pd.concat([_supplier_figures(own), _activity_figures(own, organisation, chosen)], ignore_index=True)
    con.execute("ALTER TABLE cube ADD COLUMN factor_mg BIGINT")
    con.execute("UPDATE cube SET factor_mg = emissions_mg")
    _put_rules(con, own)
    con.execute(_MATCHED)
    refused: dict[str, list[str]] = {}
    for code, problem in (*_twice_named(own), *_overlaps(con), *_without_figure(con, figures)):
        refused.setdefault(code, []).append(problem)
    for delete in _SET_ASIDE if refused else ():
        con.execute(delete, {"codes": list(refused)})
    names = ("municipality_code", "year", "figure_from", "replacement_id", "total_mg")
    put(
        con,
        "figures",
        {name: figures[name].tolist() for name in names},
        ("VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "BIGINT"),
    )
    con.execute(_SPREAD)
    con.execute(_APPLIED)
    con.execute(_OTHER_METHOD)
    keys = ["municipality_code", "year", "replacement_id", "figure_from"]
    listed = frame(con, _REPLACED).merge(figures.drop(columns="total_mg"), on=keys, how="left", validate="one_to_one")
    return listed, refused


def _supplier_figures(own: LocalMappings) -> pd.DataFrame:
    rows = own.supplier_figures
    return pd.DataFrame(
        {
            "municipality_code": rows["municipality_code"],
            "year": rows["year"].astype("int64"),
            "figure_from": "supplier",
            "replacement_id": [_name(row) for row in rows.itertuples()],
            "total_mg": (rows["emissions_kg_co2e"].astype(float) * MG_PER_KG).round().astype("int64"),
            "factor_gwp_set": rows["gwp_set"],
            "source": rows["source"],
            "note": None,
        }
    )


def _name(row: Any) -> str:
    prefix = row.account_prefix
    return str(row.supplier_id) + (f"_{prefix}" if isinstance(prefix, str) and prefix else "")


def _activity_figures(
    own: LocalMappings, organisation: pd.DataFrame, chosen: Mapping[str, SpendFactors]
) -> pd.DataFrame:
    """Emissions of the activities of every rule and year; supplies inside the group are left out, one method counts."""
    columns = [
        *("municipality_code", "year", "figure_from", "replacement_id", "total_mg"),
        *("factor_gwp_set", "source", "note"),
    ]
    methods = organisation["municipality_code"].map(
        lambda code: chosen.get(code, SpendFactors()).scope2_method  # other scopes have no method
    )
    counted = organisation[
        ~organisation["is_eliminated"].astype(bool)
        & ((organisation["method"] == "") | (organisation["method"] == methods))
        & organisation["emissions_t_co2e"].notna()
    ]
    rules = own.replacements.drop_duplicates(["municipality_code", "replacement_id"])
    rows: list[dict[str, Any]] = []
    for rule in rules.itertuples():
        ids = rule.activity_ids.split(" ")
        mine = counted[
            (counted["municipality_code"] == rule.municipality_code)
            & counted["activity_id"].isin(ids)
            & counted["year"].between(rule.year_from, rule.year_to)
        ]
        for year, found in mine.groupby("year", sort=True):
            if set(ids) - set(found["activity_id"]):
                continue  # half of what a rule promises would replace all of its kronor
            sets = sorted(set(found["gwp_set"]))
            rows.append(
                {
                    "municipality_code": rule.municipality_code,
                    "year": int(year),
                    "figure_from": "activity",
                    "replacement_id": rule.replacement_id,
                    # Tonne by tonne, so that the order of the rows does not matter.
                    "total_mg": sum(round(value * MG_PER_TONNE) for value in found["emissions_t_co2e"]),
                    "factor_gwp_set": sets[0] if len(sets) == 1 else "mixed",
                    "source": f"inventory/inventory_organisation: {rule.activity_ids}",
                    "note": rule.reason,
                }
            )
    return pd.DataFrame(rows, columns=columns)


def _put_rules(con: "duckdb.DuckDBPyConnection", own: LocalMappings) -> None:
    rows = [
        (r.municipality_code, "activity", r.replacement_id, r.account_prefix, _text(r.unit), "", r.year_from, r.year_to)
        for r in own.replacements.itertuples()
    ] + [
        (r.municipality_code, "supplier", _name(r), _text(r.account_prefix), "", r.supplier_id, r.year, r.year)
        for r in own.supplier_figures.itertuples()
    ]
    names = (
        *("municipality_code", "figure_from", "replacement_id", "account_prefix", "unit", "supplier_id"),
        *("year_from", "year_to"),
    )
    put(
        con,
        "rules",
        {name: [row[i] for row in rows] for i, name in enumerate(names)},
        (*("VARCHAR",) * 6, "BIGINT", "BIGINT"),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _twice_named(own: LocalMappings) -> list[tuple[str, str]]:
    """An activity replaces spend once; a rule may have several accounts, but one list of activities."""
    problems: list[tuple[str, str]] = []
    owner: dict[tuple[str, str], str] = {}
    said: dict[tuple[str, str], tuple[Any, ...]] = {}
    for rule in own.replacements.itertuples():
        terms = (rule.activity_ids, rule.year_from, rule.year_to)
        if said.setdefault((rule.municipality_code, rule.replacement_id), terms) != terms:
            told = (
                f"{rule.municipality_code} spend_replacements.csv: {rule.replacement_id} names different activities or "
                "years in its lines; give every line the same, or another replacement_id."
            )
            problems.append((str(rule.municipality_code), told))
        for activity in rule.activity_ids.split(" "):
            first = owner.setdefault((rule.municipality_code, activity), rule.replacement_id)
            if first != rule.replacement_id:
                told = (
                    f"{rule.municipality_code} spend_replacements.csv: activity {activity} replaces spend in {first} "
                    f"and {rule.replacement_id}: it would count twice."
                )
                problems.append((str(rule.municipality_code), told))
    return problems


def _overlaps(con: "duckdb.DuckDBPyConnection") -> list[tuple[str, str]]:
    query = """
        SELECT DISTINCT municipality_code, year, ids FROM (
            SELECT municipality_code, year, id, figure_from, string_agg(replacement_id, ' and ' ORDER BY replacement_id)
                AS ids, count(*) AS n
            FROM (SELECT DISTINCT municipality_code, year, id, figure_from, replacement_id FROM matched) GROUP BY ALL
        ) WHERE n > 1 ORDER BY ALL
    """
    return [
        (
            code,
            f"{code} {year}: {ids} explain the same kronor: they would replace them twice. Narrow their accounts or "
            "units.",
        )
        for code, year, ids in con.execute(query).fetchall()
    ]


def _without_figure(con: "duckdb.DuckDBPyConnection", figures: pd.DataFrame) -> list[tuple[str, str]]:
    query = "SELECT DISTINCT municipality_code, year, figure_from, replacement_id FROM matched ORDER BY ALL"
    known = set(
        figures[["municipality_code", "year", "figure_from", "replacement_id"]].itertuples(index=False, name=None)
    )
    return [
        (
            row[0],
            f"{row[0]} spend_replacements.csv: {row[3]} names kronor of {row[1]}, but not all of its activities have "
            "emissions that year in inventory/inventory_organisation: shorten its years, or add the activity.",
        )
        for row in con.execute(query).fetchall()
        if tuple(row) not in known
    ]
