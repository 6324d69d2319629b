"""Greenhouse-gas indicators of NetZeroCities' monitoring framework, in the base year and the newest.

What does not belong here: indicators on anything but greenhouse gases.
"""

from collections.abc import Iterator

from klimat_pipeline.reports.exports.inventory import Inventory
from klimat_pipeline.reports.exports.workbook import ELSEWHERE, NOT_ESTIMATED, Sheet, Value, amount

LAYOUT = (
    "NetZeroCities, comprehensive indicators, domain greenhouse gas emissions (names as we know them, not verified "
    "against the current framework)"
)
_SECTORS = {
    "stationary_energy": "GHG emissions from stationary energy (buildings, heat)",
    "transportation": "GHG emissions from transport",
    "waste": "GHG emissions from waste and waste water",
    "ippu": "GHG emissions from industrial processes and product use (IPPU)",
    "afolu": "GHG emissions from agriculture, forestry and land use (AFOLU)",
}
_GENERATION = "grid_supplied_energy"
#: Lines that stand in a sector whose name does not say so.
_HELD = {
    _GENERATION: "grid-supplied energy generated in the city",
    "transport_machines": "work machines, which the GPC counts with their users' energy",
}
_COLUMNS = ("Indicator", "Unit", "Base year", "Base value", "Newest year", "Newest value", "Change, %", "Note")


def sheets(inventory: Inventory) -> Iterator[Sheet]:
    """The workbook."""
    yield inventory.about(LAYOUT)
    total = inventory.total
    first, last = total["baseline_year"], total["year"]
    rows: list[list[Value]] = [
        [
            "GHG emissions, territorial total",
            "t CO2e/year",
            first,
            _or_key(total["baseline_t_co2e"]),
            last,
            _or_key(total["emissions_t_co2e"]),
            _or_key(total["change_pct"]),
            "; ".join(
                filter(None, (f"basis: {total['basis']}, {total['gwp_set']}", *_beside_scope_1(inventory, last)))
            ),
        ],
        [
            "GHG emissions per resident",
            "t CO2e/resident",
            None,
            NOT_ESTIMATED,
            last,
            _or_key(total["emissions_per_resident_t_co2e"]),
            NOT_ESTIMATED,
            f"residents of {total['population_year']}",
        ],
    ]
    for sector, name in _SECTORS.items():
        for scope in ("1", "2"):
            values = [amount(inventory.at(y, gpc_sector=sector, scope=scope, is_memo=0)) for y in (first, last)]
            note = _held(inventory, sector, (first, last)) if scope == "1" else None
            rows.append(
                [f"{name}, scope {scope}", "t CO2e/year", first, values[0], last, values[1], _change(*values), note]
            )
    rows += _memo(inventory, (first, last))
    rows += _neutrality(inventory)
    yield Sheet("GHG indicators", f"{inventory.name}: greenhouse-gas indicators", _COLUMNS, rows)


def _held(inventory: Inventory, sector: str, years: tuple[int, int]) -> str | None:
    """What a sector's scope 1 holds that its name does not say, with the tonnes of both years."""
    said = []
    for line, what in _HELD.items():
        own = [inventory.at(year, line=line, gpc_sector=sector, scope="1", is_memo=0) for year in years]
        if any(own):
            shown = (f"{_tonnes(amount(rows))} in {year}" for rows, year in zip(own, years, strict=True))
            said.append(f"holds {what}: {', '.join(shown)}")
    if sector == "transportation":
        said += [inventory.holds_beyond(year) for year in years]
    return "; ".join(filter(None, said)) or None


def _beside_scope_1(inventory: Inventory, year: int) -> Iterator[str]:
    """What the total holds beyond the sectors' scope 1, and what scope 1 holds that other frameworks leave outside."""
    memo = amount(inventory.at(year, scope="1", is_memo=1))
    if not isinstance(memo, str):
        yield f"holds the memo lines too: {_tonnes(memo)} in {year}"
    yield inventory.holds_beyond(year)


def _tonnes(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:,.0f} t"


def _memo(inventory: Inventory, years: tuple[int, int]) -> Iterator[list[Value]]:
    """Lines beside the sectors; of the usual one also that it is included in a sector where it is."""
    first, last = years
    for line, named in inventory.lines.items():
        name = f"GHG emissions, {named['line_name_en']} (memo)"
        note = "in no sector above"
        if line == _GENERATION:
            name = "GHG emissions from grid-supplied energy generated in the city (memo)"
            note = "in no sector above: in scope 2 where it is used"
        if line in inventory.memo_lines:
            memo = [amount(inventory.at(year, line=line, scope="1")) for year in years]
            yield [name, "t CO2e/year", first, memo[0], last, memo[1], _change(*memo), note]
        elif line == _GENERATION:
            note = "no memo here: included in stationary energy, scope 1, as in the municipality's own inventory"
            yield [name, "t CO2e/year", first, ELSEWHERE, last, ELSEWHERE, NOT_ESTIMATED, note]


def _neutrality(inventory: Inventory) -> Iterator[list[Value]]:
    found = inventory.of("neutrality_balance", is_headline=1, neutrality_basis="inventory")
    row = found[0] if found else {}
    year = row.get("year")
    for name, column in (
        ("Residual GHG emissions", "residual_t"),
        ("Carbon capture and storage, fossil", "captured_fossil_t"),
        ("Carbon capture and storage, biogenic", "captured_biogenic_t"),
        ("Natural sinks", "natural_sinks_t"),
        ("Sinks counted towards neutrality", "counted_sinks_t"),
    ):
        yield [name, "t CO2e/year", None, NOT_ESTIMATED, year, _or_key(row.get(column)), NOT_ESTIMATED, row.get("note")]


def _or_key(value: float | None) -> Value:
    return NOT_ESTIMATED if value is None else value


def _change(first: Value, last: Value) -> Value:
    """Per cent; not estimated against a missing year or one without emissions."""
    if isinstance(first, float) and isinstance(last, float) and first:
        return (last / first - 1.0) * 100.0
    return NOT_ESTIMATED
