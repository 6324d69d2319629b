"""The inventories that municipalities have published themselves, as printed."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.local import line_problems, local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.local_tables import read_local
from klimat_pipeline.configuration.targets_and_gap import TOTAL


def clean_printed_inventory(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/printed_inventory`` from every ``published_inventory.csv``; a line sums itself unless it says more."""
    lines = reference.lines
    rows = read_local(
        "published_inventory", municipalities_dir, examples=examples, also=lambda row: _problems(row, lines)
    )
    for row in rows:
        row["print_table"], row["print_line"], row["scopes"] = row["table"], row["line"], row["scope"]
        row["published_t"] = row["value_t_co2e"]
        counted = reference.inventory_lines.loc[~reference.inventory_lines["is_memo"], "line"]
        row["of_lines"] = row["of_lines"] or (" ".join(counted) if row["line"] == TOTAL else row["line"])
    return local_frame("clean/printed_inventory", rows)


def _problems(row: Mapping[str, Any], lines: tuple[str, ...]) -> Iterator[str]:
    yield from line_problems(row, lines)
    if (row["value_t_co2e"] is None) == (row["notation_key"] is None):
        both = "both" if row["notation_key"] else "none"
        yield f"column value_t_co2e: expected a number or a notation key, not {both}"
