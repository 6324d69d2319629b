"""Releases against each other: how a later release rewrites the reported history of an earlier one.

Formulas, with F the reported figure of a sector and year in the earlier release and T in the later one:

* revision: T - F, and as a percentage (T / F - 1) * 100, undefined for F = 0
* sector ``total``: the sum of the municipality's sectors

What belongs here: which releases follow each other, and what differs between them as reported. What does not: why an
indicator differs (``changes``), what a revision means for a baseline (``base_years``), and whether a revision is
suspiciously large (``quality.plausibility``). Corrections play no part here.
"""

from itertools import pairwise

import numpy as np
import pandas as pd

from klimat_pipeline.clean.releases import released_on
from klimat_pipeline.contracts.tables.indicators import REVISIONS

#: Sector that sums the municipality.
TOTAL = "total"
#: Tonnes; anything less is noise of floating point.
TOLERANCE_T = 1e-6
_REPORTED = "emissions_reported_t_co2e"


def release_pairs(releases: pd.DataFrame) -> list[tuple[str, str]]:
    """Consecutive releases of the same substance, earlier first.

    Args:
        releases: ``clean/releases``.

    Returns:
        Pairs of release ids. Substances never pair with each other: that is a change of series, not a revision.
    """
    rows = list(_ordered(releases)[["substance", "release_id"]].itertuples(index=False, name=None))
    return [(a[1], b[1]) for a, b in pairwise(rows) if a[0] == b[0]]


def held_pairs(emissions: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """Consecutive releases of the same substance among those that hold the municipality.

    A release that is only an extract stands between two national ones for its own places, not for the others. Where
    every release holds every municipality, these are the ``release_pairs``.

    Args:
        emissions: ``corrected/emissions``.
        releases: ``clean/releases``.

    Returns:
        Frame of ``municipality_code, substance, release_id_from, release_id_to``; figures that are not valued in CO2e
        do not count as held.
    """
    keys = ["municipality_code", "substance"]
    valued = emissions.loc[emissions[_REPORTED].notna(), ["municipality_code", "release_id"]].drop_duplicates()
    order = _ordered(releases)[["release_id", "substance"]]
    held = valued.merge(order.assign(_order=range(len(order))), on="release_id", validate="many_to_one")
    held = held.sort_values([*keys, "_order"])
    held["release_id_from"] = held.groupby(keys)["release_id"].shift(1)
    held = held.rename(columns={"release_id": "release_id_to"}).dropna(subset="release_id_from")
    return held[[*keys, "release_id_from", "release_id_to"]].reset_index(drop=True)


def release_revisions(emissions: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """What each release changes in the one before it.

    A missing side is missing, never 0. A figure that differs is ``reissue`` instead of ``revised`` where both releases
    hold exactly the same years: the same report period, other bytes.

    Args:
        emissions: ``corrected/emissions``; only the reported figures matter.
        releases: ``clean/releases``.

    Returns:
        ``indicators/revisions``: only what differs by more than ``TOLERANCE_T``, new years and dropped years, per
        municipality that both releases hold (``held_pairs``), sector and year.
    """
    cells = ["municipality_code", "sector_code", "year"]
    figures = _with_totals(emissions)
    pairs = held_pairs(emissions, releases)
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
    return frame.loc[differs, REVISIONS.column_names].sort_values(list(REVISIONS.primary_key)).reset_index(drop=True)


def _ordered(releases: pd.DataFrame) -> pd.DataFrame:
    """Releases of each substance from the first to the last."""
    dated = releases.assign(_date=released_on(releases))
    return dated.sort_values(["substance", "_date", "retrieved_at", "release_id"]).reset_index(drop=True)


def _with_totals(emissions: pd.DataFrame) -> pd.DataFrame:
    """Reported figures per release, municipality, sector and year, with sector ``total``."""
    keys = ["release_id", "municipality_code", "year"]
    sectors = emissions.loc[emissions[_REPORTED].notna(), [*keys, "sector_code", _REPORTED]]
    totals = sectors.groupby(keys, as_index=False, observed=True)[_REPORTED].sum().assign(sector_code=TOTAL)
    return pd.concat([sectors, totals], ignore_index=True)
