"""What was bought: a cascade of steps over the groups of lines (``groups``), each a map that is joined to them.

The steps in order: the line's CPV code, its contract by the municipality's register, the supplier as the municipality
knows it, the supplier's industry (unless it is a trader or marked as a wholesaler), the municipality's own accounts,
the shipped accounts, a word in the account text, a trained text model where one is wanted; else unmapped. Nothing is
guessed. What does not belong here: kilograms.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.spend.footprint.database import put
from klimat_pipeline.spend.footprint.local_mappings import LocalMappings
from klimat_pipeline.spend.footprint.mappings import SpendReference

if TYPE_CHECKING:
    import duckdb

_NO_DIGIT = re.compile(r"\D")


def longest_prefix(code: str, prefixes: Mapping[str, str]) -> str | None:
    """The category of the longest prefix that the code begins with."""
    for length in range(len(code), 0, -1):
        if code[:length] in prefixes:
            return prefixes[code[:length]]
    return None


def longest_keyword(text: str, keywords: Mapping[str, str]) -> str | None:
    """The category of the longest keyword in a text; of two as long, of the first in the alphabet."""
    folded = text.casefold()
    found = [word for word in keywords if word.casefold() in folded]
    return keywords[min(found, key=lambda word: (-len(word), word))] if found else None


def cpv_category(cpv: str, prefixes: Mapping[str, str]) -> str | None:
    """The category of a CPV code, with or without its check digit (``15000000-8``)."""
    return longest_prefix(_NO_DIGIT.sub("", cpv.split("-", maxsplit=1)[0]), prefixes)


def _put_class_maps(con: "duckdb.DuckDBPyConnection", reference: SpendReference, own: LocalMappings) -> None:
    """Tables from every distinct code, account and text of the groups to its category, where it has one.

    Makes ``by_cpv``, ``by_sni``, ``by_supplier_id``, ``by_own_account``, ``by_account`` and ``by_text``.
    """
    cpv = _pairs(reference.cpv, "cpv_prefix")
    sni = {
        row.sni_prefix: "" if row.is_reseller else row.category for row in reference.sni.itertuples()
    }  # a trader's industry ends the search of this step
    accounts, words = _pairs(reference.accounts, "account_prefix"), _pairs(reference.keywords, "keyword")
    _put_map(con, "by_cpv", ((code, cpv_category(code, cpv)) for code in _distinct(con, "cpv")))
    _put_map(
        con,
        "by_sni",
        ((code, longest_prefix(_NO_DIGIT.sub("", code), sni) or None) for code in _distinct(con, "sni")),
    )
    _put_map(con, "by_account", ((code, longest_prefix(code, accounts)) for code in _distinct(con, "account")))
    _put_map(con, "by_text", ((text, longest_keyword(text, words)) for text in _distinct(con, "account_text")))
    _put_own(con, own)
    _put_contracts(con, own, cpv)


def _put_own(con: "duckdb.DuckDBPyConnection", own: LocalMappings) -> None:
    mine = {
        str(code): _pairs(rows, "account_prefix") for code, rows in own.accounts.groupby("municipality_code", sort=True)
    }
    query = "SELECT DISTINCT municipality_code, account FROM grouped WHERE left_out_rule = '' ORDER BY ALL"
    asked = con.execute(query).fetchall() if mine else []
    found = [(code, account, longest_prefix(account, mine.get(code, {}))) for code, account in asked]
    known = [row for row in found if row[2]]
    put(
        con,
        "by_own_account",
        dict(zip(("municipality_code", "account", "category"), _columns(known, 3), strict=True)),
        ("VARCHAR", "VARCHAR", "VARCHAR"),
    )
    suppliers = own.suppliers
    put(
        con,
        "by_supplier_id",
        {
            "municipality_code": list(suppliers["municipality_code"]),
            "supplier_id": list(suppliers["supplier_id"]),
            "category": [value if isinstance(value, str) else None for value in suppliers["category"]],
            "is_wholesaler": [value == "true" for value in suppliers["is_wholesaler"]],
        },
        ("VARCHAR", "VARCHAR", "VARCHAR", "BOOLEAN"),
    )


def _put_contracts(con: "duckdb.DuckDBPyConnection", own: LocalMappings, cpv: Mapping[str, str]) -> None:
    """``by_contract_id`` from the municipalities' registers of contracts.

    Raises:
        ProblemsError: the mapping of CPV codes does not know a contract's.
    """
    rows, problems = [], []
    for row in own.contracts.itertuples():
        category = row.category if isinstance(row.category, str) else cpv_category(row.cpv, cpv)
        if category is None:
            problems.append(
                f"{row.municipality_code} spend_contracts.csv: {row.contract_id}: CPV {row.cpv} has no category in "
                "data/reference/cpv_categories.csv: give a category in its place."
            )
        rows.append((row.municipality_code, row.contract_id, category))
    if problems:
        raise ProblemsError(problems)
    names = ("municipality_code", "contract_id", "category")
    put(con, "by_contract_id", dict(zip(names, _columns(rows, 3), strict=True)), ("VARCHAR", "VARCHAR", "VARCHAR"))


#: One step decides both category and ``classified_by``: the first that has a category.
_STEPS = {
    "cpv": "by_cpv",
    "contract": "by_contract_id",
    "supplier": "by_supplier_id",
    "sni": "by_sni",
    "own_account": "by_own_account",
    "account": "by_account",
    "keyword": "by_text",
    "text_model": "by_model",
}
_CLASSIFIED = f"""
    CREATE OR REPLACE TEMP VIEW classified AS
    SELECT g.*,
        CASE WHEN left_out_rule <> '' THEN ''
            ELSE coalesce({", ".join(f"{table}.category" for table in _STEPS.values())}, 'unmapped') END AS category,
        CASE WHEN left_out_rule <> '' THEN ''
            {" ".join(f"WHEN {table}.category IS NOT NULL THEN '{step}'" for step, table in _STEPS.items())}
            ELSE 'unmapped' END AS classified_by
    FROM grouped AS g
    LEFT JOIN by_cpv ON by_cpv.code = g.cpv
    LEFT JOIN by_contract_id ON by_contract_id.municipality_code = g.municipality_code
        AND by_contract_id.contract_id = g.contract_id
    LEFT JOIN by_supplier_id ON by_supplier_id.municipality_code = g.municipality_code
        AND by_supplier_id.supplier_id = g.supplier_id
    LEFT JOIN by_sni ON by_sni.code = g.sni AND NOT coalesce(by_supplier_id.is_wholesaler, false)
    LEFT JOIN by_own_account ON by_own_account.municipality_code = g.municipality_code
        AND by_own_account.account = g.account
    LEFT JOIN by_account ON by_account.code = g.account
    LEFT JOIN by_text ON by_text.code = g.account_text
    LEFT JOIN by_model ON by_model.municipality_code = g.municipality_code AND by_model.account_text = g.account_text
"""


def classify(con: "duckdb.DuckDBPyConnection", reference: SpendReference, own: LocalMappings) -> None:
    """Make the view ``classified``: ``grouped`` with the category of every group and the step that decided it.

    Args:
        con: the database with ``grouped``.
        reference: the reference tables.
        own: what municipalities map themselves.

    Raises:
        ProblemsError: a contract's code is in no mapping.
    """
    _put_class_maps(con, reference, own)
    put_model_map(con)
    con.execute(_CLASSIFIED)


def put_model_map(con: "duckdb.DuckDBPyConnection", rows: Iterable[tuple[str, str, str]] = ()) -> None:
    """``by_model`` from (municipality, account text, category); without a model it stays empty."""
    names = ("municipality_code", "account_text", "category")
    put(con, "by_model", dict(zip(names, _columns(list(rows), 3), strict=True)), ("VARCHAR", "VARCHAR", "VARCHAR"))


def _distinct(con: "duckdb.DuckDBPyConnection", column: str) -> list[str]:
    """Distinct values of a column (a name of ours) among the lines that count."""
    query = f"SELECT DISTINCT {column} FROM grouped WHERE left_out_rule = '' AND {column} <> '' ORDER BY 1"
    return [row[0] for row in con.execute(query).fetchall()]


def _pairs(rows: "object", key: str) -> dict[str, str]:
    return dict(zip(rows[key], rows["category"], strict=True))  # type: ignore[index]


def _put_map(con: "duckdb.DuckDBPyConnection", name: str, pairs: Iterable[tuple[str, str | None]]) -> None:
    known = [(code, category) for code, category in pairs if category]
    put(con, name, dict(zip(("code", "category"), _columns(known, 2), strict=True)), ("VARCHAR", "VARCHAR"))


def _columns(rows: Sequence[tuple[str | None, ...]], count: int) -> list[list[str | None]]:
    return [[row[i] for row in rows] for i in range(count)]
