"""Explanations of targets, coherence, gap, neutrality and claims: formula, inputs, and whether they give the figure.

What does not belong here: the emissions themselves (``figures``).
"""

from klimat_pipeline.explanations import figures
from klimat_pipeline.explanations.database import Row
from klimat_pipeline.explanations.shared import Sources
from klimat_pipeline.explanations.tree import Node, Scalar, agreement, tolerance_of

_STATUS = "the measure compared with the path; gap = current value - path value (the target's where there is no path)"
_PLAN = "sum of the sub-targets' levels + latest emissions of sectors without one - the total target = shortfall"
_GAP = "gap = (latest - other plans) - target; residual = latest - other plans - actions counted together"
_NET = (
    "net = gross - captured fossil deducted - counted sinks; counted = min(eligible, cap, residual) once the least "
    "reduction is met, none before"
)
_CLAIM = "(captured - certificates sold) * share under the key"
_EMISSIONS, _TOTAL, _UNCOVERED, _REPORTED = "emissions", "total", "uncovered", "reported"


def target(sources: Sources, row: Row) -> list[Node]:
    """A target on a path, and the emissions behind it."""
    nodes = [Node("formula", _STATUS)]
    if row["current_value"] is None:
        return [*nodes, Node("no number", row["note"])]
    limit = row["path_value"] if row["path_value"] is not None else row["target_value"]
    if row["gap_value"] is not None:
        nodes.append(agreement("current less path", row["current_value"] - limit, row["gap_value"], "the gap"))
    return nodes + (_indicator(sources, row, row["target_id"]) if row["target_measure"] == _EMISSIONS else [])


def coherence(sources: Sources, row: Row) -> list[Node]:
    """An item of a plan; of the total also the plan's balance."""
    nodes = [Node("formula", _PLAN)]
    if row["coherence_kind"] == _TOTAL and row["levels_sum_t"] is None:
        nodes.append(Node("no number", row["note"]))
    elif row["coherence_kind"] == _TOTAL:
        short = row["levels_sum_t"] + row["uncovered_t"] - row["target_t_co2e"]
        nodes += [Node(name, row[name], "t") for name in ("levels_sum_t", "uncovered_t")]
        nodes.append(agreement("levels + uncovered - total target", short, row["shortfall_t"], "the shortfall"))
    if row["coherence_kind"] == _UNCOVERED:
        accounts, codes = sources.accounts(row), [row["coherence_item"]]
        held = accounts.row(row["year"], row["coherence_item"])["emissions_reported_t"]
        both = (row["emissions_t_co2e"], held)
        return nodes + figures.on_basis(accounts, "inputs", row["year"], codes, both, row["basis"])
    return nodes + _indicator(sources, row, row["coherence_item"])


def _indicator(sources: Sources, row: Row, target_id: str) -> list[Node]:
    place = {name: row[name] for name in ("municipality_code", "release_id", "year")}
    found = sources.database.first("sector_indicators", target_id=target_id, **place)
    if found and row["basis"] == _REPORTED and found["basis"] != _REPORTED:  # a plan, or a budget, as a whole
        names = {"emissions_t_co2e": "emissions_reported_t_co2e", "baseline_t_co2e": "baseline_reported_t_co2e"}
        names |= {"change_pct": "change_reported_pct"}
        found = found | {name: found[other] for name, other in names.items()} | {"basis": _REPORTED}
    return figures.sector_indicator(sources, found) if found else []


def gap(sources: Sources, row: Row) -> list[Node]:
    """A line of a gap table: its columns, its actions, and the lines behind a total."""
    nodes = [Node("formula", _GAP), *_counted(row)]
    if row["gap_basis"] == "printed":
        printed = {"municipality_code": row["municipality_code"], "line": row["line"], "scopes": row["scopes"]}
        source = sources.database.first("published_gap", **printed).get("source")
        nodes.append(Node("the print", source, None, _print(row)))
    nodes += _columns(row, ("baseline_t", "target_t", "latest_t", "other_plans_t", "gap_t"))
    for action_id in (row["action_ids"] or "").split():
        own = sources.database.first("climate_actions", municipality_code=row["municipality_code"], action_id=action_id)
        detail: dict[str, Scalar] = {name: own[name] for name in ("name_en", "source") if own.get(name)}
        nodes.append(Node(f"action {action_id}", own.get("effect_t_per_year"), "t/year", detail))
    nodes += _columns(row, ("actions_t", "actions_counted_t"))
    if row["note"]:
        nodes.append(Node("note", row["note"]))
    if row["residual_t"] is None:
        return nodes
    left = row["latest_t"] - (row["other_plans_t"] or 0.0) - row["actions_counted_t"]
    nodes.append(agreement("latest less plans and actions", left, row["residual_t"], "the residual"))
    if not row["is_total"]:
        return nodes
    place = {name: row[name] for name in ("municipality_code", "release_id", "gap_basis")}
    lines = sources.database.rows("gap_table", is_total=0, is_memo=0, **place)
    if not lines:  # a print of a total only
        return nodes
    total = sum(float(line["residual_t"] or 0.0) for line in lines)
    said = agreement("sum of the lines", total, row["residual_t"], "the total", tolerance=tolerance_of(len(lines)))
    return [*nodes, *(Node(line["line"], line["residual_t"], "t") for line in lines), said]


def _counted(row: Row) -> list[Node]:
    """The two formulas with the row's own numbers."""
    plans, found = row["other_plans_t"] or 0.0, []
    if row["gap_t"] is not None:
        said = f"({row['latest_t']:,.0f} - {plans:,.0f}) - {row['target_t']:,.0f} = {row['gap_t']:,.0f} t"
        found.append(Node(f"gap {row['target_year']}", said))
    if row["residual_t"] is not None:
        counted = row["actions_counted_t"]
        said = f"{row['latest_t']:,.0f} - {plans:,.0f} - {counted:,.0f} = {row['residual_t']:,.0f} t"
        found.append(Node(f"residual {row['target_year']}", said))
    return found


def _print(row: Row) -> dict[str, Scalar]:
    names = ("printed_gap_t", "gap_off_t", "printed_residual_t", "residual_off_t")
    return {name: row[name] for name in names if row[name] is not None}


def neutrality(sources: Sources, row: Row) -> list[Node]:
    """A neutrality balance: its columns, the municipality's sinks, and whether net follows."""
    names = (
        *("baseline_t", "gross_t", "captured_fossil_deducted_t", "residual_t", "captured_biogenic_t", "biochar_t"),
        *("natural_sinks_t", "certificates_sold_t", "excluded_sinks_t", "eligible_sinks_t", "cap_t", "counted_sinks_t"),
    )
    nodes = [Node("formula", _NET), *_verdict(row), *_columns(row, names)]
    for sink in sources.database.rows("carbon_sinks", municipality_code=row["municipality_code"]):
        detail: dict[str, Scalar] = {
            name: sink[name] for name in ("sink_kind", "permanence", "additionality", "source")
        }
        nodes.append(Node(f"sink {sink['sink_id']}", sink["sink_t_per_year"], "t/year", detail))
    if row["net_t"] is None:
        return nodes
    usable = min(row["eligible_sinks_t"], row["cap_t"], row["residual_t"])
    net = row["residual_t"] - (usable if row["is_reduction_met"] else 0.0)
    return [*nodes, agreement("residual less counted sinks", net, row["net_t"], "the net")]


def _verdict(row: Row) -> list[Node]:
    """What the balance says, and what is missing to neutrality."""
    if row["is_neutral"] is None:
        return [Node("neutral", row["notation_key"], None, {"reason": row["note"]})]
    if row["is_neutral"]:
        return [Node("neutral", "yes: the least reduction is met and sinks cover the rest")]
    asked = f"{row['reduction_pct']:.1f} %, at least {row['min_reduction_pct']:g} % asked for"
    if row["reduction_shortfall_t"] > 0:
        asked += f": {row['reduction_shortfall_t']:,.0f} t too little"
    eligible, counted = row["eligible_sinks_t"], row["counted_sinks_t"]
    rest = (
        f"{counted:,.0f} t counted of {eligible:,.0f} t eligible, at most {row['cap_t']:,.0f} t ({row['cap_pct']:g} %)"
    )
    if row["sink_shortfall_t"] > 0:
        rest += f": {row['sink_shortfall_t']:,.0f} t too little"
    detail: dict[str, Scalar] = {"reduction": asked, "sinks": rest}
    return [Node("neutral", f"no: {row['shortfall_t']:,.0f} t are missing", None, detail)]


def claim(_: Sources, row: Row) -> list[Node]:
    """A claim on a shared plant."""
    names = ("captured_biogenic_t", "sold_biogenic_t", "captured_fossil_t", "sold_fossil_t")
    total = (row["captured_biogenic_t"] - row["sold_biogenic_t"]) * row["share_fraction"]
    return [
        Node("formula", _CLAIM),
        *_columns(row, names),
        Node("share", row["share_fraction"], "fraction", {"source": row["source"]}),
        agreement("available * share", total, row["claimed_biogenic_t"], "the claim"),
    ]


def _columns(row: Row, names: tuple[str, ...]) -> list[Node]:
    return [Node(name, row[name], "t") for name in names if row[name] is not None]
