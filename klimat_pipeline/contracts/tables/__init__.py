"""Every table, stage by stage: a file per stage (two where there is much), in the order of the pipeline.

A new table is added to its stage's ``TABLES`` tuple, and nowhere else. What does not belong here: descriptions of
columns (``contracts.columns``).
"""

from functools import cache

from klimat_pipeline.contracts.model import Table
from klimat_pipeline.contracts.tables import (
    clean,
    clean_local,
    clean_plans,
    corrected,
    gap_and_neutrality,
    indicators,
    indicators_beside,
    inventory,
    mart,
    published,
    quality,
    raw,
    scenarios,
    sources,
    spend,
    spend_results,
)

_STAGES = (
    sources,
    raw,
    clean,
    clean_local,
    clean_plans,
    corrected,
    inventory,
    spend,
    spend_results,
    indicators,
    indicators_beside,
    scenarios,
    gap_and_neutrality,
    quality,
    published,
    mart,
)

#: All tables by key (``stage/name``), in the order of the pipeline.
TABLES: dict[str, Table] = {entry.key: entry for stage in _STAGES for entry in stage.TABLES}

#: Tables between stages, each checked when it is made; the published ones are made from them.
BETWEEN_STAGES = tuple(key for key, contract in TABLES.items() if contract.stage not in ("published", "mart"))

#: The tables that readers get, by plain name.
PUBLISHED: dict[str, Table] = {entry.name: entry for entry in published.TABLES}

#: The star schema that tools drag from, by plain name.
MART: dict[str, Table] = {entry.name: entry for entry in mart.TABLES}


def table(key: str) -> Table:
    """The contract of a table.

    Raises:
        KeyError: no contract has that key.
    """
    return TABLES[key]


@cache
def upstream(key: str) -> frozenset[str]:
    """Keys of all tables that the columns of a table come from, near and far."""
    direct = {source.rsplit(".", 1)[0] for column in TABLES[key].columns for source in column.lineage} - {key}
    return frozenset(direct).union(*map(upstream, direct))
