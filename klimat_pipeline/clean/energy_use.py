"""Grid-supplied energy used in the municipality, from what the folders give with their source."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.local import local_frame, local_rows
from klimat_pipeline.clean.reference import Reference


def clean_energy_use(municipalities_dir: Path, reference: Reference) -> pd.DataFrame:
    """``clean/energy_use`` from every ``energy_use.csv``."""
    return local_frame("clean/energy_use", local_rows("energy_use", municipalities_dir, reference))
