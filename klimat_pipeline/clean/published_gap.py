"""Gap tables in the seven columns of the Climate City Contract's A-2.1, as municipalities print them."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.local_tables import read_local
from klimat_pipeline.configuration.targets_and_gap import TOTAL, gap_problems


def clean_published_gap(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/published_gap`` from every ``published_gap.csv``; a line is of itself unless it says more."""
    lines = reference.lines
    rows = read_local("published_gap", municipalities_dir, examples=examples, also=lambda row: gap_problems(row, lines))
    for row in rows:
        row["scopes"] = row["scope"]
        row["of_lines"] = "" if row["line"] == TOTAL else row["of_lines"] or row["line"]
        row["target_pct"] = None if row["reduction_pct"] is None else 0.0 - row["reduction_pct"]
        row["printed_gap_t"], row["printed_residual_t"] = row["gap_t"], row["residual_t"]
    return local_frame("clean/published_gap", rows)
