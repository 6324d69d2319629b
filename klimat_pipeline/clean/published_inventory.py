"""The inventories that municipalities have published themselves, as printed."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.inventory_forms import inventory_forms, memo_lines
from klimat_pipeline.clean.local import line_problems, local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.inventory_form import memo_problems
from klimat_pipeline.configuration.read_local import read_local
from klimat_pipeline.configuration.targets_and_gap import TOTAL, scope_problems


def clean_published_inventory(
    municipalities_dir: Path, reference: Reference, *, examples: bool = False
) -> pd.DataFrame:
    """``clean/published_inventory`` from every ``published_inventory.csv``; a line sums itself unless it says more."""
    lines, forms = reference.lines, inventory_forms(municipalities_dir)
    memo = {code: memo_lines(forms, code, reference) for code in forms}

    def problems(row: Mapping[str, Any]) -> Iterator[str]:
        yield from line_problems(row, lines)
        code = row["municipality_code"]
        if row["line"] != TOTAL and forms[code].document is not None:
            yield from scope_problems(row["scope"], (row["of_lines"] or row["line"]).split(), memo[code])
        if (row["value_t_co2e"] is None) == (row["notation_key"] is None):
            both = "both" if row["notation_key"] else "none"
            yield f"column value_t_co2e: expected a number or a notation key, not {both}"
        if row["also_printed_year"] == row["year"]:
            yield f"column also_printed_year: expected another year than {row['year']}, or nothing"

    rows = read_local(
        "published_inventory", municipalities_dir, examples=examples, also=problems, besides=memo_problems(forms, lines)
    )
    for row in rows:
        code = row["municipality_code"]
        row["print_table"], row["print_line"], row["scopes"] = row["table"], row["line"], row["scope"]
        row["published_t"], row["rounding_t"] = row["value_t_co2e"], forms[code].form.rounding_t
        counted = (line for line in lines if line not in memo[code])
        row["of_lines"] = row["of_lines"] or (" ".join(counted) if row["line"] == TOTAL else row["line"])
    return local_frame("clean/published_inventory", rows)
