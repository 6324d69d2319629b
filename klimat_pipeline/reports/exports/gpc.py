"""GPC (Global Protocol for Community-Scale Greenhouse Gas Inventories): BASIC and BASIC+ by reference number.

Columns and their order are those of the standard's table of an inventory by source (Global Protocol for Community-Scale
Greenhouse Gas Inventories, version 1.1, sample reporting template), as the City of Los Angeles publishes its own filled
in; level and GWP set are ours. We hold tonnes of CO2e only, so there is no column a gas.
What does not belong here: adding up; the totals are those of ``gpc_inventory``.
"""

from collections.abc import Iterator

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.reports.exports.inventory import Inventory
from klimat_pipeline.reports.exports.workbook import NOT_ESTIMATED, Sheet, Value

LAYOUT = "GPC 1.1, sources by reference number with scope, notation key and level (BASIC, BASIC+, territorial)"
_TERRITORIAL = "territorial"
_COLUMNS = (
    *("GPC ref No.", "Scope", "GHG Emissions Source", "Sector", "Notation keys", "Total tCO2e"),
    *("Explanation for using notation key(s)", "Level", "GWP set"),
)


def sheets(inventory: Inventory) -> Iterator[Sheet]:
    """A sheet a year.

    Raises:
        ConfigurationError: the municipality has no inventory by reference number.
    """
    found = inventory.of("gpc_inventory", is_headline=1)
    if not found:
        raise ConfigurationError(
            f"no inventory by GPC is published of {inventory.name} ({inventory.code}): it takes a folder (klimat "
            f"municipality add {inventory.code})."
        )
    yield inventory.about(LAYOUT)
    order = {ref: number for number, ref in enumerate(inventory.references)}
    for year in inventory.years:
        rows: list[list[Value]] = []
        own = [row for row in found if row["year"] == year]
        for row in sorted(own, key=lambda row: (row["is_total"], order.get(row["gpc_ref"].split("+")[0], len(order)))):
            value, key = row["emissions_t_co2e"], row["notation_key"]
            key = key or (NOT_ESTIMATED if value is None else None)
            sector = (row["gpc_sector"] or "").replace("_", " ")
            what = [row["gpc_ref"], row["scope"], row["gpc_name_en"], sector]
            note = [
                inventory.said(row["note"]),
                inventory.leaves_beyond(year) if row["gpc_ref"] == _TERRITORIAL else "",
            ]
            said = "; ".join(filter(None, note)) or None
            rows.append([*what, key, value, said, row["gpc_level"], row["gwp_set"]])
        yield Sheet(str(year), f"{inventory.name}: GPC inventory {year}", _COLUMNS, rows)
