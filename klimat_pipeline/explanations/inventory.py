"""Explanations of inventories: their lines, sums by scope, and shares of areas.

The leaves of scope 1 are cells of the workbook; those of scope 2 are energy and factors, those of an organisation its
activities. What does not belong here: the national figures themselves (``figures``).
"""

from collections.abc import Sequence

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.explanations.figures import Made, sector, subsector
from klimat_pipeline.explanations.shared import Sources
from klimat_pipeline.explanations.tree import TOLERANCE_PCT, TOLERANCE_T, Node, Scalar, agreement, tolerance_of
from klimat_pipeline.text import counted

#: The ``release_id`` of figures that no release is behind.
LOCAL = "local"
_NONE, _MEMO, _PRINTED, _REPORTED, _ALL = "none", "memo", "printed", "reported", "total"
_LINE = {
    "1": "sum of the corrected national subsectors that the mapping puts on the line",
    "2": "energy used * factor of the same year and method",
    "3": "as the municipality gives it",
}
_GPC = "sum of the inventory's rows with the reference number; of a total, of the rows that it holds"
_ACTIVITY = "amount * factor of its gases * global warming potentials"
_DIFFERENCE = "computed - printed, taken apart by cause"
_SCOPES = "sum of the lines of each scope; memo rows are in no sum"
_SHARE = "scope 1 of the area's lines / scope 1 of all lines * 100, grid-supplied energy on both sides"
_USUAL = "location"
#: Published figures have six decimals.
_ROUNDED_FACTOR = 5e-7
_PLACE = ("release_id", "municipality_code", "year")


def territory(sources: Sources, row: Row) -> list[Node]:
    """A line of the territorial inventory."""
    nodes = [Node("formula", _LINE.get(row["scope"], ""))]
    if row["item"] == _NONE or (row["scope"] != "2" and row["emissions_t_co2e"] is None):
        return [*nodes, Node("no number", row["notation_key"])]
    if row["scope"] == "1":
        made = _national(sources, row)
        sums = made.sums(str(row["year"]), row["emissions_reported_t_co2e"], row["emissions_t_co2e"])
        return [*nodes, *made.nodes, *sums]
    return [*nodes, *_energy(sources, row)] if row["scope"] == "2" else nodes


def _national(sources: Sources, row: Row) -> Made:
    """The subsectors behind a line, or their sector where the line holds all of it."""
    import pandas as pd

    from klimat_pipeline.inventory.inventory_territory import mapped

    accounts, year = sources.accounts(row), row["year"]
    code, _, crf = row["item"].partition("/")
    held = accounts.subsectors(year, code)
    if not held:
        return Made()
    lines = mapped(pd.DataFrame(held)[["sector_code", "subsector_code"]], sources.workbooks.reference)
    on_line = (lines["line"] == row["line"]) & (lines["scope"] == row["scope"]) & (lines["crf_code"] == crf)
    own = [part for part, its in zip(held, on_line, strict=True) if its]
    if len(own) == len(held):
        return sector(accounts, accounts.row(year, code))
    made = Made()
    for part in own:
        made.add(subsector(accounts, part))
    return made


def _energy(sources: Sources, row: Row) -> list[Node]:
    """Energy and factors, and whether their product is the figure."""
    user, _, carrier = row["item"].partition("/")
    place = {"municipality_code": row["municipality_code"], "year": row["year"], "carrier": carrier}
    use = sources.database.first("energy_use", energy_user=user, **place)
    factors = sources.database.rows("emission_factors", method=row["method"], **place)
    nodes = [Node("energy used", use["energy_mwh"], "MWh", {"source": use["source"]})] if use else []
    more = ("factor_t_per_unit", "gwp_set", "printed_value", "source", "note")
    for factor in factors:
        detail = {name: factor[name] for name in more if factor[name] is not None}
        nodes.append(Node(f"factor of {factor['gas']}", factor["factor_value"], factor["factor_unit"], detail))
    if not use or not factors or row["emissions_t_co2e"] is None:
        return [*nodes, Node("no number", row["notation_key"])]
    each = _co2e_per_mwh(sources, row, factors)
    total, figure = use["energy_mwh"] * each, row["emissions_t_co2e"]
    return [*nodes, agreement("energy * factor", total, figure, "the figure", tolerance=TOLERANCE_T)]


def _co2e_per_mwh(sources: Sources, row: Row, factors: Sequence[Row]) -> float:
    import pandas as pd

    from klimat_pipeline.inventory.gases import co2e_factors

    gwp_set = sources.database.first("releases", release_id=row["release_id"])["gwp_set"]
    summed = co2e_factors(pd.DataFrame(factors), sources.workbooks.reference, gwp_set)
    return float(summed["t_co2e_per_unit"].iloc[0])


def organisation(_: Sources, row: Row) -> list[Node]:
    """An activity of the municipal group, and the factor that it is multiplied with."""
    nodes = [Node("formula", _ACTIVITY)]
    amount, factor, figure = row["amount"], row["t_co2e_per_unit"], row["emissions_t_co2e"]
    if amount is None:
        return [*nodes, Node("no number", row["notation_key"])]
    detail = {name: row[name] for name in ("carrier", "source") if row[name]}
    nodes.append(Node("activity", amount, row["amount_unit"], detail))
    if factor is None or figure is None:
        return [*nodes, Node("no number", row["notation_key"])]
    nodes.append(Node("factor", factor, f"t CO2e per {row['amount_unit']}", {"gwp_set": row["gwp_set"]}))
    tolerance = TOLERANCE_T + abs(amount) * _ROUNDED_FACTOR
    return [*nodes, agreement("amount * factor", amount * factor, figure, "the figure", tolerance=tolerance)]


def reconciliation(sources: Sources, row: Row) -> list[Node]:
    """A difference between the city's print and ours: both sides, and all its causes."""
    key = ("release_id", "municipality_code", "print_table", "line", "scope", "year")
    same: dict[str, Scalar] = {name: row[name] for name in key}
    nodes = [Node("formula", _DIFFERENCE)]
    print_key: dict[str, Scalar] = {name: row[name] for name in ("municipality_code", "print_table", "year")}
    printed = sources.database.first("published_inventory", print_line=row["line"], scopes=row["scope"], **print_key)
    detail = {name: printed.get(name) for name in ("of_lines", "carrier", "source", "note") if printed.get(name)}
    nodes.append(Node("printed", row["published_t"], "t CO2e", detail))
    lines = _printed_lines(sources, row, printed)
    nodes.append(Node("computed", row["computed_t"], "t CO2e", {}, tuple(lines)))
    if row["difference_t"] is None:
        return nodes
    causes = sources.database.rows("inventory_reconciliation", **same)
    nodes += [
        Node(f"cause {r['difference_cause']}", r["part_t"], "t CO2e", {"note": r["note"]} if r["note"] else {})
        for r in causes
    ]
    parts = sum(float(r["part_t"] or 0) for r in causes)
    said = f"sum of {counted(len(causes), 'cause')}"
    tolerance = tolerance_of(len(causes))
    return [*nodes, agreement(said, parts, row["difference_t"], "the difference", tolerance=tolerance)]


def _printed_lines(sources: Sources, row: Row, printed: Row) -> list[Node]:
    """Our lines behind a printed one."""
    place: dict[str, Scalar] = {name: row[name] for name in _PLACE}
    of_lines, memo = str(printed.get("of_lines") or row["line"]).split(), row["scope"] == _MEMO
    return [
        _line(sources, r)
        for r in sources.database.rows("inventory_territory", **place)
        if r["line"] in of_lines
        and (r["scope"] in row["scope"].split("+") or memo)
        and r["method"] in ("", _USUAL)
        and (printed.get("carrier") in (None, r["carrier"]) or r["scope"] == "1")
        and r["emissions_t_co2e"] is not None
    ]


def gpc(sources: Sources, row: Row) -> list[Node]:
    """A reference number of the GPC, or one of its totals: the lines of the inventory behind it."""
    place: dict[str, Scalar] = {name: row[name] for name in _PLACE}
    nodes = [Node("formula", _GPC)]
    if row["emissions_t_co2e"] is None:
        return [*nodes, Node("no number", row["notation_key"], None, {"reason": row["note"]})]
    if row["is_total"]:
        levels = {"BASIC": ("BASIC",), "BASIC+": ("BASIC", "BASIC+")}.get(row["gpc_ref"])
        parts = [
            Node(f"{r['gpc_ref']} {r['gpc_name_en']}", r["emissions_t_co2e"], "t CO2e")
            for r in sources.database.rows("gpc_inventory", is_total=0, **place)
            if (r["gpc_level"] in levels if levels else r["scope"] == "1") and r["emissions_t_co2e"] is not None
        ]
    else:
        parts = [
            _line(sources, r)
            for r in sources.database.rows("inventory_territory", gpc_ref=row["gpc_ref"], **place)
            if r["method"] in ("", _USUAL) and r["emissions_t_co2e"] is not None
        ]
    return [*nodes, *parts, *_lines_sum(parts, row["emissions_t_co2e"])]


def scopes(sources: Sources, row: Row) -> list[Node]:
    """A scope or a sum of scopes: its lines, each explained, and whether they sum to it."""
    nodes = [Node("formula", _SCOPES)]
    if row["boundary"] != "territory":
        lines = [_activity(r) for r in _activities(sources, row)] + _purchases(sources, row)
    else:
        lines = [node for scope in row["scope"].split("+") for node in _scope(sources, row, scope)]
    nodes += lines
    return nodes + _lines_sum(lines, row["emissions_t_co2e"])


def _scope(sources: Sources, row: Row, scope: str) -> list[Node]:
    if scope == "2" and row["scope2_basis"] == _PRINTED:
        return _printed(sources, row)
    where = {name: row[name] for name in _PLACE}
    where |= {"scope": "1" if scope == _MEMO else scope, "is_memo": scope == _MEMO}
    where |= {"method": row["method"]} if scope == "2" else {}
    rows = sources.database.rows("inventory_territory", **where)
    reported = row["basis"] == _REPORTED and scope in ("1", _MEMO)
    name = "emissions_reported_t_co2e" if reported else "emissions_t_co2e"
    return [_line(sources, r, name) for r in rows if r[name] is not None]


def _line(sources: Sources, row: Row, figure: str = "emissions_t_co2e") -> Node:
    label = f"scope {row['scope']}, {row['line']}, {row['item']}"
    return Node(label, row[figure], "t CO2e", {}, tuple(territory(sources, row)[1:]))


def _printed(sources: Sources, row: Row) -> list[Node]:
    """Scope 2 as printed: a line that several tables print counts once."""
    place = {"municipality_code": row["municipality_code"], "year": row["year"], "scopes": "2"}
    first: dict[str, Row] = {}
    for r in sorted(sources.database.rows("published_inventory", **place), key=lambda r: r["print_table"]):
        if r["print_line"] != _ALL and r["carrier"] is None and r["published_t"] is not None:
            first.setdefault(r["print_line"], r)
    return [
        Node(
            f"printed scope 2, {r['print_line']}",
            r["published_t"],
            "t",
            {"table": r["print_table"], "source": r["source"]},
        )
        for r in first.values()
    ]


def _activities(sources: Sources, row: Row) -> list[Row]:
    """The activities behind a scope of the organisation; supplies inside the group are in no sum."""
    place = {"municipality_code": row["municipality_code"], "year": row["year"], "is_eliminated": 0}
    found = sources.database.rows("inventory_organisation", **place)
    wanted = [r for r in found if r["scope"] in row["scope"].split("+") and r["emissions_t_co2e"] is not None]
    wanted = [r for r in wanted if r["scope"] != "2" or r["method"] == row["method"]]
    category = row["scope3_category"]
    return [r for r in wanted if not category or r["scope3_category"] == category]


def _purchases(sources: Sources, row: Row) -> list[Node]:
    """What the spend analysis adds to scope 3, by category and by what the figure comes from."""
    if "3" not in row["scope"].split("+"):
        return []
    place: dict[str, Scalar] = {"municipality_code": row["municipality_code"], "year": row["year"]}
    found = sources.database.rows("spend_scope3", is_in_inventory=0, **place)
    category = row["scope3_category"]
    return [
        Node(
            f"scope 3, purchases, category {r['scope3_category']}, by {r['figure_from']}",
            r["footprint_t_co2e"],
            "t CO2e",
            {"spend_sek": r["spend_sek"], "factor_set": r["factor_set"], "price_year": r["price_year"]},
        )
        for r in found
        if not category or r["scope3_category"] == category
    ]


def _activity(row: Row) -> Node:
    detail = {"amount": row["amount"], "amount_unit": row["amount_unit"], "source": row["source"]}
    return Node(
        f"scope {row['scope']}, {row['organisation_unit']}/{row['activity_id']}",
        row["emissions_t_co2e"],
        "t CO2e",
        detail,
    )


def _lines_sum(lines: Sequence[Node], figure: float | None) -> list[Node]:
    if figure is None:
        return []
    total = sum(float(node.value or 0) for node in lines)
    said = f"sum of {counted(len(lines), 'line')}"
    return [agreement(said, total, figure, "the figure", tolerance=tolerance_of(len(lines)))]


def area_share(sources: Sources, row: Row) -> list[Node]:
    """The lines of an area, and its share."""
    nodes, wanted = [Node("formula", _SHARE)], row["of_lines"].split()
    if row["figure_basis"] == _PRINTED:
        nodes.append(Node("as the municipality prints it", row["emissions_t_co2e"], "t CO2e"))
    else:
        name = f"emissions_{'reported_' if row['figure_basis'] == _REPORTED else ''}t_co2e"
        where: dict[str, Scalar] = {n: row[n] for n in _PLACE}
        found = sources.database.rows("inventory_territory", scope="1", **where)
        held = [r for r in found if r["line"] in wanted and r[name] is not None]
        lines = [_line(sources, r, name) for r in held]
        nodes += [*lines, *_lines_sum(lines, row["emissions_t_co2e"])]
    if row["share_pct"] is not None:
        share = row["emissions_t_co2e"] / row["total_t_co2e"] * 100
        detail = {"total_t": row["total_t_co2e"]}
        tolerance = TOLERANCE_PCT + 100 * TOLERANCE_T / row["total_t_co2e"]
        nodes.append(
            agreement(
                "share",
                share,
                row["share_pct"],
                "the table",
                name="published_pct",
                unit="%",
                tolerance=tolerance,
                detail=detail,
            )
        )
    return nodes
