"""GCoM Common Reporting Framework, in the table that CDP-ICLEI Track asks for: sub-sectors by kind of emissions.

Rows, their order and the columns' words are those of CDP-ICLEI Track's questionnaire for cities, question 3.1.3
(city-wide emissions in the format of the Common Reporting Framework), which cities hand in as a workbook. Our source is
coarser than the framework: one figure may hold several sub-sectors. It stands in the first of them that is of the
figure's own sector, and the others are IE with where it is. What does not belong here: dividing a figure.
"""

from collections.abc import Iterator, Sequence

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.reports.exports.inventory import Inventory
from klimat_pipeline.reports.exports.workbook import ELSEWHERE, NOT_ESTIMATED, Sheet, Value, amount, total

LAYOUT = (
    "GCoM Common Reporting Framework (2018), inventory, in the table of CDP-ICLEI Track's questionnaire for cities "
    "(question 3.1.3): direct, indirect and other emissions by sub-sector, each with a notation key where there is no "
    "figure"
)
#: Sub-sectors by sector, with the beginning of the GPC's reference number.
SUBSECTORS = {
    "Stationary energy": {
        "Residential buildings": "I.1",
        "Commercial buildings & facilities": "I.2",
        "Institutional buildings & facilities": "",
        "Industrial buildings & facilities": "I.3",
        "Agriculture": "I.5",
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
    "IPPU": {"Industrial process": "IV.1", "Product use": "IV.2"},
    "AFOLU": {"Livestock": "V.1", "Land use": "V.2", "Other AFOLU": "V.3"},
}
#: A sub-sector that the GPC counts together with the one before it.
_TOGETHER = {"Institutional buildings & facilities": "Commercial buildings & facilities"}
#: What the table calls a sector in its sum, where that differs.
_SUMMED_AS = {"Stationary energy": "Stationary Energy", "Transportation": "Transport"}
#: The framework's kinds of emissions, as the questionnaire words the figure and its notation key, and our scopes.
_KINDS = {
    "1": (
        "Direct emissions (metric tonnes CO2e)",
        "If you have no direct emissions to report, please select a notation key to explain why",
    ),
    "2": (
        "Indirect emissions from the use of grid-supplied electricity, heat, steam and/or cooling (metric tonnes CO2e)",
        "If you have no indirect emissions to report, please select a notation key to explain why",
    ),
    "3": (
        "Emissions occurring outside the jurisdiction boundary as a result of in-jurisdiction activities "
        "(metric tonnes CO2e)",
        "If you have no emissions to report that are occurring outside the jurisdiction boundary as a result of "
        "in-jurisdiction activities, please select a notation key to explain why",
    ),
}
_EXPLAINED = (
    "Please explain any excluded sources, identify any emissions covered under an ETS and provide any other comments"
)
_MEMO, _OUTSIDE, _DIRECT = "Memo", "memo: outside the total", "1"
#: The line that the framework asks for apart from its sub-sectors, what it calls it, and its kinds.
_GENERATION = "grid_supplied_energy"
_GENERATED = "Generation of grid-supplied energy"
_KINDS_GENERATED = ("Electricity-only generation", "CHP generation", "Heat/cold generation")
_RENEWABLE = "Local renewable generation"
_TOTAL = "Total Emissions"


def sheets(inventory: Inventory) -> Iterator[Sheet]:
    """A sheet a year."""
    yield inventory.about(LAYOUT)
    columns = ["Sectors and sub-sectors", *(words for kind in _KINDS.values() for words in kind), _EXPLAINED]
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
    sums: dict[str, list[Value]] = {scope: [] for scope in _KINDS}
    for sector, subsectors in SUBSECTORS.items():
        own: dict[str, list[Value]] = {scope: [] for scope in _KINDS}
        for name, prefix in subsectors.items():
            found = [
                _together(_figure(inventory, placed, subsectors[_TOGETHER[name]], scope), _TOGETHER[name])
                if name in _TOGETHER
                else _figure(inventory, placed, prefix, scope)
                for scope in _KINDS
            ]
            for scope, (value, _) in zip(_KINDS, found, strict=True):
                own[scope].append(value)
            notes = dict.fromkeys(note for _, note in found if note)
            yield [f"{sector} > {name}", *(cell for value, _ in found for cell in _cells(value)), "; ".join(notes)]
        yield [f"Total {_SUMMED_AS.get(sector, sector)}", *(cell for part in own.values() for cell in _summed(part))]
        for scope, values in own.items():
            sums[scope] += values
    memo = _beside(inventory, year)
    is_beside = _GENERATION in inventory.memo_lines
    if _GENERATION in memo:
        yield from _generated(memo[_GENERATION], is_beside=is_beside)
    if not is_beside:
        sums[_DIRECT] += [value for line, value in memo.items() if line == _GENERATION]
    said = ["what is estimated; sub-sectors with a key are not in it", inventory.leaves_beyond(year)]
    which = "excluding" if is_beside else "including"
    named = f"{_TOTAL} ({which} generation of grid-supplied energy)"
    yield [named, *(cell for part in sums.values() for cell in _summed(part)), "; ".join(filter(None, said))]
    for line, value in memo.items():
        if line != _GENERATION:
            yield [f"{_MEMO} > {inventory.lines[line]['line_name_en']}", *_cells(value), *[None] * 4, _OUTSIDE]


def _together(other: tuple[Value, str], name: str) -> tuple[Value, str]:
    """A sub-sector whose figure is in another one's; a key of that one is its own too."""
    value, _ = other
    return other if value is None or isinstance(value, str) else (ELSEWHERE, f"included in {name}")


def _generated(value: Value, *, is_beside: bool) -> Iterator[list[Value]]:
    """Energy generation by kind, of which the source has the sum only."""
    divided = "in the total of generation: the source does not divide it by kind of plant"
    for name in _KINDS_GENERATED:
        key = value if isinstance(value, str) else ELSEWHERE
        yield [f"{_GENERATED} > {name}", *_cells(key), *[None] * 4, "" if isinstance(value, str) else divided]
    yield [f"{_GENERATED} > {_RENEWABLE}", *_cells(NOT_ESTIMATED), *[None] * 4]
    where = _OUTSIDE if is_beside else "in the total, as in the municipality's own inventory"
    yield [f"Total {_GENERATED[:1].lower()}{_GENERATED[1:]}", *_cells(value), *[None] * 4, where]


def _summed(values: Sequence[Value]) -> list[Value]:
    """The sum of sub-sectors, or its key; empty where the framework has no such cells."""
    return [None, None] if all(value is None for value in values) else _cells(total(values))


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
