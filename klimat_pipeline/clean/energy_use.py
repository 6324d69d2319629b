"""Grid-supplied energy used in the municipality, from what the folders give with their source."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.local_tables import read_local


def clean_energy_use(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/energy_use`` from every ``energy_use.csv``."""
    users = tuple(reference.energy_users["energy_user"])

    def problems(row: Mapping[str, Any]) -> Iterator[str]:
        if row["energy_user"] not in users:
            yield f"column energy_user: expected one of {', '.join(users)}, found {row['energy_user']!r}"

    return local_frame(
        "clean/energy_use", read_local("energy_use", municipalities_dir, examples=examples, also=problems)
    )
