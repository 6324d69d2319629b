"""The national CO2 workbook as the source serves it, and a copy of it with a fault that must stop publishing.

Beside it the national workbook of all gases of 2025, undated: the embedded release of Helsingborg, made wider.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from klimat_pipeline_tests.pipeline.commands import Answer, Klimat
from klimat_pipeline_tests.pipeline.national import with_doubled_row
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.shared import shared_path

WORKBOOK = ("data", "ned", "ned_co2_report_2024-04-18_all.xlsx")
RELEASE = "smhi-co2-2024-04-18-9df6658d"
ALL_GASES = ("data", "ned", "ned_ggt_release_2025_sectors.xlsx")

Ask = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory, database: str) -> tuple[Klimat, list[Answer]]:
    path = shared_path(*WORKBOOK)
    environment = (("KLIMAT_DATABASE_URL", database),)
    klimat = Klimat(tmp_path_factory.mktemp("data"), environment)
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
