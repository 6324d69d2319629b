"""The base-year rule: whether a revision or a correction moves a baseline so far that somebody has to approve it.

Formulas, with R the baseline emissions as reported in a release, C after corrections, and P those of the previous
release (of the same substance and with the municipality; same sectors and year):

* correction: (C / R - 1) * 100
* base revision: (C / P - 1) * 100 with P corrected, where the same corrections apply in both releases, else
  (R / P - 1) * 100 with P as reported (``basis``)
* needs approval: the size of either, whatever its sign, is larger than the threshold. A move away from zero is beyond
  every threshold, although it has no percentage.

What belongs here: baselines. What does not: who approved (``corrected.approvals``), revisions of other years
(``release_revisions``), and what the baseline does to an indicator (``indicator_change_explained``).
"""

import pandas as pd

from klimat_pipeline.clean.releases import held_pairs
from klimat_pipeline.contracts.tables.indicators import BASE_YEAR_REVIEW
from klimat_pipeline.corrected.basis import on_basis, shared_basis
from klimat_pipeline.indicators.indicator_change_explained import definitions, figures_at
from klimat_pipeline.indicators.release_revisions import TOLERANCE_T, TOTAL

#: Columns of the approvals; the first three identify what was approved.
APPROVAL_COLUMNS = ("municipality_code", "target_id", "release_id", "approved_by", "approved_on", "note")
#: Decimals of a printed percentage: a move that prints as the limit is not beyond it.
DECIMALS = BASE_YEAR_REVIEW.column("correction_pct").decimals or 0


def base_year_review(
    emissions: pd.DataFrame,
    targets: pd.DataFrame,
    indicators: pd.DataFrame,
    releases: pd.DataFrame,
    approvals: pd.DataFrame,
    *,
    threshold_pct: float = 5.0,
) -> pd.DataFrame:
    """Show the baseline of every target as reported and as corrected, and whether its move has to be approved.

    Args:
        emissions: ``corrected/emissions``.
        targets: ``clean/targets``.
        indicators: ``indicators/sector_indicators``: which target applies to which release.
        releases: ``clean/releases``.
        approvals: ``APPROVAL_COLUMNS``, one row for each recalculation that somebody approved.
        threshold_pct: limit of a move in per cent.

    Returns:
        ``indicators/base_year_review``, one row per municipality, target (its contract's, and the generic ``total``)
        and release that holds the baseline year. An approval is shown even where none was needed; one that matches no
        row is left out.
    """
    defined = definitions(indicators, targets)
    defined = defined[(defined["target_kind"] == "contract") | (defined["target_id"] == TOTAL)]
    pairs = held_pairs(emissions, releases, "emissions_reported_t_co2e")[
        ["municipality_code", "release_id_from", "release_id_to"]
    ]
    frame = defined.merge(
        pairs.rename(columns={"release_id_to": "release_id"}),
        on=["municipality_code", "release_id"],
        how="left",
        validate="many_to_one",
    )
    own, before = (
        figures_at(emissions, frame[release], frame["municipality_code"], frame["sector_codes"], frame["baseline_year"])
        for release in ("release_id", "release_id_from")
    )
    reported, corrected = own["emissions_reported_t_co2e"], own["emissions_t_co2e"]
    basis = shared_basis(own["level_ids"], before["level_ids"])
    earlier = on_basis(basis, before["emissions_t_co2e"], before["emissions_reported_t_co2e"])
    now = on_basis(basis, corrected, reported)
    frame = frame.assign(
        base_reported_t_co2e=reported,
        base_corrected_t_co2e=corrected,
        base_before_t_co2e=earlier,
        correction_pct=_change_pct(reported, corrected),
        basis=basis.where(earlier.notna(), None),
        base_revision_pct=_change_pct(earlier, now),
        threshold_pct=float(threshold_pct),
        needs_approval=_moved(reported, corrected, threshold_pct) | _moved(earlier, now, threshold_pct),
    )
    frame = frame[reported.notna()]
    keys = list(BASE_YEAR_REVIEW.primary_key)
    # Text keys: without any approval the columns have no type.
    approved = approvals[list(APPROVAL_COLUMNS)].astype(dict.fromkeys(keys, "str"))
    frame = frame.merge(approved, on=keys, how="left", validate="one_to_one")
    return frame[BASE_YEAR_REVIEW.column_names].sort_values(keys).reset_index(drop=True)


def _change_pct(before: "pd.Series[float]", after: "pd.Series[float]") -> "pd.Series[float]":
    return (after / before.where(before > 0) - 1.0) * 100.0


def _moved(before: "pd.Series[float]", after: "pd.Series[float]", threshold_pct: float) -> "pd.Series[bool]":
    """Whether it moved by more than the limit, as printed; a missing side has not moved."""
    distance = (after - before).abs()
    from_nothing = (before <= 0) & (distance > TOLERANCE_T)
    return from_nothing | (_change_pct(before, after).round(DECIMALS).abs() > threshold_pct)
