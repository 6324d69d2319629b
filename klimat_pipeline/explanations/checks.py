"""What the checks found in the tables behind a number. What does not belong here: checking (``quality``)."""

from collections.abc import Sequence

from klimat_pipeline.contracts import TABLES, Table
from klimat_pipeline.explanations.database import Database
from klimat_pipeline.explanations.tree import Node


def checks_behind(database: Database, contract: Table, columns: Sequence[str]) -> Node:
    """What the checks found in every table that these columns are computed from."""
    nodes = []
    for key in _tables_behind(contract, columns):
        found = database.rows("data_quality", table_name=key)
        if not found:
            continue
        failed = [row for row in found if row["outcome"] == "failed"]
        remarks = [
            Node(f"{row['check_name']} failed" if row["severity"] == "ERROR" else row["check_name"], row["message"])
            for row in failed
        ]
        stopped = sum(row["severity"] == "ERROR" for row in failed)
        counts = {
            "passed": sum(row["outcome"] == "passed" for row in found),
            "failed": stopped,
            "remark" + "s" * (len(failed) - stopped != 1): len(failed) - stopped,
            "not applicable": sum(row["outcome"] == "not_applicable" for row in found),
        }
        said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        nodes.append(Node(key, said, None, {}, tuple(remarks)))
    remarked = sum(bool(node.children) for node in nodes)
    said = f"remarks on {remarked} of {len(nodes)} tables" if remarked else "no remarks"
    return Node("checks of the tables behind it", said if nodes else "none published", None, {}, tuple(nodes))


def _tables_behind(contract: Table, columns: Sequence[str]) -> list[str]:
    """Every table that the columns are computed from, by the lineage of the contracts, from the source on."""
    seen: set[str] = set()
    waiting = [contract.column(name) for name in columns]
    while waiting:
        for place in waiting.pop().lineage:
            key, _, name = place.partition(".")
            if place not in seen and key in TABLES:
                seen.add(place)
                waiting.append(TABLES[key].column(name))
    behind = {place.partition(".")[0] for place in seen}
    return [key for key in TABLES if key in behind]
