"""Assets of the stage ``mart``: what they are; they are made in one step with the tables they come from."""

import dagster as dg

from klimat_pipeline.contracts import MART, Table
from klimat_pipeline.defs.asset_factory import code_version, described
from klimat_pipeline.defs.freshness import FRESHNESS
from klimat_pipeline.defs.inputs import INPUTS


def _sources(contract: Table) -> list[list[str]]:
    """Published tables that a table of the mart is made from, as its columns say."""
    keys = {source.rsplit(".", 1)[0] for column in contract.columns for source in column.lineage}
    return [key.split("/") for key in sorted(keys)]


MART_SPECS = [
    dg.AssetSpec(
        **described(contract, ("duckdb", "sqlite", "parquet", "postgres")),
        deps=[INPUTS, *_sources(contract)],
        freshness_policy=FRESHNESS,
        code_version=code_version(),
    )
    for contract in MART.values()
]
