"""All result tables of the spend analysis from one dataset of typed lines: one pass over them, then sums."""

from collections.abc import Collection, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.contracts import TABLES, table
from klimat_pipeline.spend.footprint.local_mappings import LocalMappings
from klimat_pipeline.spend.footprint.mappings import SpendReference

_TYPES = {"integer": "int64", "number": "float64", "string": "object", "boolean": "bool"}
#: The tables that are made here, in the order in which they are handed out.
KEYS = (
    "spend/spend_by_category",
    "spend/spend_mapping",
    "spend/spend_by_unit",
    "spend/spend_by_supplier",
    "spend/spend_by_contract",
    "spend/spend_by_account",
    "spend/spend_trend",
    "spend/spend_change_explained",
    "spend/spend_hotspots",
    "spend/spend_quality",
    "spend/spend_reconciliation",
    "spend/spend_scope3",
    "spend/spend_replaced",
    "spend/spend_indicators",
    "spend/spend_sensitivity",
    "spend/spend_factors",
)


def spend_results(
    root: Any,
    reference: SpendReference,
    own: LocalMappings,
    chosen: Mapping[str, SpendFactors],
    *,
    passed: pd.DataFrame,
    organisation: pd.DataFrame,
    population: pd.DataFrame,
    memory: str | None = None,
    threads: int | None = None,
    parts: Path | None = None,
    aside: Collection[str] = (),
) -> dict[str, pd.DataFrame]:
    """Compute every table of ``KEYS``.

    Args:
        root: the dataset: ``municipality_code=<code>/year=<year>/*.parquet``; one that is not there gives empty tables.
        reference: the reference tables.
        own: what municipalities map and replace themselves.
        chosen: configuration by municipality.
        passed: ``spend/ledger_totals``.
        organisation: ``inventory/inventory_organisation``.
        population: ``clean/population``.
        memory: what the database may take, such as ``900MB``.
        threads: how many it may use.
        parts: folder where the groups of every typed file are kept; without one, nothing is kept.
        aside: municipalities whose lines are left aside.

    Returns:
        Frames by key; under ``unmapped/accounts`` and ``unmapped/suppliers`` what is to be mapped next, and under
        ``unvalued`` municipalities that have no factors or wrong mappings or replacements, and why.
    """
    from klimat_pipeline.spend.footprint.database import has_lines
    from klimat_pipeline.spend.footprint.groups import group_parts
    from klimat_pipeline.spend.ledger.database import MEMORY, database

    if not has_lines(root):
        made = {key: typed(key, pd.DataFrame(columns=table(key).column_names)) for key in KEYS}
        return made | {"unvalued": _listed({})}
    with (
        database(memory=memory or MEMORY, threads=threads) as con,
        TemporaryDirectory(prefix="klimat_parts_") as own_store,
    ):
        group_parts(con, root, parts or Path(own_store))
        return _computed(con, reference, own, chosen, passed, organisation, population, aside)


def _computed(
    con: Any,
    reference: SpendReference,
    own: LocalMappings,
    chosen: Mapping[str, SpendFactors],
    passed: pd.DataFrame,
    organisation: pd.DataFrame,
    population: pd.DataFrame,
    aside: Collection[str],
) -> dict[str, pd.DataFrame]:
    from klimat_pipeline.spend.footprint.cube import build_cube, put_small_cubes
    from klimat_pipeline.spend.footprint.spend_factors import spend_factors
    from klimat_pipeline.spend.footprint.spend_replaced import replace_spend
    from klimat_pipeline.spend.results.spend_by_account import spend_by_account
    from klimat_pipeline.spend.results.spend_by_category import spend_by_category
    from klimat_pipeline.spend.results.spend_by_contract import spend_by_contract
    from klimat_pipeline.spend.results.spend_by_supplier import spend_by_supplier
    from klimat_pipeline.spend.results.spend_by_unit import spend_by_unit
    from klimat_pipeline.spend.results.spend_change_explained import spend_changes
    from klimat_pipeline.spend.results.spend_hotspots import spend_hotspots
    from klimat_pipeline.spend.results.spend_indicators import spend_indicators
    from klimat_pipeline.spend.results.spend_mapping import spend_mapping
    from klimat_pipeline.spend.results.spend_quality import spend_quality
    from klimat_pipeline.spend.results.spend_reconciliation import spend_reconciliation
    from klimat_pipeline.spend.results.spend_scope3 import spend_scope3
    from klimat_pipeline.spend.results.spend_sensitivity import spend_sensitivity
    from klimat_pipeline.spend.results.spend_trend import spend_trend
    from klimat_pipeline.spend.results.sums import put_terms
    from klimat_pipeline.spend.results.unmapped import unmapped_accounts, unmapped_suppliers

    used, unvalued = build_cube(con, reference, own, chosen, aside)
    replaced, refused = replace_spend(con, own, organisation, chosen)
    unvalued, used = unvalued | refused, used[~used["municipality_code"].isin(refused)]
    put_terms(con, used, replaced)
    put_small_cubes(con)
    codes = sorted(set(used["municipality_code"]))
    frames = {
        "spend/spend_by_category": spend_by_category(con, reference),
        "spend/spend_mapping": spend_mapping(con),
        "spend/spend_by_unit": spend_by_unit(con),
        "spend/spend_by_supplier": spend_by_supplier(con, codes, chosen),
        "spend/spend_by_contract": spend_by_contract(con),
        "spend/spend_by_account": spend_by_account(con),
        "spend/spend_trend": spend_trend(con),
        "spend/spend_change_explained": spend_changes(con, used),
        "spend/spend_hotspots": spend_hotspots(con),
        "spend/spend_quality": spend_quality(con, reference, used),
        "spend/spend_reconciliation": spend_reconciliation(
            con, passed[~passed["municipality_code"].isin({*aside, *unvalued})]
        ),
        "spend/spend_scope3": spend_scope3(con, reference),
        "spend/spend_replaced": replaced,
        "spend/spend_indicators": spend_indicators(con, reference, population, chosen),
        "spend/spend_sensitivity": spend_sensitivity(con, reference, chosen),
        "spend/spend_factors": spend_factors(used),
    }
    return {key: typed(key, found) for key, found in frames.items()} | {
        "unmapped/accounts": unmapped_accounts(con),
        "unmapped/suppliers": unmapped_suppliers(con),
        "unvalued": _listed(unvalued),
    }


def _listed(unvalued: Mapping[str, list[str]]) -> pd.DataFrame:
    rows = [(code, said) for code, problems in sorted(unvalued.items()) for said in problems]
    return pd.DataFrame(rows, columns=["municipality_code", "refusal"], dtype=object)


def typed(key: str, found: pd.DataFrame) -> pd.DataFrame:
    """The frame in its contract's columns and types, also where it is empty; what was computed now is not stale."""
    found = found.assign(is_stale=False).reindex(columns=table(key).column_names)
    types = {
        column.name: "Int64" if column.kind == "integer" and column.nullable else _TYPES[column.kind]
        for column in TABLES[key].columns
    }
    return found.astype(types)
