"""Two national releases that nobody has seen, the second rewriting the first: revisions, dropped years, drift.

Beside them a release of carbon dioxide: with two substances and four releases every fact has one headline row.
"""

from pathlib import Path

import pytest

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.pipeline.national import CO2, Lines, unseen_lines, unseen_release

FIRST, SECOND = (1990, 2020, 2022, 2024), (1990, 2020, 2024, 2025)
#: What the second release does to industry in 1990.
RISE = 1.1


@pytest.fixture(scope="module")
def lines(project: Path) -> Lines:
    return unseen_lines(project, FIRST)


@pytest.fixture(scope="module")
def klimat(lines: Lines, tmp_path_factory: pytest.TempPathFactory) -> Klimat:
    folder = tmp_path_factory.mktemp("unseen")
    klimat = Klimat(tmp_path_factory.mktemp("data"))
    for name, content in {
        "first": unseen_release(lines, "2026-11-02"),
        "second": unseen_release(rewritten(lines), "2027-01-15"),
        "co2": unseen_release(lines, "2027-02-01", **CO2),
    }.items():
        path = folder / f"{name}.xlsx"
        path.write_bytes(content)
        answer = klimat("snapshot", "add", str(path), "--release-id", name)
        assert answer.code == 0, answer
    answer = klimat("refresh")
    assert answer.code == 0, answer
    return klimat


def rewritten(lines: Lines) -> Lines:
    """Industry of 1990 a tenth higher everywhere, 2022 dropped, 2025 as 2024; totals follow."""
    changed = {labels: {year: figures.get(year, figures[2024]) for year in SECOND} for labels, figures in lines.items()}
    for labels, figures in changed.items():
        if labels[0].startswith("Industri"):
            rise = figures[1990] * (RISE - 1)
            figures[1990] += rise
            changed[("Alla", *labels[1:])][1990] += rise
    return changed


def test_revisions_come_out_per_municipality_and_year(klimat: Klimat, lines: Lines) -> None:
    found = klimat.rows(
        "SELECT sector_code, year, kind, count(DISTINCT municipality_code), min(revision_pct), max(revision_pct) "
        "FROM release_revisions WHERE release_id_from = 'first' AND release_id_to = 'second' AND kind = 'revised' "
        "GROUP BY 1, 2, 3 ORDER BY 1"
    )
    industry, total = found
    assert industry[:4] == ("industry", 1990, "revised", 290)
    assert industry[4:] == (pytest.approx(10.0), pytest.approx(10.0))
    assert total[:4] == ("total", 1990, "revised", 290)
    before = next(
        figures for labels, figures in lines.items() if labels[0][:8] == "Industri" and labels[3] == "Helsingborg"
    )
    shown = klimat.rows(
        "SELECT from_t_co2e, to_t_co2e, revision_t_co2e FROM release_revisions WHERE municipality_code = '1283' "
        "AND sector_code = 'industry' AND year = 1990 AND release_id_to = 'second'"
    )
    assert shown == [pytest.approx((before[1990], before[1990] * RISE, before[1990] * (RISE - 1)), abs=0.002)]


@pytest.mark.parametrize(("kind", "year"), [("dropped_year", 2022), ("new_year", 2025)])
def test_dropped_and_new_years_are_named(klimat: Klimat, kind: str, year: int) -> None:
    found = klimat.rows(
        "SELECT year, count(DISTINCT municipality_code), count(*), count(revision_t_co2e) FROM release_revisions "
        "WHERE release_id_from = 'first' AND kind = ? GROUP BY 1",
        kind,
    )
    assert found == [(year, 290, 290 * 10, 0)]  # nine sectors and the total; a missing side gives no difference


def test_corrections_decided_against_another_figure_are_flagged(klimat: Klimat, lines: Lines) -> None:
    figures = next(f for labels, f in lines.items() if labels[0][:6] == "Avfall" and labels[3] == "Helsingborg")
    drift = (figures[2022] / 17_319.87 - 1) * 100
    assert abs(drift) > 5
    rows = klimat.rows(
        "SELECT base_then_t, base_now_t, drift_pct, is_drifted FROM corrections WHERE release_id = 'first' "
        "AND correction_id = 'helsingborg-waste-2022'"
    )
    assert rows == [(17_319.87, pytest.approx(figures[2022], abs=0.001), pytest.approx(drift, abs=1e-4), 1)]
    (message, severity, outcome) = klimat.rows(
        "SELECT message, severity, outcome FROM data_quality WHERE check_name = 'corrections_drifted'"
    )[0]
    assert (severity, outcome) == ("WARN", "failed")
    assert "decided against another figure: review" in message


def test_drift_changes_no_number(klimat: Klimat) -> None:
    """These corrections are limited to the release of 2025: the figures of the new ones are as reported."""
    assert klimat.rows(
        "SELECT count(*) FROM emissions WHERE release_id IN ('first', 'second') AND emissions_t <> emissions_reported_t"
    ) == [(0,)]


# -- the headline series ----------------------------------------------------------------------------------------------


def test_one_release_is_the_headline(klimat: Klimat) -> None:
    assert klimat.rows("SELECT release_id FROM releases WHERE is_headline = 1") == [("second",)]
    assert klimat.rows("SELECT DISTINCT release_id FROM emissions WHERE is_current_release = 1") == [("second",)]


def test_every_fact_has_one_headline_row(klimat: Klimat) -> None:
    filled = 0
    for name, contract in PUBLISHED.items():
        if not contract.headline:
            continue
        key = " || '/' || ".join(f"coalesce(\"{column}\", '')" for column in contract.headline_key)
        facts, rows = klimat.rows(f"SELECT count(DISTINCT {key}), count(*) FROM {name} WHERE is_headline = 1")[0]
        assert facts == rows, name
        filled += rows > 0
    assert filled > 15


def test_the_municipalities_of_skane_sum_to_its_printed_total_in_every_year(klimat: Klimat) -> None:
    differences = klimat.rows(
        "SELECT t.year, t.emissions_reported_t - sum(e.emissions_t_co2e) FROM area_totals t "
        "JOIN municipalities m ON m.county_code = t.area_code "
        "JOIN emissions e ON e.municipality_code = m.municipality_code AND e.year = t.year AND e.is_headline = 1 "
        "WHERE t.area_code = '12' AND t.sector_code = 'total' AND t.is_headline = 1 GROUP BY 1"
    )
    assert [year for year, _ in differences] == list(SECOND)
    assert all(abs(difference) < 1.5 for _, difference in differences), differences


def test_ranks_are_within_one_release(klimat: Klimat) -> None:
    assert klimat.rows(
        "SELECT DISTINCT release_id, compared FROM municipality_comparison WHERE is_headline = 1 "
        "AND indicator = 'emissions' AND target_id = 'total'"
    ) == [("second", 290)]
