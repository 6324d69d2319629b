"""A national release that nobody has seen: other years, other spellings, more rows above the table."""

from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.pipeline.national import BEYOND_COUNTIES, Lines, unseen_release
from klimat_pipeline_tests.support.lund import YEARS

RELEASE = "new"
BEFORE = (1990, 2000, 2005, 2010, 2015, 2020, 2021, 2022, 2023, 2024)


@pytest.fixture(scope="module")
def klimat(lund: Klimat) -> Klimat:
    return lund


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


def test_release_gets_an_id_of_its_own(tmp_path: Path, lines: Lines) -> None:
    path = tmp_path / "unseen.xlsx"
    path.write_bytes(unseen_release(lines))
    added = Klimat(tmp_path / "data")("snapshot", "add", str(path))
    assert added.code == 0 and "added smhi-ggt-2026-11-02-" in added.text


def test_release_is_current_for_every_municipality(klimat: Klimat) -> None:
    assert klimat.rows(
        "SELECT release_id, count(DISTINCT municipality_code) FROM emissions WHERE is_current_release = 1 GROUP BY 1"
    ) == [(RELEASE, 290)]
    # That of carbon dioxide is the current one of its own series.
    assert klimat.rows("SELECT release_id FROM releases WHERE is_current = 1 ORDER BY 1") == [("co2",), (RELEASE,)]
    assert klimat.rows(
        "SELECT first_year, last_year, report_date, coverage FROM releases WHERE release_id = ?", RELEASE
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
def test_places_are_known_under_other_spellings(klimat: Klimat, lines: Lines, code: str, name: str) -> None:
    assert klimat.one("SELECT municipality_name FROM municipalities WHERE municipality_code = ?", code) == name
    rows = klimat.one("SELECT count(*) FROM emissions WHERE release_id = ? AND municipality_code = ?", RELEASE, code)
    assert rows == 9 * len(YEARS)


def test_figures_are_those_of_the_cells(klimat: Klimat, lines: Lines) -> None:
    query = (
        "SELECT emissions_reported_t_co2e FROM emissions WHERE release_id = ? AND municipality_code = ? "
        "AND sector_code = ? AND year = ?"
    )
    falun = lines[("Egen uppärmning av bostäder och lokaler", "Alla", "Dalarnas län", "Falu")]
    for year in YEARS:
        assert klimat.one(query, RELEASE, "2080", "heating", year) == pytest.approx(falun[year], abs=0.001)


def test_totals_agree_and_the_rest_is_unallocated(klimat: Klimat, lines: Lines) -> None:
    nation = lines[("Alla", "Alla", "Alla", "Alla")][2024]
    rest = klimat.one(
        "SELECT emissions_reported_t FROM area_totals WHERE release_id = ? AND area_code = '99' AND year = 2024 "
        "AND sector_code = 'total'",
        RELEASE,
    )
    assert rest == pytest.approx(nation * (1 - 1 / BEYOND_COUNTIES), abs=0.01)
    for check in ("sectors_equal_total", "counties_equal_municipalities", "nation_equals_counties"):
        found = klimat.rows(
            "SELECT DISTINCT outcome FROM data_quality WHERE check_name = ? AND message LIKE ?", check, f"%{RELEASE}%"
        )
        assert found == [("passed",)], check


@pytest.mark.parametrize(
    ("release", "check", "years"),
    [
        (RELEASE, "dropped_years", "2021"),
        (RELEASE, "new_years", "2003"),
        # After a release of the years above.
        ("before", "dropped_years", "2000, 2005, 2010, 2015, 2023"),
        ("before", "new_years", "1995"),
    ],
)
def test_dropped_and_new_years_are_reported(klimat: Klimat, release: str, check: str, years: str) -> None:
    observed = klimat.one(
        "SELECT observed FROM data_quality WHERE check_name = ? AND message LIKE ?", check, f"{release} %"
    )
    assert observed == years


def test_every_municipality_gets_indicators_over_the_years_it_has(klimat: Klimat) -> None:
    shown = klimat.rows(
        "SELECT DISTINCT year FROM sector_indicators WHERE release_id = ? AND municipality_code = '2080' "
        "AND target_id = 'total'",
        RELEASE,
    )
    assert sorted(year for (year,) in shown) == list(YEARS)


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
