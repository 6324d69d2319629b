"""EU Climate City Contract, action plan: A-1.1 energy use, A-1.2 factors, A-1.3 emissions, A-1.4 activity, A-2.1 gap.

The lines and columns are those that Helsingborg's plan prints: cities fill in one template. Scope 2 is location-based.
What does not belong here: figures (``published``), writing (``workbook``).
"""

from collections.abc import Iterator

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.reports.exports.inventory import Inventory
from klimat_pipeline.reports.exports.workbook import NOT_ESTIMATED, Sheet, Value, amount, left_out, total

LAYOUT = (
    "EU Climate City Contract, 2030 Climate Neutrality Action Plan, modules A-1 and A-2, as Helsingborg's plan prints "
    "them (not verified against the template itself)"
)
_SCOPES = ("1", "2", "3")
_USERS_OF = {
    "Buildings": ("households", "public_services", "other_services", "agriculture_forestry_fishing"),
    "Buildings and energy in industry and construction": ("industry_construction",),
    "Transport": ("transport",),
}
#: Sectors of the template whose energy or activity nobody has entered.
_OTHERS = ("Waste", "Industrial processes and product use (IPPU)", "Agriculture, forestry and land use (AFOLU)")
_GASES = ("CO2", "CH4", "N2O", "F-gases (HFC, PFC)", "SF6", "NF3", "CO2e")
#: Gas of a factor, and the template's column that holds it; biogenic carbon dioxide is none of them.
_COLUMN_OF = {"co2_fossil": "CO2", "ch4": "CH4", "n2o": "N2O", "co2e": "CO2e"}
#: Bases of the gap table, the first that there is.
_BASES = {"computed": "our inventory", "targets": "the targets and national figures"}


def sheets(inventory: Inventory) -> Iterator[Sheet]:
    """The workbook."""
    yield inventory.about(LAYOUT)
    yield _energy(inventory, "A-1.1", "Final energy use by source sectors")
    yield _factors(inventory)
    for year in inventory.years:
        yield _emissions(inventory, year)
    yield _energy(inventory, "A-1.4", "Activity by source sectors")
    yield from _gaps(inventory)


def _energy(inventory: Inventory, table: str, title: str) -> Sheet:
    """Energy by user and carrier; bought electricity and heat are scope 2, fuels are not entered by anybody."""
    used = inventory.of("energy_use")
    years = sorted({row["year"] for row in used}) or [inventory.total["year"]]
    rows: list[list[Value]] = []
    for year in years:
        for sector, users in _USERS_OF.items():
            own = [row for row in used if row["year"] == year and row["energy_user"] in users]
            rows += [_energy_row(year, sector, row) for row in own]
            known = sum(row["energy_mwh"] for row in own) if own else NOT_ESTIMATED
            rows.append([year, sector, "sum", NOT_ESTIMATED, known, NOT_ESTIMATED, total([known]), ""])
        rows += [[year, sector, "", *[NOT_ESTIMATED] * 4, "no activity entered"] for sector in _OTHERS]
    columns = ("Year", "Sector", "User and energy source", "Scope 1", "Scope 2", "Scope 3", "Total estimated", "Source")
    about = [("Unit", "MWh/year"), ("Not held", "fuels burnt (scope 1) and energy outside the boundary (scope 3): NE")]
    return Sheet(table, f"{table}: {title}", columns, rows, about)


def _energy_row(year: int, sector: str, row: Row) -> list[Value]:
    what = f"{row['energy_user']}, {row['carrier']}".replace("_", " ")
    return [year, sector, what, None, row["energy_mwh"], None, row["energy_mwh"], row["source"]]


def _factors(inventory: Inventory) -> Sheet:
    rows: list[list[Value]] = []
    for row in inventory.of("emission_factors"):
        gases: dict[str, Value] = dict.fromkeys(_GASES, NOT_ESTIMATED)
        if row["gas"] in _COLUMN_OF:
            gases[_COLUMN_OF[row["gas"]]] = row["factor_t_per_unit"]
        note = "; ".join(str(part) for part in (row["source"], row["note"]) if part)
        how = row["method"] + (" (biogenic CO2 apart)" if row["gas"] not in _COLUMN_OF else "")
        rows.append([row["carrier"].replace("_", " "), row["year"], how, *gases.values(), row["gwp_set"], note])
    if not rows:
        rows.append(["no factor entered", None, None, *[NOT_ESTIMATED] * len(_GASES), None, None])
    columns = ("Primary energy/energy source", "Year", "Method", *_GASES, "GWP set", "Source")
    about = [("Unit", "tonnes per MWh")]
    return Sheet("A-1.2", "A-1.2: Emission factors applied", columns, rows, about)


def _emissions(inventory: Inventory, year: int) -> Sheet:
    """Lines by scope; memo lines stand apart and outside the total."""
    rows: list[list[Value]] = []
    for line, named in inventory.lines.items():
        if line in inventory.memo_lines:
            continue
        own = inventory.at(year, line=line)
        parts = {f"scope {scope}": amount(row for row in own if row["scope"] == scope) for scope in _SCOPES}
        rows.append([named["line_name_en"], *parts.values(), total(parts.values()), left_out(parts)])
    sums = {f"scope {scope}": total(row[n] for row in rows) for n, scope in enumerate(_SCOPES, start=1)}
    both = [sums["scope 1"], sums["scope 2"]]
    incomplete = sum(bool(row[-1]) for row in rows)
    rows.append(["Total", *sums.values(), total(sums.values()), f"{incomplete} lines have a part that is not in it"])
    # As the plan prints it: scope 1 and 2 together, only where there is a scope 2 at all.
    rows.append(["Total scope 1 and 2", None, None, None, total(both) if NOT_ESTIMATED not in both else NOT_ESTIMATED])
    if beyond := inventory.holds_beyond(year):
        rows.append([f"{beyond[0].upper()}{beyond[1:]}."])
    for line, named in inventory.lines.items():
        if line in inventory.memo_lines:
            beside = [inventory.at(year, line=line, scope=scope) for scope in _SCOPES]
            values = [amount(held) if held else None for held in beside]
            rows.append([f"{named['line_name_en']}: outside the total", *values, None])
    columns = ("Sector", "Scope 1", "Scope 2", "Scope 3", "Total estimated", "Not in the row's total")
    about: list[tuple[str, Value]] = [
        ("Year", year),
        ("Unit", "t CO2e/year"),
        ("GWP sets of the figures", ", ".join(inventory.gwp_sets(year))),
    ]
    return Sheet(f"A-1.3 {year}", "A-1.3: GHG emissions by source sectors", columns, rows, about)


def _gaps(inventory: Inventory) -> Iterator[Sheet]:
    gap = inventory.of("gap_table", is_headline=1)
    names = {row["target_id"]: row["target_name_en"] for row in inventory.of("targets")}
    lines = {line: str(row["line_name_en"]) for line, row in inventory.lines.items()}
    basis = next((name for name in _BASES if any(row["gap_basis"] == name for row in gap)), None)
    title = "A-2.1: Emissions gap"
    if basis is None:
        yield Sheet("A-2.1", title, ("Sector", "Value"), [["no targets and no plan entered", NOT_ESTIMATED]])
    else:
        yield _gap(title, "A-2.1", [row for row in gap if row["gap_basis"] == basis], {**names, **lines}, _BASES[basis])
    printed = [row for row in gap if row["gap_basis"] == "printed"]
    if printed:
        yield _gap(f"{title}, as printed", "A-2.1 printed", printed, lines, "the city's own print, its errors kept")


def _gap(title: str, name: str, gap: list[Row], names: dict[str, str], basis: str) -> Sheet:
    columns = (
        "Sector",
        "Base year",
        "Baseline emissions (1)",
        "Target year",
        "Emissions at the target (2)",
        "Reduction target, %",
        "Latest year",
        "Latest emissions (3)",
        "Reductions by other plans (4)",
        "Gap (3-4)-2",
        "Reductions by the plan's actions (6)",
        "Residual emissions",
        "Note",
    )
    shown = (
        *("baseline_year", "baseline_t", "target_year", "target_t", "target_pct", "latest_year", "latest_t"),
        *("other_plans_t", "gap_t", "actions_t", "residual_t"),
    )
    rows: list[list[Value]] = []
    for row in sorted(gap, key=lambda row: (row["is_total"], row["is_memo"])):
        line = "Total" if row["is_total"] else names.get(row["line"], row["line"].replace("_", " ").capitalize())
        line += ": outside the total" if row["is_memo"] else ""
        # The row's key is that of its tonnes: a target without a percentage has none.
        keys = {column: (row["notation_key"] or NOT_ESTIMATED) if column.endswith("_t") else None for column in shown}
        rows.append([line, *(keys[column] if row[column] is None else row[column] for column in shown), row["note"]])
    return Sheet(name, title, columns, rows, [("Unit", "t CO2e/year"), ("Basis", basis)])
