"""Releases compared: how a later release rewrites the reported history of an earlier one.

Formulas, with F the reported figure of a sector and year in the earlier release and T in the later one:

* revision: T - F, and as a percentage (T / F - 1) * 100, undefined for F = 0
* sector ``total``: the sum of the municipality's sectors

What belongs here: differences between consecutive releases as reported. What does not: corrections, which releases
follow each other (``clean.releases``), why an indicator differs (``indicator_change_explained``), what a revision means
for a baseline (``base_year_review``), and whether a revision is suspiciously large (``quality.plausibility``).
"""

import numpy as np
import pandas as pd

from klimat_pipeline.clean.releases import held_pairs
from klimat_pipeline.contracts.tables.indicators import RELEASE_REVISIONS

#: Sector that sums the municipality.
TOTAL = "total"
#: A smaller difference is floating-point noise, tonnes.
TOLERANCE_T = 1e-6
_REPORTED = "emissions_reported_t_co2e"


def release_revisions(emissions: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """What each release changes in the one before it.

    A missing side is missing, never 0. A figure that differs is ``reissue`` instead of ``revised`` where both releases
    hold exactly the same years: the same report period, other bytes.

    Args:
        emissions: ``corrected/emissions``; only the reported figures matter.
        releases: ``clean/releases``.

    Returns:
        ``indicators/release_revisions``: only what differs by more than ``TOLERANCE_T``, new years and dropped years,
        per municipality that both releases hold (``held_pairs``), sector and year.
    """
    cells = ["municipality_code", "sector_code", "year"]
    figures = _with_totals(emissions)
    pairs = held_pairs(emissions, releases, _REPORTED)
    sides = [
        pairs.merge(figures.rename(columns={"release_id": f"release_id_{side}", _REPORTED: f"{side}_t_co2e"}))
        for side in ("from", "to")
    ]
    frame = sides[0].merge(
        sides[1],
        on=[*cells, "substance", "release_id_from", "release_id_to"],
        how="outer",
        validate="one_to_one",
    )
    before, after = frame["from_t_co2e"], frame["to_t_co2e"]
    frame["revision_t_co2e"] = after - before
    frame["revision_pct"] = (after / before.where(before > 0) - 1.0) * 100.0
    years = releases.set_index("release_id")["years"]
    same_years = frame["release_id_from"].map(years) == frame["release_id_to"].map(years)
    frame["kind"] = np.select(
        [before.isna(), after.isna(), same_years], ["new_year", "dropped_year", "reissue"], default="revised"
    ).astype(object)
    differs = ~(frame["revision_t_co2e"].abs() <= TOLERANCE_T)
    return (
        frame.loc[differs, RELEASE_REVISIONS.column_names]
        .sort_values(list(RELEASE_REVISIONS.primary_key))
        .reset_index(drop=True)
    )


def _with_totals(emissions: pd.DataFrame) -> pd.DataFrame:
    """Reported figures per release, municipality, sector and year, with sector ``total``."""
    keys = ["release_id", "municipality_code", "year"]
    sectors = emissions.loc[emissions[_REPORTED].notna(), [*keys, "sector_code", _REPORTED]]
    totals = sectors.groupby(keys, as_index=False, observed=True)[_REPORTED].sum().assign(sector_code=TOTAL)
    return pd.concat([sectors, totals], ignore_index=True)
