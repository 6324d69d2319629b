"""Carbon sinks and captures that municipalities count on, from the ``sinks.csv`` of their folders."""

from functools import partial
from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.read_local import read_local
from klimat_pipeline.configuration.targets_and_gap import sink_problems


def clean_carbon_sinks(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/carbon_sinks`` from every ``sinks.csv``: yearly fluxes, positive for what is taken out of the air."""
    rows = read_local(
        "sinks", municipalities_dir, examples=examples, also=partial(sink_problems, lines=reference.lines)
    )
    for row in rows:
        row["additionality"] = row["is_additional"]
        row["is_in_gross"] = row["is_in_gross"] == "yes"
    return local_frame("clean/carbon_sinks", rows)
