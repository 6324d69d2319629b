"""Two national releases that nobody has seen, the newer rewriting the other: revisions, dropped years, drift.

Beside them a release of carbon dioxide: with two substances and five releases every fact has one headline row.
"""

import pytest

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.pipeline.national import Lines
from klimat_pipeline_tests.support.lund import RISE, YEARS


@pytest.fixture(scope="module")
def klimat(lund: Klimat) -> Klimat:
    return lund


def test_revisions_come_out_per_municipality_and_year(klimat: Klimat, lines_before: Lines) -> None:
    found = klimat.rows(
        "SELECT sector_code, year, kind, count(DISTINCT municipality_code), min(revision_pct), max(revision_pct) "
        "FROM release_revisions WHERE release_id_from = 'before' AND release_id_to = 'new' AND kind = 'revised' "
        "GROUP BY 1, 2, 3 ORDER BY 1"
    )
    industry, total = found
    assert industry[:4] == ("industry", 1990, "revised", 290)
    assert industry[4:] == (pytest.approx(10.0), pytest.approx(10.0))
    assert total[:4] == ("total", 1990, "revised", 290)
    before = next(
        figures
        for labels, figures in lines_before.items()
        if labels[0][:8] == "Industri" and labels[3] == "Helsingborg"
    )
    shown = klimat.rows(
        "SELECT from_t_co2e, to_t_co2e, revision_t_co2e FROM release_revisions WHERE municipality_code = '1283' "
        "AND sector_code = 'industry' AND year = 1990 AND release_id_to = 'new'"
    )
    assert shown == [pytest.approx((before[1990], before[1990] * RISE, before[1990] * (RISE - 1)), abs=0.002)]


@pytest.mark.parametrize(("kind", "year"), [("dropped_year", 2021), ("new_year", 2003)])
def test_dropped_and_new_years_are_named(klimat: Klimat, kind: str, year: int) -> None:
    found = klimat.rows(
        "SELECT year, count(DISTINCT municipality_code), count(*), count(revision_t_co2e) FROM release_revisions "
        "WHERE release_id_from = 'before' AND kind = ? GROUP BY 1",
        kind,
    )
    assert found == [(year, 290, 290 * 10, 0)]  # nine sectors and the total; a missing side gives no difference


def test_corrections_decided_against_another_figure_are_flagged(klimat: Klimat, lines_before: Lines) -> None:
    figures = next(f for labels, f in lines_before.items() if labels[0][:6] == "Avfall" and labels[3] == "Helsingborg")
    drift = (figures[2022] / 17_319.87 - 1) * 100
    assert abs(drift) > 5
    rows = klimat.rows(
        "SELECT base_then_t, base_now_t, drift_pct, is_drifted FROM corrections WHERE release_id = 'before' "
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
        "SELECT count(*) FROM emissions WHERE release_id IN ('before', 'new') AND emissions_t <> emissions_reported_t"
    ) == [(0,)]


# -- the headline series ----------------------------------------------------------------------------------------------


def test_one_release_is_the_headline(klimat: Klimat) -> None:
    assert klimat.rows("SELECT release_id FROM releases WHERE is_headline = 1") == [("new",)]
    assert klimat.rows("SELECT DISTINCT release_id FROM emissions WHERE is_current_release = 1") == [("new",)]


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
    assert [year for year, _ in differences] == list(YEARS)
    assert all(abs(difference) < 1.5 for _, difference in differences), differences


def test_ranks_are_within_one_release(klimat: Klimat) -> None:
    assert klimat.rows(
        "SELECT DISTINCT release_id, compared FROM municipality_comparison WHERE is_headline = 1 "
        "AND indicator = 'emissions' AND target_id = 'total'"
    ) == [("new", 290)]
