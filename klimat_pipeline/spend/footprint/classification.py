"""What was bought: the steps of the classification over the groups of lines, each a small table joined to them.

The order of evidence: what the municipality says itself (the contract's register, the supplier, the account), then the
line's CPV code, the supplier's industry (unless it is a trader or marked as a wholesaler), the words of the account's
text, the account's number (in groups that hold the core activity of whoever buys, with the unit's name), and a trained
text model where one is wanted; else unmapped. Nothing is guessed.

Every step also says on what evidence it decided. What does not belong here: how a text is read (``account_text``), and
kilograms.
"""

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from klimat_pipeline.spend.footprint.account_text import Vocabulary, has_lost_letters
from klimat_pipeline.spend.footprint.account_words import WordRow
from klimat_pipeline.spend.footprint.database import put
from klimat_pipeline.spend.footprint.local_mappings import LocalMappings
from klimat_pipeline.spend.footprint.mappings import SpendReference
from klimat_pipeline.spend.footprint.shortened_words import cut_length

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_NO_DIGIT = re.compile(r"\D")
_WORD = re.compile(r"\w+")
_DECIDED = ("category", "evidence")


def longest_prefix(code: str, prefixes: Container[str]) -> str | None:
    """The longest of the prefixes that the code begins with."""
    return next((code[:length] for length in range(len(code), 0, -1) if code[:length] in prefixes), None)


def cpv_prefix(cpv: str, prefixes: Container[str]) -> str | None:
    """The longest prefix of a CPV code, with or without its check digit (``15000000-8``)."""
    return longest_prefix(_NO_DIGIT.sub("", cpv.split("-", maxsplit=1)[0]), prefixes)


def vocabulary(reference: SpendReference) -> Vocabulary:
    """The words of the reference tables."""
    rows = (
        WordRow(
            tuple(tuple(term.split("|")) for term in row.words.split()),
            row.form == "compound",
            row.category,
            row.rank,
            tuple(row.accounts.split()) if isinstance(row.accounts, str) else (),
        )
        for row in reference.words.itertuples()
    )
    heads, short = reference.word_heads, reference.abbreviations
    return Vocabulary(
        rows,
        dict(zip(heads["head"], heads["fits"], strict=True)),
        dict(zip(short["abbreviation"], short["word"], strict=True)),
        short.loc[short["form"] == "compound", "abbreviation"],
    )


def _put_steps(con: "duckdb.DuckDBPyConnection", reference: SpendReference, own: LocalMappings) -> dict[str, list[str]]:
    """A table of every step, from what it looks at to the category and its evidence."""
    cpv = _pairs(reference.cpv, "cpv_prefix")
    _put_own_accounts(con, own)
    _put_suppliers(con, own)
    refused = _put_contracts(con, own, cpv)
    _put(
        con,
        "by_cpv",
        ("cpv",),
        ((code, cpv[found], f"CPV {found}") for (code,) in _distinct(con, "cpv") if (found := cpv_prefix(code, cpv))),
    )
    _put_industries(con, reference, own)
    accounts = {row.account_prefix: row for row in reference.accounts.itertuples()}
    _put(
        con,
        "by_account",
        ("account",),
        (
            (code, accounts[found].category, f"account {found}: {accounts[found].chart_text}")
            for (code,) in _distinct(con, "account")
            if (found := longest_prefix(code, accounts))
        ),
    )
    _put_units(con, reference)
    _put_texts(con, reference)
    return refused


def _put_industries(con: "duckdb.DuckDBPyConnection", reference: SpendReference, own: LocalMappings) -> None:
    """``by_sni`` from the lines' codes and ``by_industry`` from the municipalities' lists of suppliers.

    A trader's industry says nothing of what was bought from it.
    """
    industries = {row.sni_prefix: row.category for row in reference.sni.itertuples() if not row.is_reseller}
    traders = {row.sni_prefix for row in reference.sni.itertuples() if row.is_reseller}

    def decided(code: str) -> tuple[str, str] | None:
        found = longest_prefix(_NO_DIGIT.sub("", code), industries.keys() | traders)
        return None if found is None or found in traders else (industries[found], f"SNI {found}")

    _put(con, "by_sni", ("sni",), ((code, *said) for (code,) in _distinct(con, "sni") if (said := decided(code))))
    listed = own.industries.itertuples()
    _put(
        con,
        "by_industry",
        ("municipality_code", "supplier_id"),
        (
            (row.municipality_code, row.supplier_id.replace("-", ""), said[0], f"suppliers.csv: {said[1]}")
            for row in listed
            if (said := decided(row.sni))
        ),
    )


def _put_units(con: "duckdb.DuckDBPyConnection", reference: SpendReference) -> None:
    """``by_unit``: accounts that hold the core activity of the unit that buys, where its name says which that is."""
    rows = [(row.account_prefix, tuple(row.words.split()), row.category) for row in reference.units.itertuples()]

    def decided(account: str, unit: str) -> tuple[str, str] | None:
        begun = _WORD.findall(unicodedata.normalize("NFC", unit.casefold()))
        said = {
            (category, f"account {prefix} of unit: {beginning}")
            for prefix, beginnings, category in rows
            if account.startswith(prefix)
            for beginning in beginnings
            if any(word.startswith(beginning) for word in begun)
        }
        return min(said) if len({category for category, _ in said}) == 1 else None

    asked = _distinct(con, "account", "unit")
    _put(
        con,
        "by_unit",
        ("account", "unit"),
        ((account, unit, *said) for account, unit in asked if (said := decided(account, unit))),
    )


def _put_texts(con: "duckdb.DuckDBPyConnection", reference: SpendReference) -> None:
    """``by_text``: by municipality and account, since a text says so by itself.

    A municipality's texts may be cut off or have lost å, ä and ö; those in capitals are mostly of another system than
    the others, and are looked at apart. An investment is a thing, and some words are for some accounts only.
    """
    asked = _distinct(con, "municipality_code", "account", "account_text")
    texts: dict[tuple[str, bool], set[str]] = {}
    for code, _, text in asked:
        texts.setdefault((code, text.isupper()), set()).add(text)
    cut = {system: cut_length(mine) for system, mine in texts.items()}
    whole = vocabulary(reference)
    lost = {system for system, mine in texts.items() if has_lost_letters(mine)}
    without = whole.without_diacritics() if lost else whole
    words = {system: without if system in lost else whole for system in texts}
    _put(
        con,
        "by_text",
        ("municipality_code", "account", "account_text"),
        (
            (code, account, text, found.category, f"text: {found.words}")
            for code, account, text in asked
            if (found := words[code, text.isupper()].answer(text, account, cut_at=cut[code, text.isupper()]))
        ),
    )


def _put_own_accounts(con: "duckdb.DuckDBPyConnection", own: LocalMappings) -> None:
    mine = {
        str(code): _pairs(rows, "account_prefix") for code, rows in own.accounts.groupby("municipality_code", sort=True)
    }
    _put(
        con,
        "by_own_account",
        ("municipality_code", "account"),
        (
            (code, account, mine[code][found], f"spend_accounts.csv: {found}")
            for code, account in (_distinct(con, "municipality_code", "account") if mine else ())
            if (found := longest_prefix(account, mine.get(code, {})))
        ),
    )


def _put_suppliers(con: "duckdb.DuckDBPyConnection", own: LocalMappings) -> None:
    """``by_supplier``, and ``wholesalers``, whose industry says nothing."""
    suppliers = own.suppliers
    ids = list(zip(suppliers["municipality_code"], suppliers["supplier_id"], strict=True))
    _put(
        con,
        "by_supplier",
        ("municipality_code", "supplier_id"),
        (
            (*who, category, "spend_suppliers.csv")
            for who, category in zip(ids, suppliers["category"], strict=True)
            if isinstance(category, str)
        ),
    )
    traders = [who for who, said in zip(ids, suppliers["is_wholesaler"], strict=True) if said == "true"]
    _put_rows(con, "wholesalers", ("municipality_code", "supplier_id"), traders)


def _put_contracts(
    con: "duckdb.DuckDBPyConnection", own: LocalMappings, cpv: Mapping[str, str]
) -> dict[str, list[str]]:
    """``by_contract`` from the municipalities' registers of contracts; gives those with CPV codes of no category."""
    rows: list[tuple[str, str, str, str]] = []
    problems: dict[str, list[str]] = {}
    for row in own.contracts.itertuples():
        found = None if isinstance(row.category, str) else cpv_prefix(row.cpv, cpv)
        category = row.category if isinstance(row.category, str) else cpv.get(found or "")
        if category is None:
            problems.setdefault(str(row.municipality_code), []).append(
                f"{row.municipality_code} spend_contracts.csv: {row.contract_id}: CPV {row.cpv} has no category in "
                "data/reference/cpv_categories.csv: give a category in its place."
            )
            continue
        rows.append((row.municipality_code, row.contract_id, category, "spend_contracts.csv"))
    _put(con, "by_contract", ("municipality_code", "contract_id"), rows)
    return problems


class _Step(NamedTuple):
    """A step: its name, its table, what that is joined by, and on what condition."""

    name: str
    table: str
    columns: tuple[str, ...]
    only: str = ""


_NO_TRADER = "AND wholesalers.supplier_id IS NULL"
#: In order; two tables of one step stand beside each other.
_STEPS = (
    _Step("contract", "by_contract", ("municipality_code", "contract_id")),
    _Step("supplier", "by_supplier", ("municipality_code", "supplier_id")),
    _Step("own_account", "by_own_account", ("municipality_code", "account")),
    _Step("cpv", "by_cpv", ("cpv",)),
    _Step("sni", "by_sni", ("sni",), _NO_TRADER),
    _Step("sni", "by_industry", ("municipality_code", "supplier_id"), _NO_TRADER),
    _Step("account_text", "by_text", ("municipality_code", "account", "account_text")),
    _Step("account", "by_account", ("account",)),
    _Step("account", "by_unit", ("account", "unit")),
    _Step("text_model", "by_model", ("municipality_code", "account_text")),
)


def _joined(table: str, columns: Sequence[str], only: str = "") -> str:
    return f"LEFT JOIN {table} ON {' AND '.join(f'{table}.{name} = g.{name}' for name in columns)} {only}"


_CLASSIFIED = f"""
    CREATE OR REPLACE TEMP VIEW classified AS
    SELECT g.*,
        CASE WHEN left_out_rule <> '' THEN ''
            ELSE coalesce({", ".join(f"{step.table}.category" for step in _STEPS)}, 'unmapped') END AS category,
        CASE WHEN left_out_rule <> '' THEN ''
            {" ".join(f"WHEN {step.table}.category IS NOT NULL THEN '{step.name}'" for step in _STEPS)}
            ELSE 'unmapped' END AS classified_by,
        CASE WHEN left_out_rule <> '' THEN ''
            ELSE coalesce({", ".join(f"{step.table}.evidence" for step in _STEPS)}, '') END AS evidence
    FROM grouped AS g
    {_joined("wholesalers", ("municipality_code", "supplier_id"))}
    {" ".join(_joined(step.table, step.columns, step.only) for step in _STEPS)}
"""


def classify(con: "duckdb.DuckDBPyConnection", reference: SpendReference, own: LocalMappings) -> dict[str, list[str]]:
    """Make the view ``classified``: ``grouped`` with category, the step that decided it, and on what evidence.

    Args:
        con: the database with ``grouped``.
        reference: the reference tables.
        own: what municipalities map themselves.

    Returns:
        What is wrong with a municipality's own mappings, by municipality.
    """
    refused = _put_steps(con, reference, own)
    put_model_map(con)
    con.execute(_CLASSIFIED)
    return refused


def put_model_map(con: "duckdb.DuckDBPyConnection", rows: Iterable[tuple[str, str, str]] = ()) -> None:
    """``by_model`` from (municipality, account text, category); without a model it stays empty."""
    _put(con, "by_model", ("municipality_code", "account_text"), ((*row, "text model") for row in rows))


def _distinct(con: "duckdb.DuckDBPyConnection", *columns: str) -> list[tuple[str, ...]]:
    """Distinct values of columns (names of ours) among the lines that count; the last one is not empty."""
    names = ", ".join(columns)
    query = f"SELECT DISTINCT {names} FROM grouped WHERE left_out_rule = '' AND {columns[-1]} <> '' ORDER BY ALL"
    return con.execute(query).fetchall()


def _pairs(rows: "pd.DataFrame", key: str) -> dict[str, str]:
    return dict(zip(rows[key], rows["category"], strict=True))


def _put(con: "duckdb.DuckDBPyConnection", name: str, keys: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A step's table: its keys, the category and the evidence."""
    _put_rows(con, name, (*keys, *_DECIDED), list(rows))


def _put_rows(
    con: "duckdb.DuckDBPyConnection", name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    values = {column: [row[i] for row in rows] for i, column in enumerate(columns)}
    put(con, name, values, ("VARCHAR",) * len(columns))
