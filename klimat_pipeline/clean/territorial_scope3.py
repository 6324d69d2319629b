"""Scope 3 of territories, from what the folders give with their source."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.local import line_problems, local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.read_local import read_local


def clean_territorial_scope3(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/territorial_scope3`` from every ``scope3.csv``."""
    lines = reference.lines
    rows = read_local("scope3", municipalities_dir, examples=examples, also=lambda row: _problems(row, lines))
    return local_frame("clean/territorial_scope3", rows)


def _problems(row: Mapping[str, Any], lines: tuple[str, ...]) -> Iterator[str]:
    yield from line_problems(row, lines)
    if (row["emissions_t_co2e"] is None) == (row["notation_key"] is None):
        yield "column emissions_t_co2e: expected a number or a notation key (NO, NE, IE, C), one of the two"
    if row["emissions_t_co2e"] is not None and row["gwp_set"] is None:
        yield "column gwp_set: expected AR4, AR5, AR6 or 'not stated' beside a number, found ''"
