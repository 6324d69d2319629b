"""What municipalities do or plan, from the ``actions.csv`` of their folders."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.actions import action_problems, unknown_partners
from klimat_pipeline.configuration.read_local import read_local

#: What counts when an action does not say: a saving that overlaps is worse than one that is too small.
DEFAULT_RULE = "multiplicative"


def clean_climate_actions(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/climate_actions`` from every ``actions.csv``, and ``actions.example.csv`` where examples are asked for.

    Args:
        municipalities_dir: ``data/municipalities``.
        reference: lines of the inventory.
        examples: whether to add the invented rows; their source says that they are.

    Returns:
        One row an action.

    Raises:
        ProblemsError: everything that is wrong in all files, with file, line, column and value.
    """
    lines = reference.lines
    rows = read_local(
        "actions",
        municipalities_dir,
        examples=examples,
        also=lambda row: action_problems(row, lines),
        across=unknown_partners,
    )
    for row in rows:
        row["action_status"], row["interaction_rule"] = row["status"], row["interaction_rule"] or DEFAULT_RULE
        row["is_metered"] = row["is_metered"] == "yes"
    return local_frame("clean/climate_actions", rows)
