"""Can the figures carry the targets? Baselines and trends that a release holds, base years, residents.

Remarks that a person should look at; only a lost baseline year stops a run. What does not belong here: whether the
figures themselves are likely (``plausibility``), whether plans add up (``targets_and_gap``).
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, passed
from klimat_pipeline.text import counted, number_text, percent_sv

Tables = Mapping[str, pd.DataFrame]

#: Territorial emissions per resident outside these bounds, tonnes.
PER_RESIDENT_T = (0.5, 100.0)


def base_years_approved(tables: Tables) -> Sequence[Finding]:
    """Baselines that a release or a correction moved beyond the limit, without an approved recalculation."""
    frame = tables["indicators/base_year_review"]
    open_ = frame[frame["needs_approval"].astype(bool) & frame["approved_by"].isna()]
    if open_.empty:
        return [passed(f"{len(frame)} baselines: none moved beyond its limit without approval")]
    moved = open_[["correction_pct", "base_revision_pct"]].abs().max(axis=1)
    ordered = open_.assign(moved_pct=moved.round(2)).sort_values("moved_pct", ascending=False)
    worst = ordered.iloc[0]
    return [
        failed(
            f"{counted(len(open_), 'baseline moved beyond its limit', 'baselines moved beyond their limit')} "
            "and nobody approved a recalculation; the most: "
            f"{worst['municipality_code']} {worst['target_id']} in {worst['release_id']} by {worst['moved_pct']:.1f} %",
            message_sv=f"{len(open_)} basår har flyttats mer än sin gräns utan att någon har "
            f"godkänt en omräkning; mest '{worst['target_id']}' i '{worst['municipality_code']}', utgåva "
            f"{worst['release_id']}, med {percent_sv(worst['moved_pct'])}",
            observed=f"{worst['moved_pct']:.2f} %",
            threshold=f"{worst['threshold_pct']:g} %",
            keys=keys_of(ordered, ["municipality_code", "target_id", "release_id", "moved_pct"]),
            count=len(open_),
            likely_cause="recalculate openly and enter base_year_approvals in corrections.yaml, with who and when",
        )
    ]


def approvals_used(tables: Tables) -> Sequence[Finding]:
    """Approved recalculations that concern no baseline of this run."""
    approved, frame = tables["configuration/approvals"], tables["indicators/base_year_review"]
    keys = ["municipality_code", "target_id", "release_id"]
    held = set(frame[keys].itertuples(index=False, name=None))
    idle = approved[[key not in held for key in approved[keys].itertuples(index=False, name=None)]]
    if idle.empty:
        return [passed(f"{len(approved)} approved recalculations: each concerns a baseline")]
    return [
        failed(
            f"{len(idle)} of {len(approved)} approved recalculations concern no baseline of this run",
            message_sv=f"{len(idle)} av {len(approved)} godkända omräkningar gäller inget basår i den här körningen",
            observed=str(len(idle)),
            threshold="0",
            keys=keys_of(idle, keys),
            count=len(idle),
            likely_cause="the target or release is misspelt, or the release is not in the archive (or not asked for)",
        )
    ]


def baseline_released(tables: Tables) -> Sequence[Finding]:
    """Every target's baseline year is in the current release; without it nothing can be said about the target."""
    frame = tables["indicators/sector_indicators"]
    own = frame[(frame["target_kind"] == "contract") & frame["is_current_release"] & (frame["sector_codes"] != "")]
    gone = own[own["baseline_t_co2e"].isna()].drop_duplicates(["municipality_code", "target_id", "release_id"])
    if gone.empty:
        return [passed("the baseline year of every target is released", threshold="every baseline year")]
    return [
        failed(
            f"the baseline year of {counted(len(gone), 'target')} is not in the current release",
            observed=", ".join(sorted({str(year) for year in gone["baseline_year"]})) + " missing",
            threshold="every baseline year",
            keys=keys_of(gone, ["municipality_code", "target_id", "release_id", "baseline_year"]),
            count=len(gone),
            likely_cause="the source dropped the year: keep the older release current, or move the baseline openly",
        )
    ]


def trend_start_released(tables: Tables) -> Sequence[Finding]:
    """The first year of every trend that is asked for is in the current release; without it there is no trend."""
    keys = ["municipality_code", "target_id"]
    frame = tables["indicators/sector_indicators"]
    shown = frame[frame["is_current_release"] & (frame["sector_codes"] != "")]
    held = shown.groupby(keys)["trend_from_year"].count().rename("held").reset_index()
    wanted = tables["clean/targets"][[*keys, "trend_from_year"]].dropna()
    asked = wanted.merge(held, on=keys)
    gone = asked[asked["held"] == 0]
    if gone.empty:
        return [passed(f"the first year of {counted(len(asked), 'trend')} is released", threshold="every first year")]
    return [
        failed(
            f"the first year of {counted(len(gone), 'trend')} is not in the current release: no trend is shown",
            message_sv=f"första året för {counted(len(gone), 'trend', 'trender')} finns inte i den aktuella utgåvan: "
            "ingen trend visas",
            observed=", ".join(sorted({str(year) for year in gone["trend_from_year"]})) + " missing",
            threshold="every first year",
            keys=keys_of(gone, [*keys, "trend_from_year"]),
            count=len(gone),
            likely_cause="trend_from_year of municipality.yaml names a year that was never released, or no longer is",
        )
    ]


def per_resident(tables: Tables) -> Sequence[Finding]:
    """Territorial emissions per resident within wide bounds, where the population is known."""
    frame = tables["indicators/sector_indicators"]
    known = frame[(frame["target_id"] == "total") & frame["emissions_per_resident_t_co2e"].notna()]
    if known.empty:
        return [not_applicable("no population is configured")]
    low, high = PER_RESIDENT_T
    off = known[~known["emissions_per_resident_t_co2e"].between(low, high)]
    span = f"{known['emissions_per_resident_t_co2e'].min():.2f} to {known['emissions_per_resident_t_co2e'].max():.2f} t"
    if off.empty:
        return [passed(f"{len(known)} totals per resident, {span}", observed=span, threshold=f"{low:g} to {high:g} t")]
    return [
        failed(
            f"{counted(len(off), 'total per resident', 'totals per resident')} outside {low:g} to {high:g} t",
            message_sv=f"{counted(len(off), 'årstotal per invånare', 'årstotaler per invånare')} utanför "
            f"{number_text(low, None)} till {number_text(high, None)} ton",
            observed=span,
            threshold=f"{low:g} to {high:g} t",
            keys=keys_of(off, ["municipality_code", "year", "emissions_per_resident_t_co2e"]),
            count=len(off),
            likely_cause="the population of another year or place, or a large plant in a small municipality",
        )
    ]
