"""Explanations of local corrections: each application, what they leave unbalanced, the total without each.

What does not belong here: applying a correction (``corrected``), and the figures that corrections change (``figures``).
"""

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.explanations.shared import Accounts, Sources, cells_sum, correction_node, not_applied_node
from klimat_pipeline.explanations.tree import Node, agreement, tolerance_of
from klimat_pipeline.explanations.workbook import TOTAL
from klimat_pipeline.text import counted

_AFTER = {
    "replace": "after = the decided value",
    "add": "after = before + the decided value",
    "scale": "after = before * the decided share",
    "exclude": "after = 0",
    "reallocate": "after = before - what is moved; the counterpart gains it",
}
_PART_AFTER = " (of the subsector; the sector changes by the same tonnes)"
_RESIDUAL = "sum of the effects of the corrections applied in the area: what no cell of it balances"
_LEFT_OUT = "the total with all corrections less the total without this one, all others applied anew"


def correction(sources: Sources, row: Row) -> list[Node]:
    """One application of a correction: before, after, and what it was decided on."""
    accounts = sources.accounts(row)
    named = _PART_AFTER if row["subsector_code"] else ""
    nodes = [Node("formula", f"effect = after - before; {_AFTER.get(row['action'], row['action'])}{named}")]
    if row["correction_status"] != "applied":
        return [*nodes, not_applied_node(row), *_base(sources, row)]
    before, stated = _before(accounts, row)
    difference = row["after_t"] - row["before_t"]
    return [
        *nodes,
        before,
        stated,
        Node("after", row["after_t"], "t"),
        agreement("after less before", difference, row["effect_t"], "the effect", name="effect_t"),
        *_base(sources, row),
    ]


def _before(accounts: Accounts, row: Row) -> tuple[Node, Node]:
    """The figure before the correction: the sector's cell and the effects of earlier corrections."""
    sector = {name: row[name] for name in ("sector_code", "year", "substance")}
    earlier = [r for r in accounts.corrections(sector) if r["application_no"] < row["application_no"]]
    cells = accounts.cells(row["year"], [row["sector_code"]])
    below = (*(cell.node for cell in cells), *map(correction_node, earlier))
    said = f"sum of {counted(len(cells), 'cell')}" + (
        f" and {counted(len(earlier), 'earlier correction')}" if earlier else ""
    )
    stated = agreement(
        f"{said} of {row['year']}",
        sum(cell.tonnes for cell in cells) + sum(r["effect_t"] for r in earlier),
        row["before_t"],
        "the figure before it",
        name="before_t",
        tolerance=tolerance_of(len(earlier)),
        detail={"cells": " ".join(cell.address for cell in cells)},
    )
    return Node("before", row["before_t"], "t", {}, below), stated


def _base(sources: Sources, row: Row) -> list[Node]:
    """The national figure that the correction was decided on: as it is in this release, and as it was then."""
    own, then = row["release_id"], row["base_release_id"]
    drift = {"drift_pct": row["drift_pct"], "is_drifted": bool(row["is_drifted"])}
    nodes = _base_in(sources.accounts(row), row, f"base in this release, {own}", "base_now_t", drift)
    if row["base_then_t"] is None:
        return nodes
    label = f"base when decided, {then}"
    if not sources.workbooks.has(then):
        return [*nodes, Node(label, row["base_then_t"], "t", {"note": "that release is not published"})]
    return nodes + _base_in(sources.accounts(row, "base_release_id"), row, label, "base_then_t", {})


def _base_in(accounts: Accounts, row: Row, label: str, name: str, detail: Row) -> list[Node]:
    cells = accounts.cells(row["year"], [row["sector_code"]], [row["subsector_code"] or TOTAL])
    base = Node(label, row[name], "t", detail, tuple(cell.node for cell in cells))
    return [base, cells_sum(cells, f"{row['year']} in {accounts.release_id}", row[name], "the base", name=name)]


def left_out(sources: Sources, row: Row) -> list[Node]:
    """The municipality's total with all corrections, and without this one."""
    accounts, year = sources.accounts(row), row["year"]
    codes = accounts.sectors(year)
    rows = accounts.rows(year, codes)
    reported = sum(float(r["emissions_reported_t"]) for r in rows)
    applied = [r for emission in rows for r in accounts.corrections(emission)]
    own = [r for r in applied if r["correction_id"] == row["correction_id"]]
    nodes = [
        Node("formula", _LEFT_OUT),
        accounts.year("with all corrections", year, codes, row["with_all_t"], "t"),
        *accounts.sums(year, codes, reported, row["with_all_t"]),
        Node("without this correction", row["without_t"], "t"),
        agreement(
            "with all less without",
            row["with_all_t"] - row["without_t"],
            row["effect_t"],
            "the effect",
            name="effect_t",
        ),
        Node("what the correction did", sum(r["effect_t"] for r in own), "t", {}, tuple(map(correction_node, own))),
    ]
    if any(len(_on_its_cell(sources, r)) > 1 for r in _all_sides(sources, row)):
        return [*nodes, Node("other corrections stand on its cells", "applied anew without it, the effect may differ")]
    total = sum(r["effect_t"] for r in own)
    said = f"sum of {counted(len(own), 'effect')} of the correction"
    return [*nodes, agreement(said, total, row["effect_t"], "the effect", name="effect_t")]


def _all_sides(sources: Sources, row: Row) -> list[Row]:
    """Cell and counterpart of the correction, wherever they are."""
    key = {name: row[name] for name in ("correction_id", "release_id", "year")}
    return [r for r in sources.database.rows("corrections", **key) if r["correction_status"] == "applied"]


def _on_its_cell(sources: Sources, row: Row) -> list[Row]:
    return sources.accounts(row).corrections({name: row[name] for name in ("sector_code", "year", "substance")})


def residual(sources: Sources, row: Row) -> list[Node]:
    """The corrections of an area's municipalities, each with the cell that it changes."""
    county = {} if row["area_level"] == "nation" else {"county_code": row["area_code"]}
    places = {r["municipality_code"]: r["municipality_name"] for r in sources.database.rows("municipalities", **county)}
    cell = {name: row[name] for name in ("release_id", "sector_code", "substance", "year")}
    rows = [
        r
        for r in sources.database.rows("corrections", **cell, correction_status="applied")
        if r["municipality_code"] in places
    ]
    rows.sort(key=lambda r: (r["application_no"], r["municipality_code"]))
    by_place: dict[str, list[Node]] = {}
    for r in rows:
        by_place.setdefault(r["municipality_code"], []).append(correction_node(r, _before(sources.accounts(r), r)))
    total = sum(r["effect_t"] for r in rows)
    named = sorted({r["correction_id"] for r in rows})
    detail = {"corrections": " ".join(named)}
    if sorted(row["correction_ids"].split()) != named:
        detail["correction_ids"] = f"names OTHER corrections: {row['correction_ids']}"
    return [
        Node("formula", _RESIDUAL),
        *(Node(f"{places[code]} ({code})", None, None, {}, tuple(nodes)) for code, nodes in by_place.items()),
        agreement(
            f"sum of {counted(len(rows), 'correction')} of {row['year']}",
            total,
            row["residual_t"],
            "the residual",
            name="residual_t",
            tolerance=tolerance_of(len(rows)),
            detail=detail,
        ),
    ]
