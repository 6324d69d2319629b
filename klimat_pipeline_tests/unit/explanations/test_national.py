"""Explaining figures that only a whole country has: subsectors, counties, what no county holds, and corrections there.

On the national CO2 workbook, with corrections that were made up so that several stand on one cell.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.explanations import TOLERANCE_T, explain
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.explained import cells_of, child, disagreeing, leaves, nodes, tonnes
from klimat_pipeline_tests.support.shared import shared_path

RELEASE = "smhi-co2-2024-04-18-9df6658d"
HELSINGBORG = {"municipality_code": "1283", "release_id": RELEASE, "year": "2022"}
MADE_UP = """
  - id: made-up-{name}
    substance: CO2
    sector: transport
    years: [2022]
    {effect}
    order: {order}
    reason: made up
    source: made up
    decided_by: nobody
    decided_on: "2024-10-01"
    grade: low
    baseline: {{treatment: not_corrected, why: made up}}
    conserves: {{sector: false, county: false, nation: false}}
    base: {{release_id: smhi-co2-2024-04-18-9df6658d, values_t: {{2022: {base}}}}}
"""
TRUCKS = MADE_UP.format(
    name="trucks",
    effect="subsector: heavy_trucks\n    action: scale\n    value: 90\n    unit: percent",
    order=1,
    base=33449.15,
)
MORE = MADE_UP.format(name="more", effect="action: add\n    value: 2.5\n    unit: kt", order=2, base=167059.673)
MOVED = MADE_UP.format(
    name="moved",
    effect='action: reallocate\n    to_municipality: "1280"\n    value: 5\n    unit: percent',
    order=3,
    base=167059.673,
)
#: 90 per cent of the trucks, 2.5 kt more, and 5 per cent of what is left then to Malmö.
EFFECTS = {"trucks": -3_344.915, "more": 2_500.0, "moved": -8_310.738}


def near(tonnes: float) -> Any:
    """The figure as published: the workbook's cells have more digits."""
    return pytest.approx(tonnes, abs=0.0005)


@pytest.fixture(scope="module")
def national(small_country: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    workbook = shared_path("data", "ned", "ned_co2_report_2024-04-18_all.xlsx")
    folder = tmp_path_factory.mktemp("national")
    shutil.copytree(small_country / "data", folder / "project" / "data")
    settings = Settings(project_dir=folder / "project", data_dir=folder / "written")
    register = settings.municipalities_dir / "1283_helsingborg" / "corrections.yaml"
    register.write_text(register.read_text(encoding="utf-8") + TRUCKS + MORE + MOVED, encoding="utf-8")
    klimat = Klimat(settings.data_dir, (("KLIMAT_PROJECT_DIR", str(settings.project_dir)),))
    for arguments in (("snapshot", "add", str(workbook)), ("refresh",)):
        answer = klimat(*arguments)
        assert answer.code == 0, answer.text
    return settings


class TestSubsectors:
    def test_a_subsector_is_its_own_cell(self, national: Settings) -> None:
        key = {**HELSINGBORG, "sector_code": "heating", "subsector_code": "dwellings"}
        tree = explain(national, "subsector_emissions", key)
        assert tree.value == near(tonnes(tree)) == 1_369.768
        assert len(cells_of(tree)) == 1
        assert child(tree, "sum of 1 cell of 2022 agrees with the reported figure")

    def test_one_that_is_corrected(self, national: Settings) -> None:
        key = {**HELSINGBORG, "sector_code": "transport", "subsector_code": "heavy_trucks"}
        tree = explain(national, "subsector_emissions", key)
        assert tonnes(tree) == near(33_449.15)
        assert tree.value == pytest.approx(0.9 * 33_449.15, abs=TOLERANCE_T)
        assert [n.label for n in nodes(tree, "correction ")] == ["correction made-up-trucks (scale)"]
        assert child(tree, "sum of 1 cell and 1 correction of 2022 agrees with the corrected figure")

    def test_what_the_sector_has_beyond_them(self, national: Settings) -> None:
        key = {**HELSINGBORG, "sector_code": "transport", "subsector_code": "not_split"}
        tree = explain(national, "subsector_emissions", key)
        sector, parts = child(tree, "sector transport"), child(tree, "less its subsectors")
        assert (tonnes(sector), len(cells_of(sector))) == (near(167_059.673), 1)
        assert len(list(leaves(parts))) == len(parts.children) == parts.detail["subsectors"] == 11
        reported = tonnes(sector) - tonnes(parts)
        assert reported == pytest.approx(0.006, abs=TOLERANCE_T)
        # The correction of a subsector stays with it.
        assert tree.value == pytest.approx(reported + EFFECTS["more"] + EFFECTS["moved"], abs=TOLERANCE_T)
        assert child(tree, "sum of 1 cell less 11 cells of 2022 agrees with the reported figure")
        assert child(tree, "the corrected sector less 11 corrected subsectors agrees with the figure")
        assert disagreeing(tree) == []


class TestAreas:
    @staticmethod
    def key(area: str) -> dict[str, str]:
        return {"area_code": area, "sector_code": "total", "year": "1990", "release_id": RELEASE}

    @pytest.mark.parametrize(
        ("area", "printed"), [("00", 57_880_523.503), ("12", 6_420_730.534), ("1283", 983_734.127)]
    )
    def test_a_printed_total_is_one_cell(self, national: Settings, area: str, printed: float) -> None:
        tree = explain(national, "area_totals", self.key(area))
        assert [value for _, value in cells_of(tree)] == [near(printed)]
        assert tree.value == printed
        assert disagreeing(tree) == []

    def test_what_no_county_holds(self, national: Settings) -> None:
        tree = explain(national, "area_totals", self.key("99"))
        nation, counties = child(tree, "Riket (00)"), child(tree, "less its counties")
        assert len(counties.children) == len(list(leaves(counties))) == 21
        assert tree.value == pytest.approx(tonnes(nation) - tonnes(counties), abs=TOLERANCE_T)
        assert tree.value == pytest.approx(57_880_523.503 - 57_624_427.894, abs=TOLERANCE_T)
        assert child(tree, "sum of 1 cell less 21 cells of 1990 agrees with the reported figure")


class TestSeveralCorrectionsOnOneCell:
    def test_before_names_the_earlier_ones(self, national: Settings) -> None:
        tree = explain(national, "corrections", {**HELSINGBORG, "correction_id": "made-up-more"})
        before = child(tree, "before")
        assert before.value == pytest.approx(tonnes(before) + EFFECTS["trucks"], abs=TOLERANCE_T)
        assert [n.label for n in nodes(before, "correction ")] == ["correction made-up-trucks (scale)"]
        assert child(tree, "sum of 1 cell and 1 earlier correction of 2022 agrees with the figure before it")
        assert disagreeing(tree) == []

    def test_the_base_of_a_subsector_is_its_own_cell(self, national: Settings) -> None:
        tree = explain(national, "corrections", {**HELSINGBORG, "correction_id": "made-up-trucks"})
        assert tonnes(child(tree, "before")) == near(167_059.673)
        assert tonnes(child(tree, "base in this release")) == near(33_449.15)
        assert tree.value == pytest.approx(-0.1 * 33_449.15, abs=TOLERANCE_T)
        assert disagreeing(tree) == []

    def test_left_out_says_that_others_are_applied_anew(self, national: Settings) -> None:
        tree = explain(national, "corrections_leave_one_out", {**HELSINGBORG, "correction_id": "made-up-more"})
        # Of 2,500 t, 5 per cent would have gone to Malmö.
        assert tree.value == pytest.approx(2_500 * 0.95, abs=TOLERANCE_T)
        assert child(tree, "what the correction did").value == 2_500.0
        assert child(tree, "other corrections stand on its cells")
        total = tonnes(child(tree, "with all corrections")) + sum(EFFECTS.values())
        assert child(tree, "with all corrections").value == pytest.approx(total, abs=TOLERANCE_T)
        assert disagreeing(tree) == []

    def test_residual_holds_both_sides_of_what_was_moved(self, national: Settings) -> None:
        key = {"area_code": "12", "sector_code": "transport", "year": "2022", "release_id": RELEASE}
        tree = explain(national, "correction_residuals", key)
        assert [n.label for n in child(tree, "Malmö (1280)").children] == [
            "correction made-up-moved (reallocate, counterpart)"
        ]
        assert tree.value == pytest.approx(EFFECTS["trucks"] + EFFECTS["more"], abs=TOLERANCE_T)
        assert child(tree, "sum of 4 corrections of 2022 agrees with the residual")
        assert sorted({value for _, value in cells_of(tree)}) == [near(167_059.673), near(200_929.282)]
        assert disagreeing(tree) == []


class TestInventory:
    def test_a_line_is_its_own_subsectors_not_their_sector(self, national: Settings) -> None:
        key = {**HELSINGBORG, "line": "transport_on_road", "scope": "1", "item": "transport/1A3b i"}
        tree = explain(national, "inventory_territory", key)
        assert tree.value == near(tonnes(tree)) == 108_059.848
        assert len(cells_of(tree)) == 1

    def test_the_remainder_of_a_sector(self, national: Settings) -> None:
        key = {**HELSINGBORG, "line": "transport_on_road", "scope": "1", "item": "transport/1A3"}
        tree = explain(national, "inventory_territory", key)
        assert tree.value == pytest.approx(0.006 + EFFECTS["more"] + EFFECTS["moved"], abs=TOLERANCE_T)
        assert child(tree, "sum of 1 cell less 11 cells of 2022 agrees with the reported figure")
        assert disagreeing(tree) == []
