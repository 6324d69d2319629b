"""Is a municipality neutral? Gross emissions, reduction, sinks and net, shown separately.

Formulas, with B the baseline:

* residual = gross - captured fossil carbon dioxide (less certificates sold) of plants that the gross holds
* reduction = (1 - residual / B) * 100; met when it reaches the least reduction that the rules ask for
* eligible sinks = captured biogenic + biochar + natural sinks, only additional ones, less certificates sold
* cap = cap_pct of B; counted sinks = min(eligible, cap, residual) once the reduction is met, none before
* net = residual - counted; neutral when the reduction is met and net is zero
* shortfall = reduction shortfall (residual beyond what the least reduction allows) + sink shortfall (what eligible
  sinks within the cap would leave then), as long as cap and least reduction together are the whole baseline

A gross holds a plant when the plant's line (``gross_line``) is one of those that it sums, in the municipality where the
plant stands, and that line has at least the tonnes captured: a capture outside the gross lowers nothing. What a plan
leaves of a line is after its actions: where one of them is a capture, none is deducted from that line once more. Where
the print that a balance rests on contradicts itself, or the baseline is zero, there is no balance (NE).

Surplus sinks never replace reduction. Land use is outside the total that the reduction refers to: sinks have columns of
their own, positive for removals. What belongs here: the balance. What does not: rules (``configuration.neutrality``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.basis import CORRECTED
from klimat_pipeline.scenarios.gap_table import PRINTED
from klimat_pipeline.scenarios.pathways import in_form
from klimat_pipeline.scenarios.print_arithmetic import print_faults

#: A smaller residual is floating-point noise, tonnes.
NOISE_T = 1e-6
FOSSIL, BIOGENIC, BIOCHAR = "captured_fossil", "captured_biogenic", "biochar"
NATURAL = ("land", "marine")
NOT_ESTIMATED = "NE"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """What a balance is struck of: a plan or an inventory.

    Attributes:
        row: where and when, ``baseline_t`` and ``gross_t``.
        lines: by line of the inventory that the gross holds, the summand it stands in, and that summand's tonnes.
        captures: by summand, the plan's action that captures from it: what is left there is after it.
        lacking: why there can be no balance: the print that it rests on contradicts itself, or there is no baseline to
            reduce; empty where there is one.
    """

    row: Row
    lines: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    captures: Mapping[str, str] = field(default_factory=dict)
    lacking: str = ""


def cases(
    gap: pd.DataFrame,
    published_gap: pd.DataFrame,
    actions: pd.DataFrame,
    coherence: pd.DataFrame,
    territory: pd.DataFrame,
) -> list[Case]:
    """The plans and the latest inventories that have a baseline and a gross.

    Args:
        gap: ``scenarios/gap_table``: the residual of the printed plan.
        published_gap: ``clean/published_gap``: its lines, and whether the print agrees with itself.
        actions: ``clean/climate_actions``: which of them are captures, metered at a plant.
        coherence: ``indicators/target_coherence``: latest emissions and baseline of the total target.
        territory: ``inventory/inventory_territory``: the lines of those emissions.
    """
    printed = gap[gap["gap_basis"] == PRINTED]
    found = []
    for row in _records(printed[printed["is_total"]]):
        own = published_gap[published_gap["municipality_code"] == row["municipality_code"]]
        lines = printed[(printed["municipality_code"] == row["municipality_code"]) & ~printed["is_total"]]
        faults = [
            f"{fault.line}: {fault.gives}, printed is {fault.printed}"
            for fault in print_faults(own)
            if fault.is_of_balance
        ]
        held = _of_plan(lines[~lines["is_memo"]], own)
        metered = actions[(actions["municipality_code"] == row["municipality_code"]) & actions["is_metered"]]
        found.append(
            Case(
                _placed(row, "plan", row["target_year"], row["baseline_t"], row["residual_t"]),
                held,
                {held[one["line"]][0]: one["action_id"] for one in _records(metered) if one["line"] in held},
                f"the print contradicts itself: {'; '.join(faults)}"
                if faults
                else _nothing_to_reduce(row["baseline_t"]),
            )
        )
    for row in _records(coherence[coherence["coherence_kind"] == "total"]):
        placed = _placed(row, "inventory", row["year"], row["baseline_t_co2e"], row["emissions_t_co2e"])
        figure = "emissions_t_co2e" if row["basis"] == CORRECTED else "emissions_reported_t_co2e"
        held = _of_inventory(placed, str(row["sector_codes"]).split(), territory, figure)
        found.append(Case(placed, held, lacking=_nothing_to_reduce(placed["baseline_t"])))
    return [case for case in found if pd.notna(case.row["baseline_t"]) and pd.notna(case.row["gross_t"])]


def _nothing_to_reduce(baseline: float) -> str:
    return "" if baseline > 0 else "the baseline is 0 t, of which nothing can be reduced"


def _records(frame: pd.DataFrame) -> list[Row]:
    return list(frame.to_dict("records"))


def _placed(row: Row, basis: str, year: int, baseline: float, gross: float) -> Row:
    placed = ("municipality_code", "release_id", "is_current_release", "baseline_year")
    return {name: row[name] for name in placed} | {
        "neutrality_basis": basis,
        "year": int(year),
        "baseline_t": baseline,
        "gross_t": gross,
    }


def _of_plan(lines: pd.DataFrame, printed: pd.DataFrame) -> dict[str, tuple[str, float]]:
    """What the plan leaves on the printed line with scope 1 that each line of the inventory stands in."""
    of_lines = dict(zip(zip(printed["line"], printed["scopes"], strict=True), printed["of_lines"], strict=True))
    inside = [row for row in _records(lines[lines["residual_t"].notna()]) if "1" in row["scopes"].split("+")]
    return {
        line: (row["line"], row["residual_t"])
        for row in inside
        for line in of_lines[row["line"], row["scopes"]].split()
    }


def _of_inventory(
    placed: Row, sectors: Sequence[str], territory: pd.DataFrame, figure: str
) -> dict[str, tuple[str, float]]:
    """Scope 1 of the sectors that the total target sums, by line, on the basis of the total."""
    at = ["municipality_code", "release_id", "year"]
    own = territory[(territory[at] == [placed[name] for name in at]).all(axis=1) & (territory["scope"] == "1")]
    own = own[own["item"].str.split("/").str[0].isin(sectors) & own[figure].notna()]
    sums = own.groupby("line")[figure].sum()
    return {str(line): (str(line), float(tonnes)) for line, tonnes in sums.items()}


def neutrality_balance(
    plans: Iterable[Case], sinks: pd.DataFrame, claims: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    """The balance of every municipality with a quantified total: its plan, and its latest emissions by release.

    Args:
        plans: what the balances are struck of (``cases``).
        sinks: ``clean/carbon_sinks``.
        claims: ``scenarios/facility_claims``.
        rules: ``clean/neutrality_rules``.

    Returns:
        ``scenarios/neutrality_balance``.
    """
    ruled = rules.set_index("municipality_code").to_dict("index")
    rows = []
    for case in plans:
        code, year = case.row["municipality_code"], case.row["year"]
        mine = sinks[sinks["municipality_code"] == code]
        own = claims[(claims["municipality_code"] == code) & (claims["year"] == year) & claims["is_applied"]]
        counted = _sinks_of(year, mine, own, ruled[code], case)
        rows.append(case.row | (_without(case, counted) if case.lacking else balance(case.row, counted)))
    return in_form(
        pd.DataFrame(rows, columns=table("scenarios/neutrality_balance").column_names), "scenarios/neutrality_balance"
    )


def _without(case: Case, counted: Row) -> Row:
    """No balance, and why."""
    said = case.lacking
    return counted | {
        "gross_t": np.nan,
        "cap_t": case.row["baseline_t"] * counted["cap_pct"] / 100.0,
        "notation_key": NOT_ESTIMATED,
        "note": f"{said}; {counted['note']}" if counted["note"] else said,
    }


def _sinks_of(year: int, sinks: pd.DataFrame, claims: pd.DataFrame, rule: Row, case: Case) -> Row:
    """Sums of a year's sinks by kind, and the rules that apply."""
    alive = (sinks["from_year"].fillna(year) <= year) & (sinks["to_year"].fillna(year) >= year)
    now = sinks[alive.astype(bool) & sinks["sink_t_per_year"].notna()]
    flux, sold = now["sink_t_per_year"], now["certificates_sold_t"].fillna(0.0)
    fossil, natural = now["sink_kind"] == FOSSIL, now["sink_kind"].isin(NATURAL)
    counts = now["permanence"].isin(rule["permanence_counted"].split()) & (now["additionality"] != "no")
    if not rule["counts_not_stated_additionality"]:
        counts &= now["additionality"] == "yes"
    open_ = (now["additionality"] == "not_stated") | (now["permanence"] == "not_stated")
    left, share = flux - sold, claims["applied_fraction"]
    missing = sinks.loc[alive.astype(bool) & sinks["sink_t_per_year"].isna(), "sink_id"]
    notes = [f"not estimated and not counted: {', '.join(missing)}"] if len(missing) else []
    unsaid = now["certificates_sold_t"].isna() & now["sink_kind"].isin([FOSSIL, BIOGENIC])
    if unsaid.any():
        notes.append(f"certificates sold not stated, taken as none: {', '.join(now.loc[unsaid, 'sink_id'])}")
    deducted, outside = _deducted(_captures(now.assign(left=left)[fossil & ~now["is_in_gross"]], claims), case)
    claimed_sold = (claims["sold_fossil_t"] + claims["sold_biogenic_t"]) * share
    return {
        "captured_fossil_t": float(flux[fossil].sum() + (claims["captured_fossil_t"] * share).sum()),
        "captured_fossil_deducted_t": deducted,
        "captured_biogenic_t": float(
            flux[now["sink_kind"] == BIOGENIC].sum() + (claims["captured_biogenic_t"] * share).sum()
        ),
        "biochar_t": float(flux[now["sink_kind"] == BIOCHAR].sum()),
        "natural_sinks_t": float(flux[natural].sum()),
        "certificates_sold_t": float(sold.sum() + claimed_sold.sum()),
        "excluded_sinks_t": float(left[~fossil & ~counts].sum()),
        "eligible_sinks_t": float(left[~fossil & counts].sum() + claims["applied_biogenic_t"].sum()),
        "eligible_not_stated_t": float(left[~fossil & counts & open_].sum()),
        **{name: rule[name] for name in ("min_reduction_pct", "cap_pct", "neutrality_method", "deviations")},
        "rules_source": rule["source"],
        "note": "; ".join([*notes, *outside]) or None,
    }


def _captures(own: pd.DataFrame, claims: pd.DataFrame) -> Iterator[tuple[str, str | None, float]]:
    """Captures of fossil carbon dioxide: name, line that holds the plant's emissions in this gross, tonnes not sold."""
    for row in _records(own):
        yield row["sink_id"], row["gross_line"] if isinstance(row["gross_line"], str) else None, row["left"]
    for row in _records(claims):
        here = isinstance(row["gross_line"], str) and row["is_located"]
        yield row["facility_id"], row["gross_line"] if here else None, row["applied_fossil_t"]


def _deducted(captures: Iterable[tuple[str, str | None, float]], case: Case) -> tuple[float, list[str]]:
    """Tonnes to take off the gross, and what is not taken off and why."""
    lines = case.lines
    by_summand: dict[tuple[str, float], list[tuple[str, float]]] = {}
    notes, total = [], 0.0
    for name, line, tonnes in captures:
        if tonnes <= NOISE_T:
            continue
        if line is None:
            notes.append(f"fossil capture of {name} not deducted: no line of this gross is said to hold its plant")
        elif line not in lines:
            notes.append(f"fossil capture of {name} not deducted: {line} is not in this gross")
        elif action := case.captures.get(lines[line][0]):
            notes.append(f"fossil capture of {name} not deducted: what the plan leaves of {line} is after {action}")
        else:
            by_summand.setdefault(lines[line], []).append((name, tonnes))
    for (summand, held), own in by_summand.items():
        captured = sum(tonnes for _, tonnes in own)
        if captured > held + NOISE_T:
            names = " and ".join(name for name, _ in own)
            notes.append(
                f"fossil capture of {names} not deducted: {summand} holds {held:,.0f} t of this gross, less than the "
                f"{captured:,.0f} t captured"
            )
        else:
            total += captured
    return total, notes


def balance(case: Row, sinks: Row) -> Row:
    """Compute the balance.

    Args:
        case: ``baseline_t`` and ``gross_t``.
        sinks: ``captured_fossil_deducted_t``, ``eligible_sinks_t``, ``cap_pct``, ``min_reduction_pct``.

    Returns:
        The sinks' columns with residual, reduction, cap, counted sinks, net and shortfall.
    """
    base = float(case["baseline_t"])
    residual = max(float(case["gross_t"]) - sinks["captured_fossil_deducted_t"], 0.0)
    allowed = base * (1.0 - sinks["min_reduction_pct"] / 100.0)
    cap = base * sinks["cap_pct"] / 100.0
    beyond = max(residual - allowed, 0.0)
    met = beyond <= NOISE_T
    usable = min(sinks["eligible_sinks_t"], cap, residual)
    counted = usable if met else 0.0
    return sinks | {
        "residual_t": residual,
        "reduction_pct": (1.0 - residual / base) * 100.0 if base > 0 else np.nan,
        "is_reduction_met": met,
        "cap_t": cap,
        "counted_sinks_t": counted,
        "net_t": residual - counted,
        "reduction_shortfall_t": beyond,
        "sink_shortfall_t": max(residual - usable - beyond, 0.0),
        # Too little reduction is a shortfall even where there are enough sinks, since they must not replace it.
        "shortfall_t": max(residual - usable, beyond),
        "is_neutral": met and residual - counted <= NOISE_T,
    }
