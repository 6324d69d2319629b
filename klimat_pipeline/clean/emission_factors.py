"""Emission factors from the municipalities' folders, in tonnes per canonical unit of activity."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.measures import factor
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.read_local import read_local
from klimat_pipeline.errors import ConfigurationError

CO2E = "co2e"


def clean_emission_factors(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/emission_factors`` from every ``factors.csv``, and ``factors.example.csv`` where examples are asked for.

    Raises:
        ProblemsError: a unit is unknown, a gas has no global warming potential, or a factor is given both as a sum and
            gas by gas; all of them at once.
    """
    gases = sorted(set(reference.gwp["gas"]) | {CO2E})
    given: dict[tuple[object, ...], str] = {}

    def problems(row: Mapping[str, Any]) -> Iterator[str]:
        if row["gas"] == CO2E and row["gwp_set"] == "none":
            yield "column gwp_set: expected AR4, AR5, AR6 or 'not stated' for a factor in co2e, found 'none'"
        if row["gas"] not in gases:
            yield f"column gas: expected one of {', '.join(gases)}, found {row['gas']!r}"
        try:
            factor(row["value"], row["unit"], "column unit")
        except ConfigurationError as error:
            yield str(error)
        kind = "co2e" if row["gas"] == CO2E else "gas by gas"
        place = (row["municipality_code"], row["carrier"], row["year"], row["method"])
        if given.setdefault(place, kind) != kind:
            yield f"{row['carrier']} {row['year']} is given as co2e and gas by gas: choose one"

    rows = read_local("factors", municipalities_dir, examples=examples, also=problems)
    for row in rows:
        row["method"] = row["method"] or ""
        row["factor_value"], row["factor_unit"] = row["value"], row["unit"]
        row["factor_t_per_unit"], row["per_unit"] = factor(row["value"], row["unit"], "column unit")
    return local_frame("clean/emission_factors", rows)
