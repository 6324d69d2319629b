"""Explanations of figures that stand beside the official ones: gases, energy as it is meant, traded, land use, groups.

What does not belong here: the official figures (``figures``), the comparison of all (``outlook``).
"""

from statistics import median

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.explanations.figures import on_basis
from klimat_pipeline.explanations.outlook import comparison
from klimat_pipeline.explanations.shared import Accounts, Sources, cells_sum
from klimat_pipeline.explanations.tree import TOLERANCE_PCT, Node, agreement, tolerance_of
from klimat_pipeline.explanations.workbook import TOTAL

_GAS = "tonnes of the gas's own release, times its warming potential in the set of the release of all gases"
_REST = "all gases of the sector less the gases that are known"
_MEANT = "sum of the sectors and subsectors that the target means, as reported"
_MAIN = "sum of the target's main sectors, as in sector_indicators"
_WEATHER = "E * (1 - s + s * N / D): D degree days of the year, N of a normal one, s the share that follows the weather"
_OTHER = "reported emissions of the sector less its installations under emissions trading"
_LAND_USE = "as given, for all releases that hold the year; the area's total stands beside it and is never added"
_GROUP = "rank and median among the members that have the figure; rank 1 is the lowest"


def gas(sources: Sources, row: Row) -> list[Node]:
    """A gas of a main sector, or what no known gas holds."""
    accounts, year, sector = sources.accounts(row), row["year"], row["sector_code"]
    if row["gas_release_ids"]:
        nodes = [Node("formula", _GAS)]
        for release in row["gas_release_ids"].split():
            own = Accounts(sources, release, row["municipality_code"])
            held = own.row(year, sector)
            nodes.append(own.reported_year(f"{release}, {year}", year, [sector], held["emissions_reported_t"], "t"))
            nodes += own.sums(year, [sector], held["emissions_reported_t"], where=f" in {release}")
        return nodes
    key = {name: row[name] for name in ("municipality_code", "sector_code", "release_id", "year")}
    known = [r for r in sources.database.rows("gases", **key) if r["gas_release_ids"]]
    whole = float(accounts.row(year, sector)["emissions_reported_t_co2e"])
    rest = whole - sum(float(r["emissions_t_co2e"]) for r in known)
    return [
        Node("formula", _REST),
        accounts.reported_year(f"all gases {year}", year, [sector], whole, "t CO2e"),
        *(Node(f"less {r['greenhouse_gas']}", r["emissions_t_co2e"], "t CO2e") for r in known),
        agreement(
            "all gases less the known ones",
            rest,
            row["emissions_t_co2e"],
            "the figure",
            tolerance=tolerance_of(len(known) + 1),
        ),
    ]


def energy(sources: Sources, row: Row) -> list[Node]:
    """An energy target's year and baseline, as it is meant or on its main sectors; and in normal weather."""
    key = {name: row[name] for name in ("municipality_code", "target_id", "release_id", "year")}
    official = sources.database.first("sector_indicators", **key)
    accounts = sources.accounts(row)
    meant = row["energy_basis"] == "as_meant"
    nodes = [Node("formula", _MEANT if meant else _MAIN)]
    for what, year, name in (("inputs", row["year"], "emissions"), ("baseline", row["baseline_year"], "baseline")):
        figure = row[f"{name}_t_co2e"]
        if year is None or figure is None:
            continue
        if meant:
            nodes += _parts(accounts, what, year, row["subsector_codes"].split(), figure)
        else:
            reported = official[f"{name}_reported_t_co2e"]
            nodes += on_basis(accounts, what, year, official["sector_codes"].split(), (figure, reported), row["basis"])
    if row["emissions_normalised_t_co2e"] is not None:
        share = row["weather_dependent_pct"] / 100
        counted = row["emissions_t_co2e"] * (1 - share + share * row["normal_degree_days"] / row["degree_days"])
        detail = {name: row[name] for name in ("degree_days", "normal_degree_days", "weather_dependent_pct")}
        nodes += [
            Node("in normal weather", _WEATHER, None, detail),
            agreement("counted again", counted, row["emissions_normalised_t_co2e"], "the figure in normal weather"),
        ]
    return nodes


def _parts(accounts: Accounts, what: str, year: int, codes: list[str], figure: float) -> list[Node]:
    """Sectors and subsectors of a year, each with its cell, and their sum."""
    shown, found = [], []
    for code in codes:
        sector, _, subsector = code.partition("/")
        cells = accounts.cells(year, [sector], (subsector or TOTAL,))
        shown.append(Node(code, sum(cell.tonnes for cell in cells), "t CO2e", {}, tuple(cell.node for cell in cells)))
        found += cells
    return [
        Node(f"{what} {year}", figure, "t CO2e", {}, tuple(shown)),
        cells_sum(found, str(year), figure, "the figure", name="published_t"),
    ]


def traded(sources: Sources, row: Row) -> list[Node]:
    """A sector's emissions under emissions trading, and its other ones."""
    accounts, year, reported = sources.accounts(row), row["year"], row["emissions_reported_t_co2e"]
    nodes = [
        Node("formula", _OTHER),
        accounts.reported_year(f"inputs {year}", year, [row["sector_code"]], reported, "t CO2e"),
        *accounts.sums(year, [row["sector_code"]], reported),
        Node("its rows of installations.csv", row["traded_t_co2e"], "t CO2e", {"installations": row["installations"]}),
    ]
    if row["other_t_co2e"] is None:
        return nodes
    other = max(reported - row["traded_t_co2e"], 0.0)
    return [*nodes, agreement("the sector less its installations", other, row["other_t_co2e"], "the other emissions")]


def land_use(sources: Sources, row: Row) -> list[Node]:
    """Land use of an area as it was given, and the area's total beside it."""
    year, reported = row["year"], row["emissions_reported_t_co2e"]
    cells = sources.workbooks.of(row["release_id"]).cells(year, areas=[row["area_code"]], sectors=[TOTAL])
    return [
        Node("formula", _LAND_USE),
        Node("its row of land_use.csv", row["land_use_t_co2e"], "t CO2e", {"source": row["source"]}),
        Node(f"total beside it {year}", reported, "t CO2e", {}, tuple(cell.node for cell in cells)),
        cells_sum(cells, str(year), reported),
    ]


def group(sources: Sources, row: Row) -> list[Node]:
    """A figure's place among the members of a group: the figure as all are compared, and the others'."""
    of = {name: row[name] for name in ("release_id", "target_id", "indicator")}
    compared = sources.database.first("municipality_comparison", municipality_code=row["municipality_code"], **of)
    members = sources.database.rows("group_comparison", comparison_group=row["comparison_group"], **of)
    members.sort(key=lambda r: (r["rank"], r["municipality_code"]))
    shown = tuple(Node(r["municipality_code"], r["indicator_value"], r["indicator_unit"]) for r in members)
    place = f"{row['rank']} of {row['compared']} in {row['comparison_group']}"
    return [
        *comparison(sources, compared),
        Node("formula of the place", _GROUP),
        Node("place in the group", place, None, {"to_median": row["to_median"]}, shown),
        _median(row, [float(r["indicator_value"]) for r in members]),
    ]


def _median(row: Row, values: list[float]) -> Node:
    """Whether the median of the members is the group's, where all of them are published."""
    if len(values) < row["compared"]:
        return Node("median of the members", row["median_value"], row["indicator_unit"], {"published": len(values)})
    tolerance, unit = max(TOLERANCE_PCT, tolerance_of(2)), row["indicator_unit"]
    said = "the group's median"
    return agreement("median of the members", median(values), row["median_value"], said, unit=unit, tolerance=tolerance)
