"""Checks of targets, gap and neutrality: do the balances add up, and is a municipality's printed table consistent?

What does not belong here: pathways and investments (``outlook``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from klimat_pipeline.configuration.targets_and_gap import CAPTURES
from klimat_pipeline.corrected.basis import on_basis
from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, passed
from klimat_pipeline.scenarios.print_arithmetic import TOTAL, print_faults
from klimat_pipeline.text import tonnes_sv

Tables = Mapping[str, pd.DataFrame]
#: What a balance of neutrality counts from, in Swedish.
_BASIS_SV = {"plan": "enligt planen", "inventory": "enligt inventeringen"}

#: A sum that is off by no more is floating-point noise, tonnes.
NOISE_T = 1e-3


def printed_gap_agrees(tables: Tables) -> Sequence[Finding]:
    """Whether a printed gap table agrees with itself: gap, residual, percentages, totals."""
    printed = tables["clean/published_gap"]
    if printed.empty:
        return [not_applicable("no municipality has given its printed gap table")]
    if (printed["line"] == TOTAL).all():
        return [not_applicable("prints of a total only: there are no lines to hold it against")]
    faults = [(code, fault) for code, own in printed.groupby("municipality_code") for fault in print_faults(own)]
    return [
        failed(
            f"{code} {fault.line}: {fault.gives}, printed is {fault.printed}",
            message_sv=f"'{code}', '{fault.line}': {fault.gives_sv}, tryckt är {fault.printed_sv}",
            observed=fault.gives,
            threshold=fault.printed,
            keys=(f"municipality_code={code}, line={fault.line}",),
            count=1,
            likely_cause="an error of the print, or another layout than municipality.yaml says (inventory: gap_table); "
            "what is computed here uses the inputs, not the printed result",
        )
        for code, fault in faults
    ] or [passed(f"{len(printed)} printed lines agree with themselves")]


def targets_match_sectors(tables: Tables) -> Sequence[Finding]:
    """Emissions that are compared with a target are those of the sector indicators."""
    frame, sectors = tables["indicators/target_status"], tables["indicators/sector_indicators"]
    keys = ["municipality_code", "target_id", "release_id", "year"]
    own = frame[(frame["target_measure"] == "emissions") & (frame["path"] != "none")]
    figures = ["emissions_corrected_t_co2e", "emissions_reported_t_co2e"]
    both = own.merge(sectors[[*keys, *figures]], on=keys, how="left", validate="many_to_one")
    off = (
        (both["current_value"] - on_basis(both["basis"], *(both[name] for name in figures))).abs().fillna(float("inf"))
    )
    return [_all_within(both, off, keys, "figures compared with a target", "a target was followed on other sectors")]


def plan_adds_up(tables: Tables) -> Sequence[Finding]:
    """Levels and uncovered emissions sum to what the plan implies, which is the total target and the shortfall."""
    frame = tables["indicators/target_coherence"]
    keys = ["municipality_code", "release_id"]
    totals = frame[(frame["coherence_kind"] == TOTAL) & frame["levels_sum_t"].notna()]
    if totals.empty:
        return [not_applicable("no municipality has sub-targets with levels beside its total target")]
    findings = []
    for kind, part, column in (
        ("sub_target", "target_t_co2e", "levels_sum_t"),
        ("uncovered", "emissions_t_co2e", "uncovered_t"),
    ):
        sums = frame[frame["coherence_kind"] == kind].groupby(keys)[part].sum()
        shown = totals.set_index(keys)[column]
        off = (shown - sums.reindex(shown.index).fillna(0.0)).abs().reset_index(drop=True)
        findings.append(_all_within(totals.reset_index(drop=True), off, keys, column, "a row was lost or added twice"))
    implied = totals["implied_t"] - totals["levels_sum_t"] - totals["uncovered_t"]
    short = totals["implied_t"] - totals["target_t_co2e"] - totals["shortfall_t"]
    off = implied.abs() + short.abs()
    return [*findings, _all_within(totals, off, keys, "balances of a plan", "the balance was changed by hand")]


def plan_closes(tables: Tables) -> Sequence[Finding]:
    """Whether the sub-targets imply the total target."""
    frame = tables["indicators/target_coherence"]
    totals = frame[(frame["coherence_kind"] == TOTAL) & frame["is_current_release"]]
    if totals.empty:
        return [not_applicable("no municipality has a quantified total target")]
    divided = set(frame.loc[frame["coherence_kind"] == "sub_target", "municipality_code"])
    return [
        not_applicable(f"{row.municipality_code}, release {row.release_id}: a total target alone, no sub-targets")
        if row.municipality_code not in divided
        else (failed if row.shortfall_t > NOISE_T else passed)(
            f"{row.municipality_code}, release {row.release_id}: sub-targets allow {row.levels_sum_t:,.0f} t, sectors "
            f"without one emit {row.uncovered_t:,.0f} t, the total target is {row.target_t_co2e:,.0f} t: "
            + (
                f"{row.shortfall_t:,.0f} t short" if row.shortfall_t > NOISE_T else f"{-row.shortfall_t:,.0f} t of room"
            ),
            message_sv=f"'{row.municipality_code}', utgåva {row.release_id}: delmålen tillåter "
            f"{tonnes_sv(row.levels_sum_t)}, sektorer utan delmål släpper ut {tonnes_sv(row.uncovered_t)}, målet för "
            f"totalen är {tonnes_sv(row.target_t_co2e)}: "
            + (
                f"det fattas {tonnes_sv(row.shortfall_t)}"
                if row.shortfall_t > NOISE_T
                else f"{tonnes_sv(-row.shortfall_t)} till godo"
            ),
            observed=f"{row.implied_t:,.0f} t",
            threshold=f"{row.target_t_co2e:,.0f} t",
            keys=(f"municipality_code={row.municipality_code}",) if row.shortfall_t > NOISE_T else (),
            count=int(row.shortfall_t > NOISE_T),
            likely_cause="sectors without a sub-target; the table shows what each would have to do",
        )
        for row in totals.itertuples()
    ]


def gap_adds_up(tables: Tables) -> Sequence[Finding]:
    """Gap and residual follow from their columns, no line saves more than it holds, and lines sum to their total."""
    frame = tables["scenarios/gap_table"]
    if frame.empty:
        return [not_applicable("no municipality has a gap table")]
    keys = ["municipality_code", "release_id", "gap_basis", "line"]
    after = frame["latest_t"] - frame["other_plans_t"].fillna(0.0)
    gap = (frame["gap_t"] - (after - frame["target_t"])).abs().fillna(0.0)
    left = (frame["residual_t"] - (after - frame["actions_counted_t"])).abs().fillna(0.0)
    # Not of the total: where plans save more than a line emits, its lines may save more than the total has left.
    beyond = (
        (frame["actions_counted_t"] - after.clip(lower=0.0)).clip(lower=0.0).fillna(0.0).where(~frame["is_total"], 0)
    )
    place = keys[:-1]
    totals = frame[frame["is_total"] & frame["residual_t"].notna()].set_index(place)["residual_t"]
    parts = frame[~frame["is_total"] & ~frame["is_memo"]].groupby(place)["residual_t"].sum().reindex(totals.index)
    sums = (totals - parts).abs().reset_index()
    return [
        _all_within(frame, gap, keys, "gaps", "a column was read from another line"),
        _all_within(frame, left, keys, "residuals", "a column was read from another line"),
        _all_within(frame, beyond, keys, "lines' actions", "overlaps were added up"),
        _all_within(sums, sums["residual_t"], place, "residuals of the total", "a memo line was added, or a line lost"),
    ]


def claims_within_physical(tables: Tables) -> Sequence[Finding]:
    """Over all claims and under every key no more is claimed than is captured and not sold."""
    claims = tables["scenarios/facility_claims"]
    if claims.empty:
        return [not_applicable("no shared facility is registered")]
    place, findings = ["facility_id", "year"], []
    for kind in ("fossil", "biogenic"):
        available = claims[f"captured_{kind}_t"] - claims[f"sold_{kind}_t"]
        for column, by in ((f"claimed_{kind}_t", [*place, "allocation_key"]), (f"applied_{kind}_t", place)):
            sums = claims.assign(_available=available).groupby(by, as_index=False)
            both = sums.agg(total=(column, "sum"), available=("_available", "first"))
            off = (both["total"] - both["available"]).clip(lower=0.0)
            findings.append(
                _all_within(both, off, by, f"sums of {column}", "shares above one, or a sold tonne claimed")
            )
    return findings


def balance_adds_up(tables: Tables) -> Sequence[Finding]:
    """Net is the residual less counted sinks; sinks count up to the cap; nothing is neutral without reduction."""
    frame = tables["scenarios/neutrality_balance"]
    if frame.empty:
        return [not_applicable("no municipality has a quantified total target")]
    return _balances_add_up(frame)


def balances_by_key_add_up(tables: Tables) -> Sequence[Finding]:
    """Balances add up under every allocation key, and none counts more sinks than the municipality's own key gives."""
    frame, made = tables["scenarios/neutrality_by_allocation_key"], tables["scenarios/neutrality_balance"]
    if frame.empty:
        return [not_applicable("no shared facility is registered")]
    keys = ["municipality_code", "release_id", "neutrality_basis", "year"]
    both = frame[frame["is_applied"]].merge(made[[*keys, "eligible_sinks_t"]], on=keys, suffixes=("", "_counted"))
    beyond = (both["eligible_sinks_t_counted"] - both["eligible_sinks_t"]).clip(lower=0.0)
    said = _all_within(both, beyond, keys, "balances under the own key", "a claim was counted that no key gives")
    return [*_balances_add_up(frame), said]


def _balances_add_up(frame: pd.DataFrame) -> list[Finding]:
    keys = ["municipality_code", "release_id", "neutrality_basis", "year"]
    net = (frame["residual_t"] - frame["counted_sinks_t"] - frame["net_t"]).abs()
    limit = frame[["cap_t", "eligible_sinks_t", "residual_t"]].min(axis=1)
    over = (frame["counted_sinks_t"] - limit).clip(lower=0.0)
    neutral, met = (frame[name].astype("boolean").fillna(False) for name in ("is_neutral", "is_reduction_met"))
    wrong = (neutral & ~met).astype(float)
    return [
        _all_within(frame, net, keys, "balances", "a sink was subtracted twice"),
        _all_within(frame, over, keys, "counted sinks", "more counts than cap, residual or sinks allow"),
        _all_within(frame, wrong, keys, "verdicts", "sinks were taken for reduction"),
    ]


def captures_deducted(tables: Tables) -> Sequence[Finding]:
    """Whether every capture of fossil carbon dioxide lowers the gross: its line is in it and holds as much."""
    frame = tables["scenarios/neutrality_balance"]
    captured = frame[(frame["captured_fossil_t"] > 0) & frame["notation_key"].isna()]
    if captured.empty:
        return [not_applicable("no balance has a capture of fossil carbon dioxide")]
    left = captured[captured["note"].fillna("").str.contains("not deducted")]
    keys = ("municipality_code", "release_id", "neutrality_basis", "year")
    return [
        failed(
            f"{row['municipality_code']} {row['neutrality_basis']} {row['year']}: {row['note']}",
            message_sv=f"'{row['municipality_code']}' {row['year']}, {_BASIS_SV[row['neutrality_basis']]}: av "
            f"{tonnes_sv(row['captured_fossil_t'])} infångad fossil koldioxid dras "
            f"{tonnes_sv(row['captured_fossil_deducted_t'])} av",
            observed=f"{row['captured_fossil_deducted_t']:,.0f} t deducted",
            threshold=f"{row['captured_fossil_t']:,.0f} t captured",
            keys=(", ".join(f"{name}={row[name]}" for name in keys),),
            count=1,
            likely_cause="the plant's line is a memo, missing (gross_line), smaller than the capture, or its emissions "
            "are already without it (is_in_gross)",
        )
        for row in left.to_dict("records")
    ] or [passed(f"all captures of {len(captured)} balances stand in a line of their gross")]


def captured_once(tables: Tables) -> Sequence[Finding]:
    """No plant's captures are both in a sinks.csv and in the registry of shared facilities, nor in two sinks.csv."""
    sinks, claims = tables["clean/carbon_sinks"], tables["scenarios/facility_claims"]
    captures = sinks[sinks["sink_kind"].isin(CAPTURES)]
    if captures.empty:
        return [not_applicable("no municipality lists a capture among its sinks")]
    findings = [
        finding
        for row in captures[["municipality_code", "sink_id", "facility_id", "from_year", "to_year"]].to_dict("records")
        if (finding := _counted_elsewhere(row, claims)) is not None
    ]
    owners = captures.groupby("facility_id")["municipality_code"].agg(lambda codes: sorted(set(codes)))
    findings += [
        _twice(
            f"{plant} stands in the sinks.csv of {' and '.join(codes)}",
            (f"facility_id={plant}",),
            "its tonnes would be counted by each of them: register it in _all/facilities.csv with its shares, and take "
            "the rows out of sinks.csv",
        )
        for plant, codes in owners.items()
        if len(codes) > 1
    ]
    return findings or [passed(f"each of {len(captures)} captures stands in one place")]


def _counted_elsewhere(sink: dict[str, Any], claims: pd.DataFrame) -> Finding | None:
    """A capture whose plant is registered, or that names no plant although its municipality has a registered share."""
    first, last = (sink[name] if pd.notna(sink[name]) else None for name in ("from_year", "to_year"))
    same_years = claims[
        (claims["year"] >= (first if first is not None else claims["year"]))
        & (claims["year"] <= (last if last is not None else claims["year"]))
    ]
    code, named = sink["municipality_code"], sink["facility_id"]
    keys = (f"municipality_code={code}, sink_id={sink['sink_id']}",)
    said = f"{code} {sink['sink_id']}"
    if isinstance(named, str):
        if named not in set(same_years["facility_id"]):
            return None
        advice = "take the row out of sinks.csv: the registry and its allocation key say whose the tonnes are"
        return _twice(f"{said}: {named} is a registered shared facility as well", keys, advice)
    own = same_years[(same_years["municipality_code"] == code) & same_years["is_applied"]]
    if own.empty:
        return None
    plants = ", ".join(sorted(set(own["facility_id"])))
    advice = "name the plant in the column facility_id if it is another one, or take the row out of sinks.csv"
    return _twice(f"{said} names no plant, and {code} has a share of {plants} in the same years", keys, advice)


def _twice(said: str, keys: tuple[str, ...], advice: str) -> Finding:
    return failed(said, observed="2 places", threshold="1 place", keys=keys, count=1, likely_cause=advice)


def _all_within(
    frame: pd.DataFrame, off: "pd.Series[float]", keys: Sequence[str], what: str, likely_cause: str
) -> Finding:
    wrong = frame[(off > NOISE_T).to_numpy()]
    if wrong.empty:
        return passed(
            f"{len(frame)} {what} agree", observed=f"{off.max() if len(off) else 0:.2g}", threshold=f"{NOISE_T:g}"
        )
    return failed(
        f"{len(wrong)} of {len(frame)} {what} do not agree, the most by {off.max():,.2f}",
        observed=f"{off.max():,.3f}",
        threshold=f"{NOISE_T:g}",
        keys=keys_of(wrong, keys),
        count=len(wrong),
        likely_cause=likely_cause,
    )
