"""Every explained table on the embedded releases: the cells sum to the figure, as worked out by hand from the facts."""

import csv
import functools
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.errors import SnapshotError
from klimat_pipeline.explanations import EXPLAINED, TOLERANCE_T, Node, as_json, explain
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.explained import (
    FIRST,
    SECOND,
    altered,
    cells_of,
    child,
    copy_of,
    damage,
    disagreeing,
    leaves,
    nodes,
    read_once,
    snapshot_of,
    statements,
    text_of,
    tonnes,
    with_other_cell,
)
from klimat_pipeline_tests.support.for_each import for_each

WASTE = {"municipality_code": "1283", "sector_code": "waste", "year": "2022"}
CORRECTION = {"correction_id": "helsingborg-waste-2022", "year": "2022", "release_id": FIRST}
ENERGY = {"municipality_code": "1283", "target_id": "energy"}
SCOPES = {
    "municipality_code": "1283",
    "boundary": "territory",
    "scope": "1+2",
    "method": "location",
    "year": "2022",
    "release_id": FIRST,
}
AREA = {
    "municipality_code": "1283",
    "definition_id": "four_areas_with_heating",
    "area_id": "agriculture",
    "figure_basis": "reported",
    "year": "2022",
    "release_id": FIRST,
}
PRINTED = {
    "municipality_code": "1283",
    "print_table": "A-1.3",
    "line": "waste",
    "year": "2022",
    "release_id": FIRST,
}
#: A row of every table whose figure stems from cell P24 of the first release: waste 2022, 17,319.87 t.
P24 = {
    "sector_indicators": {"municipality_code": "1283", "target_id": "total", "year": "2022", "release_id": FIRST},
    "emissions": {**WASTE, "release_id": FIRST},
    "subsector_emissions": {**WASTE, "release_id": FIRST},
    "corrections": CORRECTION,
    "corrections_leave_one_out": CORRECTION,
    "correction_residuals": {"sector_code": "waste", "year": "2022", "area_code": "12", "release_id": FIRST},
    "release_revisions": WASTE,
    "gpc_inventory": {
        "municipality_code": "1283",
        "gpc_ref": "III.1.1+III.2.1+III.3.1+III.4.1",
        "year": "2022",
        "release_id": FIRST,
    },
    "inventory_territory": {
        "municipality_code": "1283",
        "line": "waste",
        "scope": "1",
        "year": "2022",
        "release_id": FIRST,
    },
    "scope_indicators": SCOPES,
    "target_status": {
        "municipality_code": "1283",
        "target_id": "total",
        "path": "straight_line",
        "year": "2022",
        "release_id": FIRST,
    },
}
#: A row of each of the other tables, and the cell of the first release that it stems from.
OTHERS = {
    "area_totals": ({"area_code": "00", "sector_code": "waste", "year": "2022", "release_id": FIRST}, "P15"),
    "indicator_change_explained": (
        {**ENERGY, "measure": "emissions_t_co2e", "cause": "revised_history"},
        "Q20",
    ),
    "area_shares": (AREA, "P19"),
    "inventory_reconciliation": (PRINTED, "P24"),
    "target_coherence": ({"municipality_code": "1283", "coherence_item": "waste", "release_id": FIRST}, "Q24"),
    "energy_targets": ({**ENERGY, "year": "2022", "release_id": FIRST}, "P20"),
    "base_year_review": ({"municipality_code": "1283", "target_id": "agriculture"}, "E19"),
}
#: Compared is the newest year of the release: waste 2023, a column further.
OTHERS["municipality_comparison"] = (
    {"municipality_code": "1283", "target_id": "waste", "indicator": "emissions", "release_id": FIRST},
    "Q24",
)
EVERY = {**{table: (key, "P24") for table, key in P24.items()}, **OTHERS}
#: What is ahead starts from the current release; an action's tonnes are the municipality's own.
AHEAD = {"pathways", "target_probability", "abatement_cost"}
#: Tables that have no rows in the small country, in test_beside.
BESIDE = {"gases", "traded_emissions", "land_use", "group_comparison"}
#: An organisation's activities, printed plans, sinks and shared plants stand in no workbook.
LOCAL = {"inventory_organisation", "gap_table", "neutrality_balance", "neutrality_by_allocation_key", "facility_claims"}
EACH = for_each(table=list(EVERY))

Facts = Callable[..., float]


@pytest.fixture(scope="module", autouse=True)
def workbooks_read_once() -> Iterator[None]:
    with read_once():
        yield


@pytest.fixture(scope="session")
def fact(shared_file: Callable[[str], Path]) -> Facts:
    """Sum of facts: of a release, area and year, one main sector or all of them."""
    with shared_file("facts/ned_ggt_helsingborg_and_sweden.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def summed(release: str, area: str, year: int, *sectors: str) -> float:
        found = [
            float(r["emissions_t_co2e"])
            for r in rows
            if (r["release"], r["area_code"], r["year"]) == (release, area, str(year))
            and (not sectors or r["huvudsektor"] in sectors)
        ]
        assert len(found) == (len(sectors) or 9)
        return sum(found)

    return summed


@pytest.fixture(scope="module")
def tree_of(refreshed: Path) -> Callable[[str], Node]:
    """The explanation of the chosen row of a table; nobody changes it."""

    @functools.cache
    def explained(table: str) -> Node:
        return explain(Settings(data_dir=refreshed), table, EVERY[table][0])

    return explained


@pytest.fixture
def with_cell(refreshed: Path, small_country: Path, tmp_path: Path) -> Callable[[str], Settings]:
    """A publication in which a cell of the first release holds 1.25: one copy for all tables that show this cell."""

    @functools.cache
    def changed(address: str) -> Settings:
        settings = copy_of(refreshed, small_country, tmp_path / address)
        with_other_cell(settings, FIRST, address, 1.25)
        return settings

    return changed


def test_every_table_is_tried_here() -> None:
    purchases = {name for name in EXPLAINED if name.startswith("spend_")}  # in test_spend
    assert set(EVERY) | LOCAL | AHEAD | BESIDE | purchases == set(EXPLAINED) <= set(PUBLISHED)


class TestEach:
    @EACH
    def test_ends_in_cells_that_agree(self, tree_of: Callable[[str], Node], table: str) -> None:
        address, tree = EVERY[table][1], tree_of(table)
        assert address in {leaf.detail["cell"] for leaf in leaves(tree)}
        assert statements(tree)
        assert disagreeing(tree) == []
        assert tree.value is not None
        assert tree.unit in ("t CO2e", "t")
        assert child(tree, "checks").children
        assert json.loads(json.dumps(as_json(tree), allow_nan=False)) == as_json(tree)
        assert max(map(len, text_of(tree).splitlines())) <= 100

    @EACH
    def test_names_every_release_and_its_hash(
        self, settings: Settings, tree_of: Callable[[str], Node], table: str
    ) -> None:
        tree = tree_of(table)
        files = {node.label.removeprefix("release "): node.detail["sha256"] for node in nodes(tree, "release smhi")}
        both = table in ("release_revisions", "indicator_change_explained", "base_year_review")
        assert files == {name: snapshot_of(settings, name).sha256 for name in ((FIRST, SECOND) if both else (FIRST,))}

    @EACH
    def test_a_changed_file_is_refused(self, changed: Settings, table: str) -> None:
        damage(changed, FIRST)
        with pytest.raises(SnapshotError, match=r"smhi-ggt-2025: .* was changed or damaged"):
            explain(changed, table, EVERY[table][0])

    @EACH
    def test_another_hash_than_the_published_one_is_refused(self, changed: Settings, table: str) -> None:
        altered(changed, f"UPDATE releases SET sha256 = '{'0' * 64}' WHERE release_id = '{FIRST}'")
        with pytest.raises(SnapshotError, match="the published file has sha256 000000000000"):
            explain(changed, table, EVERY[table][0])

    @EACH
    def test_a_changed_cell_no_longer_agrees(self, with_cell: Callable[[str], Settings], table: str) -> None:
        """Even where all hashes were changed with it."""
        key, address = EVERY[table]
        tree = explain(with_cell(address), table, key)
        assert (address, 1.25) in cells_of(tree)
        assert any("DOES NOT AGREE" in label for label in disagreeing(tree))
        assert "DOES NOT AGREE" in " ".join(text_of(tree).split())


@for_each(table=list(EXPLAINED))
def test_every_row_agrees(settings: Settings, table: str) -> None:
    """Half a dozen rows of every table: no tree that fails, none whose sums do not hold."""
    contract = PUBLISHED[table]
    with closing(sqlite3.connect(settings.published_dir / "klimat.sqlite")) as connection:
        keys = connection.execute(
            f"SELECT {', '.join(contract.primary_key)} FROM {table} ORDER BY {', '.join(contract.primary_key)}"
        ).fetchall()
    for key in keys[:: max(1, len(keys) // 6)]:
        tree = explain(settings, table, {n: str(v) for n, v in zip(contract.primary_key, key, strict=True)})
        assert disagreeing(tree) == [], key


def test_the_later_file_of_a_revision_is_read_too(changed: Settings) -> None:
    damage(changed, SECOND)
    with pytest.raises(SnapshotError, match=r"smhi-ggt-2026-06: .* was changed or damaged"):
        explain(changed, "release_revisions", WASTE)


class TestAhead:
    def test_a_pathway_starts_from_the_cells_of_the_newest_year(self, settings: Settings, fact: Facts) -> None:
        key = {"municipality_code": "1283", "scenario": "target", "line": "waste", "year": "2030"}
        tree = explain(settings, "pathways", key)
        start = child(tree, "newest year 2024")
        assert start.value == tonnes(start) == fact("2026-06", "1283", 2024, "Avfall (inkl.avlopp)")
        # 15 per cent of 76,937.68 t in 1990.
        assert tree.value == pytest.approx(11_540.652)
        assert "a new level in 2024" in str(child(tree, "treatment").value)

    def test_a_pathway_with_actions_says_which(self, settings: Settings) -> None:
        """Transport in 2030: of the plan's 169,595 t other plans take 28,500 + 600 t and the plan's actions 75,000 t.

        Those are shares of the 214,046.46 t of 2024, and 82,661.48 t are left of them.
        """
        key = {"municipality_code": "1283", "scenario": "with_actions", "line": "transport", "year": "2030"}
        tree = explain(settings, "pathways", key)
        left = 214_046.46 * (1 - 104_100 / 169_595)
        below = child(tree, "less with this scenario's actions").value
        assert child(tree, "the trend alone").value + below == pytest.approx(left, abs=0.01)
        worth = {node.label.split()[1]: node.value for node in nodes(tree, "without ")}
        assert worth == {
            "ccc_on_road": pytest.approx(214_046.46 * 75_000 / 169_595, abs=0.01),
            "other_plans_transport_on_road": pytest.approx(214_046.46 * 28_500 / 169_595, abs=0.01),
            "other_plans_transport_other": pytest.approx(214_046.46 * 600 / 169_595, abs=0.01),
        }
        assert "no start stated: in equal steps 2025-2030" in str(child(tree, "treatment").value)

    def test_a_printed_line_shows_the_formula_with_its_numbers(self, settings: Settings) -> None:
        """(30,344 - 0) - 11,047 = 19,297 t, where 17,190 t are printed."""
        tree = explain(settings, "gap_table", {"municipality_code": "1283", "gap_basis": "printed", "line": "waste"})
        assert child(tree, "gap 2030").value == "(30,344 - 0) - 11,047 = 19,297 t"
        assert child(tree, "residual 2030").value == "30,344 - 0 - 17,000 = 13,344 t"
        printed = child(tree, "the print")
        assert (printed.detail["printed_gap_t"], printed.detail["gap_off_t"]) == (17_190.0, -2_107.0)
        assert "table A-2.1" in str(printed.value)

    def test_actions_sized_on_another_level_are_said(self, settings: Settings) -> None:
        """17,000 t sized on 30,344 t are counted in tonnes, of 14,846 t in 2024."""
        tree = explain(settings, "gap_table", {"municipality_code": "1283", "gap_basis": "targets", "line": "waste"})
        assert child(tree, "actions_counted_t").value == 14_845.7
        said = "actions sized on 30,344 t count in tonnes, at most the 14,846 t that there are"
        assert str(child(tree, "note").value).startswith(said)

    def test_a_balance_says_what_is_missing(self, settings: Settings) -> None:
        """191,054 - 171,488.4 = 19,565.6 t of reduction, 171,488.4 - 126,050 = 45,438.4 t of sinks."""
        tree = explain(settings, "neutrality_balance", {"municipality_code": "1283", "neutrality_basis": "plan"})
        verdict = child(tree, "neutral")
        assert verdict.value == "no: 65,004 t are missing"
        assert verdict.detail == {
            "reduction": "83.3 %, at least 85 % asked for: 19,566 t too little",
            "sinks": "0 t counted of 126,050 t eligible, at most 171,488 t (15 %): 45,438 t too little",
        }

    def test_the_needed_pace_is_counted_again(self, settings: Settings) -> None:
        """(162,186.663 - 516,011.87) / 6 = -58,970.868 t a year."""
        key = {"municipality_code": "1283", "target_id": "total", "scenario": "business_as_usual"}
        tree = explain(settings, "target_probability", key)
        assert child(tree, "target less newest, a year agrees").value == pytest.approx(-58_970.868, abs=0.001)

    def test_tonnes_of_an_action(self, settings: Settings) -> None:
        tree = explain(settings, "abatement_cost", {"municipality_code": "1283", "action_id": "ccc_waste"})
        # 17,000 t in equal steps over 2025 to 2030: (1 + 2 + 3 + 4 + 5 + 6) / 6 of it.
        assert (tree.value, tree.unit) == (59_500.0, "t")
        assert child(tree, "2030").value == 17_000.0
        assert child(tree, "no cost per tonne").value == "NE"

    def test_a_compared_change_is_counted_again(self, settings: Settings) -> None:
        """(516,011.87 / 515,508.76) ** (1 / 9) - 1 = 0.0108 per cent a year."""
        key = {"municipality_code": "1283", "target_id": "total", "indicator": "compound_change", "release_id": SECOND}
        tree = explain(settings, "municipality_comparison", key)
        assert child(tree, "counted again agrees").value == pytest.approx(0.0108, abs=0.0001)
        assert child(tree, "place").value == "1 of 1 with data, 1 of 290 municipalities"


class TestSubsectors:
    def test_not_split_is_the_sector_where_it_has_no_subsectors(self, settings: Settings, fact: Facts) -> None:
        tree = explain(settings, "subsector_emissions", {**WASTE, "release_id": FIRST})
        assert tree.label == f"Helsingborg, waste not_split 2022, release {FIRST}"
        assert (tree.value, tree.unit) == (30_344.0, "t CO2e")
        assert child(tree, "formula").value == "the corrected sector less its subsectors"
        assert cells_of(tree) == [("P24", fact("2025", "1283", 2022, "Avfall (inkl.avlopp)"))]
        assert [n.value for n in nodes(tree, "correction ")] == [13_024.13]
        assert child(tree, "less its subsectors").children == ()
        assert {n.label: n.value for n in statements(tree)} == {
            "sum of 1 cell of 2022 agrees with the reported figure": 17_319.87,
            "sum of 1 cell and 1 correction of 2022 agrees with the corrected figure": 30_344.0,
            "the corrected sector less 0 corrected subsectors agrees with the figure": 30_344.0,
        }


class TestAreas:
    def test_the_nation_is_one_cell(self, settings: Settings, fact: Facts) -> None:
        key = {"area_code": "00", "sector_code": "waste", "year": "2022", "release_id": FIRST}
        tree = explain(settings, "area_totals", key)
        assert tree.value == tonnes(tree) == fact("2025", "00", 2022, "Avfall (inkl.avlopp)")
        assert tree.label == f"Riket, waste 2022, release {FIRST}"
        assert child(tree, "formula").value == "as the source prints it"
        assert child(tree, "sum of 1 cell of 2022").detail["difference_t"] == 0

    def test_without_a_release_the_current_one_is_taken(self, settings: Settings) -> None:
        tree = explain(settings, "area_totals", {"area_code": "00", "sector_code": "waste", "year": "2022"})
        assert tree.detail["release_id"] == SECOND
        assert tree.detail["release"] == "the current one, taken because none was asked for"


class TestCorrections:
    def test_before_after_and_base(self, settings: Settings, fact: Facts) -> None:
        tree = explain(settings, "corrections", CORRECTION)
        assert (tree.value, tree.unit) == (13_024.13, "t")
        before = child(tree, "before")
        assert before.value == tonnes(before) == fact("2025", "1283", 2022, "Avfall (inkl.avlopp)")
        (after,) = [node for node in tree.children if node.label == "after"]
        assert after.value == 30_344.0
        assert tree.value == pytest.approx(30_344.0 - tonnes(before), abs=TOLERANCE_T)
        base = child(tree, "base in this release")
        assert (base.value, cells_of(base)) == (17_319.87, [("P24", 17_319.87)])
        assert base.detail["is_drifted"] is False
        assert tree.detail["decided_by"] == "Helsingborgs stad"
        assert tree.detail["action"] == "replace"
        assert "measured" in str(tree.detail["reason"])
        assert "after = the decided value" in str(child(tree, "formula").value)

    def test_one_that_is_not_applied(self, settings: Settings, fact: Facts) -> None:
        tree = explain(settings, "corrections", {**CORRECTION, "release_id": SECOND})
        assert (tree.value, tree.unit) == (None, None)
        assert child(tree, "correction helsingborg-waste-2022 is not applied here").value == "not for release"
        now, then = child(tree, "base in this release"), child(tree, "base when decided")
        assert now.value == tonnes(now) == fact("2026-06", "1283", 2022, "Avfall (inkl.avlopp)")
        assert then.value == tonnes(then) == fact("2025", "1283", 2022, "Avfall (inkl.avlopp)")
        assert {n.label for n in nodes(tree, "release smhi")} == {f"release {FIRST}", f"release {SECOND}"}
        assert disagreeing(tree) == []

    def test_left_out(self, settings: Settings, fact: Facts) -> None:
        tree = explain(settings, "corrections_leave_one_out", CORRECTION)
        everything = child(tree, "with all corrections")
        assert tonnes(everything) == pytest.approx(fact("2025", "1283", 2022), abs=TOLERANCE_T)
        # Agriculture 34,595.23 to 47,597; machines 50,354.89 to 20,000; waste 17,319.87 to 30,344.
        corrected = fact("2025", "1283", 2022) + 13_001.77 - 30_354.89 + 13_024.13
        assert everything.value == pytest.approx(corrected, abs=TOLERANCE_T)
        assert child(tree, "without this correction").value == pytest.approx(corrected - 13_024.13, abs=TOLERANCE_T)
        assert child(tree, "sum of 1 effect of the correction agrees").value == tree.value == 13_024.13
        assert disagreeing(tree) == []

    @pytest.mark.parametrize(("area", "name"), [("12", "Skåne län"), ("00", "nation")])
    def test_residual(self, settings: Settings, area: str, name: str) -> None:
        key = {"sector_code": "machinery", "year": "2022", "area_code": area}
        tree = explain(settings, "correction_residuals", key)
        assert tree.label == f"{name}, machinery 2022, release {FIRST}"
        (correction,) = child(tree, "Helsingborg (1283)").children
        assert tree.value == correction.value == pytest.approx(20_000 - tonnes(tree), abs=TOLERANCE_T)
        assert cells_of(correction) == [("P22", 50_354.89)]
        assert child(tree, "sum of 1 correction of 2022 agrees with the residual")

    def test_residual_of_other_corrections_is_said(self, changed: Settings) -> None:
        altered(changed, "UPDATE correction_residuals SET correction_ids = 'another'")
        tree = explain(changed, "correction_residuals", P24["correction_residuals"])
        assert child(tree, "sum of 1 correction").detail["correction_ids"] == "names OTHER corrections: another"


class TestRevisions:
    def test_both_sides_end_in_their_own_cells(self, settings: Settings, fact: Facts) -> None:
        tree = explain(settings, "release_revisions", {"sector_code": "total", "year": "1990"})
        earlier, later = child(tree, "earlier release"), child(tree, "later release")
        assert tonnes(earlier) == pytest.approx(fact("2025", "1283", 1990), abs=TOLERANCE_T)
        assert tonnes(later) == pytest.approx(fact("2026-06", "1283", 1990), abs=TOLERANCE_T)
        assert tree.value == pytest.approx(tonnes(later) - tonnes(earlier), abs=TOLERANCE_T)
        assert tree.value == pytest.approx(-31_127.55, abs=TOLERANCE_T)
        assert [len(list(leaves(side))) for side in (earlier, later)] == [9, 9]
        assert nodes(tree, "correction ") == []
        assert tree.detail["kind"] == "revised"
        assert tree.label == f"Helsingborg, total 1990, releases {FIRST} to {SECOND}"

    @pytest.mark.parametrize(
        ("year", "kind", "lacking", "held"),
        [("2024", "new_year", "earlier", "later"), ("2016", "dropped_year", "later", "earlier")],
    )
    def test_a_year_that_one_side_lacks(
        self, settings: Settings, year: str, kind: str, lacking: str, held: str
    ) -> None:
        tree = explain(settings, "release_revisions", {**WASTE, "year": year})
        assert (tree.value, tree.unit, tree.detail["kind"]) == (None, None, kind)
        assert child(tree, f"{lacking} release").value == "does not hold the year"
        side = child(tree, f"{held} release")
        assert side.value == tonnes(side) > 0


class TestChanges:
    def test_revised_history_of_energy(self, settings: Settings, fact: Facts) -> None:
        key = {**ENERGY, "measure": "emissions_t_co2e", "cause": "revised_history"}
        tree = explain(settings, "indicator_change_explained", key)
        sectors = ("El och fjärrvärme", "Egen uppvärmning av bostäder och lokaler")
        revised = child(tree, f"as reported in {SECOND}, 2023")
        first = child(tree, f"indicator in {FIRST}, 2023")
        assert tonnes(revised) == pytest.approx(fact("2026-06", "1283", 2023, *sectors), abs=TOLERANCE_T)
        assert tonnes(child(first, "inputs 2023")) == pytest.approx(
            fact("2025", "1283", 2023, *sectors), abs=TOLERANCE_T
        )
        assert tree.value == pytest.approx(tonnes(revised) - tonnes(child(first, "inputs 2023")), abs=TOLERANCE_T)
        assert tree.value == pytest.approx(-1_226.95, abs=TOLERANCE_T)
        assert child(tree, "part from the cells agrees with the part").value == pytest.approx(tree.value)
        (step,) = nodes(tree, "step: ")
        assert (step.value, step.unit) == (tree.value, "t CO2e")

    def test_parts_sum_to_the_change(self, settings: Settings, fact: Facts) -> None:
        key = {**ENERGY, "measure": "emissions_t_co2e", "cause": "new_years"}
        tree = explain(settings, "indicator_change_explained", key)
        sectors = ("El och fjärrvärme", "Egen uppvärmning av bostäder och lokaler")
        whole = fact("2026-06", "1283", 2024, *sectors) - fact("2025", "1283", 2023, *sectors)
        parts = child(tree, "change and its parts")
        assert parts.value == pytest.approx(whole, abs=TOLERANCE_T)
        assert {node.label for node in parts.children} == {
            f"part {cause}" for cause in ("revised_history", "new_years", "corrections", "configuration")
        }
        assert sum(float(node.value or 0) for node in parts.children) == pytest.approx(whole, abs=TOLERANCE_T)
        assert child(tree, "sum of 4 parts agrees with the change").value == pytest.approx(whole, abs=TOLERANCE_T)

    def test_both_indicators_are_explained_as_their_own_table_does(self, settings: Settings) -> None:
        key = {"target_id": "agriculture", "measure": "change_pct", "cause": "corrections"}
        tree = explain(settings, "indicator_change_explained", key)
        assert tree.unit == "%"
        for release, year in ((FIRST, 2023), (SECOND, 2024)):
            own = {"municipality_code": "1283", "target_id": "agriculture", "release_id": release, "year": str(year)}
            alone = explain(settings, "sector_indicators", own)
            nested = child(tree, f"indicator in {release}, {year}")
            assert nested.children == alone.children[: len(nested.children)]
            assert cells_of(nested) == cells_of(alone)
        # 1990 is corrected in the first release, 2023 is not: the indicator is as reported, corrections have no part.
        assert [step.value for step in nodes(tree, "step: ")] == [0.0, 0.0]
        assert tree.value == 0.0

    def test_a_part_that_was_tampered_with(self, changed: Settings) -> None:
        altered(changed, "UPDATE indicator_change_explained SET part = part + 1 WHERE cause = 'new_years'")
        tree = explain(changed, "indicator_change_explained", {**ENERGY, "measure": "change_pct", "cause": "new_years"})
        assert disagreeing(tree) == [
            "sum of 4 parts DOES NOT AGREE with the change",
            "part from the cells DOES NOT AGREE with the part",
        ]


class TestBaseYears:
    def test_this_release_and_the_one_before(self, settings: Settings, fact: Facts) -> None:
        tree = explain(settings, "base_year_review", {"municipality_code": "1283", "target_id": "agriculture"})
        now, before = child(tree, f"baseline 1990 in {SECOND}"), child(tree, f"baseline in {FIRST} 1990")
        assert tree.value == now.value == tonnes(now) == fact("2026-06", "1283", 1990, "Jordbruk")
        # Only the first release is corrected: the two are compared as reported.
        assert before.value == tonnes(before) == fact("2025", "1283", 1990, "Jordbruk")
        assert nodes(before, "correction ") == []
        moved = child(tree, "move against the release before agrees with the table")
        assert moved.value == pytest.approx((tonnes(now) / 43_434.74 - 1) * 100, abs=1e-5)
        assert (tree.detail["needs_approval"], tree.detail["threshold_pct"]) == (False, 5.0)
        assert disagreeing(tree) == []

    def test_the_first_release_has_none_before(self, settings: Settings, fact: Facts) -> None:
        key = {"municipality_code": "1283", "target_id": "total", "release_id": FIRST}
        tree = explain(settings, "base_year_review", key)
        assert child(tree, "release before").value == "none that holds this baseline"
        baseline = child(tree, f"baseline 1990 in {FIRST}")
        assert tonnes(baseline) == pytest.approx(fact("2025", "1283", 1990), abs=TOLERANCE_T)
        assert tree.value == pytest.approx(tonnes(baseline) + 12_924.26, abs=TOLERANCE_T)
        assert tree.detail["needs_approval"] is False


class TestInventories:
    def test_a_line_of_scope_1_ends_in_its_cell(self, settings: Settings, fact: Facts) -> None:
        tree = explain(settings, "inventory_territory", P24["inventory_territory"])
        assert tonnes(tree) == fact("2025", "1283", 2022, "Avfall (inkl.avlopp)")
        assert tree.value == pytest.approx(tonnes(tree) + 13_024.13, abs=TOLERANCE_T)
        assert child(tree, "sum of 1 cell and 1 correction of 2022 agrees with the corrected figure")

    def test_scopes_1_and_2_sum_all_lines_but_memo(self, settings: Settings, fact: Facts) -> None:
        tree = explain(settings, "scope_indicators", SCOPES)
        memo = fact("2025", "1283", 2022, "El och fjärrvärme")
        assert tonnes(tree) == pytest.approx(fact("2025", "1283", 2022) - memo, abs=TOLERANCE_T)
        two = [node for node in tree.children if node.label.startswith("scope 2")]
        # As reported: waste and machinery are corrected in 2022 and not in the baseline year.
        assert tree.value == pytest.approx(tonnes(tree) + sum(float(node.value or 0) for node in two), abs=TOLERANCE_T)
        assert tree.value == pytest.approx(478_023.45, abs=TOLERANCE_T)
        assert disagreeing(tree) == []

    def test_scope_2_shows_energy_and_factor(self, settings: Settings) -> None:
        tree = explain(settings, "scope_indicators", SCOPES)
        (heat,) = nodes(tree, "scope 2, buildings_incl_agricultural_facilities, households/district_heating")
        assert heat.value == pytest.approx(595_983 * 0.055, abs=TOLERANCE_T)
        assert [(node.label, node.value) for node in heat.children] == [
            ("energy used", 595_983.0),
            ("factor of co2e", 55.0),
            ("energy * factor agrees with the figure", pytest.approx(32_779.065)),
        ]

    def test_printed_scope_2(self, settings: Settings) -> None:
        key = {n: v for n, v in SCOPES.items() if n != "method"} | {"scope": "2", "scope2_basis": "printed"}
        tree = explain(settings, "scope_indicators", key)
        printed = nodes(tree, "printed scope 2, ")
        assert sum(float(node.value or 0) for node in printed) == tree.value == 111_165.0
        assert disagreeing(tree) == []

    def test_what_has_no_number(self, settings: Settings) -> None:
        key = {"municipality_code": "1283", "line": "waste", "scope": "3", "year": "2022", "release_id": FIRST}
        tree = explain(settings, "inventory_territory", key)
        assert (tree.value, child(tree, "no number").value) == (None, "NE")

    def test_an_activity_of_the_organisation(self, settings: Settings) -> None:
        tree = explain(settings, "inventory_organisation", {"activity_id": "filborna_chp"})
        assert (tree.value, child(tree, "activity").value) == (92_074.0, 92_074.0)
        assert child(tree, "amount * factor agrees").value == pytest.approx(92_074.0)
        assert "release" not in tree.detail
        assert nodes(tree, "release ") == []

    def test_a_difference_to_the_print(self, settings: Settings) -> None:
        # Printed 30,344 t; the corrected national figure is 30,344 t too: nothing but the correction's rounding.
        tree = explain(settings, "inventory_reconciliation", PRINTED)
        assert child(tree, "printed").value == 30_344.0
        assert child(tree, "computed").value == pytest.approx(30_344.0, abs=TOLERANCE_T)
        assert child(tree, "cause rounding").value == pytest.approx(0.0, abs=TOLERANCE_T)

    def test_every_difference_to_the_print_is_the_sum_of_its_causes(self, settings: Settings) -> None:
        with closing(sqlite3.connect(settings.published_dir / "klimat.sqlite")) as database:
            database.row_factory = sqlite3.Row
            rows = database.execute(
                "SELECT release_id, municipality_code, print_table, line, scope, year, min(difference_cause) AS "
                "difference_cause FROM inventory_reconciliation WHERE release_id = ? GROUP BY 1, 2, 3, 4, 5, 6",
                (FIRST,),
            ).fetchall()
        assert len(rows) > 20
        for row in rows[::4]:
            tree = explain(
                settings, "inventory_reconciliation", {name: str(value) for name, value in dict(row).items()}
            )
            assert disagreeing(tree) == [], dict(row)

    def test_scope_1_of_the_organisation(self, settings: Settings) -> None:
        key = {"municipality_code": "1283", "boundary": "organisation", "scope": "1", "year": "2022"}
        tree = explain(settings, "scope_indicators", key)
        assert child(tree, "sum of").value == pytest.approx(tree.value)
        assert disagreeing(tree) == []

    def test_share_of_an_area(self, settings: Settings, fact: Facts) -> None:
        tree = explain(settings, "area_shares", AREA)
        assert tree.value == pytest.approx(fact("2025", "1283", 2022, "Jordbruk"))
        share = fact("2025", "1283", 2022, "Jordbruk") / fact("2025", "1283", 2022) * 100
        assert child(tree, "share agrees with the table").value == pytest.approx(share, abs=1e-4)
