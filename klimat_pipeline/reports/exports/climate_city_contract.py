"""EU Climate City Contract, action plan: A-1.1 energy use, A-1.2 factors, A-1.3 emissions, A-1.4 activity, A-2.1 gap.

Tables, their order and their columns are those of NetZeroCities' template "Climate City Contract: 2030 Climate
Neutrality Action Plan", as the plans that Helsingborg and Lund handed in fill it in: a table a base year, "Base year"
and "Unit" above it, sectors with what they use below them. In earlier editions, so in the plans of Heidelberg and Umeå,
A-1.3 is activity and A-1.4 emissions. A-2.1 is as Helsingborg's plan has it: it adds the latest year (3) and gives the
level in (2), of which the guidance asks the reduction, (1)-(2). Lines are those of that plan; scope 2 is by location.
What does not belong here: figures (``published``), writing (``workbook``).
"""

from collections.abc import Iterator

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.reports.exports.inventory import Inventory
from klimat_pipeline.reports.exports.workbook import NOT_ESTIMATED, Sheet, Value, amount, left_out, total

LAYOUT = (
    "EU Climate City Contract, 2030 Climate Neutrality Action Plan (NetZeroCities), tables A-1.1 to A-1.4 and A-2.1 in "
    "the template's later order, as the plans of Helsingborg and Lund fill it in; A-2.1 with the column of the latest "
    "year that Helsingborg's plan adds"
)
_SCOPES = ("1", "2", "3")
_USERS_OF = {
    "Buildings": ("households", "public_services", "other_services", "agriculture_forestry_fishing"),
    "Buildings and energy in industry and construction": ("industry_construction",),
    "Transport": ("transport",),
}
#: Sectors of the template whose energy or activity nobody has entered.
_OTHERS = ("Waste", "Industrial Process and Product Use (IPPU)", "Agricultural, Forestry and Land Use (AFOLU)")
_BASE_YEAR = "Base year"
_NOT_HELD = "fuels burnt (scope 1) and energy outside the boundary (scope 3): NE"
#: The template's columns of gases, and that of all together, which the plans add.
_CO2, _CH4, _N2O, _CO2E = "Carbon Dioxide (CO2)", "Methane (CH4)", "Nitrous Oxide (N2O)", "CO2e"
_GASES = (
    *(_CO2, _CH4, _N2O, "F-gases (hydrofluorocarbons and perfluorocarbons)"),
    *("Sulphur hexafluoride (SF6)", "Nitrogen trifluoride (NF3)", _CO2E),
)
#: Gas of a factor, and the column that holds it; biogenic carbon dioxide is none of them.
_COLUMN_OF = {"co2_fossil": _CO2, "ch4": _CH4, "n2o": _N2O, "co2e": _CO2E}
_HALF_A_TONNE = 0.5
#: Bases of the gap table, the first that there is.
_BASES = {"computed": "our inventory", "targets": "the targets and national figures"}
_GAP_COLUMNS = (
    "Sector",
    "Base year",
    "(1) Baseline emissions",
    "Target year",
    "(2) Emissions at the target",
    "Emissions reduction target, %",
    "Base year of the percentage",
    "Emissions of that base year",
    "Latest year",
    "(3) Latest emissions",
    "(4) Emission reduction through other Action Plans",
    "(5) Emissions Gap: (3-4)-2",
    "(6) Emissions reduction through the CCC Action Plan to address the Gap",
    "(7) Residual emissions: 3-4-6",
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
    used = inventory.of("energy_use")
    energy_years = sorted({row["year"] for row in used}) or [inventory.total["year"]]
    for year in energy_years:
        yield _energy(year, [row for row in used if row["year"] == year])
    yield _factors(inventory)
    for year in inventory.years:
        yield _emissions(inventory, year)
    for year in energy_years:
        yield _activity(year, [row for row in used if row["year"] == year])
    yield from _gaps(inventory)


def _energy(year: int, used: list[Row]) -> Sheet:
    """Energy by user and carrier; bought electricity and heat are scope 2, fuels are not entered by anybody."""
    rows: list[list[Value]] = []
    for sector, own in _by_sector(used):
        known = sum(row["energy_mwh"] for row in own) if own else NOT_ESTIMATED
        rows.append([sector, NOT_ESTIMATED, known, NOT_ESTIMATED, total([known]), "" if own else "no activity entered"])
        rows += [[_used(row), None, row["energy_mwh"], None, row["energy_mwh"], row["source"]] for row in own]
    columns = ("Sector, and energy used", "Scope 1", "Scope 2", "Scope 3", "Total", "Source")
    about: list[tuple[str, Value]] = [(_BASE_YEAR, year), ("Unit", "MWh/year")]
    about.append(("Not held, and not in the total", _NOT_HELD))
    return Sheet(f"A-1.1 {year}", "A-1.1: Final energy use by source sectors", columns, rows, about)


def _activity(year: int, used: list[Row]) -> Sheet:
    """What energy was used for, since no other activity is entered; the template has no total here."""
    rows: list[list[Value]] = []
    for sector, own in _by_sector(used):
        rows.append([f"Sector: {sector}", *[None if own else NOT_ESTIMATED] * 3, "" if own else "no activity entered"])
        rows += [
            [f"{_used(row)} (MWh/year)", NOT_ESTIMATED, row["energy_mwh"], NOT_ESTIMATED, row["source"]] for row in own
        ]
    columns = ("Sector and activity", "Scope 1", "Scope 2", "Scope 3", "Source")
    about: list[tuple[str, Value]] = [(_BASE_YEAR, year), ("Not held", _NOT_HELD)]
    return Sheet(f"A-1.4 {year}", "A-1.4: Activity by source sectors", columns, rows, about)


def _by_sector(used: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """The template's sectors with the energy that is used in them."""
    for sector, users in _USERS_OF.items():
        yield sector, [row for row in used if row["energy_user"] in users]
    for sector in _OTHERS:
        yield sector, []


def _used(row: Row) -> str:
    return f"{row['energy_user']}, {row['carrier']}".replace("_", " ")


def _factors(inventory: Inventory) -> Sheet:
    rows: list[list[Value]] = []
    for row in inventory.of("emission_factors"):
        gases: dict[str, Value] = dict.fromkeys(_GASES, NOT_ESTIMATED)
        if row["gas"] in _COLUMN_OF:
            gases[_COLUMN_OF[row["gas"]]] = row["factor_t_per_unit"]
        note = "; ".join(str(part) for part in (row["source"], row["note"]) if part)
        how = row["method"] + (" (biogenic CO2 apart)" if row["gas"] not in _COLUMN_OF else "")
        rows.append([row["carrier"].replace("_", " "), *gases.values(), row["year"], how, row["gwp_set"], note])
    if not rows:
        rows.append(["no factor entered", *[NOT_ESTIMATED] * len(_GASES)])
    columns = ("Primary energy/energy source", *_GASES, "Year", "Method", "GWP set", "Source")
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
    columns = ("Sector", "Scope 1", "Scope 2", "Scope 3", "Total", "Not in the row's total")
    about: list[tuple[str, Value]] = [
        (_BASE_YEAR if year == inventory.years[0] else "Year", year),
        ("Unit", "t CO2 equivalent/year"),
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
