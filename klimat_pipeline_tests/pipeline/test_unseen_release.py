"""A national release that nobody has seen: other years, other spellings, more rows above the table."""

from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Answer, Klimat
from klimat_pipeline_tests.pipeline.national import BEYOND_COUNTIES, Lines, unseen_lines, unseen_release

YEARS = (1990, 1995, 2003, 2020, 2024)
BEFORE = (1990, 2000, 2005, 2010, 2015, 2020, 2021, 2022, 2023, 2024)


@pytest.fixture(scope="module")
def lines(project: Path) -> Lines:
    return unseen_lines(project, YEARS)


@pytest.fixture(scope="module")
def taken(lines: Lines, tmp_path_factory: pytest.TempPathFactory) -> tuple[Klimat, Answer, Answer]:
    path = tmp_path_factory.mktemp("unseen") / "unseen.xlsx"
    path.write_bytes(unseen_release(lines))
    klimat = Klimat(tmp_path_factory.mktemp("data"))
    add, refresh = klimat("snapshot", "add", str(path)), klimat("refresh")
    assert (add.code, refresh.code) == (0, 0), (add, refresh)
    return klimat, add, refresh


@pytest.fixture(scope="module")
def klimat(taken: tuple[Klimat, Answer, Answer]) -> Klimat:
    return taken[0]


@pytest.fixture(scope="module")
def release(taken: tuple[Klimat, Answer, Answer]) -> str:
    return taken[1].text.split("added ")[1].split()[0]


def refused(tmp_path: Path, lines: Lines) -> str:
    """The message with which the archive refuses a workbook, which stays outside."""
    path = tmp_path / "refused.xlsx"
    path.write_bytes(unseen_release(lines))
    klimat = Klimat(tmp_path / "data")
    answer = klimat("snapshot", "add", str(path))
    assert answer.code == 1, answer.text
    assert "Traceback" not in answer.text
    assert "refused.xlsx" in answer.text
    assert not [p for p in klimat.data.rglob("*") if p.is_file() and p.name not in (".lock", ".run.lock")]
    return answer.text


def test_release_gets_an_id_of_its_own(release: str) -> None:
    assert release.startswith("smhi-ggt-2026-11-02-")


def test_release_is_current_for_every_municipality(klimat: Klimat, release: str) -> None:
    assert klimat.rows(
        "SELECT release_id, count(DISTINCT municipality_code) FROM emissions WHERE is_current_release = 1 GROUP BY 1"
    ) == [(release, 290)]
    assert klimat.rows("SELECT release_id FROM releases WHERE is_current = 1") == [(release,)]
    assert klimat.rows(
        "SELECT first_year, last_year, report_date, coverage FROM releases WHERE release_id = ?", release
    ) == [(1990, 2024, "2026-11-02", "national")]


def test_earlier_releases_stay_beside_it(klimat: Klimat) -> None:
    assert klimat.one("SELECT count(*) FROM emissions WHERE release_id = 'smhi-ggt-2026-06'") == 9 * len(BEFORE)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("2080", "Falun"),
        ("0980", "Gotland"),
        ("0114", "Upplands Väsby"),
        ("0180", "Stockholm"),
        ("0305", "Håbo"),
        ("0643", "Habo"),
    ],
)
def test_places_are_known_under_other_spellings(
    klimat: Klimat, release: str, lines: Lines, code: str, name: str
) -> None:
    assert klimat.one("SELECT municipality_name FROM municipalities WHERE municipality_code = ?", code) == name
    rows = klimat.one("SELECT count(*) FROM emissions WHERE release_id = ? AND municipality_code = ?", release, code)
    assert rows == 9 * len(YEARS)


def test_figures_are_those_of_the_cells(klimat: Klimat, release: str, lines: Lines) -> None:
    query = (
        "SELECT emissions_reported_t_co2e FROM emissions WHERE release_id = ? AND municipality_code = ? "
        "AND sector_code = ? AND year = ?"
    )
    falun = lines[("Egen uppärmning av bostäder och lokaler", "Alla", "Dalarnas län", "Falu")]
    for year in YEARS:
        assert klimat.one(query, release, "2080", "heating", year) == pytest.approx(falun[year], abs=0.001)


def test_totals_agree_and_the_rest_is_unallocated(klimat: Klimat, release: str, lines: Lines) -> None:
    nation = lines[("Alla", "Alla", "Alla", "Alla")][2024]
    rest = klimat.one(
        "SELECT emissions_reported_t FROM area_totals WHERE release_id = ? AND area_code = '99' AND year = 2024 "
        "AND sector_code = 'total'",
        release,
    )
    assert rest == pytest.approx(nation * (1 - 1 / BEYOND_COUNTIES), abs=0.01)
    for check in ("sectors_equal_total", "counties_equal_municipalities", "nation_equals_counties"):
        found = klimat.rows(
            "SELECT DISTINCT outcome FROM data_quality WHERE check_name = ? AND message LIKE ?", check, f"%{release}%"
        )
        assert found == [("passed",)], check


@pytest.mark.parametrize(
    ("check", "years"),
    [("dropped_years", sorted(set(BEFORE) - set(YEARS))), ("new_years", sorted(set(YEARS) - set(BEFORE)))],
)
def test_dropped_and_new_years_are_reported(klimat: Klimat, release: str, check: str, years: list[int]) -> None:
    observed = klimat.one(
        "SELECT observed FROM data_quality WHERE check_name = ? AND message LIKE ?", check, f"{release} %"
    )
    assert observed == ", ".join(map(str, years))


def test_every_municipality_gets_indicators_over_the_years_it_has(klimat: Klimat, release: str) -> None:
    shown = klimat.rows(
        "SELECT DISTINCT year FROM sector_indicators WHERE release_id = ? AND municipality_code = '2080' "
        "AND target_id = 'total'",
        release,
    )
    assert sorted(year for (year,) in shown) == list(YEARS)


def test_trend_that_the_release_cannot_carry_is_missing(klimat: Klimat, release: str) -> None:
    """Neither 2015 nor three years since are in it."""
    assert klimat.rows(
        "SELECT count(trend_from_year), count(trend_compound_pct_per_year), count(*) > 0 FROM sector_indicators "
        "WHERE release_id = ?",
        release,
    ) == [(0, 0, 1)]


def test_one_municipality_less_is_named(tmp_path: Path, lines: Lines) -> None:
    fewer = {labels: figures for labels, figures in lines.items() if labels[3] != "Kumla"}
    message = refused(tmp_path, fewer)
    assert "1 of 290 municipalities missing" in message
    assert "1881 Kumla" in message


def test_one_main_sector_less_is_named(tmp_path: Path, lines: Lines) -> None:
    fewer = {labels: figures for labels, figures in lines.items() if labels[0] != "Jordbruk"}
    assert "'Jordbruk' missing" in refused(tmp_path, fewer)


def test_main_sector_missing_in_one_municipality_is_named(tmp_path: Path, lines: Lines) -> None:
    fewer = {labels: figures for labels, figures in lines.items() if (labels[0], labels[3]) != ("Jordbruk", "Kumla")}
    message = refused(tmp_path, fewer)
    assert "area 1881" in message and "'Jordbruk' missing" in message


def test_unknown_spelling_is_refused_with_the_nearest_name(tmp_path: Path, lines: Lines) -> None:
    other = {(m, s, c, "Kumlla" if p == "Kumla" else p): figures for (m, s, c, p), figures in lines.items()}
    message = refused(tmp_path, other)
    assert "unknown municipality 'Kumlla' (nearest known: 'Kumla')" in message
    assert "municipality_aliases.csv" in message
