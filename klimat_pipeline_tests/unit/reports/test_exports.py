"""Exports of a small municipality: what is beside the total, what is beyond the boundary, and what a print says.

Tonnes of 2024: heating 10, road 100, machines 30, international transport 40, industry 50, energy for the grid 7.
"""

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing
from typing import Any

import pytest

from klimat_pipeline.explanations.database import Database
from klimat_pipeline.reports.exports import climate_city_contract, common_reporting_framework, gpc, netzerocities
from klimat_pipeline.reports.exports.inventory import Inventory
from klimat_pipeline.reports.exports.workbook import Sheet, Value
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.shared import REPOSITORY

CODE = "1281"
GRID, MACHINES = "grid_supplied_energy", "transport_machines"
#: Line, sector, reference numbers, tonnes in 1990 and in 2024.
LINES = (
    ("buildings_incl_agricultural_facilities", "stationary_energy", "I.1.1+I.2.1+I.5.1", 20.0, 10.0),
    ("transport_on_road", "transportation", "II.1.1", 120.0, 100.0),
    (MACHINES, "transportation", "I.1.1+I.2.1+I.3.1+I.5.1+II.5.1", 60.0, 30.0),
    ("transport_other", "transportation", "II.3.3+II.4.3", 0.0, 40.0),
    ("ippu_industrial_process", "ippu", "I.3.1+I.4.1+IV.1", 90.0, 50.0),
    (GRID, "stationary_energy", "I.4.4", 9.0, 7.0),
)
#: A print of 1,000 t in 1990, 150 t as target, 600 t in 2022, 100 t by other plans and 200 t by actions, and the row
#: of the gap table that its figures give.
PRINTED = {
    "scopes": "1",
    "baseline_year": 1990,
    "baseline_t": 1000.0,
    "target_year": 2030,
    "target_t": 150.0,
    "target_pct": -85.0,
    "latest_year": 2022,
    "latest_t": 600.0,
    "other_plans_t": 100.0,
    "printed_gap_t": 350.0,
    "actions_t": 200.0,
    "printed_residual_t": 300.0,
    "target_column": "level",
    "actions_column": "alone",
    "plans_column": "saved",
    "note": None,
}
HELD = {
    "scopes": "1",
    "is_memo": 0,
    "is_total": 0,
    "baseline_year": 1990,
    "baseline_t": 1000.0,
    "target_year": 2030,
    "target_t": 150.0,
    "target_pct": -85.0,
    "target_base_year": 1990,
    "target_base_t": 1000.0,
    "latest_year": 2022,
    "latest_t": 600.0,
    "other_plans_t": 100.0,
    "gap_t": 350.0,
    "actions_t": 200.0,
    "residual_t": 300.0,
    "notation_key": None,
    "note": None,
}
Tables = Mapping[str, Collection[Mapping[str, Any]]]
Rows = dict[Any, list[Value]]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as closed_at_the_end:
        yield closed_at_the_end


def inventory(stack: ExitStack, memo: Collection[str] = (GRID,), **tables: Collection[Mapping[str, Any]]) -> Inventory:
    """The municipality with these lines beside its total, and further published tables."""
    rows = [
        {
            "line": line,
            "gpc_sector": sector,
            "gpc_ref": refs,
            "scope": "1",
            "method": "",
            "year": year,
            "is_memo": line in memo,
            "emissions_t_co2e": tonnes,
            "notation_key": None,
            "gwp_set": "AR5",
            "note": None,
        }
        for line, sector, refs, then, now in LINES
        for year, tonnes in ((1990, then), (2024, now))
    ]
    total = {
        "target_id": "total",
        "is_latest_year": 1,
        "baseline_year": 1990,
        "year": 2024,
        "baseline_t_co2e": 299.0,
        "emissions_t_co2e": 237.0,
        "change_pct": -20.7,
        "emissions_per_resident_t_co2e": 1.0,
        "population_year": 2024,
        "basis": "reported",
        "gwp_set": "AR5",
        "release_id": "r1",
    }
    held: Tables = {"inventory_territory": rows, "sector_indicators": [total], **tables}
    connection = stack.enter_context(closing(sqlite3.connect(":memory:")))
    connection.row_factory = sqlite3.Row
    connection.execute("CREATE TABLE publication AS SELECT 'pub-1' AS publication_id, '2025-01-01' AS published_at")
    for name, found in held.items():
        every = [{"municipality_code": CODE, "is_headline": 1} | dict(row) for row in found]
        connection.execute(f"CREATE TABLE {name} ({', '.join(every[0])})")
        marks = ", ".join("?" * len(every[0]))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", [tuple(row.values()) for row in every])
    return Inventory(Database(connection), Settings(project_dir=REPOSITORY), CODE)


def sheet(found: Iterator[Sheet], name: str) -> Sheet:
    return next(one for one in found if one.name == name)


def by(rows: Sheet, column: int = 0) -> Rows:
    """Rows by what stands in a column, short ones filled with empty cells."""
    return {row[column]: [*row, *[None] * (len(rows.columns) - len(row))] for row in rows.rows if len(row) > column}


class TestBesideTheTotal:
    """Heating, road, machines, transport beyond and industry: 10 + 100 + 30 + 40 + 50 = 230 t; the grid's 7 t make 237."""

    @pytest.mark.parametrize(("memo", "scope_1"), [((GRID,), 230.0), ((), 237.0), ((MACHINES,), 207.0)])
    def test_every_export_sums_to_the_scope_1_that_is_published(
        self, stack: ExitStack, memo: tuple[str, ...], scope_1: float
    ) -> None:
        own = inventory(stack, memo)
        ccc = by(sheet(climate_city_contract.sheets(own), "A-1.3 2024"))
        assert ccc["Total"][1] == scope_1
        crf = by(sheet(common_reporting_framework.sheets(own), "2024"))
        # What is beyond the boundary, 40 t, stands in the last kind.
        which = "excluding" if GRID in memo else "including"
        whole = crf[f"Total Emissions ({which} generation of grid-supplied energy)"]
        assert (whole[1], whole[5]) == (scope_1 - 40.0, 40.0)
        indicators = by(sheet(netzerocities.sheets(own), "GHG indicators"))
        sectors = [row[5] for name, row in indicators.items() if str(name).endswith("scope 1")]
        assert sum(value for value in sectors if isinstance(value, float)) == scope_1

    def test_the_usual_memo(self, stack: ExitStack) -> None:
        own = inventory(stack)
        assert (
            by(sheet(climate_city_contract.sheets(own), "A-1.3 2024"))["Grid-supplied energy: outside the total"][1]
            == 7.0
        )
        crf = [row[0] for row in sheet(common_reporting_framework.sheets(own), "2024").rows]
        assert crf[-2:] == [
            "Total generation of grid-supplied energy",
            "Total Emissions (excluding generation of grid-supplied energy)",
        ]
        indicators = by(sheet(netzerocities.sheets(own), "GHG indicators"))
        memo = indicators["GHG emissions from grid-supplied energy generated in the city (memo)"]
        assert (memo[3], memo[5]) == (9.0, 7.0)
        # 237 t in all are the sectors' 230 t and the memo's 7 t.
        assert "holds the memo lines too: 7 t in 2024" in str(indicators["GHG emissions, territorial total"][7])

    def test_a_municipality_that_counts_the_grid_has_no_memo(self, stack: ExitStack) -> None:
        own = inventory(stack, ())
        ccc = by(sheet(climate_city_contract.sheets(own), "A-1.3 2024"))
        assert ccc["Grid-supplied energy"][1] == 7.0
        assert not [name for name in ccc if "outside the total" in str(name) or "memo" in str(name)]
        crf = sheet(common_reporting_framework.sheets(own), "2024")
        assert crf.rows[-1][0] == "Total Emissions (including generation of grid-supplied energy)"
        assert by(crf)["Total generation of grid-supplied energy"][1] == 7.0
        indicators = by(sheet(netzerocities.sheets(own), "GHG indicators"))
        energy = indicators["GHG emissions from stationary energy (buildings, heat), scope 1"]
        assert (energy[5], energy[7]) == (
            17.0,
            "holds grid-supplied energy generated in the city: 9 t in 1990, 7 t in 2024",
        )
        memo = indicators["GHG emissions from grid-supplied energy generated in the city (memo)"]
        assert (memo[3], memo[5]) == ("IE", "IE")
        assert "memo lines" not in str(indicators["GHG emissions, territorial total"][7])

    def test_another_line_beside_the_total(self, stack: ExitStack) -> None:
        own = inventory(stack, (MACHINES,))
        ccc = by(sheet(climate_city_contract.sheets(own), "A-1.3 2024"))
        assert ccc["Work machines: outside the total"][1] == 30.0
        crf = sheet(common_reporting_framework.sheets(own), "2024")
        assert by(crf)["Memo > Work machines"][1] == 30.0
        off_road = by(crf)["Transportation > Off-road"]
        assert off_road[2] == "IE"
        assert "included in I.1.1+I.2.1+I.3.1+I.5.1+II.5.1, memo: outside the total" in str(off_road[7])
        indicators = by(sheet(netzerocities.sheets(own), "GHG indicators"))
        assert indicators["GHG emissions, Work machines (memo)"][5] == 30.0
        # 100 t on roads and 40 t beyond the boundary.
        transport = indicators["GHG emissions from transport, scope 1"]
        assert transport[5] == 140.0
        assert "work machines" not in str(transport[7])


class TestBeyondTheBoundary:
    HOLDS = (
        "cope 1 of 2024 holds 40.00 t of transport beyond the boundary (II.3.3, II.4.3), which the GPC and the Common "
        "Reporting Framework count as scope 3"
    )
    LEAVES = (
        "40.00 t of transport beyond the boundary (II.3.3, II.4.3) are scope 3 here, and scope 1 in scope_indicators and "
        "the Climate City Contract"
    )

    def test_the_tonnes_stand_beside_every_sum(self, stack: ExitStack) -> None:
        whole = {"year": 2024, "gpc_ref": "territorial", "is_total": 1, "emissions_t_co2e": 197.0}
        blank = dict.fromkeys(("gpc_sector", "gpc_name_en", "scope", "gpc_level", "notation_key", "gwp_set", "note"))
        own = inventory(stack, gpc_inventory=[whole | blank])
        ccc = [str(row[0]) for row in sheet(climate_city_contract.sheets(own), "A-1.3 2024").rows]
        assert f"S{self.HOLDS}." in ccc
        assert self.LEAVES in str(sheet(common_reporting_framework.sheets(own), "2024").rows[-1][7])
        assert by(sheet(gpc.sheets(own), "2024"))["territorial"][6] == self.LEAVES
        indicators = by(sheet(netzerocities.sheets(own), "GHG indicators"))
        for name in ("GHG emissions, territorial total", "GHG emissions from transport, scope 1"):
            assert f"s{self.HOLDS}" in str(indicators[name][7])

    def test_nothing_is_said_of_a_year_without_it(self, stack: ExitStack) -> None:
        own = inventory(stack)
        assert own.beyond(1990) == (0.0, "")
        assert not [
            row for row in sheet(climate_city_contract.sheets(own), "A-1.3 1990").rows if "beyond" in str(row[0])
        ]


class TestCommonReportingFramework:
    """The table of CDP-ICLEI Track's question 3.1.3: 24 sub-sectors, the sum of each sector, and that of all."""

    ROWS = (
        *("Residential buildings", "Commercial buildings & facilities", "Institutional buildings & facilities"),
        *("Industrial buildings & facilities", "Agriculture", "Fugitive emissions", "Total Stationary Energy"),
        *("On-road", "Rail", "Waterborne navigation", "Aviation", "Off-road", "Total Transport"),
        *("Solid waste disposal", "Biological treatment", "Incineration and open burning", "Wastewater", "Total Waste"),
        *("Industrial process", "Product use", "Total IPPU", "Livestock", "Land use", "Other AFOLU", "Total AFOLU"),
        *("Electricity-only generation", "CHP generation", "Heat/cold generation", "Local renewable generation"),
        "Total generation of grid-supplied energy",
        "Total Emissions (excluding generation of grid-supplied energy)",
    )

    def test_rows_and_columns_are_the_questionnaires(self, stack: ExitStack) -> None:
        found = sheet(common_reporting_framework.sheets(inventory(stack)), "2024")
        assert tuple(str(row[0]).rpartition(" > ")[2] for row in found.rows) == self.ROWS
        assert found.columns[1] == "Direct emissions (metric tonnes CO2e)"
        assert str(found.columns[2]).endswith("please select a notation key to explain why")
        assert str(found.columns[3]).startswith("Indirect emissions from the use of grid-supplied electricity, heat")
        assert str(found.columns[5]).startswith("Emissions occurring outside the jurisdiction boundary")

    def test_a_sector_is_the_sum_of_its_sub_sectors(self, stack: ExitStack) -> None:
        """Roads 100 t and machines 30 t within the boundary, 40 t beyond it; no sub-sector of waste is known."""
        rows = by(sheet(common_reporting_framework.sheets(inventory(stack)), "2024"))
        assert rows["Total Transport"][1:7] == [130.0, None, None, "NE", 40.0, None]
        assert rows["Total Waste"][1:3] == [None, "NE"]
        assert rows["Total IPPU"][3:7] == [None] * 4  # the framework has no such cells

    def test_what_the_source_does_not_divide_is_elsewhere(self, stack: ExitStack) -> None:
        rows = by(sheet(common_reporting_framework.sheets(inventory(stack)), "2024"))
        assert rows["Generation of grid-supplied energy > CHP generation"][1:3] == [None, "IE"]
        assert rows["Total generation of grid-supplied energy"][1:3] == [7.0, None]
        # Heating's 10 t stand in the first sub-sector; the GPC has commerce and institutions as one.
        for name in ("Commercial", "Institutional"):
            assert rows[f"Stationary energy > {name} buildings & facilities"][1:3] == [None, "IE"]

    def test_a_figure_of_both_stands_in_commerce(self, stack: ExitStack) -> None:
        offices = {"line": "buildings_incl_agricultural_facilities", "gpc_sector": "stationary_energy", "year": 2024}
        offices |= {"gpc_ref": "I.2.2", "scope": "2", "method": "location", "is_memo": 0, "emissions_t_co2e": 5.0}
        offices |= {"notation_key": None, "gwp_set": "AR5", "note": None}
        own = inventory(stack)
        own.rows.append(offices)
        rows = by(sheet(common_reporting_framework.sheets(own), "2024"))
        assert rows["Stationary energy > Commercial buildings & facilities"][3:5] == [5.0, None]
        other = rows["Stationary energy > Institutional buildings & facilities"]
        assert other[3:5] == [None, "IE"]
        assert "included in Commercial buildings & facilities" in str(other[7])


def test_gpc_has_a_figure_or_a_key_in_the_standards_order(stack: ExitStack) -> None:
    blank = dict.fromkeys(("gpc_name_en", "gwp_set", "note")) | {"year": 2024, "is_total": 0, "gpc_sector": "waste"}
    known = blank | {"gpc_ref": "III.1.1", "scope": "1", "gpc_level": "BASIC", "emissions_t_co2e": 9.0}
    rows = [known | {"notation_key": None}, known | {"gpc_ref": "III.1.2", "emissions_t_co2e": None}]
    rows[1] |= {"scope": "3", "notation_key": "IE"}
    found = sheet(gpc.sheets(inventory(stack, gpc_inventory=rows)), "2024")
    assert found.columns[:3] == ("GPC ref No.", "Scope", "GHG Emissions Source")
    assert found.columns[4:7] == ("Notation keys", "Total tCO2e", "Explanation for using notation key(s)")
    assert by(found)["III.1.1"][1:6] == ["1", None, "waste", None, 9.0]
    assert by(found)["III.1.2"][1:6] == ["3", None, "waste", "IE", None]


def test_a_note_names_lines_not_their_ids(stack: ExitStack) -> None:
    said = inventory(stack).said("included in ippu_industrial_process: the source holds both")
    assert said == "included in “Industrial processes (incl. the energy of industry)”: the source holds both"


class TestTemplate:
    """The template's own forms: a table a base year, sectors with what they use below them."""

    USED = ("households", "transport")

    def book(self, stack: ExitStack) -> dict[str, Sheet]:
        used = [
            {"year": 1990, "energy_user": user, "carrier": "electricity", "energy_mwh": mwh, "source": "s"}
            for user, mwh in zip(self.USED, (900.0, 20.0), strict=True)
        ]
        return {one.name: one for one in climate_city_contract.sheets(inventory(stack, energy_use=used))}

    def test_energy_by_sector_and_what_is_used(self, stack: ExitStack) -> None:
        found = self.book(stack)["A-1.1 1990"]
        assert found.columns[1:5] == ("Scope 1", "Scope 2", "Scope 3", "Total")
        assert [one[:2] for one in found.about[:2]] == [("Base year", 1990), ("Unit", "MWh/year")]
        names = [row[0] for row in found.rows]
        assert names[:2] == ["Buildings", "households, electricity"]
        assert names[-3:] == list(climate_city_contract._OTHERS)
        assert by(found)["Buildings"][1:5] == ["NE", 900.0, "NE", 900.0]
        assert by(found)["households, electricity"][2] == 900.0
        assert by(found)["Waste"][1:5] == ["NE"] * 4

    def test_activity_has_no_total(self, stack: ExitStack) -> None:
        found = self.book(stack)["A-1.4 1990"]
        assert found.columns[:4] == ("Sector and activity", "Scope 1", "Scope 2", "Scope 3")
        assert by(found)["transport, electricity (MWh/year)"][1:4] == ["NE", 20.0, "NE"]
        assert by(found)["Sector: Waste"][1:5] == ["NE", "NE", "NE", "no activity entered"]

    def test_factors_stand_by_gas(self, stack: ExitStack) -> None:
        columns = self.book(stack)["A-1.2"].columns
        assert columns[0] == "Primary energy/energy source"
        assert columns[1:4] == ("Carbon Dioxide (CO2)", "Methane (CH4)", "Nitrous Oxide (N2O)")
        assert columns[4:7] == (
            "F-gases (hydrofluorocarbons and perfluorocarbons)",
            "Sulphur hexafluoride (SF6)",
            "Nitrogen trifluoride (NF3)",
        )


def test_transport_says_what_work_machines_are_of_it(stack: ExitStack) -> None:
    """100 t on roads, 30 t of machines and 40 t beyond the boundary; in 1990 120, 60 and none."""
    row = by(sheet(netzerocities.sheets(inventory(stack)), "GHG indicators"))["GHG emissions from transport, scope 1"]
    assert (row[3], row[5]) == (180.0, 170.0)
    assert "holds work machines, which the GPC counts with their users' energy: 60 t in 1990, 30 t in 2024" in str(
        row[7]
    )


class TestGap:
    def book(self, stack: ExitStack, gap: list[dict[str, Any]], printed: list[dict[str, Any]]) -> dict[str, Sheet]:
        tables: dict[str, Any] = {"gap_table": [{"gap_basis": "printed"} | HELD | row for row in gap]}
        if printed:
            tables["published_gap"] = [{"line": ""} | PRINTED | row for row in printed]
        return {one.name: one for one in climate_city_contract.sheets(inventory(stack, **tables))}

    @staticmethod
    def cells(found: Sheet, line: str) -> dict[str, Value]:
        return dict(zip(found.columns, by(found)[line], strict=True))

    def test_the_print_is_shown_and_what_it_gives_is_said(self, stack: ExitStack) -> None:
        """Waste prints a gap of 340 where (600 - 100) - 150 is 350; two such lines sum to 300 t, the total prints 310."""
        book = self.book(
            stack,
            [
                {"line": "waste"},
                {"line": "transport_on_road"},
                {
                    "line": "total",
                    "is_total": 1,
                    "baseline_t": 2000.0,
                    "target_t": 300.0,
                    "latest_t": 1200.0,
                    "other_plans_t": 200.0,
                    "gap_t": 700.0,
                    "actions_t": 400.0,
                    "residual_t": 600.0,
                },
            ],
            [
                {"line": "waste", "printed_gap_t": 340.0},
                {"line": "transport_on_road"},
                {
                    "line": "total",
                    "baseline_t": 2000.0,
                    "target_t": 310.0,
                    "target_pct": None,
                    "latest_t": 1200.0,
                    "other_plans_t": 200.0,
                    "printed_gap_t": 680.0,
                    "actions_t": 390.0,
                    "printed_residual_t": 600.0,
                    "note": "its errors kept",
                },
            ],
        )
        found = book["A-2.1 printed"]
        waste = self.cells(found, "Waste and waste water")
        assert (waste["(5) Emissions Gap: (3-4)-2"], waste["Note"]) == (340.0, "its figures give gap 350 t")
        assert self.cells(found, "On-road transport")["Note"] is None
        total = self.cells(found, "Total")
        assert total["(2) Emissions at the target"] == 310.0
        assert total["(5) Emissions Gap: (3-4)-2"] == 680.0
        assert total["(6) Emissions reduction through the CCC Action Plan to address the Gap"] == 390.0
        assert total["(7) Residual emissions: 3-4-6"] == 600.0
        said = "its errors kept; its lines give emissions at the target 300 t, gap 700 t, actions 400 t"
        assert total["Note"] == said
        # The print gives its total no percentage, so there is no base year of one.
        assert [total[name] for name in found.columns[5:8]] == [None, None, None]

    def test_what_is_not_printed_is_empty(self, stack: ExitStack) -> None:
        lacking = {"line": "waste", "latest_year": None, "latest_t": None, "printed_residual_t": None}
        found = self.book(stack, [{"line": "waste"}], [lacking])["A-2.1 printed"]
        waste = self.cells(found, "Waste and waste water")
        assert [waste[name] for name in ("Latest year", "(3) Latest emissions", "(7) Residual emissions: 3-4-6")] == [
            None
        ] * 3

    def test_another_layout_is_said(self, stack: ExitStack) -> None:
        gap: list[dict[str, Any]] = [{"line": "waste"}]
        usual = dict(self.book(stack, gap, [{"line": "waste"}])["A-2.1 printed"].about)
        other = dict(self.book(stack, gap, [{"line": "waste", "target_column": "reduction"}])["A-2.1 printed"].about)
        assert "Converted here" not in usual
        assert other["Converted here"] == "target_column: reduction (published_gap has the columns as printed)"

    def test_a_percentage_stands_beside_its_own_base_year(self, stack: ExitStack) -> None:
        """90 per cent less than the 1,500 t of 2020 are 150 t, which is 85 per cent less than the 1,000 t of 1990."""
        own = {"gap_basis": "computed", "target_pct": -90.0, "target_base_year": 2020, "target_base_t": 1500.0}
        none = {"gap_basis": "computed", "line": "total", "is_total": 1, "target_pct": None}
        found = self.book(stack, [own | {"line": "waste"}, none], [])["A-2.1"]
        waste = self.cells(found, "Waste and waste water")
        assert (waste["Base year"], waste["Base year of the percentage"]) == (1990, 2020)
        pct, base = waste["Emissions reduction target, %"], waste["Emissions of that base year"]
        assert isinstance(pct, float)
        assert isinstance(base, float)
        assert base * (1 + pct / 100) == pytest.approx(waste["(2) Emissions at the target"])
        assert self.cells(found, "Total")["Base year of the percentage"] is None

    def test_only_what_the_row_has_outside_is_called_so(self, stack: ExitStack) -> None:
        for is_memo, name in ((1, "Grid-supplied energy: outside the total"), (0, "Grid-supplied energy")):
            held = {"gap_basis": "computed", "line": GRID, "is_memo": is_memo}
            assert name in by(self.book(stack, [held], [])["A-2.1"])
