"""Installations under the EU Emissions Trading System, from the ``installations.csv`` of municipalities' folders."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.read_local import read_local


def clean_ets_installations(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/ets_installations`` from every ``installations.csv``."""

    def problems(row: Mapping[str, Any]) -> Iterator[str]:
        if row["sector"] not in reference.sector_codes:
            yield f"column sector: expected one of {', '.join(reference.sector_codes)}, found {row['sector']!r}"

    rows = read_local("installations", municipalities_dir, examples=examples, also=problems)
    named = {"name": "installation_name", "tonnes": "installation_t", "sector": "sector_code"}
    return local_frame(
        "clean/ets_installations", [{named.get(name, name): value for name, value in row.items()} for row in rows]
    )
