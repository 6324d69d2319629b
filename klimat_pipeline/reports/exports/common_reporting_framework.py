"""GCoM Common Reporting Framework, as CDP-ICLEI Track asks for it: sub-sectors by kind of emissions.

Our source is coarser than the framework: one figure may hold several sub-sectors. It stands in the first of them that
is of the figure's own sector, and the others are IE with where it is. What does not belong here: dividing a figure.
"""

from collections.abc import Iterator

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.reports.exports.inventory import Inventory
from klimat_pipeline.reports.exports.workbook import ELSEWHERE, NOT_ESTIMATED, Sheet, Value, amount, total

LAYOUT = (
    "GCoM Common Reporting Framework (2018), inventory, as CDP-ICLEI Track lays it out: direct, indirect and other "
    "emissions by sub-sector, each with a notation key where there is no figure"
)
#: Sub-sectors by sector, with the beginning of the GPC's reference number.
SUBSECTORS = {
    "Stationary energy": {
        "Residential buildings": "I.1",
        "Commercial and institutional buildings and facilities": "I.2",
        "Industrial buildings and facilities": "I.3",
        "Agriculture, forestry and fishing": "I.5",
        "Fugitive emissions": "I.7 I.8",
    },
    "Transportation": {
        "On-road": "II.1",
        "Rail": "II.2",
        "Waterborne navigation": "II.3",
        "Aviation": "II.4",
        "Off-road": "II.5",
    },
    "Waste": {
        "Solid waste disposal": "III.1",
        "Biological treatment": "III.2",
        "Incineration and open burning": "III.3",
        "Wastewater": "III.4",
    },
    "IPPU": {"Industrial processes": "IV.1", "Product use": "IV.2"},
    "AFOLU": {"Livestock": "V.1", "Land use": "V.2", "Other AFOLU": "V.3"},
}
#: The framework's kinds of emissions and our scopes.
_KINDS = {"Direct": "1", "Indirect, grid-supplied energy": "2", "Outside the boundary": "3"}
_MEMO, _OUTSIDE = "Memo", "memo: outside the total"
_DIRECT = _KINDS["Direct"]
#: The line that the framework asks for apart from its sub-sectors, and what it calls it.
_GENERATION = "grid_supplied_energy"
_GENERATED = ("Energy generation", "Grid-supplied energy generated in the city")


def sheets(inventory: Inventory) -> Iterator[Sheet]:
    """A sheet a year."""
    yield inventory.about(LAYOUT)
    columns = ["Sector", "Sub-sector"]
    for kind in _KINDS:
        columns += [f"{kind} emissions, t CO2e", f"{kind}: notation key"]
    columns.append("Explanation")
    for year in inventory.years:
        yield Sheet(
            str(year),
            f"{inventory.name}: Common Reporting Framework {year}",
            columns,
            list(_rows(inventory, year)),
            [("GWP sets of the figures", ", ".join(inventory.gwp_sets(year)))],
        )


def _rows(inventory: Inventory, year: int) -> Iterator[list[Value]]:
    placed = _placed(inventory, year)
    sums: dict[str, list[Value]] = {scope: [] for scope in _KINDS.values()}
    for sector, subsectors in SUBSECTORS.items():
        for name, prefix in subsectors.items():
            row: list[Value] = [sector, name]
            notes = []
            for scope in _KINDS.values():
                value, note = _figure(inventory, placed, prefix, scope)
                sums[scope].append(value)
                row += _cells(value)
                notes.append(note)
            yield [*row, "; ".join(dict.fromkeys(filter(None, notes)))]
    memo = _beside(inventory, year)
    for line, value in memo.items():
        if line not in inventory.memo_lines:
            sums[_DIRECT].append(value)
            yield [*_GENERATED, *_cells(value), *[None] * 4, "in the total, as in the municipality's own inventory"]
    totals = [cell for parts in sums.values() for cell in _cells(total(parts))]
    said = ["what is estimated; sub-sectors with a key are not in it", inventory.leaves_beyond(year)]
    yield ["Total", "", *totals, "; ".join(filter(None, said))]
    for line, value in memo.items():
        if line in inventory.memo_lines:
            named = _GENERATED if line == _GENERATION else (_MEMO, str(inventory.lines[line]["line_name_en"]))
            yield [*named, *_cells(value), *[None] * 4, _OUTSIDE]


def _beside(inventory: Inventory, year: int) -> dict[str, Value]:
    """Direct emissions of energy generation, which is no sub-sector, and of the lines beside the total."""
    lines = [line for line in inventory.lines if line in inventory.memo_lines or line == _GENERATION]
    return {line: amount(inventory.at(year, line=line, scope=_DIRECT)) for line in lines}


def _cells(value: Value) -> list[Value]:
    """A figure and its notation key, of which there is one."""
    return [None, value] if isinstance(value, str) else [value, None]


def _placed(inventory: Inventory, year: int) -> dict[str, list[Row]]:
    """Rows of the inventory by the reference number that they stand under; memo rows stand under none."""
    placed: dict[str, list[Row]] = {_MEMO: inventory.at(year, is_memo=1)}
    for row in inventory.at(year, is_memo=0):
        refs = row["gpc_ref"].split("+")
        own = [ref for ref in refs if inventory.references.get(ref, {}).get("gpc_sector") == row["gpc_sector"]]
        placed.setdefault((own or refs)[0], []).append(row)
    return placed


def _figure(inventory: Inventory, placed: dict[str, list[Row]], prefix: str, scope: str) -> tuple[Value, str]:
    begins = tuple(f"{beginning}." for beginning in prefix.split())
    refs = [ref for ref, row in inventory.references.items() if f"{ref}.".startswith(begins) and row["scope"] == scope]
    if not refs:
        return None, ""  # the framework has no such cell
    own = [row for ref in refs for row in placed.get(ref, [])]
    if any(row["emissions_t_co2e"] is not None for row in own):
        held = "+".join(dict.fromkeys(row["gpc_ref"] for row in own if row["emissions_t_co2e"] is not None))
        return amount(own), f"holds {held}" if "+" in held else ""
    if any(row["notation_key"] == ELSEWHERE for row in own):
        return ELSEWHERE, inventory.notes(own)
    elsewhere = next((r for r in _all(placed) if r["emissions_t_co2e"] is not None and set(refs) & _refs(r)), None)
    if elsewhere is not None:
        return ELSEWHERE, f"included in {elsewhere['gpc_ref']}" + (f", {_OUTSIDE}" if elsewhere["is_memo"] else "")
    return (amount(own) if own else NOT_ESTIMATED), inventory.notes(own)


def _all(placed: dict[str, list[Row]]) -> Iterator[Row]:
    for rows in placed.values():
        yield from rows


def _refs(row: Row) -> set[str]:
    return set(row["gpc_ref"].split("+"))
