"""Reported and corrected emissions side by side."""

import pandas as pd

from klimat_pipeline.contracts import table


def corrected_emissions(emissions: pd.DataFrame) -> pd.DataFrame:
    """Emissions after local corrections.

    No correction is registered yet, so corrected equals reported and ``correction_ids`` is empty.

    Args:
        emissions: ``clean/emissions``.

    Returns:
        ``corrected/emissions``.
    """
    frame = emissions.assign(
        emissions_t=emissions["emissions_reported_t"],
        emissions_t_co2e=emissions["emissions_reported_t_co2e"],
        correction_ids="",
    )
    return frame[table("corrected/emissions").column_names]
