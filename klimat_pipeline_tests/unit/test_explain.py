"""Explaining published numbers: a real refresh, followed back to the cells of the embedded workbooks."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import ClassVar

import pytest
from rich.console import Console

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.contracts.tables.indicators import PROVENANCE
from klimat_pipeline.errors import ConfigurationError, PublishError, SnapshotError
from klimat_pipeline.explain import TOLERANCE_T, Node, as_json, as_text, explain, parse_keys
from klimat_pipeline.intake import archive_of
from klimat_pipeline.raw.grid import read_grids
from klimat_pipeline.settings import Settings

FIRST, SECOND = "smhi-ggt-2025", "smhi-ggt-2026-06"
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


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder of one refresh with the checkout's own configuration and snapshots."""
    data = tmp_path_factory.mktemp("explain") / "data"
    done = subprocess.run(
        [sys.executable, "-m", "klimat_pipeline.cli", "refresh"],
        env={**os.environ, "KLIMAT_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return data


@pytest.fixture
def settings(refreshed: Path) -> Settings:
    return Settings(data_dir=refreshed)


@pytest.fixture
def changed(refreshed: Path, project: Path, tmp_path: Path) -> Settings:
    """The same publication, with an archive and a database of its own that may be changed."""
    settings = Settings(project_dir=tmp_path, data_dir=tmp_path / "data")
    shutil.copytree(refreshed / "published", settings.published_dir, symlinks=True)
    for part in ("reference", "snapshots/embedded"):
        shutil.copytree(project / "data" / part, tmp_path / "data" / part)
    database = settings.published_dir / "klimat.sqlite"
    database.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return settings


def altered(settings: Settings, *statements: str) -> Settings:
    with closing(sqlite3.connect(settings.published_dir / "klimat.sqlite")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return settings


def nodes(tree: Node, start: str) -> list[Node]:
    return [node for node in tree.walk() if node.label.startswith(start)]


def leaves(tree: Node) -> Iterator[Node]:
    return (node for node in tree.walk() if "cell" in node.detail)


def child(tree: Node, start: str) -> Node:
    (found,) = [node for node in tree.children if node.label.startswith(start)]
    return found


def text_of(node: Node, width: int = 100) -> str:
    console = Console(width=width, record=True, file=StringIO())
    console.print(as_text(node))
    return console.export_text()


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

    def test_number_formula_corrections_and_baseline(self, settings: Settings) -> None:
        tree = explain(settings, "sector_indicators", TOTAL_2022)
        assert (tree.value, tree.unit) == (462_244.42, "t CO2e")
        assert "change since 1990 = (E / B - 1) * 100" in str(child(tree, "formula").value)
        corrections = nodes(child(tree, "inputs 2022"), "correction ")
        assert {node.label: node.value for node in corrections} == {
            "correction helsingborg-agriculture (replace)": 13_001.77,
            "correction helsingborg-machinery-2022 (replace)": -30_354.89,
            "correction helsingborg-waste-2022 (replace)": 13_024.13,
        }
        waste = corrections[-1].detail
        assert (waste["before_t"], waste["after_t"], waste["decided_by"]) == (17_319.87, 30_344.0, "Helsingborgs stad")
        assert "measured" in str(waste["reason"])
        assert "table A-1.3" in str(waste["source"])
        assert waste["decided_on"] == "2024-10-01"
        change = child(tree, "change since 1990")
        assert change.value == pytest.approx(-58.9224)
        baseline = child(change, "baseline 1990")
        assert baseline.value == 1_125_296.23
        assert child(tree, "sum of 9 cells of 1990").value == pytest.approx(1_112_371.97, abs=TOLERANCE_T)
        assert [n.value for n in nodes(baseline, "correction ")] == [12_924.26]

    def test_each_sector_has_its_reported_and_corrected_figure(self, settings: Settings) -> None:
        inputs = child(explain(settings, "sector_indicators", TOTAL_2022), "inputs 2022")
        assert [node.label.split(",")[0] for node in inputs.children] == list(SECTORS_2022)
        assert [node.detail["reported_t"] for node in inputs.children] == [
            tonnes for _, tonnes in SECTORS_2022.values()
        ]
        corrected = {node.label: node.value for node in inputs.children if not node.label.endswith("as reported")}
        assert corrected == {"agriculture": 47_597.0, "machinery": 20_000.0, "waste": 30_344.0}

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
        assert {"raw/smhi_emissions", "clean/emissions", "corrected/corrections", "indicators/sectors"} <= set(tables)
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
        sectors = child(checks, "indicators/sectors")
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
        "CREATE TABLE provenance (municipality_code, target_id, release_id, year, source_cells)",
        f"INSERT INTO provenance VALUES ('1283', 'total', '{FIRST}', 2022, '{cells}')",
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
        with pytest.raises(SnapshotError, match="published was the file with sha256 000000000000"):
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
        ("sqlite_master", {}, ["unknown table", "expected sector_indicators, emissions, "]),
        ("municipalities", {}, ["table municipalities has no number to explain"]),
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
        assert made["value"] == 462_244.42

    def test_text_fits_a_hundred_columns(self, settings: Settings) -> None:
        text = text_of(explain(settings, "sector_indicators", TOTAL_2022))
        assert max(map(len, text.splitlines())) <= 100
        for part in (
            "462,244.42 t CO2e",
            f"cell P17 of sheet '{SHEET}': 173,291.35 ton CO2-ekv/år",
            "sum of 9 cells of 2022 agrees with the reported figure: 466,573.41 t",
            "correction helsingborg-machinery-2022 (replace): -30,354.89 t",
            "correction helsingborg-waste-2022 (replace): +13,024.13 t",
            "417f02712bfba6d8ab9e8e7a6aa9f0bab9f74c53f97abc70eee7ee48eee2ad5e",
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
    assert calls == ["smhi-ggt-2025-sweden-helsingborg.xlsx"]


#: A key of every derived table, the figure, and the cells that it ends in.
DERIVED_CASES = {
    "release_revisions": (
        {"municipality_code": "1283", "sector_code": "industry", "year": "1990"},
        -8_088.01,  # 219,623.80 - 227,711.81
        [("E18", 219_623.80), ("E18", 227_711.81)],
    ),
    "subsector_emissions": (
        {"municipality_code": "1283", "sector_code": "waste", "year": "2022", "release_id": FIRST},
        30_344.0,
        [("P24", 17_319.87)],
    ),
    "corrections": ({"correction_id": "helsingborg-waste-2022", "release_id": FIRST}, 13_024.13, [("P24", 17_319.87)]),
    "correction_residuals": ({"area_code": "12", "sector_code": "waste"}, 13_024.13, []),
    "corrections_left_out": (
        {"correction_id": "helsingborg-waste-2022", "release_id": FIRST},
        13_024.13,
        sorted(SECTORS_2022.values()),
    ),
    "base_year_review": (
        {"municipality_code": "1283", "target_id": "energy", "release_id": FIRST},
        107_413.30,  # 98,592.35 + 8,820.95
        [("N20", 98_592.35), ("N21", 8_820.95)],
    ),
    "inventory_territory": (
        {"municipality_code": "1283", "year": "2022", "line": "waste", "scope": "1", "release_id": FIRST},
        30_344.0,
        [("P24", 17_319.87)],
    ),
    "scope_indicators": (
        {
            "municipality_code": "1283",
            "scope": "1+2",
            "method": "location",
            "year": "2022",
            "release_id": FIRST,
            "boundary": "territory",
        },
        473_694.46,
        sorted(cell for name, cell in SECTORS_2022.items() if name != "electricity_district_heating"),
    ),
    "inventory_organisation": ({"activity_id": "filborna_chp"}, 92_074.0, []),
}


@pytest.mark.parametrize("table", DERIVED_CASES)
def test_a_derived_number_ends_in_the_cells_behind_it(settings: Settings, table: str) -> None:
    key, figure, cells = DERIVED_CASES[table]
    tree = explain(settings, table, key)
    assert tree.value == pytest.approx(figure, abs=0.001)
    assert sorted((cell.detail["cell"], cell.value) for cell in leaves(tree)) == sorted(cells)
    assert all(node.detail["agrees"] for node in tree.walk() if "agrees" in node.detail)
    assert len(nodes(tree, "sum of")) == len({(r.label) for r in nodes(tree, "release smhi")})
    assert child(tree, "checks").children
    json.dumps(as_json(tree))
    assert str(figure)[:3].strip("-") in text_of(tree).replace(",", "")


def test_printed_totals_of_an_area_are_read_back(settings: Settings) -> None:
    key = {"area_code": "00", "sector_code": "industry", "year": "1990", "release_id": FIRST}
    tree = explain(settings, "area_totals", key)
    (cell,) = leaves(tree)
    assert cell.value == pytest.approx(tree.value, abs=TOLERANCE_T)


def test_scope_2_shows_energy_and_factor(settings: Settings) -> None:
    tree = explain(settings, "scope_indicators", DERIVED_CASES["scope_indicators"][0])
    heat = child(tree, "scope 2, households/district_heating")
    assert heat.value == pytest.approx(595_983 * 0.055, abs=0.001)
    assert [(node.label, node.value) for node in heat.children] == [
        ("energy used", 595_983.0),
        ("factor of co2e", 55.0),
    ]


def test_the_parts_of_a_change_sum_to_it(settings: Settings) -> None:
    key = {"municipality_code": "1283", "target_id": "total", "cause": "new_years"}
    with closing(sqlite3.connect(settings.published_dir / "klimat.sqlite")) as connection:
        measure, cause = connection.execute(
            "SELECT measure, cause FROM indicator_change_explained WHERE municipality_code = '1283' "
            "AND target_id = 'total' AND part IS NOT NULL LIMIT 1"
        ).fetchone()
    tree = explain(settings, "indicator_change_explained", {**key, "measure": measure, "cause": cause})
    whole = child(tree, "the whole change")
    assert whole.label.endswith("whose parts sum to it")
    assert sum(node.value for node in whole.children if node.value is not None) == pytest.approx(whole.value, abs=0.001)
    assert len(list(leaves(tree))) == 18  # nine sectors in the last year of either release


def test_another_files_bytes_are_refused_for_a_derived_number_too(changed: Settings) -> None:
    altered(changed, "UPDATE releases SET sha256 = replace(sha256, substr(sha256, 1, 4), '0000')")
    with pytest.raises(SnapshotError, match="published was the file with sha256 0000"):
        explain(changed, "release_revisions", DERIVED_CASES["release_revisions"][0])
