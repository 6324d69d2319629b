"""Plants with carbon capture that several municipalities share, and each one's share under every allocation key."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.read_local import read_together
from klimat_pipeline.configuration.targets_and_gap import facility_problems
from klimat_pipeline.errors import ProblemsError

_TONNES = ("captured_fossil_t", "captured_biogenic_t", "sold_fossil_t", "sold_biogenic_t")


def clean_capture_facilities(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/capture_facilities`` from ``_all/facilities.csv`` and ``_all/facility_shares.csv``.

    Args:
        municipalities_dir: ``data/municipalities``.
        reference: municipalities that may have a share.
        examples: whether to add the invented rows of the ``.example.csv`` files; their source says that they are.

    Returns:
        One row per facility, year, allocation key and municipality. What no municipality has a share of is nobody's.

    Raises:
        ProblemsError: everything that is wrong in the files.
    """
    facilities, shares = read_together(("facilities", "facility_shares"), municipalities_dir, examples=examples)
    problems = facility_problems(facilities, shares, reference.lines)
    problems += [
        f"{row['shown']}: column municipality_code: no municipality has the code {row['municipality_code']!r}"
        for row in shares
        if row["municipality_code"] not in reference.municipality_by_code
    ]
    if problems:
        raise ProblemsError(problems)
    rows = [
        {
            **plant,
            **share,
            "facility_name": plant["name"],
            "source": f"{plant['source']}; share: {share['source']}",
            **{name: plant[name] or 0.0 for name in _TONNES},
        }
        for plant in facilities
        for share in shares
        if share["facility_id"] == plant["facility_id"]
    ]
    return local_frame("clean/capture_facilities", rows)
