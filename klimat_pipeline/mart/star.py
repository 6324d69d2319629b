"""Makes every table of the mart from the published ones, in one database, and puts it into its contract's form.

What does not belong here: what a table holds (a module of its own name), how it is published (``published``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts import MART
from klimat_pipeline.contracts.tables.mart import SCHEMA_VERSION
from klimat_pipeline.mart import (
    dim_account,
    dim_municipality,
    dim_release,
    dim_scope,
    dim_sector,
    dim_spend_category,
    dim_subsector,
    dim_target,
    dim_year,
    fact_emissions,
    fact_gap,
    fact_purchase_footprint,
    fact_quality,
    fact_refresh,
    fact_release_revision,
    fact_scope_emissions,
    fact_spend,
    fact_subsector_emissions,
    fact_target_path,
    fact_target_status,
)

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: Tables that are kept over publications.
KEPT = ("fact_refresh", "fact_quality")
#: Publications that they tell of at most: a year of nights, and some.
KEPT_REFRESHES = 400
#: Each after those that it looks at.
_IN_ORDER = (
    dim_target,
    fact_refresh,
    fact_quality,
    fact_emissions,
    fact_subsector_emissions,
    fact_scope_emissions,
    fact_release_revision,
    fact_target_path,
    fact_target_status,
    fact_gap,
    fact_spend,
    fact_purchase_footprint,
    dim_account,
    dim_municipality,
    dim_sector,
    dim_subsector,
    dim_year,
    dim_release,
    dim_scope,
    dim_spend_category,
)
QUERIES: Mapping[str, str] = {module.__name__.rsplit(".", 1)[1]: module.QUERY for module in _IN_ORDER}


@dataclass(frozen=True, slots=True)
class Refresh:
    """The publication that the mart is made for.

    Attributes:
        publication_id: its id.
        started_at: when its run began.
        switched_at: when readers get it.
    """

    publication_id: str
    started_at: datetime
    switched_at: datetime


def star(
    published: "Mapping[str, pa.Table]", refresh: Refresh, last: "Mapping[str, pa.Table]"
) -> "dict[str, pa.Table]":
    """All tables of the mart.

    Args:
        published: the published tables, by name.
        refresh: the publication.
        last: the tables of ``KEPT`` as the last mart had them; those that are missing begin anew.

    Returns:
        Arrow tables in the contracts' schema, by name, rows sorted by key.
    """
    import duckdb

    with duckdb.connect() as con:
        for name, table in published.items():
            con.register(name, table)
        _pair_releases(con, published)
        _remember(con, refresh, last)
        for name, query in QUERIES.items():
            con.sql(query).create(name)
        return {name: _in_form(con, name, refresh.publication_id) for name in MART}


def _pair_releases(con: "duckdb.DuckDBPyConnection", published: "Mapping[str, pa.Table]") -> None:
    """``held_pairs``: which release stands before which, for each municipality."""
    from klimat_pipeline.clean.releases import held_pairs

    figure = "emissions_reported_t_co2e"
    emissions = published["emissions"].select(["municipality_code", "release_id", figure])
    con.register("held_pairs", held_pairs(emissions.to_pandas(), published["releases"].to_pandas(), figure))


def _remember(con: "duckdb.DuckDBPyConnection", refresh: Refresh, last: "Mapping[str, pa.Table]") -> None:
    """``this_refresh``, the history as ``last_*``, and ``kept_refreshes``, the ids of those that stay in it."""
    import pyarrow as pa

    from klimat_pipeline.contracts.arrow import schema

    columns: dict[str, list[Any]] = {
        "refresh_id": [refresh.publication_id],
        "started_at": [refresh.started_at],
        "switched_at": [refresh.switched_at],
        "schema_version": [SCHEMA_VERSION],
    }
    con.register("this_refresh", pa.table(columns))
    for name in KEPT:
        con.register(f"last_{name}", last[name] if name in last else schema(MART[name]).empty_table())
    kept = con.sql(
        "SELECT refresh_id FROM last_fact_refresh WHERE refresh_id NOT IN (SELECT refresh_id FROM this_refresh) "
        "ORDER BY switched_at DESC"
    )
    kept.limit(KEPT_REFRESHES - 1).create("kept_refreshes")


def _in_form(con: "duckdb.DuckDBPyConnection", name: str, publication_id: str) -> "pa.Table":
    import pyarrow as pa

    from klimat_pipeline.contracts.arrow import rounded, schema

    contract = MART[name]
    found = con.table(name).order(", ".join(contract.primary_key)).to_arrow_table()
    found = found.append_column("publication_id", pa.repeat(publication_id, found.num_rows))
    shaped = found.select(contract.column_names).cast(schema(contract).remove_metadata())
    columns = [rounded(values, column) for values, column in zip(shaped.columns, contract.columns, strict=True)]
    return pa.Table.from_arrays(columns, schema=schema(contract)).combine_chunks()
