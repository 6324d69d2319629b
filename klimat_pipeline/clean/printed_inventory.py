"""The inventories that municipalities have published themselves, as printed."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame, local_rows
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.inventory import TOTAL


def clean_printed_inventory(municipalities_dir: Path, reference: Reference) -> pd.DataFrame:
    """``clean/printed_inventory`` from every ``published_inventory.csv``; a line sums itself unless it says more."""
    rows = local_rows("published_inventory", municipalities_dir, reference)
    for row in rows:
        row["print_table"], row["print_line"], row["scopes"] = row["table"], row["line"], row["scope"]
        row["published_t"] = row["value_t_co2e"]
        counted = reference.inventory_lines.loc[~reference.inventory_lines["is_memo"], "line"]
        row["of_lines"] = row["of_lines"] or (" ".join(counted) if row["line"] == TOTAL else row["line"])
    return local_frame("clean/printed_inventory", rows)
