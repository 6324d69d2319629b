"""Explanations of the spend analysis: kronor, price index, exchange rate and factor, down to the ledger files.

A leaf is a ledger file with its hash, lines and kronor, or a factor, rate or index with its source. Lines are never
shown: they may be about persons. What does not belong here: computing a figure (``spend``).
"""

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.explanations.shared import Sources
from klimat_pipeline.explanations.spend_shared import (
    AT,
    PARTS,
    factor_node,
    factors_of,
    ledgers,
    parts_of,
    per_krona,
    place,
    replacements,
    sum_node,
    sum_of_categories,
)
from klimat_pipeline.explanations.tree import TOLERANCE_PCT, Node, agreement, tolerance_of
from klimat_pipeline.text import counted

_KG = (
    "kg CO2e = SEK x index of the factor's price year / index of the year of purchase / SEK per unit of currency x "
    "factor; kronor that activities or suppliers explain have their figure instead"
)
_MAPPING = (
    "the first step that knows decides: the municipality's own tables, CPV code, supplier's industry, words of the "
    "account's text, account number; kronor of a category x its factor, unless a figure replaces them"
)
_SUMMED = "sum over categories of kronor x the category's kg per krona; the split by category is not published"
_TREND = "sum over the lines booked in the month (month 0: the year); real kronor are those of the price year"
_LMDI = (
    "sum over categories of L(x to, x from) ln(ratio of the part), L(a, b) = (a - b) / ln(a / b); what begins, ends or "
    "changes its sign is mix"
)
_RANGE = "every category's factor drawn from a log-normal distribution around it; the end named of all draws"
_BALANCE = "in = classified + unmapped + left out by rule + found twice + in quarantine, to the oere"
_SCOPE3 = "sum of the categories that the mapping puts into this category of scope 3"
_REPLACED = "kronor that the figure explains, and what they would have emitted by factor; only the figure counts"
_OTHER_SET = "kronor of the spend part x kg per krona of another factor set, through the same formula"
_INDICATORS = {
    "kg_co2e_per_sek": "emissions over nominal kronor, mapped part",
    "kg_co2e_per_real_sek": "emissions over kronor of the price year, mapped part",
    "kg_co2e_per_resident": "emissions over residents of the same year",
    "purchases_t_co2e": "emissions of all purchases that are mapped",
    "food_t_co2e": "emissions of the categories of food",
    "kg_co2e_per_kg_food": "emissions over weight, lines of food that state it",
}
_CHANGE = "(emissions of the year / those of the base year that spend.yaml names - 1) * 100"
#: Published kronor have two decimals.
_ORE = 0.005
_FOOD = "food"
#: Tables that rank and sum the same lines: kind of hotspot, and column of their key.
_RANKED = {
    "category": ("spend_by_category", "spend_category"),
    "unit": ("spend_by_unit", "ledger_unit"),
    "contract": ("spend_by_contract", "contract_id"),
}


def category(sources: Sources, row: Row) -> list[Node]:
    """A category: its kronor, index, rate and factor, what replaces some of it, and the ledgers."""
    nodes = [Node("formula", _KG)]
    key = {name: row[name] for name in (*AT, "spend_category")}
    found = sources.database.first("spend_factors", **key)
    own = row["spend_sek"] - row["replaced_sek"]
    nodes.append(Node("kronor by factor", own, "SEK", {name: row[name] for name in ("ledger_lines", "replaced_sek")}))
    if not found:
        nodes.append(Node("no factor", "unmapped: no emissions are guessed"))
    elif found["factor_value"] is None:
        nodes.append(Node("no factor", f"the set {found['factor_set']} has none for this category"))
    else:
        nodes.append(factor_node(found))
        tonnes = own * per_krona(found) / 1000
        # Published kronor are rounded, a row of the cube to a milligram.
        allowed = tolerance_of(1) + 1e-9 * row["ledger_lines"]
        part = row["footprint_spend_t_co2e"]
        nodes.append(agreement("kronor x kg per krona", tonnes, part, "the spend part", tolerance=allowed))
    return [*nodes, *parts_of(row), *replacements(sources, row), ledgers(sources, row)]


def mapping(sources: Sources, row: Row) -> list[Node]:
    """An account: what decided what it was taken for, its factor, and the ledgers."""
    nodes = [Node("formula", _MAPPING), Node(f"step {row['step']}", row["evidence"])]
    nodes.append(Node("kronor", row["amount_sek"], "SEK", {"ledger_lines": row["ledger_lines"]}))
    found = sources.database.first("spend_factors", **place(row), spend_category=row["category"])
    if found and found["factor_value"] is not None:
        nodes.append(factor_node(found))
    return [*nodes, ledgers(sources, row)]


def grouped(sources: Sources, row: Row) -> list[Node]:
    """A unit, supplier or contract: its three parts, the factors of the year, and the ledgers."""
    kronor = Node("kronor", row["spend_sek"], "SEK", {n: row[n] for n in ("ledger_lines", "mapped_sek")})
    return [Node("formula", _SUMMED), kronor, *parts_of(row), factors_of(sources, row), ledgers(sources, row)]


def trend(sources: Sources, row: Row) -> list[Node]:
    """A month or a year: its parts; a year also as the sum of its months and of its categories."""
    kronor = Node("kronor", row["spend_sek"], "SEK", {n: row[n] for n in ("ledger_lines", "spend_real_sek")})
    nodes = [Node("formula", _TREND), kronor, *parts_of(row)]
    if row["month"] == 0 and row["footprint_t_co2e"] is not None:
        rows = sources.database.rows("spend_trend", **place(row))
        months = [r for r in rows if r["month"] > 0]
        nodes += [Node(f"month {r['month']}", r["footprint_t_co2e"], "t CO2e") for r in months]
        nodes.append(sum_node("months", [r["footprint_t_co2e"] for r in months], row["footprint_t_co2e"]))
        nodes.append(sum_of_categories(sources, row, row["footprint_t_co2e"]))
    return [*nodes, factors_of(sources, row), ledgers(sources, row)]


def change(sources: Sources, row: Row) -> list[Node]:
    """A part of a change: its siblings, and the measure in both years."""
    key = {n: row[n] for n in ("municipality_code", "year_from", "year_to", "explained_measure")}
    parts = sources.database.rows("spend_change_explained", **key)
    unit = change_unit(row)
    nodes = [Node("formula", _LMDI)]
    nodes += [Node(f"part {r['change_part']}", r["part_value"], unit) for r in parts]
    total, size = sum(float(r["part_value"]) for r in parts), abs(row["from_value"]) + abs(row["to_value"])
    change_ = row["to_value"] - row["from_value"]
    nodes.append(agreement("sum of the parts", total, change_, "the change", unit=unit, tolerance=_ORE + 1e-9 * size))
    for year, value in ((row["year_from"], row["from_value"]), (row["year_to"], row["to_value"])):
        at = {"municipality_code": row["municipality_code"], "year": year}
        rows = sources.database.rows("spend_by_category", **at)
        spend = sum(r["mapped_sek"] - r["replaced_sek"] for r in rows)
        measured = spend if row["explained_measure"] == "spend_sek" else sum(r[PARTS[0]] for r in rows)
        allowed = max(tolerance_of(len(rows)), _ORE * 2 * len(rows))
        said = f"categories of {year}"
        nodes.append(agreement(said, measured, value, "the measure", unit=unit, tolerance=allowed))
        nodes += [factors_of(sources, at), ledgers(sources, at)]
    return nodes


def change_unit(row: Row) -> str:
    """Unit of the explained measure."""
    return "SEK" if row["explained_measure"] == "spend_sek" else "t CO2e"


def hotspot(sources: Sources, row: Row) -> list[Node]:
    """A rank: the row that it ranks, and the share of it and all before it."""
    rows = sources.database.rows("spend_hotspots", hotspot_kind=row["hotspot_kind"], **place(row))
    ahead = [r for r in rows if r["hotspot_rank"] <= row["hotspot_rank"]]
    nodes = []
    if row["cumulative_share_pct"] is not None:
        shares = sum(float(r["share_of_footprint_pct"]) for r in ahead)
        figure, allowed = row["cumulative_share_pct"], TOLERANCE_PCT * len(ahead)
        said = f"shares of {counted(len(ahead), 'rank')}"
        against = "the cumulative share"
        nodes.append(agreement(said, shares, figure, against, unit="%", tolerance=allowed))
    if row["hotspot_kind"] in _RANKED:
        name, column = _RANKED[row["hotspot_kind"]]
        found = sources.database.first(name, **{column: row["hotspot"]}, **place(row))
        if found:
            tonnes = found["footprint_t_co2e"]
            nodes.append(agreement(f"row of {name}", tonnes, row["footprint_t_co2e"], "the figure"))
            return [*nodes, *(category if name == "spend_by_category" else grouped)(sources, found)]
    return [Node("formula", _SUMMED), *nodes, factors_of(sources, row), ledgers(sources, row)]


def quality(sources: Sources, row: Row) -> list[Node]:
    """A step, a grade or an end of the range."""
    if row["quality_aspect"] == "range":
        return [Node("formula", _RANGE), factors_of(sources, row), ledgers(sources, row)]
    rows = sources.database.rows("spend_quality", quality_aspect=row["quality_aspect"], **place(row))
    whole = sum(float(r["spend_sek"]) for r in rows)
    nodes = [Node("formula", f"kronor and emissions of the lines by {row['quality_aspect']}")]
    nodes.append(Node("kronor", row["spend_sek"], "SEK", {"ledger_lines": row["ledger_lines"], "of_sek": whole}))
    if row["share_of_spend_pct"] is not None and whole:
        share, figure = row["spend_sek"] / whole * 100, row["share_of_spend_pct"]
        nodes.append(agreement("share", share, figure, "the table", unit="%", tolerance=2 * TOLERANCE_PCT))
    return [*nodes, sum_of_categories(sources, row, sum(float(r["footprint_t_co2e"] or 0) for r in rows))]


def balance(sources: Sources, row: Row) -> list[Node]:
    """A rule: where all kronor of the municipality went, compared with what its files hold."""
    code = row["municipality_code"]
    rules = sources.database.rows("spend_reconciliation", municipality_code=code)
    files = sources.database.rows("spend_files", municipality_code=code)
    held = sum(int(r["amount_ore"]) for r in files if r["file_status"] == "read") / 100
    went = sum(int(r["amount_ore"]) for r in rules) / 100
    nodes = [Node("formula", _BALANCE), Node("rule", row["rule_reason"] or row["rule_kind"])]
    same_year = [r for r in rules if r["year"] == row["year"]]
    nodes += [Node(r["rule"], r["amount_sek"], "SEK", {"ledger_lines": r["ledger_lines"]}) for r in same_year]
    said = "all rules and years"
    nodes.append(agreement(said, went, held, "what the files hold", unit="SEK", name="files_sek", tolerance=_ORE))
    return [*nodes, ledgers(sources, {"municipality_code": code})]


def scope3(sources: Sources, row: Row) -> list[Node]:
    """A category of scope 3: the categories of purchases in it."""
    rows = sources.database.rows("spend_by_category", scope3_category=row["scope3_category"], **place(row))
    name = f"footprint_{row['figure_from']}_t_co2e"
    nodes = [Node("formula", _SCOPE3)]
    nodes += [Node(r["category_name_en"], r[name], "t CO2e", {"spend_category": r["spend_category"]}) for r in rows]
    if row["footprint_t_co2e"] is not None:
        nodes.append(sum_node("categories", [r[name] for r in rows], row["footprint_t_co2e"]))
    return [*nodes, factors_of(sources, row), ledgers(sources, row)]


def indicator(sources: Sources, row: Row) -> list[Node]:
    """An indicator: its emissions and what they are divided by."""
    name, value = row["spend_indicator"], row["spend_indicator_value"]
    rows = sources.database.rows("spend_by_category", **place(row))
    food = [r for r in rows if r["purchase_area"] == _FOOD]
    used = food if name.startswith("food") else rows
    tonnes = sum(float(r["footprint_t_co2e"] or 0) for r in used)
    nodes = [Node("formula", _INDICATORS.get(name, _CHANGE))]
    if value is None:
        return [*nodes, Node("no number", row["note"])]
    nodes.append(Node("emissions", round(tonnes, 3), "t CO2e", {"categories": len(used)}))
    if name in ("purchases_t_co2e", "food_t_co2e"):
        nodes.append(sum_node("categories", [r["footprint_t_co2e"] for r in used], value))
    if name == "kg_co2e_per_sek":
        kronor = sum(float(r["mapped_sek"]) for r in rows)
        nodes.append(Node("kronor", kronor, "SEK"))
        unit = row["spend_indicator_unit"]
        nodes.append(agreement("emissions / kronor", tonnes * 1000 / kronor, value, "the figure", unit=unit))
    return [*nodes, factors_of(sources, row), ledgers(sources, row)]


def replaced(sources: Sources, row: Row) -> list[Node]:
    """What replaces spend: the kronor, the figure and its source."""
    kronor = Node("kronor replaced", row["replaced_sek"], "SEK", {"ledger_lines": row["ledger_lines"]})
    instead = Node("in place of", row["footprint_replaced_t_co2e"], "t CO2e", {"by": "kronor x factor"})
    figure = Node(f"figure of the {row['figure_from']}", row["source"], None, {"note": row["note"]})
    return [Node("formula", _REPLACED), kronor, instead, figure, ledgers(sources, row)]


def sensitivity(sources: Sources, row: Row) -> list[Node]:
    """Another set: its kronor and what it lacks."""
    return [Node("formula", _OTHER_SET), Node("kronor", row["mapped_sek"], "SEK"), ledgers(sources, row)]


def factor(_: Sources, row: Row) -> list[Node]:
    """What a krona emits: index, rate and factor."""
    if row["factor_value"] is None:
        return [Node("formula", _KG), Node("no factor", f"the set {row['factor_set']} has none for this category")]
    said = agreement(
        "index x factor / rate",
        per_krona(row),
        row["kg_co2e_per_sek"],
        "the figure",
        unit="kg CO2e/SEK",
        tolerance=1e-6,
    )
    return [Node("formula", _KG), factor_node(row), said]
