"""Explaining published numbers: a real refresh, followed back to the cells of the embedded workbooks."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.contracts.tables.indicators import PROVENANCE
from klimat_pipeline.errors import ConfigurationError, PublishError, SnapshotError
from klimat_pipeline.explanations import EXPLAINED, TOLERANCE_T, Node, as_json, explain, parse_keys
from klimat_pipeline.raw.grid import read_grids
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import archive_of
from klimat_pipeline_tests.support.explained import FIRST, SECOND, altered, child, disagreeing, leaves, nodes, text_of

SHEET = "Växthusgaser totalt (GGT)"
TOTAL_2022 = {"municipality_code": "1283", "target_id": "total", "year": "2022", "release_id": FIRST}
#: As the embedded workbook of 2025 prints them.
SECTORS_2022 = {
    "transport": ("P17", 173291.35),
    "industry": ("P18", 69700.05),
    "agriculture": ("P19", 34595.23),
    "electricity_district_heating": ("P20", 99676.36),
    "heating": ("P21", 7679.11),
    "machinery": ("P22", 50354.89),
    "product_use": ("P23", 13956.55),
    "waste": ("P24", 17319.87),
    "foreign_transport": ("P25", 0.0),
}


class TestTotal:
    def test_ends_in_nine_cells_that_sum_to_the_reported_figure(self, settings: Settings) -> None:
        tree = explain(settings, "sector_indicators", TOTAL_2022)
        cells = list(leaves(child(tree, "inputs 2022")))
        assert {cell.detail["cell"]: cell.value for cell in cells} == dict(SECTORS_2022.values())
        assert {(cell.detail["sheet"], cell.unit) for cell in cells} == {(SHEET, "ton CO2-ekv/år")}
        assert sum(cell.value for cell in cells) == pytest.approx(466_573.41, abs=TOLERANCE_T)
        statement = child(tree, "sum of 9 cells of 2022")
        assert statement.label.endswith("agrees with the reported figure")
        assert statement.value == pytest.approx(466_573.41, abs=TOLERANCE_T)
        assert statement.detail["difference_t"] == pytest.approx(0, abs=TOLERANCE_T)
        assert statement.detail["cells"] == " ".join(cell for cell, _ in SECTORS_2022.values())

    def test_every_leaf_is_what_stands_in_the_cell(self, settings: Settings) -> None:
        import openpyxl

        tree = explain(settings, "sector_indicators", TOTAL_2022)
        snapshot = next(s for s in archive_of(settings).snapshots() if s.release_id == FIRST)
        book = openpyxl.load_workbook(snapshot.path, read_only=False)
        found = list(leaves(tree))
        assert len(found) == 18
        for leaf in found:
            assert book[leaf.detail["sheet"]][leaf.detail["cell"]].value == leaf.value

    def test_number_formula_and_baseline_as_reported(self, settings: Settings) -> None:
        """Waste and machinery are corrected in 2022 alone: the total of both years is as reported."""
        tree = explain(settings, "sector_indicators", TOTAL_2022)
        assert (tree.value, tree.unit) == (466_573.41, "t CO2e")
        formula = str(child(tree, "formula").value)
        assert "change since 1990 = (E / B - 1) * 100" in formula
        assert " (each as reported); " in formula
        basis = child(tree, "basis")
        assert (basis.value, basis.detail["corrected_t"]) == ("reported", 462_244.42)
        assert (
            basis.detail["correction_ids"]
            == "helsingborg-agriculture helsingborg-machinery-2022 helsingborg-waste-2022"
        )
        assert nodes(child(tree, "inputs 2022"), "correction ") == []
        change = child(tree, "change since 1990")
        assert change.value == pytest.approx(-58.056)
        assert child(change, "baseline 1990").value == 1_112_371.97
        assert child(tree, "sum of 9 cells of 1990").value == pytest.approx(1_112_371.97, abs=TOLERANCE_T)

    def test_corrections_of_both_years(self, settings: Settings) -> None:
        key = {"municipality_code": "1283", "target_id": "agriculture", "year": "2022", "release_id": FIRST}
        tree = explain(settings, "sector_indicators", key)
        assert (tree.value, child(tree, "basis").value) == (47_597.0, "corrected")
        assert str(child(tree, "formula").value).startswith("E = agriculture (after local corrections); ")
        (correction,) = nodes(child(tree, "inputs 2022"), "correction ")
        assert (correction.label, correction.value) == ("correction helsingborg-agriculture (replace)", 13_001.77)
        detail = correction.detail
        assert (detail["before_t"], detail["after_t"], detail["decided_by"]) == (
            34_595.23,
            47_597.0,
            "Helsingborgs stad",
        )
        assert "table A-1.3" in str(detail["source"])
        assert detail["decided_on"] == "2024-10-01"
        baseline = child(child(tree, "change since 1990"), "baseline 1990")
        assert (baseline.value, [n.value for n in nodes(baseline, "correction ")]) == (56_359.0, [12_924.26])
        assert disagreeing(tree) == []

    def test_each_sector_has_its_reported_figure(self, settings: Settings) -> None:
        inputs = child(explain(settings, "sector_indicators", TOTAL_2022), "inputs 2022")
        assert {node.label: node.value for node in inputs.children} == {
            code: tonnes for code, (_, tonnes) in SECTORS_2022.items()
        }

    def test_release_and_checks(self, settings: Settings) -> None:
        tree = explain(settings, "sector_indicators", TOTAL_2022)
        release = child(tree, f"release {FIRST}")
        snapshot = next(s for s in archive_of(settings).snapshots() if s.release_id == FIRST)
        assert release.detail["sha256"] == snapshot.sha256
        assert release.detail["report_date"] == "2025"
        assert release.detail["file_name"] == snapshot.file_name
        assert str(release.detail["retrieved_at"]).startswith(f"{snapshot.retrieved_at:%Y-%m-%d}")
        checks = child(tree, "checks")
        tables = [node.label for node in checks.children]
        assert {
            "raw/smhi_emissions",
            "clean/reported_emissions",
            "corrected/corrections",
            "indicators/sector_indicators",
        } <= set(tables)
        with closing(sqlite3.connect(settings.published_dir / "klimat.sqlite")) as connection:
            for node in checks.children:
                failed = connection.execute(
                    "SELECT count(*) FROM data_quality WHERE table_name = ? AND outcome = 'failed'", (node.label,)
                ).fetchone()[0]
                assert len(node.children) == failed
        assert "remark" in str(checks.value)

    def test_a_failed_check_is_said_to_have_failed(self, changed: Settings) -> None:
        altered(changed, "UPDATE data_quality SET outcome = 'failed' WHERE check_name = 'total_is_sum'")
        checks = child(explain(changed, "sector_indicators", TOTAL_2022), "checks")
        sectors = child(checks, "indicators/sector_indicators")
        assert "1 failed" in str(sectors.value)
        assert child(sectors, "total_is_sum failed")


def test_energy_ends_in_two_cells_and_two_of_its_own_baseline(settings: Settings) -> None:
    key = {"municipality_code": "1283", "target_id": "energy", "year": "2024"}
    tree = explain(settings, "sector_indicators", key)
    assert SECOND in tree.label
    assert tree.detail["release"] == "the current one, taken because none was asked for"
    assert [(cell.detail["cell"], cell.value) for cell in leaves(child(tree, "inputs 2024"))] == [
        ("N20", 110_610.66),
        ("N21", 6_658.07),
    ]
    assert [(cell.detail["cell"], cell.value) for cell in leaves(child(tree, "change since 2020"))] == [
        ("J20", 94_473.14),
        ("J21", 8_820.95),
    ]
    assert child(tree, "sum of 2 cells of 2020").detail["agrees"] is True


class TestEmissions:
    KEY: ClassVar = {"municipality_code": "1283", "sector_code": "waste", "year": "2022"}

    def test_one_cell_and_its_correction(self, settings: Settings) -> None:
        tree = explain(settings, "emissions", {**self.KEY, "release_id": FIRST})
        assert (tree.value, tree.unit, tree.detail["release"]) == (30_344.0, "t CO2e", "not the current one")
        assert [(leaf.detail["cell"], leaf.value) for leaf in leaves(tree)] == [("P24", 17_319.87)]
        assert child(tree, "sum of 1 cell of 2022").detail["agrees"] is True
        assert [node.value for node in nodes(tree, "correction ")] == [13_024.13]

    def test_a_correction_that_is_not_applied_is_named(self, settings: Settings) -> None:
        tree = explain(settings, "emissions", self.KEY)
        (correction,) = nodes(tree, "correction ")
        assert correction.label == "correction helsingborg-waste-2022 is not applied here"
        assert correction.value == "not for release"

    def test_a_year_that_only_an_older_release_has(self, settings: Settings) -> None:
        tree = explain(settings, "emissions", {**self.KEY, "year": "2016"})
        assert FIRST in tree.label
        assert tree.detail["release"] == "not the current one; taken because only it has such a row"


def test_a_target_that_national_data_cannot_quantify(settings: Settings) -> None:
    tree = explain(settings, "sector_indicators", {"target_id": "construction", "municipality_code": "1283"})
    assert (tree.value, tree.unit) == (None, None)
    assert child(tree, "formula").value == "not quantified by national data"
    assert list(leaves(tree)) == []
    assert nodes(tree, "sum of") == []


def test_cells_that_do_not_sum_are_said_not_to(changed: Settings) -> None:
    altered(
        changed,
        "UPDATE sector_indicators SET emissions_reported_t_co2e = emissions_reported_t_co2e + 0.006 WHERE year = 2022",
    )
    tree = explain(changed, "sector_indicators", TOTAL_2022)
    statement = child(tree, "sum of 9 cells of 2022")
    assert statement.label.endswith("DOES NOT AGREE with the reported figure")
    assert statement.detail["difference_t"] == pytest.approx(-0.006, abs=1e-6)
    assert statement.detail["agrees"] is False


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (" ".join(cell for cell, _ in SECTORS_2022.values()), "names the same cells"),
        ("P17 P18", "names OTHER cells: P17 P18"),
    ],
)
def test_the_table_provenance_is_compared(
    changed: Settings, monkeypatch: pytest.MonkeyPatch, cells: str, said: str
) -> None:
    monkeypatch.setitem(PUBLISHED, "provenance", PROVENANCE)
    altered(
        changed,
        "DROP TABLE IF EXISTS provenance",
        "CREATE TABLE provenance (table_name, municipality_code, indicator_id, release_id, year, source_cells)",
        f"INSERT INTO provenance VALUES ('sector_indicators', '1283', 'total', '{FIRST}', 2022, '{cells}')",
    )
    tree = explain(changed, "sector_indicators", TOTAL_2022)
    assert child(tree, "sum of 9 cells of 2022").detail["table_provenance"] == said
    assert "table_provenance" not in child(tree, "sum of 9 cells of 1990").detail


def test_without_corrections_or_their_table(changed: Settings) -> None:
    altered(changed, "DELETE FROM corrections")
    assert nodes(explain(changed, "sector_indicators", TOTAL_2022), "correction ") == []
    altered(changed, "DROP TABLE corrections")
    assert nodes(explain(changed, "sector_indicators", TOTAL_2022), "correction ") == []


class TestArchive:
    def test_a_changed_file_is_refused(self, changed: Settings) -> None:
        snapshot = next(s for s in archive_of(changed).snapshots() if s.release_id == FIRST)
        snapshot.path.chmod(0o644)
        snapshot.path.write_bytes(snapshot.path.read_bytes() + b" ")
        with pytest.raises(SnapshotError, match=r"smhi-ggt-2025: .* was changed or damaged"):
            explain(changed, "sector_indicators", TOTAL_2022)

    def test_another_file_under_the_releases_name_is_refused(self, changed: Settings) -> None:
        altered(changed, f"UPDATE releases SET sha256 = '{'0' * 64}'")
        with pytest.raises(SnapshotError, match="the published file has sha256 000000000000"):
            explain(changed, "sector_indicators", TOTAL_2022)

    def test_a_release_that_was_removed(self, changed: Settings) -> None:
        manifest = changed.embedded_snapshots_dir / "manifest.json"
        manifest.write_text(json.dumps([e for e in json.loads(manifest.read_text()) if e["release_id"] != FIRST]))
        with pytest.raises(SnapshotError, match=f"release {FIRST} was published but is no longer in the archive"):
            explain(changed, "sector_indicators", TOTAL_2022)


class TestKeys:
    def test_parse(self) -> None:
        assert parse_keys(["municipality_code=1283", " target_id = total "]) == {
            "municipality_code": "1283",
            "target_id": "total",
        }

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["year"], "'year': expected column=value"),
            (["=2022"], "'=2022': expected column=value"),
            (["year="], "'year=': expected column=value"),
            (["year=1", "year=2"], r"'year=2': year is given twice \(first as 1\)"),
        ],
    )
    def test_refused(self, arguments: list[str], message: str) -> None:
        with pytest.raises(ConfigurationError, match=message):
            parse_keys(arguments)


@pytest.mark.parametrize(
    ("table", "key", "parts"),
    [
        ("sector_indicator", {}, ["unknown table 'sector_indicator'", "nearest: sector_indicators"]),
        (
            "sqlite_master",
            {},
            ["unknown table", "expected sector_indicators, emissions,", f" or {list(EXPLAINED)[-1]}."],
        ),
        ("municipalities", {}, ["table municipalities has no number to explain", *EXPLAINED]),
        ("sectors", {"sector_code": "waste"}, ["table sectors has no number to explain"]),
        ("corrections", {}, ["rows of corrections fit", "correction_id: helsingborg-agriculture, helsingborg-mach"]),
        ("release_revisions", {"release_id": FIRST}, ["no column 'release_id'", "nearest: release_id_"]),
        (
            "indicator_change_explained",
            {"target_id": "energy", "measure": "change_pct"},
            ["4 rows of indicator_change_explained fit", "cause: configuration, corrections, new_years, revised"],
        ),
        ("area_totals", {"area_code": "98"}, ["area_code=98: table area_totals has no such value", "it has 00"]),
        ("emissions", {"yaer": "2022"}, ["no column 'yaer'", "nearest: year", "its key is"]),
        ("emissions", {'year" OR 1=1 --': "1"}, ["has no column"]),
        ("emissions", {"year": "x"}, ["year=x: expected a whole number"]),
        ("emissions", {"year": "9" * 30}, ["expected a whole number"]),
        ("emissions", {"is_current_release": "perhaps"}, ["expected true or false"]),
        ("sector_indicators", {"target_id": "transprot"}, ["target_id=transprot", "nearest: transport"]),
        ("sector_indicators", {"municipality_code": "1284"}, ["nearest: 1283"]),
        ("sector_indicators", {"target_id": "' OR 1=1 --"}, ["no such value"]),
        (
            "emissions",
            {"year": "2016", "release_id": SECOND},
            ["year=2016: table emissions has no such row with release_id=smhi-ggt-2026-06", "it has 1990, 2000"],
        ),
        ("sector_indicators", {"target_id": "total", "year": "2022", "status": "reached"}, ["no such"]),
        ("sector_indicators", {"target_id": "total"}, ["10 rows of sector_indicators fit", "year: 1990, 2000"]),
        ("sector_indicators", {"year": "2018"}, ["rows of sector_indicators fit", "target_id: agriculture"]),
    ],
)
def test_clear_errors(settings: Settings, table: str, key: dict[str, str], parts: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        explain(settings, table, key)
    for part in parts:
        assert part in str(caught.value)


def test_nothing_published(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="nothing has been published yet"):
        explain(Settings(data_dir=tmp_path), "emissions", {})


def test_a_damaged_database(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    settings.published_dir.mkdir(parents=True)
    (settings.published_dir / "klimat.sqlite").write_bytes(b"no database at all, " * 100)
    with pytest.raises(PublishError, match="cannot be read"):
        explain(settings, "emissions", {})


class TestForms:
    def test_json_round_trip(self, settings: Settings) -> None:
        made = as_json(explain(settings, "sector_indicators", TOTAL_2022))
        assert json.loads(json.dumps(made, ensure_ascii=False, allow_nan=False)) == made
        assert set(made) == {"label", "value", "unit", "detail", "children"}
        assert made["value"] == 466_573.41

    def test_text_fits_a_hundred_columns(self, settings: Settings) -> None:
        text = text_of(explain(settings, "sector_indicators", TOTAL_2022))
        assert max(map(len, text.splitlines())) <= 100
        for part in (
            "466,573.41 t CO2e",
            f"cell P17 of sheet '{SHEET}': 173,291.35 ton CO2-ekv/år",
            "sum of 9 cells of 2022 agrees with the reported figure: 466,573.41 t",
            "basis: reported",
            "helsingborg-machinery-2022",
            next(kept.sha256 for kept in archive_of(settings).snapshots() if kept.release_id == FIRST),
            "not the current one",
        ):
            assert part in " ".join(text.split())

    def test_words_in_brackets_are_no_markup(self) -> None:
        text = text_of(Node("[red]label[/]", "[bold]x", None, {"note": "[link]y"}))
        assert "[red]label[/]: [bold]x" in text
        assert "[link]y" in text

    @pytest.mark.parametrize(
        ("value", "unit", "shown"),
        [
            (1234567.5, "t", "1,234,567.50 t"),
            (168794.4354, "t", "168,794.435 t"),
            (-58.92243, "%", "-58.92 %"),
            (0.0, "t", "0.00 t"),
            (2022, None, "2022"),
        ],
    )
    def test_numbers(self, value: float, unit: str | None, shown: str) -> None:
        assert text_of(Node("n", value, unit)).strip() == f"n: {shown}"


def test_reading_the_cell_is_apart_from_finding_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaf shows what the grid holds, not what the parser made of it."""
    calls = []

    def counted(content: bytes, file: str) -> object:
        calls.append(file)
        return read_grids(content, file)

    monkeypatch.setattr("klimat_pipeline.raw.grid.read_grids", counted)
    explain(settings, "emissions", {**TestEmissions.KEY, "release_id": FIRST})
    assert calls == ["smhi-ggt-2025-all-municipalities.xlsx"]
