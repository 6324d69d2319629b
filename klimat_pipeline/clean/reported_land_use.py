"""Land use of the nation and of other areas, from ``_all/land_use.csv``."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.read_local import read_local

NATION = "00"


def clean_reported_land_use(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/reported_land_use``; empty where the file is absent."""
    counties = set(reference.municipalities["county_code"])

    def problems(row: Mapping[str, Any]) -> Iterator[str]:
        code = row["area_code"]
        if code != NATION and code not in counties and code not in reference.municipality_by_code:
            yield f"column area_code: expected {NATION} (the nation), a county or a municipality, found {code!r}"

    return local_frame(
        "clean/reported_land_use", read_local("land_use", municipalities_dir, examples=examples, also=problems)
    )
