"""Checks of pathways and investments: are percentiles in order, does money add up, was the trend right in the past?

What does not belong here: gap and neutrality (``targets_and_gap``).
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, passed

Tables = Mapping[str, pd.DataFrame]

#: A sum of money that is off by no more is floating-point noise, millions of kronor.
NOISE_MSEK = 1e-9
#: A sum or order that is off by no more is floating-point noise, tonnes.
NOISE_T = 1e-6
#: The check fails where intervals cover less than they promise by more than this.
SHORTFALL = 0.1
#: Fewer series than this cannot tell ninety per cent from eighty.
FEWEST_SERIES = 100


def percentiles_ordered(tables: Tables) -> Sequence[Finding]:
    """p05 is not above p50, nor p50 above p95."""
    frame = tables["scenarios/pathways"]
    if frame.empty:
        return [not_applicable("no municipality can be followed ahead")]
    low, middle, high = (frame[name] for name in ("p05_t", "p50_t", "p95_t"))
    wrong = frame[(low > middle + NOISE_T) | (middle > high + NOISE_T)]
    return [_none(wrong, frame, ["municipality_code", "scenario", "line", "year"], "percentiles out of order")]


def actions_never_raise(tables: Tables) -> Sequence[Finding]:
    """No pathway with actions lies above business as usual."""
    frame = tables["scenarios/pathways"]
    at = ["municipality_code", "release_id", "line", "year"]
    usual = frame[frame["scenario"] == "business_as_usual"].set_index(at)["p50_t"]
    planned = frame[frame["scenario"].isin(["existing_policies", "with_actions"])]
    if planned.empty:
        return [not_applicable("no municipality has actions with numbers")]
    limit = usual.reindex(pd.MultiIndex.from_frame(planned[at])).to_numpy()
    wrong = planned[planned["p50_t"].to_numpy() > limit + NOISE_T]
    return [_none(wrong, planned, [*at, "scenario"], "pathways with actions above business as usual")]


def investment_is_paid_for(tables: Tables) -> Sequence[Finding]:
    """The payers' parts and what is unfunded sum to the investment."""
    frame = tables["scenarios/investment_plan"]
    known = frame[frame["investment_msek"].notna()]
    if known.empty:
        return [not_applicable("no action has a cost")]
    beside = ("investment_msek", "running_msek")
    parts = [name for name in known.columns if name.endswith("_msek") and name not in beside]
    off = (known[parts].sum(axis=1) - known["investment_msek"]).abs()
    return [_none(known[off > NOISE_MSEK], known, ["municipality_code", "action_id", "year"], "rows do not add up")]


def one_price_year(tables: Tables) -> Sequence[Finding]:
    """A municipality's costs are in kronor of one price year."""
    frame = tables["scenarios/abatement_cost"]
    costed = frame[frame["lifetime_cost_msek"].notna()]
    if costed.empty:
        return [not_applicable("no action has a cost")]
    years = costed.groupby("municipality_code")["price_year"].nunique()
    mixed = years[years > 1].reset_index()
    return [_none(mixed, years.reset_index(), ["municipality_code"], "municipalities mix price years in their curve")]


def prices_convertible(tables: Tables) -> Sequence[Finding]:
    """The price index reaches the price year of every cost; where it does not, the cost is NE."""
    frame = tables["scenarios/abatement_cost"]
    stated = frame[frame["stated_price_year"].notna()]
    if stated.empty:
        return [not_applicable("no action has a cost")]
    lost = stated[stated["price_factor"].isna()]
    return [
        _none(
            lost,
            stated,
            ["municipality_code", "action_id", "stated_price_year"],
            "costs of a price year without an index value, left out as NE",
            "add the year with its source to data/reference/price_index.csv",
            what_sv="kostnader från ett prisår utan indexvärde, utelämnade som NE",
        )
    ]


def intervals_cover(tables: Tables) -> Sequence[Finding]:
    """Whether intervals covered as much as they promise, over all releases that hold enough municipalities."""
    frame = tables["scenarios/scenario_hindcast"]
    frame = frame[frame["series"] >= FEWEST_SERIES]
    if frame.empty:
        return [not_applicable(f"no release holds {FEWEST_SERIES} municipalities")]
    weighed = frame.assign(_covered=frame["covered_fraction"] * frame["series"])
    groups = weighed.groupby("sector_code")
    cover = (groups["_covered"].sum() / groups["series"].sum()).rename("covered").reset_index()
    limit = float(frame["nominal_fraction"].max()) - SHORTFALL
    wrong = cover[cover["covered"] < limit]
    if wrong.empty:
        return [passed(f"all {len(cover)} sectors cover at least {limit:.0%}", threshold=f"{limit:.0%}")]
    return [
        failed(
            f"{row.sector_code}: intervals covered {row.covered:.0%} of what came",
            observed=f"{row.covered:.0%}",
            threshold=f"{limit:.0%}",
            keys=keys_of(wrong, ["sector_code"]),
            count=1,
            likely_cause="a change of level that scenario_years.csv does not know, or another substance than errors "
            "were measured on",
        )
        for row in wrong.itertuples()
    ]


def _none(
    wrong: pd.DataFrame,
    among: pd.DataFrame,
    keys: list[str],
    what: str,
    likely_cause: str = "an error in the code of the scenarios, or actions that contradict each other",
    what_sv: str = "",
) -> Finding:
    if wrong.empty:
        return passed(f"0 of {len(among)}: {what}", threshold="0", observed="0")
    return failed(
        f"{len(wrong)} of {len(among)}: {what}",
        message_sv=what_sv and f"{len(wrong)} av {len(among)}: {what_sv}",
        observed=str(len(wrong)),
        threshold="0",
        keys=keys_of(wrong, keys),
        count=len(wrong),
        likely_cause=likely_cause,
    )
