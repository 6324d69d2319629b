"""The national CO2 workbook as the source serves it, and a copy of it with a fault that must stop publishing.

Beside it the national workbook of all gases of 2025, undated: the embedded release of Helsingborg, made wider.
Then how figures are explained that only a whole country has: subsectors, counties, what no county holds. Corrections of
carbon dioxide are made up, so that several stand on one cell.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.explanations import TOLERANCE_T, explain
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.pipeline.commands import Answer, Klimat
from klimat_pipeline_tests.pipeline.national import with_doubled_row
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.explained import cells_of, child, disagreeing, leaves, nodes, read_once, tonnes
from klimat_pipeline_tests.support.shared import shared_path

WORKBOOK = ("data", "ned", "ned_co2_report_2024-04-18_all.xlsx")
RELEASE = "smhi-co2-2024-04-18-9df6658d"
ALL_GASES = ("data", "ned", "ned_ggt_release_2025_sectors.xlsx")
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

Ask = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def settings(small_country: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A checkout with the corrections that were made up."""
    folder = tmp_path_factory.mktemp("national")
    shutil.copytree(small_country / "data", folder / "project" / "data")
    settings = Settings(project_dir=folder / "project", data_dir=folder / "written")
    register = settings.municipalities_dir / "1283_helsingborg" / "corrections.yaml"
    register.write_text(register.read_text(encoding="utf-8") + TRUCKS + MORE + MOVED, encoding="utf-8")
    return settings


@pytest.fixture(scope="module")
def added(settings: Settings, database: str) -> tuple[Klimat, list[Answer]]:
    path = shared_path(*WORKBOOK)
    environment = (("KLIMAT_DATABASE_URL", database), ("KLIMAT_PROJECT_DIR", str(settings.project_dir)))
    klimat = Klimat(settings.data_dir, environment)
    answers = [klimat("snapshot", "add", str(each)) for each in (path, path, shared_path(*ALL_GASES))]
    answers.append(klimat("refresh"))
    assert [answer.code for answer in answers] == [0, 0, 0, 0], answers
    return klimat, answers


@pytest.fixture(scope="module")
def klimat(added: tuple[Klimat, list[Answer]]) -> Klimat:
    return added[0]


def test_release_gets_its_id_from_source_substance_date_and_content(added: tuple[Klimat, list[Answer]]) -> None:
    _, (first, again, *_) = added
    assert f"added {RELEASE}" in first.text
    assert f"already in the archive as {RELEASE}" in again.text


def test_all_municipalities_are_published(klimat: Klimat) -> None:
    assert klimat.one("SELECT count(DISTINCT municipality_code) FROM emissions WHERE release_id = ?", RELEASE) == 290
    assert klimat.one("SELECT count(*) FROM emissions WHERE release_id = ?", RELEASE) == 290 * 9 * 12
    assert klimat.rows("SELECT coverage, municipalities, is_current FROM releases WHERE release_id = ?", RELEASE) == [
        ("national", 290, 1)
    ]


@pytest.mark.parametrize(("year", "tonnes"), [(1990, 983_734.13), (2022, 393_778.34)])
def test_helsingborg(klimat: Klimat, year: int, tonnes: float) -> None:
    """The made-up corrections of one year leave its indicators as reported: 1990 is not corrected."""
    total = klimat.one(
        "SELECT sum(emissions_reported_t) FROM emissions WHERE release_id = ? AND municipality_code = '1283' "
        "AND year = ?",
        RELEASE,
        year,
    )
    assert total == pytest.approx(tonnes, abs=0.005)
    shown = klimat.one(
        "SELECT emissions_t_co2e FROM sector_indicators WHERE release_id = ? AND municipality_code = '1283' "
        "AND target_id = 'total' AND year = ?",
        RELEASE,
        year,
    )
    assert shown == pytest.approx(tonnes, abs=0.005)


@pytest.mark.parametrize(("area", "tonnes"), [("00", 57_880_523.50), ("99", 256_095.61)])
def test_nation_and_what_no_county_holds(klimat: Klimat, area: str, tonnes: float) -> None:
    shown = klimat.one(
        "SELECT emissions_reported_t FROM area_totals WHERE release_id = ? AND area_code = ? AND year = 1990 "
        "AND sector_code = 'total'",
        RELEASE,
        area,
    )
    assert shown == pytest.approx(tonnes, abs=0.005)


def test_known_disagreements_are_reported_with_their_amounts(klimat: Klimat) -> None:
    found = klimat.rows(
        "SELECT message, offending_keys FROM data_quality WHERE check_name = 'subsectors_equal_sectors' "
        "AND outcome = 'failed'"
    )
    cases = {" ".join(message.split(":")[0].split()[1:]) for message, _ in found}
    assert cases == {"waste 2005", *(f"waste {y}" for y in range(2018, 2022)), "transport 1990", "transport 2000"}
    (kumla,) = [(message, keys) for message, keys in found if " waste 2021:" in message]
    assert "289 municipalities" in kumla[0]
    assert "1881 with -127,472" in kumla[0]
    assert "municipality_code=1881" in kumla[1]


def test_disagreements_are_a_row_of_their_own_so_that_subsectors_sum(klimat: Klimat) -> None:
    apart = klimat.one(
        "SELECT emissions_reported_t FROM subsector_emissions WHERE release_id = ? AND municipality_code = '1881' "
        "AND sector_code = 'waste' AND year = 2021 AND subsector_code = 'not_split'",
        RELEASE,
    )
    assert apart == pytest.approx(-127_472, abs=0.5)
    largest = klimat.one(
        "SELECT max(abs(parts - whole)) FROM (SELECT sum(s.emissions_reported_t) AS parts, "
        "(SELECT e.emissions_reported_t FROM emissions e WHERE e.release_id = s.release_id AND e.year = s.year "
        "AND e.municipality_code = s.municipality_code AND e.sector_code = s.sector_code) AS whole "
        "FROM subsector_emissions s WHERE s.release_id = ? AND s.municipality_code IN ('1881', '1283', '0980') "
        "GROUP BY s.municipality_code, s.sector_code, s.year)",
        RELEASE,
    )
    assert largest < 0.05


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("sectors_equal_total", "3744 sums agree"),
        ("counties_equal_municipalities", "sums agree"),
        ("nation_equals_counties", "unallocated 256,095.61 t"),
        ("coverage", "290 of 290 municipalities"),
    ],
)
def test_check_that_needs_all_municipalities_passes_on_them(klimat: Klimat, check: str, words: str) -> None:
    found = klimat.rows(
        "SELECT outcome, message FROM data_quality WHERE check_name = ? AND message LIKE ?", check, f"%{RELEASE}%"
    )
    assert {outcome for outcome, _ in found} == {"passed"}
    assert any(words in message for _, message in found)


def test_zero_baseline_gives_no_percentage(klimat: Klimat) -> None:
    zero = klimat.rows("SELECT count(*), count(change_pct) FROM sector_indicators WHERE baseline_t_co2e = 0")
    assert zero[0][0] > 100
    assert zero[0][1] == 0


def test_every_municipality_has_its_indicators(klimat: Klimat) -> None:
    rows = klimat.rows(
        "SELECT target_id, count(DISTINCT municipality_code) FROM sector_indicators WHERE release_id = ? GROUP BY 1",
        RELEASE,
    )
    assert len(rows) == 10
    assert dict(rows)["total"] == 290


def test_the_file_of_2025_is_the_embedded_release_and_stays_older(added: tuple[Klimat, list[Answer]]) -> None:
    klimat, (*_, wider, _) = added
    assert "added smhi-ggt-2025" in wider.text
    assert "smhi-ggt-2026-06 is newer (figures to 2024) and stays current" in wider.text
    assert klimat.rows("SELECT release_id, municipalities, is_headline FROM releases ORDER BY 1") == [
        (RELEASE, 290, 0),
        ("smhi-ggt-2025", 290, 1),
        ("smhi-ggt-2026-06", 1, 0),
    ]


def test_helsingborg_alone_stays_on_its_newest_release_of_all_gases(klimat: Klimat, small_refresh: Refresh) -> None:
    """With the chances of its target that it had before."""
    asked = (
        "SELECT release_id, scenario, probability_low_fraction, probability_high_fraction FROM target_probability "
        "WHERE municipality_code = '1283' AND target_id = 'total' ORDER BY 2"
    )
    shown = klimat.rows(asked)
    assert {release for release, *_ in shown} == {"smhi-ggt-2026-06"}
    assert shown == Klimat(small_refresh.data).rows(asked)
    assert klimat.rows(
        "SELECT DISTINCT release_id FROM sector_indicators WHERE municipality_code = '1283' AND is_headline = 1"
    ) == [("smhi-ggt-2026-06",)]


def test_corrections_of_the_release_still_apply(klimat: Klimat) -> None:
    assert (
        klimat.one(
            "SELECT count(*) FROM corrections WHERE release_id = 'smhi-ggt-2025' AND correction_status = 'applied'"
        )
        == 4
    )


def test_what_is_compared_or_summed_is_on_one_release(klimat: Klimat) -> None:
    assert klimat.rows(
        "SELECT release_id, compared FROM municipality_comparison WHERE is_headline = 1 AND municipality_code = '1283' "
        "AND indicator = 'emissions' AND target_id = 'total'"
    ) == [("smhi-ggt-2025", 290)]
    differences = klimat.rows(
        "SELECT t.year, t.emissions_reported_t - sum(e.emissions_reported_t_co2e) FROM area_totals t "
        "JOIN municipalities m ON m.county_code = t.area_code "
        "JOIN emissions e ON e.municipality_code = m.municipality_code AND e.year = t.year AND e.is_headline = 1 "
        "WHERE t.area_code = '12' AND t.sector_code = 'total' AND t.is_headline = 1 GROUP BY 1"
    )
    assert len(differences) == 13
    assert all(abs(difference) < 1.5 for _, difference in differences), differences


def test_agriculture_is_compared_like_with_like(klimat: Klimat) -> None:
    assert klimat.rows(
        "SELECT basis, round(change_pct, 2), status FROM sector_indicators WHERE municipality_code = '1283' "
        "AND release_id = 'smhi-ggt-2025' AND target_id = 'agriculture' AND year = 2023"
    ) == [("reported", -26.55, "on_track")]


def test_database_holds_all_of_it(klimat: Klimat, ask_database: Ask) -> None:
    for name in ("emissions", "sector_indicators", "area_totals", "subsector_emissions", "data_quality"):
        assert ask_database(f"SELECT count(*) FROM klimat.{name}") == klimat.rows(f"SELECT count(*) FROM {name}")


# -- explained --------------------------------------------------------------------------------------------------------


def near(tonnes: float) -> Any:
    """The figure as published: the workbook's cells have more digits."""
    return pytest.approx(tonnes, abs=0.0005)


@pytest.fixture(scope="module")
def explained(klimat: Klimat, settings: Settings) -> Iterator[Settings]:
    """Of what is published."""
    with read_once():
        yield settings


class TestSubsectors:
    def test_a_subsector_is_its_own_cell(self, explained: Settings) -> None:
        key = {**HELSINGBORG, "sector_code": "heating", "subsector_code": "dwellings"}
        tree = explain(explained, "subsector_emissions", key)
        assert tree.value == near(tonnes(tree)) == 1_369.768
        assert len(cells_of(tree)) == 1
        assert child(tree, "sum of 1 cell of 2022 agrees with the reported figure")

    def test_one_that_is_corrected(self, explained: Settings) -> None:
        key = {**HELSINGBORG, "sector_code": "transport", "subsector_code": "heavy_trucks"}
        tree = explain(explained, "subsector_emissions", key)
        assert tonnes(tree) == near(33_449.15)
        assert tree.value == pytest.approx(0.9 * 33_449.15, abs=TOLERANCE_T)
        assert [n.label for n in nodes(tree, "correction ")] == ["correction made-up-trucks (scale)"]
        assert child(tree, "sum of 1 cell and 1 correction of 2022 agrees with the corrected figure")

    def test_what_the_sector_has_beyond_them(self, explained: Settings) -> None:
        key = {**HELSINGBORG, "sector_code": "transport", "subsector_code": "not_split"}
        tree = explain(explained, "subsector_emissions", key)
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
    def test_a_printed_total_is_one_cell(self, explained: Settings, area: str, printed: float) -> None:
        tree = explain(explained, "area_totals", self.key(area))
        assert [value for _, value in cells_of(tree)] == [near(printed)]
        assert tree.value == printed
        assert disagreeing(tree) == []

    def test_what_no_county_holds(self, explained: Settings) -> None:
        tree = explain(explained, "area_totals", self.key("99"))
        nation, counties = child(tree, "Riket (00)"), child(tree, "less its counties")
        assert len(counties.children) == len(list(leaves(counties))) == 21
        assert tree.value == pytest.approx(tonnes(nation) - tonnes(counties), abs=TOLERANCE_T)
        assert tree.value == pytest.approx(57_880_523.503 - 57_624_427.894, abs=TOLERANCE_T)
        assert child(tree, "sum of 1 cell less 21 cells of 1990 agrees with the reported figure")


class TestSeveralCorrectionsOnOneCell:
    def test_before_names_the_earlier_ones(self, explained: Settings) -> None:
        tree = explain(explained, "corrections", {**HELSINGBORG, "correction_id": "made-up-more"})
        before = child(tree, "before")
        assert before.value == pytest.approx(tonnes(before) + EFFECTS["trucks"], abs=TOLERANCE_T)
        assert [n.label for n in nodes(before, "correction ")] == ["correction made-up-trucks (scale)"]
        assert child(tree, "sum of 1 cell and 1 earlier correction of 2022 agrees with the figure before it")
        assert disagreeing(tree) == []

    def test_the_base_of_a_subsector_is_its_own_cell(self, explained: Settings) -> None:
        tree = explain(explained, "corrections", {**HELSINGBORG, "correction_id": "made-up-trucks"})
        assert tonnes(child(tree, "before")) == near(167_059.673)
        assert tonnes(child(tree, "base in this release")) == near(33_449.15)
        assert tree.value == pytest.approx(-0.1 * 33_449.15, abs=TOLERANCE_T)
        assert disagreeing(tree) == []

    def test_left_out_says_that_others_are_applied_anew(self, explained: Settings) -> None:
        tree = explain(explained, "corrections_leave_one_out", {**HELSINGBORG, "correction_id": "made-up-more"})
        # Of 2,500 t, 5 per cent would have gone to Malmö.
        assert tree.value == pytest.approx(2_500 * 0.95, abs=TOLERANCE_T)
        assert child(tree, "what the correction did").value == 2_500.0
        assert child(tree, "other corrections stand on its cells")
        total = tonnes(child(tree, "with all corrections")) + sum(EFFECTS.values())
        assert child(tree, "with all corrections").value == pytest.approx(total, abs=TOLERANCE_T)
        assert disagreeing(tree) == []

    def test_residual_holds_both_sides_of_what_was_moved(self, explained: Settings) -> None:
        key = {"area_code": "12", "sector_code": "transport", "year": "2022", "release_id": RELEASE}
        tree = explain(explained, "correction_residuals", key)
        assert [n.label for n in child(tree, "Malmö (1280)").children] == [
            "correction made-up-moved (reallocate, counterpart)"
        ]
        assert tree.value == pytest.approx(EFFECTS["trucks"] + EFFECTS["more"], abs=TOLERANCE_T)
        assert child(tree, "sum of 4 corrections of 2022 agrees with the residual")
        assert sorted({value for _, value in cells_of(tree)}) == [near(167_059.673), near(200_929.282)]
        assert disagreeing(tree) == []


class TestInventory:
    def test_a_line_is_its_own_subsectors_not_their_sector(self, explained: Settings) -> None:
        key = {**HELSINGBORG, "line": "transport_on_road", "scope": "1", "item": "transport/1A3b i"}
        tree = explain(explained, "inventory_territory", key)
        assert tree.value == near(tonnes(tree)) == 108_059.848
        assert len(cells_of(tree)) == 1

    def test_the_remainder_of_a_sector(self, explained: Settings) -> None:
        key = {**HELSINGBORG, "line": "transport_on_road", "scope": "1", "item": "transport/1A3"}
        tree = explain(explained, "inventory_territory", key)
        assert tree.value == pytest.approx(0.006 + EFFECTS["more"] + EFFECTS["moved"], abs=TOLERANCE_T)
        assert child(tree, "sum of 1 cell less 11 cells of 2022 agrees with the reported figure")
        assert disagreeing(tree) == []


# -- the corrupted copy -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Corrupted:
    before: dict[str, tuple[int, str]]
    shown_before: object
    add: Answer
    refresh: Answer
    after: dict[str, tuple[int, str]]
    shown_after: object
    remove: Answer
    again: Answer


@pytest.fixture(scope="module")
def corrupted(klimat: Klimat, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Corrupted:
    ask = request.getfixturevalue("ask_database") if klimat.environment else lambda _: None
    seen = "SELECT publication_id, count(*) FROM klimat.emissions GROUP BY 1"
    content = with_doubled_row(
        shared_path(*WORKBOOK).read_bytes(), sector="Transporter", municipality="Lund", report_date="2024-05-02"
    )
    path = tmp_path_factory.mktemp("corrupted") / "corrupted.xlsx"
    path.write_bytes(content)
    before, shown_before = klimat.files(), ask(seen)
    add = klimat("snapshot", "add", str(path))
    release = add.text.split("added ")[1].split()[0]
    refresh = klimat("refresh")
    after, shown_after = klimat.files(), ask(seen)
    remove = klimat("snapshot", "remove", release)
    return Corrupted(before, shown_before, add, refresh, after, shown_after, remove, klimat("refresh"))


def test_corrupted_copy_stops_the_refresh_and_names_the_check(corrupted: Corrupted) -> None:
    assert corrupted.add.code == 0
    assert corrupted.refresh.code == 1
    assert "sectors_equal_total" in corrupted.refresh.text
    assert "smhi-co2-2024-05-02" in corrupted.refresh.text
    assert "12 of 3744 sums disagree" in corrupted.refresh.text
    assert "nothing was published" in corrupted.refresh.text
    assert "Traceback" not in corrupted.refresh.text


def test_failed_refresh_leaves_every_published_byte(corrupted: Corrupted) -> None:
    assert corrupted.after == corrupted.before


def test_failed_refresh_leaves_the_database(corrupted: Corrupted, database: str) -> None:
    assert corrupted.shown_before is not None
    assert corrupted.shown_after == corrupted.shown_before


def test_without_the_copy_all_is_up_to_date_again(corrupted: Corrupted, klimat: Klimat) -> None:
    assert corrupted.remove.code == 0
    assert (corrupted.again.code, "up to date" in corrupted.again.text) == (0, True), corrupted.again.text
    assert klimat.files() == corrupted.before
