"""Is a municipality neutral? Gross emissions, reduction, sinks and net, shown apart.

Formulas, with B the baseline:

* residual = gross - captured fossil carbon dioxide that the gross still holds (certificates sold taken off)
* reduction = (1 - residual / B) * 100; met when it reaches the least that the rules ask for
* eligible sinks = captured biogenic + biochar + natural sinks, additional only, certificates sold taken off
* cap = cap_pct of B; counted sinks = min(eligible, cap, residual)
* net = residual - counted; neutral when the reduction is met and net is zero
* shortfall = net = reduction shortfall (residual beyond what the least reduction allows) + sink shortfall (the rest),
  as long as cap and least reduction make up the whole baseline

Surplus sinks never replace reduction. Land use is outside the total that the reduction refers to: sinks stand beside
it, positive for what leaves the air. What belongs here: the balance. What does not: rules
(``configuration.neutrality``).
"""

from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.scenarios.gap import PRINTED

#: Tonnes below which nothing is left: floating-point noise.
NOISE_T = 1e-6
FOSSIL, BIOGENIC, BIOCHAR = "captured_fossil", "captured_biogenic", "biochar"
NATURAL = ("land", "marine")
Row = dict[str, Any]


def neutrality_balance(
    gap: pd.DataFrame, coherence: pd.DataFrame, sinks: pd.DataFrame, claims: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    """The balance of every municipality with a quantified total: its plan, and its latest emissions by release.

    Args:
        gap: ``scenarios/gap``: the residual of the printed plan.
        coherence: ``indicators/coherence``: latest emissions and baseline of the total target.
        sinks: ``clean/sinks``.
        claims: ``scenarios/facility_claims``.
        rules: ``clean/neutrality``.

    Returns:
        ``scenarios/neutrality``.
    """
    ruled = rules.set_index("municipality_code").to_dict("index")
    plans = gap[(gap["gap_basis"] == PRINTED) & gap["is_total"]]
    latest = coherence[coherence["coherence_kind"] == "total"]
    cases = [
        *(_case(row, "plan", row["target_year"], row["baseline_t"], row["residual_t"]) for row in _records(plans)),
        *(
            _case(row, "inventory", row["year"], row["baseline_t_co2e"], row["emissions_t_co2e"])
            for row in _records(latest)
        ),
    ]
    rows = []
    for case in cases:
        if pd.isna(case["baseline_t"]) or pd.isna(case["gross_t"]):
            continue
        mine = sinks[sinks["municipality_code"] == case["municipality_code"]]
        own = claims[
            (claims["municipality_code"] == case["municipality_code"])
            & (claims["year"] == case["year"])
            & claims["is_applied"]
        ]
        rows.append(case | balance(case, _sinks_of(case["year"], mine, own, ruled[case["municipality_code"]])))
    contract = table("scenarios/neutrality")
    frame = pd.DataFrame(rows, columns=contract.column_names)
    types = {c.name: "float64" for c in contract.columns if c.kind == "number"}
    types |= {c.name: "bool" for c in contract.columns if c.kind == "boolean"}
    types |= {"year": "int64", "baseline_year": "Int64"}
    return frame.astype(types).sort_values(list(contract.primary_key)).reset_index(drop=True)


def _records(frame: pd.DataFrame) -> list[Row]:
    return list(frame.to_dict("records"))


def _case(row: Row, basis: str, year: int, baseline: float, gross: float) -> Row:
    placed = ("municipality_code", "release_id", "is_current_release", "baseline_year")
    return {name: row[name] for name in placed} | {
        "neutrality_basis": basis,
        "year": int(year),
        "baseline_t": baseline,
        "gross_t": gross,
    }


def _sinks_of(year: int, sinks: pd.DataFrame, claims: pd.DataFrame, rule: Row) -> Row:
    """Sums of a year's sinks by what they are, and the rules that they fall under."""
    alive = (sinks["from_year"].fillna(year) <= year) & (sinks["to_year"].fillna(year) >= year)
    now = sinks[alive.astype(bool) & sinks["sink_t_per_year"].notna()]
    flux, sold = now["sink_t_per_year"], now["certificates_sold_t"].fillna(0.0)
    fossil, natural = now["sink_kind"] == FOSSIL, now["sink_kind"].isin(NATURAL)
    counts = now["permanence"].isin(rule["permanence_counted"].split()) & (now["additionality"] != "no")
    if not rule["counts_not_stated_additionality"]:
        counts &= now["additionality"] == "yes"
    open_ = (now["additionality"] == "not_stated") | (now["permanence"] == "not_stated")
    left = flux - sold
    claimed_fossil, claimed_biogenic = (float(claims[f"applied_{kind}_t"].sum()) for kind in ("fossil", "biogenic"))
    missing = sinks.loc[alive.astype(bool) & sinks["sink_t_per_year"].isna(), "sink_id"]
    notes = [f"not estimated and not counted: {', '.join(missing)}"] if len(missing) else []
    unsaid = now["certificates_sold_t"].isna() & now["sink_kind"].isin([FOSSIL, BIOGENIC])
    if unsaid.any():
        notes.append(f"certificates sold not stated, taken as none: {', '.join(now.loc[unsaid, 'sink_id'])}")
    return {
        "captured_fossil_t": float(flux[fossil].sum()) + claimed_fossil,
        "captured_fossil_deducted_t": float(left[fossil & ~now["is_in_gross"]].sum()) + claimed_fossil,
        "captured_biogenic_t": float(flux[now["sink_kind"] == BIOGENIC].sum()) + claimed_biogenic,
        "biochar_t": float(flux[now["sink_kind"] == BIOCHAR].sum()),
        "natural_sinks_t": float(flux[natural].sum()),
        "certificates_sold_t": float(sold.sum()),
        "excluded_sinks_t": float(left[~fossil & ~counts].sum()),
        "eligible_sinks_t": float(left[~fossil & counts].sum()) + claimed_biogenic,
        "eligible_not_stated_t": float(left[~fossil & counts & open_].sum()),
        **{name: rule[name] for name in ("min_reduction_pct", "cap_pct", "neutrality_method", "deviations")},
        "note": "; ".join(notes) or None,
    }


def balance(case: Row, sinks: Row) -> Row:
    """Strike the balance.

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
    counted = min(sinks["eligible_sinks_t"], cap, residual)
    net, beyond = residual - counted, max(residual - allowed, 0.0)
    met = beyond <= NOISE_T
    return sinks | {
        "residual_t": residual,
        "reduction_pct": (1.0 - residual / base) * 100.0 if base > 0 else np.nan,
        "is_reduction_met": met,
        "cap_t": cap,
        "counted_sinks_t": counted,
        "net_t": net,
        "reduction_shortfall_t": beyond,
        "sink_shortfall_t": max(net - beyond, 0.0),
        # Too little reduction is a shortfall also where sinks would make up for it: they must not.
        "shortfall_t": max(net, beyond),
        "is_neutral": met and net <= NOISE_T,
    }
