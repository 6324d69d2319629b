"""Explanations of figures that are made from cells and corrections: indicators, emissions, subsectors, areas.

What does not belong here: corrections themselves (``corrections``), figures that compare two others (``comparisons``).
"""

from dataclasses import dataclass, field
from typing import Any

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.explanations.shared import NOT_SPLIT, Accounts, Sources, cells_sum
from klimat_pipeline.explanations.tree import Node, agreement, tolerance_of
from klimat_pipeline.explanations.workbook import TOTAL, Cell
from klimat_pipeline.text import counted

#: Codes of ``clean.naming`` for what the nation has beyond its counties, and for the nation.
_UNALLOCATED, _NATION = "unallocated", "00"
_AS_PRINTED = "as the source prints it"
_UNALLOCATED_FORMULA = "the nation's cell less the cells of its counties"
_CORRECTED = "the reported figure, then local corrections in their order"
_NOT_QUANTIFIED = "not quantified by national data"
_NOT_SPLIT_FORMULA = "the corrected sector less its subsectors"


def sector_indicator(sources: Sources, row: Row) -> list[Node]:
    """A target's emissions in a year, and in its baseline year."""
    codes, baseline = (row["sector_codes"] or "").split(), row["baseline_year"]
    basis = row["basis"]
    nodes = [Node("formula", _target_formula(codes, baseline, basis))]
    if not codes:
        return nodes
    accounts = sources.accounts(row)
    beside = {"corrected_t": row["emissions_corrected_t_co2e"], "correction_ids": row["correction_ids"]}
    nodes.append(Node("basis", basis, None, beside if row["correction_ids"] else {}))
    same = _as_provenance(accounts, row, codes)
    figures = row["emissions_t_co2e"], row["emissions_reported_t_co2e"]
    nodes += on_basis(accounts, "inputs", row["year"], codes, figures, basis, same)
    if baseline is None or row["baseline_t_co2e"] is None:
        return nodes
    detail = {"reported_pct": row["change_reported_pct"]}
    if row["target_pct"] is not None:
        detail |= {"target_pct": row["target_pct"], "target_year": row["target_year"]}
    figures = row["baseline_t_co2e"], row["baseline_reported_t_co2e"]
    below, *sums = on_basis(accounts, "baseline", baseline, codes, figures, basis)
    return [*nodes, Node(f"change since {baseline}", row["change_pct"], "%", detail, (below,)), *sums]


def _target_formula(codes: list[str], baseline: int | None, basis: str | None) -> str:
    if not codes:
        return _NOT_QUANTIFIED
    series = "after local corrections" if basis == "corrected" else "as reported"
    text = f"E = {' + '.join(codes)} ({'each ' if len(codes) > 1 else ''}{series})"
    return text if baseline is None else f"{text}; change since {baseline} = (E / B - 1) * 100"


def on_basis(
    accounts: Accounts,
    what: str,
    year: int,
    codes: list[str],
    figures: tuple[float, float],
    basis: str | None,
    detail: dict[str, Any] | None = None,
) -> list[Node]:
    """Sectors of a year and their sums, corrected or as reported; corrections that play no part are not shown.

    Args:
        accounts: where they are.
        what: what the year is, in words.
        year: the year.
        codes: sectors to sum.
        figures: as published, on the basis and as reported.
        basis: reported or corrected.
        detail: further details of the sum of cells.
    """
    value, reported = figures
    plain = not any(row["correction_ids"] for row in accounts.rows(year, codes))
    shown = accounts.year if plain or basis == "corrected" else accounts.reported_year
    node = shown(f"{what} {year}", year, codes, value, "t CO2e")
    corrected = value if plain or basis == "corrected" else None
    return [node, *accounts.sums(year, codes, reported, corrected, detail=detail)]


def _as_provenance(accounts: Accounts, row: Row, codes: list[str]) -> dict[str, Any]:
    """Whether the table ``provenance`` names the cells that are found now."""
    key = {name: row[name] for name in ("municipality_code", "release_id", "year")}
    key |= {"table_name": "sector_indicators", "indicator_id": row["target_id"]}
    named = accounts.database.first("provenance", **key).get("source_cells")
    if named is None:
        return {}
    found = sorted(cell.address for cell in accounts.cells(row["year"], codes))
    same = sorted(str(named).split()) == found
    return {"table_provenance": "names the same cells" if same else f"names OTHER cells: {named}"}


def emissions(sources: Sources, row: Row) -> list[Node]:
    """A main sector."""
    accounts, codes = sources.accounts(row), [row["sector_code"]]
    return [
        Node("formula", _CORRECTED),
        accounts.year(f"inputs {row['year']}", row["year"], codes, row["emissions_t"], row["unit"]),
        *accounts.sums(row["year"], codes, row["emissions_reported_t"], row["emissions_t"]),
    ]


def subsector_emissions(sources: Sources, row: Row) -> list[Node]:
    """A subsector, or what its sector has beyond all of them."""
    accounts, whole = sources.accounts(row), row["subsector_code"] == NOT_SPLIT
    made = subsector(accounts, row)
    nodes = [
        Node("formula", _NOT_SPLIT_FORMULA if whole else _CORRECTED),
        *made.nodes,
        *made.sums(str(row["year"]), row["emissions_reported_t"], row["emissions_t"]),
    ]
    if not whole:
        return nodes
    parts = made.nodes[-1]
    count = len(parts.children)
    less = f"the corrected sector less {counted(count, 'corrected subsector')}"
    total = accounts.row(row["year"], row["sector_code"])["emissions_t"] - float(parts.value or 0)
    tolerance = tolerance_of(count + 1)
    return [*nodes, agreement(less, total, row["emissions_t"], "the figure", name="corrected_t", tolerance=tolerance)]


@dataclass(frozen=True, slots=True)
class Made:
    """What a figure is made from.

    Attributes:
        nodes: what is shown, with cells as leaves.
        cells: cells that are added.
        less: cells that are subtracted.
        effects: effects of the corrections, tonnes.
    """

    nodes: list[Node] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    less: list[Cell] = field(default_factory=list)
    effects: list[float] = field(default_factory=list)

    def add(self, other: "Made") -> None:
        """Add what another figure is made from."""
        for own, its in zip(self._lists, other._lists, strict=True):
            own.extend(its)

    @property
    def _lists(self) -> tuple[list[Any], ...]:
        return self.nodes, self.cells, self.less, self.effects

    def sums(self, of: str, reported: float | None, corrected: float | None) -> list[Node]:
        """Whether the cells sum to the reported figure, and with corrections to the corrected one."""
        if reported is None or corrected is None:
            return []
        nodes = [cells_sum(self.cells, of, reported, less=self.less)]
        if not self.effects and corrected == reported:
            return nodes
        total = sum(cell.tonnes for cell in self.cells) - sum(cell.tonnes for cell in self.less) + sum(self.effects)
        cells = counted(len(self.cells) + len(self.less), "cell")
        said = f"sum of {cells} and {counted(len(self.effects), 'correction')} of {of}"
        tolerance = tolerance_of(len(self.effects))
        stated = agreement(said, total, corrected, "the corrected figure", name="corrected_t", tolerance=tolerance)
        return [*nodes, stated]


def sector(accounts: Accounts, row: Row) -> Made:
    """What a published row of a main sector is made from."""
    cells = accounts.cells(row["year"], [row["sector_code"]])
    effects = [r["effect_t"] for r in accounts.corrections(row)]
    return Made([accounts.figure(row["sector_code"], row)], cells, [], effects)


def subsector(accounts: Accounts, row: Row) -> Made:
    """What a published row of a subsector is made from."""
    year, code = row["year"], row["sector_code"]
    effects = [r["effect_t"] for r in accounts.corrections(row)]
    if row["subsector_code"] != NOT_SPLIT:
        cells = accounts.cells(year, [code], [row["subsector_code"]])
        return Made([accounts.figure(row["subsector_code"], row)], cells, [], effects)
    parts = [r for r in accounts.subsectors(year, code) if r["subsector_code"] != NOT_SPLIT]
    below = tuple(accounts.figure(part["subsector_code"], part) for part in parts)
    corrected = sum(float(part["emissions_t"]) for part in parts)
    nodes = [
        accounts.figure(f"sector {code}", accounts.row(year, code)),
        Node("less its subsectors", corrected, row["unit"], {"subsectors": len(parts)}, below),
    ]
    return Made(nodes, accounts.cells(year, [code]), accounts.cells(year, [code], None), effects)


def area_total(sources: Sources, row: Row) -> list[Node]:
    """A printed total, or what the nation holds beyond its counties."""
    year, sector, reported = row["year"], row["sector_code"], row["emissions_reported_t"]
    workbook = sources.workbooks.of(row["release_id"])
    split = row["area_level"] == _UNALLOCATED
    areas = [_NATION] if split else [row["area_code"]]
    cells = workbook.cells(year, areas=areas, sectors=[sector])
    if not split:
        printed = Node(row["area_name"], reported, row["unit"], {}, tuple(cell.node for cell in cells))
        return [Node("formula", _AS_PRINTED), printed, cells_sum(cells, str(year), reported)]
    key = {name: row[name] for name in ("release_id", "sector_code", "year")}
    totals = {r["area_code"]: r for r in sources.database.rows("area_totals", **key)}
    counties = sorted(code for code, r in totals.items() if r["area_level"] == "county")
    less = workbook.cells(year, areas=counties, sectors=[sector], subsectors=(TOTAL,))

    def area(code: str) -> Node:
        found = tuple(cell.node for cell in (*cells, *less) if cell.area == code)
        return Node(
            f"{totals[code]['area_name']} ({code})", totals[code]["emissions_reported_t"], row["unit"], {}, found
        )

    held = sum(float(totals[code]["emissions_reported_t"]) for code in counties)
    return [
        Node("formula", _UNALLOCATED_FORMULA),
        *(area(code) for code in areas if code in totals),
        Node("less its counties", held, row["unit"], {"counties": len(counties)}, tuple(map(area, counties))),
        cells_sum(cells, str(year), reported, less=less),
    ]
