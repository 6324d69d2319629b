"""What municipal groups did, unit by unit and year by year, in canonical units."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.measures import converted
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.activity import REFRIGERANT, activity_problems
from klimat_pipeline.configuration.read_local import read_local
from klimat_pipeline.errors import ConfigurationError


def clean_activity_data(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/activity_data`` from every ``activity.csv``, and ``activity.example.csv`` where examples are asked for.

    Args:
        municipalities_dir: ``data/municipalities``.
        reference: fuels, refrigerants and gases.
        examples: whether to add the invented rows; their source says that they are.

    Returns:
        One row per activity; ``amount`` in the canonical unit of its kind (MWh, t, m3, km and such).

    Raises:
        ProblemsError: everything that is wrong in all files, with file, line, column and value.
    """
    carriers = {
        **reference.fuels_by_use,
        REFRIGERANT: tuple(dict.fromkeys(reference.refrigerants["refrigerant"])),
    }
    gases = tuple(dict.fromkeys(reference.gwp["gas"]))

    def beyond_the_form(row: Mapping[str, Any]) -> Iterator[str]:
        yield from activity_problems(row, carriers, gases)
        try:
            _canonical(row)
        except ConfigurationError as error:
            yield str(error)

    rows = read_local("activity", municipalities_dir, examples=examples, also=beyond_the_form)
    for row in rows:
        row["amount"], row["amount_unit"] = _canonical(row)
    return local_frame("clean/activity_data", rows)


def _canonical(row: Mapping[str, Any]) -> tuple[float | None, str | None]:
    if row["amount"] is None or row["unit"] is None:
        return None, None
    amount, unit = converted(row["amount"], row["unit"], "column unit")
    if row["gas"] is not None and row["carrier"] is None and unit != "t":
        raise ConfigurationError(f"column unit: expected a mass of {row['gas']}, found {row['unit']!r}")
    return amount, unit
