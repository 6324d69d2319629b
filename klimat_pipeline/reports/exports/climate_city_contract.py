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
_HALF_A_TONNE = 0.5
#: Bases of the gap table, the first that there is.
_BASES = {"computed": "our inventory", "targets": "the targets and national figures"}
_GAP_COLUMNS = (
    "Sector",
    "Base year",
    "Baseline emissions (1)",
    "Target year",
    "Emissions at the target (2)",
    "Reduction target, %",
    "Base year of the percentage",
    "Emissions of that base year",
    "Latest year",
    "Latest emissions (3)",
    "Reductions by other plans (4)",
    "Gap (3-4)-2",
    "Reductions by the plan's actions (6)",
    "Residual emissions",
    "Note",
)
_GAP_SHOWN = (
    *("baseline_year", "baseline_t", "target_year", "target_t", "target_pct", "target_base_year", "target_base_t"),
    *("latest_year", "latest_t", "other_plans_t", "gap_t", "actions_t", "residual_t"),
)
_OF_PERCENTAGE = ("target_base_year", "target_base_t")
#: Columns of the print whose names differ from those of the gap table.
_PRINTED_AS = {"gap_t": "printed_gap_t", "residual_t": "printed_residual_t"}
#: Columns of tonnes that the print's own figures give anew, in words.
_RECOMPUTED = {
    "baseline_t": "baseline",
    "target_t": "emissions at the target",
    "latest_t": "latest emissions",
    "other_plans_t": "other plans",
    "gap_t": "gap",
    "actions_t": "actions",
    "residual_t": "residual",
}
#: Layout of the table that cities fill in; a print in another one says so.
_USUAL_LAYOUT = {"target_column": "level", "actions_column": "alone", "plans_column": "saved"}


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
    printed = inventory.of("published_gap")
    if printed:
        recomputed = {row["line"]: row for row in gap if row["gap_basis"] == "printed"}
        yield _printed_gap(f"{title}, as printed", printed, recomputed, lines)


def _gap(title: str, name: str, gap: list[Row], names: dict[str, str], basis: str) -> Sheet:
    rows: list[list[Value]] = []
    for row in sorted(gap, key=lambda row: (row["is_total"], row["is_memo"])):
        # The row's key is that of its tonnes: a target without a percentage has none.
        keys = {c: (row["notation_key"] or NOT_ESTIMATED) if c.endswith("_t") else None for c in _GAP_SHOWN}
        shown = {column: keys[column] if row[column] is None else row[column] for column in _GAP_SHOWN}
        if row["target_pct"] is None:
            shown |= dict.fromkeys(_OF_PERCENTAGE)
        named = _gap_line(row["line"], names, is_total=row["is_total"], is_memo=row["is_memo"])
        rows.append([named, *shown.values(), row["note"]])
    return Sheet(name, title, _GAP_COLUMNS, rows, [("Unit", "t CO2e/year"), ("Basis", basis)])


def _printed_gap(title: str, printed: list[Row], recomputed: dict[str, Row], names: dict[str, str]) -> Sheet:
    """The print's own figures; what they give anew, where that is something else, stands in the note."""
    rows: list[list[Value]] = []
    for row in sorted(printed, key=lambda row: (row["line"] == "total", row["scopes"] == "memo")):
        is_total, anew = row["line"] == "total", recomputed.get(row["line"], {})
        of_percentage = {name: anew.get(name) if row["target_pct"] is not None else None for name in _OF_PERCENTAGE}
        held = row | {name: row[other] for name, other in _PRINTED_AS.items()} | of_percentage
        named = _gap_line(row["line"], names, is_total=is_total, is_memo=row["scopes"] == "memo")
        note = "; ".join(
            filter(None, (row["note"], _given_anew(held, anew, "its lines" if is_total else "its figures")))
        )
        rows.append([named, *(held[column] for column in _GAP_SHOWN), note or None])
    about: list[tuple[str, Value]] = [
        ("Unit", "t CO2e/year"),
        ("Basis", "the city's own print, its errors kept; an empty cell is not printed"),
    ]
    other = [f"{name}: {printed[0][name]}" for name, usual in _USUAL_LAYOUT.items() if printed[0][name] != usual]
    if other:
        about.append(("Converted here", f"{', '.join(other)} (published_gap has the columns as printed)"))
    return Sheet("A-2.1 printed", title, _GAP_COLUMNS, rows, about)


def _gap_line(line: str, names: dict[str, str], *, is_total: bool, is_memo: bool) -> str:
    named = "Total" if is_total else names.get(line, line.replace("_", " ").capitalize())
    return f"{named}: outside the total" if is_memo else named


def _given_anew(held: Row, anew: Row, giver: str) -> str:
    """Columns in which the print differs from what its own figures give, beyond half a tonne."""
    off = [
        f"{said} {anew[name]:,.0f} t"
        for name, said in _RECOMPUTED.items()
        if held[name] is not None and anew.get(name) is not None and abs(held[name] - anew[name]) > _HALF_A_TONNE
    ]
    return f"{giver} give {', '.join(off)}" if off else ""
