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
        assert (crf["Total"][2], crf["Total"][6]) == (scope_1 - 40.0, 40.0)
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
        assert crf[-2:] == ["Total", "Energy generation"]
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
        assert [row[0] for row in crf.rows][-2:] == ["Energy generation", "Total"]
        assert by(crf)["Energy generation"][2] == 7.0
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
        assert by(crf)["Memo"][1:3] == ["Work machines", 30.0]
        off_road = by(crf, column=1)["Off-road"]
        assert off_road[3] == "IE"
        assert "included in I.1.1+I.2.1+I.3.1+I.5.1+II.5.1, memo: outside the total" in str(off_road[8])
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
        assert self.LEAVES in str(by(sheet(common_reporting_framework.sheets(own), "2024"))["Total"][8])
        assert by(sheet(gpc.sheets(own), "2024"))["territorial"][8] == self.LEAVES
        indicators = by(sheet(netzerocities.sheets(own), "GHG indicators"))
        for name in ("GHG emissions, territorial total", "GHG emissions from transport, scope 1"):
            assert f"s{self.HOLDS}" in str(indicators[name][7])

    def test_nothing_is_said_of_a_year_without_it(self, stack: ExitStack) -> None:
        own = inventory(stack)
        assert own.beyond(1990) == (0.0, "")
        assert not [
            row for row in sheet(climate_city_contract.sheets(own), "A-1.3 1990").rows if "beyond" in str(row[0])
        ]


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
        assert (waste["Gap (3-4)-2"], waste["Note"]) == (340.0, "its figures give gap 350 t")
        assert self.cells(found, "On-road transport")["Note"] is None
        total = self.cells(found, "Total")
        assert total["Emissions at the target (2)"] == 310.0
        assert total["Gap (3-4)-2"] == 680.0
        assert total["Reductions by the plan's actions (6)"] == 390.0
        assert total["Residual emissions"] == 600.0
        said = "its errors kept; its lines give emissions at the target 300 t, gap 700 t, actions 400 t"
        assert total["Note"] == said
        # The print gives its total no percentage, so there is no base year of one.
        assert [total[name] for name in found.columns[5:8]] == [None, None, None]

    def test_what_is_not_printed_is_empty(self, stack: ExitStack) -> None:
        lacking = {"line": "waste", "latest_year": None, "latest_t": None, "printed_residual_t": None}
        found = self.book(stack, [{"line": "waste"}], [lacking])["A-2.1 printed"]
        waste = self.cells(found, "Waste and waste water")
        assert [waste[name] for name in ("Latest year", "Latest emissions (3)", "Residual emissions")] == [None] * 3

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
        pct, base = waste["Reduction target, %"], waste["Emissions of that base year"]
        assert isinstance(pct, float)
        assert isinstance(base, float)
        assert base * (1 + pct / 100) == pytest.approx(waste["Emissions at the target (2)"])
        assert self.cells(found, "Total")["Base year of the percentage"] is None

    def test_only_what_the_row_has_outside_is_called_so(self, stack: ExitStack) -> None:
        for is_memo, name in ((1, "Grid-supplied energy: outside the total"), (0, "Grid-supplied energy")):
            held = {"gap_basis": "computed", "line": GRID, "is_memo": is_memo}
            assert name in by(self.book(stack, [held], [])["A-2.1"])
