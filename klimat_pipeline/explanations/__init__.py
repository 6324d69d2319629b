"""Explain one published number: from its formula through sectors, corrections and checks down to the workbook's cells.

Reads the published tables as any other reader would (``database``), and the archived files again (``workbook``): a leaf
is what the cell holds now, not what the pipeline once read from it. ``tables`` lists what can be explained, ``shared``
holds what several explanations share, ``text`` is for terminals. What does not belong here: computing a figure, and the
command's options.
"""

from collections.abc import Mapping

from klimat_pipeline.explanations.database import opened
from klimat_pipeline.explanations.keys import parse_keys
from klimat_pipeline.explanations.shared import Sources
from klimat_pipeline.explanations.tables import EXPLAINED, explained_table, root
from klimat_pipeline.explanations.text import as_text
from klimat_pipeline.explanations.tree import TOLERANCE_T, Node, as_json
from klimat_pipeline.explanations.workbook import Workbooks
from klimat_pipeline.settings import Settings

__all__ = ["EXPLAINED", "TOLERANCE_T", "Node", "as_json", "as_text", "explain", "parse_keys"]


def explain(settings: Settings, table: str, key: Mapping[str, str]) -> Node:
    """Follow one published number back to the cells of its source.

    Args:
        settings: where the published tables and the archive are.
        table: a published table with a number, one of ``EXPLAINED``.
        key: values by column, enough of them to identify one row. Without a release the current one is taken.

    Returns:
        The number as the root of a tree.

    Raises:
        ConfigurationError: table, column or value is unknown, or several rows or none have the key.
        PublishError: nothing has been published yet, or it cannot be read.
        SnapshotError: the release's file is not in the archive, or is not the one that was archived.
    """
    contract = explained_table(table)
    with opened(settings) as database:
        row, note = database.only(contract, key)
        return root(contract, row, note, Sources(database, Workbooks(settings, database)))
