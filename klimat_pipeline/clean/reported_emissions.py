"""Reported emissions per municipality and main sector: the figures that everything later starts from."""

import pandas as pd

from klimat_pipeline.clean.naming import TOTAL_CODE
from klimat_pipeline.clean.national_lines import in_contract_form, in_tonnes, with_current
from klimat_pipeline.clean.reference import Reference


def clean_reported_emissions(coded: pd.DataFrame, current: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Main-sector figures of every municipality, in tonnes.

    Args:
        coded: raw lines with codes (``naming.with_codes``).
        current: each municipality's own headline release (``releases.of_headline_substance``).
        reference: tables of units.

    Returns:
        ``clean/reported_emissions``; totals and subsectors are not in it.

    Raises:
        UnknownNameError: a unit is unknown, or two lines turn out to be the same municipality and sector.
    """
    main = coded[
        (coded["area_level"] == "municipality")
        & (coded["sector_code"] != TOTAL_CODE)
        & (coded["subsector_code"] == TOTAL_CODE)
    ]
    frame = with_current(in_tonnes(main.rename(columns={"area_code": "municipality_code"}), reference), current)
    return in_contract_form(frame, "clean/reported_emissions")
