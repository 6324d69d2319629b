"""The dictionary of columns: each name means one thing in every table, and is described once, in a module of its topic.

A table may narrow a column (``use``) but never describes it again. What does not belong here: which table has which
column (``contracts.tables``).
"""

from klimat_pipeline.contracts.columns import (
    beside,
    comparison,
    corrections,
    gap,
    hindcast,
    identity,
    inventories,
    mart,
    neutrality,
    quality,
    scenarios,
    spend,
    target_status,
    targets,
)
from klimat_pipeline.contracts.model import Column

_TOPICS = (
    identity,
    targets,
    target_status,
    corrections,
    inventories,
    quality,
    scenarios,
    hindcast,
    comparison,
    gap,
    neutrality,
    spend,
    beside,
    mart,
)


def _joined(*columns: Column) -> dict[str, Column]:
    """All columns by name.

    Raises:
        ValueError: a name is described twice.
    """
    names = [column.name for column in columns]
    if len(names) != len(set(names)):
        raise ValueError(f"described twice: {sorted({n for n in names if names.count(n) > 1})}")
    return {column.name: column for column in columns}


COLUMNS = _joined(*(column for topic in _TOPICS for column in topic.COLUMNS))


def col(name: str) -> Column:
    """The column of that name in the dictionary.

    Raises:
        KeyError: nobody has described it yet.
    """
    return COLUMNS[name]
