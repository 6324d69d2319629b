"""Explanations of pathways, probabilities, costs per tonne, and the comparison between municipalities.

Simulated draws are not shown one by one: the tree shows the formula, what has to be known of it, and the figures that
the trend starts from. The rest (comparison, paces, money) is computed again. What does not belong here: targets and
gap (``targets_and_gap``).
"""

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.explanations.figures import on_basis
from klimat_pipeline.explanations.shared import Accounts, Sources
from klimat_pipeline.explanations.tree import TOLERANCE_PCT, TOLERANCE_T, Node, agreement, tolerance_of

_TOTAL, _TARGET = "total", "target"
_PATHWAY = (
    "middle of the futures: the newest figure, carried on along a slope that is three quarters the nation's and fades; "
    "p05 and p95 hold nine in ten of them, as the errors of the past say"
)
_PLANNED = (
    "min(business as usual, base x product of (1 - delivery x share x working part)) of every sector; without ranges "
    "in the plan all carried out in full from a frozen level"
)
_STRAIGHT = "the straight line from the newest year to the target's level in its year"
_PROBABILITY = "share of the draws at or below the target's level in its year: (met + 1) / (draws + 2)"
_COST = (
    "sum of yearly costs over sum of yearly tonnes, both discounted to the first year; tonnes until the target's year"
)
_COMPARISON = {
    "emissions": "reported emissions of the newest year, t CO2e",
    "per_resident": "reported emissions over residents of the nearest year within three",
    "share": "reported emissions over the municipality's total, per cent",
    "change_since_baseline": "(E_n / E_b - 1) * 100, E_b those of the baseline year",
    "compound_change": "((E_n / E_f) ** (1 / (n - f)) - 1) * 100, f the first year of the trend",
    "mean_yearly_change": "mean of the yearly percentages; years in a gap share the compound rate between its ends",
}


def pathway(sources: Sources, row: Row) -> list[Node]:
    """A year ahead: the figures that it starts from."""
    formula = {_TARGET: _STRAIGHT, "business_as_usual": _PATHWAY}.get(row["scenario"], _PLANNED)
    return [Node("formula", formula), *_treatment(row), *_less(sources, row), *_start(sources, row)]


def _less(sources: Sources, row: Row) -> list[Node]:
    """How far the plan is below the trend; in a target's year also what it loses without each action, largest first.

    These do not sum to the distance: actions overlap, and part of what they do is in the trend.
    """
    if row["scenario"] not in ("existing_policies", "with_actions") or row["p50_t"] is None:
        return []
    key = {name: row[name] for name in ("municipality_code", "release_id", "line", "year")}
    usual = sources.database.first("pathways", scenario="business_as_usual", **key)
    nodes = [
        Node("the trend alone", usual["p50_t"], "t CO2e"),
        Node("less with this scenario's actions", row["p50_t"] - usual["p50_t"], "t CO2e"),
    ]
    place = {name: row[name] for name in ("municipality_code", "release_id")} | {"target_id": row["line"]}
    ends = sources.database.first("target_probability", scenario=row["scenario"], **place)
    if row["scenario"] != "with_actions" or ends.get("target_year") != row["year"]:
        return nodes
    worth = sources.database.rows("target_sensitivity", factor_kind="action", **place)
    shown = sorted(worth, key=lambda action: -(action["shift_t"] or 0.0))
    return nodes + [
        Node(f"without {action['factor']} it would be higher by", action["shift_t"], "t") for action in shown
    ]


def probability(sources: Sources, row: Row) -> list[Node]:
    """A probability: where it starts, the target, and the pace between them."""
    nodes = [Node("formula", _PROBABILITY), Node("in words", row["probability_text"])]
    nodes += [*_treatment(row), *_start(sources, row)]
    nodes.append(Node(f"target {row['target_year']}", row["target_t_co2e"], "t CO2e"))
    if row["required_t_co2e_per_year"] is not None:
        left = row["target_year"] - row["newest_year"]
        pace = min((row["target_t_co2e"] - row["newest_t"]) / left, 0.0)
        nodes.append(agreement("target less newest, a year", pace, row["required_t_co2e_per_year"], "the needed pace"))
    return nodes


def abatement(sources: Sources, row: Row) -> list[Node]:
    """Tonnes of an action year by year, and its cost per tonne."""
    key = {name: row[name] for name in ("municipality_code", "action_id")}
    years = sources.database.rows("investment_plan", **key)
    shown = ("investment_msek", "running_msek", "cumulated_t")
    nodes = [Node("formula", _COST)]
    nodes += [
        Node(str(year["year"]), year["reduced_t"], "t", {n: year[n] for n in shown if year[n] is not None})
        for year in sorted(years, key=lambda year: year["year"])
    ]
    until = [float(year["reduced_t"]) for year in years if year["is_until_target"] and year["reduced_t"] is not None]
    if row["until_target_t"] is not None:
        said = f"years until {row['target_year']}"
        tolerance = tolerance_of(len(until))
        nodes.append(agreement(said, sum(until), row["until_target_t"], "the figure", tolerance=tolerance))
    if row["sek_per_t"] is None:
        return [*nodes, Node("no cost per tonne", row["notation_key"])]
    names = (
        "discount_rate_pct",
        "price_year",
        "stated_price_year",
        "price_factor",
        "discounted_cost_msek",
        "discounted_t",
    )
    detail = {name: row[name] for name in names}
    return [*nodes, Node("cost per tonne", row["sek_per_t"], "SEK/t", detail)]


def comparison(sources: Sources, row: Row) -> list[Node]:
    """A compared figure: the emissions that it is counted from, and its place."""
    accounts, name = sources.accounts(row), row["indicator"]
    nodes = [Node("formula", _COMPARISON.get(name, name))]
    now = _emissions(accounts, row, row["year"], nodes)
    counted = _counted(sources, accounts, row, now, nodes)
    if counted is not None and now > 0:
        # Figures are rounded, which weighs the more the smaller they are.
        tolerance = TOLERANCE_PCT + 100 * TOLERANCE_T / now
        unit = row["indicator_unit"]
        nodes.append(
            agreement("counted again", counted, row["indicator_value"], "the figure", unit=unit, tolerance=tolerance)
        )
    spread = ("lowest_value", "q25_value", "median_value", "q75_value", "highest_value", "similar_codes")
    return [*nodes, Node("place", row["rank_text"], None, {n: row[n] for n in spread if row[n] not in (None, "")})]


def _counted(sources: Sources, accounts: Accounts, row: Row, now: float, nodes: list[Node]) -> float | None:
    """The indicator from the published emissions; None where it takes more than two years."""
    name, years = row["indicator"], _generic(sources, row)
    if name == "emissions":
        return now
    if name == "share":
        whole = sum(float(r["emissions_reported_t"]) for r in accounts.rows(row["year"], accounts.sectors(row["year"])))
        return now / whole * 100 if whole else None
    if name == "change_since_baseline":
        return (now / _emissions(accounts, row, years["baseline_year"], nodes) - 1) * 100
    if name == "compound_change":
        first = years["trend_from_year"]
        return float((now / _emissions(accounts, row, first, nodes)) ** (1 / (row["year"] - first)) - 1) * 100
    return None


def _generic(sources: Sources, row: Row) -> Row:
    """Baseline and first year of the trend that everybody is compared on."""
    key = {name: row[name] for name in ("municipality_code", "target_id")}
    return sources.database.first("targets", target_kind="generic", **key)


def _emissions(accounts: Accounts, row: Row, year: int, nodes: list[Node]) -> float:
    """Reported emissions of a year, added to the nodes with their cells."""
    codes = accounts.sectors(year) if row["target_id"] == _TOTAL else [row["target_id"]]
    reported = sum(float(r["emissions_reported_t"]) for r in accounts.rows(year, codes))
    nodes += on_basis(accounts, "inputs", year, codes, (round(reported, 3),) * 2, row["basis"])
    return reported


def _start(sources: Sources, row: Row) -> list[Node]:
    """Emissions of the newest year, from which the pathways start."""
    key = {name: row[name] for name in ("municipality_code", "release_id")}
    key["target_id"] = row["line"] if "line" in row else row["target_id"]
    newest = sources.database.first("sector_indicators", is_latest_year=1, **key)
    if not newest:
        return []
    accounts, codes, year = sources.accounts(row), newest["sector_codes"].split(), newest["year"]
    figures = newest[f"emissions_{row['basis']}_t_co2e"], newest["emissions_reported_t_co2e"]
    return on_basis(accounts, "newest year", year, codes, figures, row["basis"])


def _treatment(row: Row) -> list[Node]:
    return [Node("treatment of years and actions", row["note"])] if row.get("note") else []
